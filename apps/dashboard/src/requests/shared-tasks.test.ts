import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock, type ManualClock } from '@sluice/fake-panels';
import type { Clock } from '@sluice/panel-kind';
import { openStore, type StateStore } from '@sluice/state-store';
import { acquireSchema, type EmptySchema, until, whyNoPostgres } from '@sluice/state-store/testing';
import { type Dashboard, startDashboard } from '../index.js';
import { countFailure } from '../server/shared-failures.js';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { OnceByKey } from './once.js';
import { textOf } from '../test/page-texts.js';

const reason = whyNoPostgres();

const toClock = ({ clock }: { clock: ManualClock }): Clock => ({ now: clock.now, sleep: () => Promise.resolve() });

interface TaskView {
  id: string;
  finishedAt: string | null;
  cancelledBy: string | null;
  last: { event: string; data: { code?: string; error?: { message: string }; run?: { outcome: string } } } | null;
}

(reason === null ? describe : describe.skip)(
  `two servers on one database${reason === null ? '' : ` (${reason})`}`,
  () => {
    let schema: EmptySchema;
    let at: DashboardBench;
    let other: { store: StateStore; dashboard: Dashboard; clock: Clock & ManualClock };
    let isFirstAlive = true;
    let release: (() => void) | undefined;
    /** So that time passes when a test moves the clocks. */
    let leaseClock: 'caller' | 'database' = 'caller';
    const toProcess = (pid: number) => ({
      owner: { host: 'here', pid, processStart: `start-${pid}` },
      isAlive: (owner: { pid: number }) => owner.pid !== 1 || isFirstAlive,
    });

    beforeAll(async () => {
      schema = await acquireSchema();
    });
    afterAll(() => schema.release());
    beforeEach(async () => {
      await schema.empty();
      isFirstAlive = true;
      const limits = { streamMs: 50, watchMs: 50 };
      at = await startBench({ location: schema.url, leaseClock, dashboard: { process: toProcess(1), limits } });
      const clock = { ...manualClock('2026-11-20T12:00:00Z'), sleep: () => Promise.resolve() };
      const store = await openStore({ location: schema.url, clock, leaseClock });
      const dashboard = await startDashboard({
        ...{ sluice: at.sluice, store, process: toProcess(2), clock, limits, randomBytes, token: SERVE_TOKEN },
        ...{ listen: { host: '127.0.0.1', port: 0 }, version: '0.0.0-test' },
      });
      other = { store, dashboard, clock };
      await at.addService(1, '42', 10);
      await at.addService(2, '42', 10);
      await at.token('read');
    });
    afterEach(async () => {
      release?.();
      await other.dashboard.close();
      await at.close();
      await other.store.close();
    });

    const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(new URL(path, other.dashboard.url), {
        ...init,
        headers: { authorization: `Bearer ${SERVE_TOKEN}`, ...(init.headers as Record<string, string> | undefined) },
      });
    const show = async (id: string): Promise<TaskView> => (await (await ask(`/api/v1/runs/${id}`)).json()) as TaskView;

    const login = async (): Promise<string> => {
      const answer = await fetch(new URL('/login', other.dashboard.url), {
        ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ token: SERVE_TOKEN }) },
      });
      return /^[^;]*/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
    };

    /** Starts a poll on the first server whose panel answers when it is released. */
    async function start(): Promise<string> {
      const released = new Promise<void>((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => {
        const until = (): Promise<void> => {
          resolve();
          return released;
        };
        at.panel.server.inject({ match: () => true, times: 1, fault: { kind: 'wait', until } });
      });
      const { json, status } = await at.call('POST /runs', { body: { command: 'poll' } });
      expect([status, json]).toEqual([202, expect.objectContaining({ finishedAt: null })]);
      await reached;
      return json['id'] as string;
    }

    it('each follows the runs of the other, with their progress, until the end', async () => {
      const id = await start();
      expect(await show(id)).toMatchObject({ id, finishedAt: null, cancelledBy: null });
      const stream = await ask(`/api/v1/runs/${id}/events`);
      release?.();
      const events = await stream.text();
      expect(events).toMatch(/event: report\ndata: \{"run":.*"outcome":"done"/);
      expect(await show(id)).toMatchObject({ last: { event: 'report', data: { run: { outcome: 'done' } } } });
      expect(await show(id)).toEqual((await at.call(`GET /runs/${id}`)).json);
      const again = await ask(`/api/v1/runs/${id}/events`);
      expect(await again.text()).toContain('event: report');
      const page = await ask(`/runs/${id}`, { headers: { cookie: await login() } });
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Ended: poll')]);
    });

    it.each(['/', '/log', '/panels', '/panels/dcim'])(
      'leads from %s to the run of the other, until it ends',
      async (path) => {
        const id = await start();
        const cookie = await login();
        const read = async (): Promise<string> => (await ask(path, { headers: { cookie } })).text();
        expect(await read()).toContain(`href="/runs/${id}"`);
        const stream = await ask(`/api/v1/runs/${id}/events`);
        release?.();
        await stream.text();
        other.clock.advance(60_000);
        expect(await read()).not.toContain('/runs/task-');
      },
    );

    /** Cancels a run of the one server through the other. */
    async function cancelByOther(id: string): Promise<void> {
      const answer = await ask(`/api/v1/runs/${id}/cancel`, {
        ...{ method: 'POST', body: '{}' },
        headers: { 'content-type': 'application/json', 'idempotency-key': 'cancel-1' },
      });
      expect(await answer.json()).toMatchObject({ id, finishedAt: null, cancelledBy: 'token serve.token' });
      const stream = await ask(`/api/v1/runs/${id}/events`);
      expect(await stream.text()).toMatch(/event: report\ndata: \{"run":.*"outcome":"interrupted"/);
    }

    it('each cancels those of the other', async () => {
      const id = await start();
      await cancelByOther(id);
      expect(await show(id)).toMatchObject({ cancelledBy: 'token serve.token', last: { event: 'report' } });
    });

    it('shows a run as lost whose server is gone', async () => {
      const id = await start();
      const stream = await ask(`/api/v1/runs/${id}/events`);
      isFirstAlive = false;
      expect(await stream.text()).toMatch(/event: failure\ndata: \{"code":"run_lost"/);
      expect(await show(id)).toMatchObject({ finishedAt: expect.any(String), last: { data: { code: 'run_lost' } } });
    });

    it('shows a run as lost whose server gave no sign of life for a minute', async () => {
      const id = await start();
      other.clock.advance(59_000);
      expect(await show(id)).toMatchObject({ finishedAt: null });
      other.clock.advance(1000);
      expect(await show(id)).toMatchObject({ last: { data: { code: 'run_lost' } } });
    });

    it('counts failed logins over both', async () => {
      const fail = async (url: string): Promise<number> => {
        const body = new URLSearchParams({ token: 'wrong' });
        return (await fetch(new URL('/login', url), { method: 'POST', body })).status;
      };
      for (let failed = 0; failed < 5; failed++)
        expect([await fail(at.dashboard.url), await fail(other.dashboard.url)]).toEqual([401, 401]);
      expect([await fail(at.dashboard.url), await fail(other.dashboard.url)]).toEqual([429, 429]);
      other.clock.advance(60_000);
      expect(await fail(other.dashboard.url)).toBe(401);
    });

    it('ends the stored run of a server that is gone, and lets it go on where it was not', async () => {
      const id = await start();
      const stored = () => other.store.requests.get('runs of requests', id);
      isFirstAlive = false;
      const ended = await until(stored, (row) => row?.state === 'done');
      expect(ended).toMatchObject({ state: 'done', at: '2026-11-20T12:00:00.000Z' });
      expect(await show(id)).toMatchObject({
        ...{ finishedAt: '2026-11-20T12:00:00.000Z' },
        last: { event: 'failure', data: { code: 'run_lost' } },
      });
      release?.();
      await (await at.fetch(`/api/v1/runs/${id}/events`, { token: SERVE_TOKEN })).text();
      expect(await show(id)).toMatchObject({ last: { event: 'report', data: { run: { outcome: 'done' } } } });
    });

    it('keeps a report for an hour, however many runs fail after it', async () => {
      const id = await start();
      release?.();
      await (await ask(`/api/v1/runs/${id}/events`)).text();
      const fail = async (): Promise<string> => {
        const { json } = await at.call('POST /runs', { body: { command: 'poll', panel: 'unknown' } });
        const events = await (await ask(`/api/v1/runs/${String(json['id'])}/events`)).text();
        expect(events).toMatch(/event: failure\ndata: \{"code":"unknown_panel"/);
        return json['id'] as string;
      };
      const failed = (await at.store.requests.get('runs of requests', await fail()))!;
      await at.store.write(async ({ requests }) => {
        for (let n = 0; n < 60; n++) {
          await requests.add({ ...failed, key: `failed-${n}` });
          await requests.put({ ...failed, key: `failed-${n}` });
        }
      });
      await fail();
      expect(await show(id)).toMatchObject({ last: { event: 'report' } });
      for (const clock of [at.clock, other.clock]) clock.advance(3_600_001);
      await fail();
      expect(await at.store.requests.get('runs of requests', id)).toBeNull();
    });

    it('forgets runs an hour after their end', async () => {
      const id = await start();
      release?.();
      await (await ask(`/api/v1/runs/${id}/events`)).text();
      other.clock.advance(3_600_001);
      expect((await ask(`/api/v1/runs/${id}`)).status).toBe(404);
    });

    describe('with clocks that are 90 s apart', () => {
      beforeAll(() => {
        leaseClock = 'database';
      });
      afterAll(() => {
        leaseClock = 'caller';
      });
      beforeEach(() => {
        other.clock.advance(90_000);
      });

      it('takes no run of the other for lost, and cancels it', async () => {
        const id = await start();
        expect(await show(id)).toMatchObject({ finishedAt: null });
        await cancelByOther(id);
      });

      it('takes a run for lost that was not renewed for a minute of the database', async () => {
        const id = await start();
        const requests = other.store.requests;
        const age = async (ms: number): Promise<void> => {
          const found = (await requests.get('runs of requests', id))!;
          const before = Date.parse(await other.store.clock.now('')) - ms;
          await requests.put({ ...found, at: new Date(before).toISOString() });
        };
        await age(50_000);
        expect(await show(id)).toMatchObject({ finishedAt: null });
        await age(60_000);
        expect(await show(id)).toMatchObject({ last: { data: { code: 'run_lost' } } });
      });

      it('runs a request with a key once', async () => {
        const [here, there] = [at, other].map(
          (each, index) => new OnceByKey({ store: each.store, clock: toClock(each), process: toProcess(index + 1) }),
        ) as [OnceByKey, OnceByKey];
        const request = { who: 'w', key: 'k', fingerprint: 'f' };
        for (const [first, second] of [
          [here, there],
          [there, here],
        ] as const) {
          expect(await first.begin(request)).toEqual({ repeated: false, interrupted: false });
          await expect(second.begin(request)).rejects.toMatchObject({ code: 'request_running' });
          await first.end(request, null);
        }
      });

      it('counts failed logins in the same minutes', async () => {
        const minute = async () => Math.floor(Date.parse(await at.store.clock.now('')) / 60_000);
        const count = async (name: string) => {
          const counted: boolean[] = [];
          for (const each of [at, other, at, other]) {
            const of = { store: each.store, clock: toClock(each), limits: { lockedMs: 3000 } };
            const seconds = await countFailure(of, { [name]: 2 });
            counted.push(seconds === null);
            if (seconds !== null) expect(Math.ceil(seconds / 60)).toBe(1);
          }
          return counted;
        };
        // Another minute may begin meanwhile.
        for (let tries = 0; ; tries++) {
          const before = await minute();
          const counted = await count(`try ${tries}`);
          if ((await minute()) !== before && tries < 3) continue;
          expect(counted).toEqual([true, true, false, false]);
          return;
        }
      });
    });
  },
);

it('says on the page of a run that its changes follow, once all is read', async () => {
  const at = await startBench();
  try {
    for (const number of [1, 2]) await at.addService(number, '42', 200);
    const cookie = await at.login();
    let begin = (_id: string): void => undefined;
    const known = new Promise<string>((resolve) => (begin = resolve));
    const page = new Promise<string>((resolve, reject) => {
      const until = async (): Promise<void> => {
        await at.page(`/runs/${await known}`, cookie).then(resolve, reject);
      };
      at.panel.server.inject({ match: ({ changing }) => changing, times: 1, fault: { kind: 'wait', until } });
    });
    begin((await at.call('POST /runs', { body: { command: 'poll', allowMass: true } })).json['id'] as string);
    expect(textOf(await page)).toContain('2 of 2 read, the changes follow');
  } finally {
    await at.close();
  }
});

it('ends a run of a server on a file that is cancelled, at a safe step', async () => {
  const at = await startBench();
  try {
    await at.addService(1, '42', 10);
    let cancelled: unknown;
    const { id } = await new Promise<{ id: string }>((resolve, reject) => {
      let begin = (_id: string): void => undefined;
      const known = new Promise<string>((resolve) => (begin = resolve));
      const until = async (): Promise<void> => {
        cancelled = (await at.call(`POST /runs/${await known}/cancel`)).json;
      };
      at.panel.server.inject({ match: () => true, times: 1, fault: { kind: 'wait', until } });
      at.call('POST /runs', { body: { command: 'poll' } }).then(({ json }) => {
        begin(json['id'] as string);
        resolve(json as { id: string });
      }, reject);
    });
    const events = await (await at.fetch(`/api/v1/runs/${id}/events`, { token: SERVE_TOKEN })).text();
    expect(events).toMatch(/event: report\ndata: \{"run":.*"outcome":"interrupted"/);
    expect(textOf(await at.page(`/runs/${id}`))).toContain('Cancelled by token serve.token');
    expect(cancelled).toMatchObject({ id, cancelledBy: 'token serve.token' });
    expect((await at.call(`POST /runs/${id}/cancel`)).json).toMatchObject({ id, finishedAt: expect.any(String) });
    expect((await at.call('POST /runs/task-0/cancel')).status).toBe(404);
  } finally {
    await at.close();
  }
});
