import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock, type ManualClock } from '@sluice/fake-panels';
import type { Clock } from '@sluice/panel-kind';
import { openStore, type StateStore } from '@sluice/state-store';
import { acquireSchema, type EmptySchema, whyNoPostgres } from '@sluice/state-store/testing';
import { type Dashboard, startDashboard } from '../index.js';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';

const reason = whyNoPostgres();

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

    beforeAll(async () => {
      schema = await acquireSchema();
    });
    afterAll(() => schema.release());
    beforeEach(async () => {
      await schema.empty();
      isFirstAlive = true;
      const toProcess = (pid: number) => ({
        owner: { host: 'here', pid, processStart: `start-${pid}` },
        isAlive: (owner: { pid: number }) => owner.pid !== 1 || isFirstAlive,
      });
      const limits = { streamMs: 50 };
      at = await startBench({ location: schema.url, dashboard: { process: toProcess(1), limits } });
      const clock = { ...manualClock('2026-11-20T12:00:00Z'), sleep: () => Promise.resolve() };
      const store = await openStore({ location: schema.url, clock });
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
      const cookie = await fetch(new URL('/login', other.dashboard.url), {
        ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ token: SERVE_TOKEN }) },
      });
      const session = /^[^;]*/.exec(cookie.headers.get('set-cookie') ?? '')?.[0] ?? '';
      const page = await ask(`/runs/${id}`, { headers: { cookie: session } });
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Ended: poll')]);
    });

    it('each cancels those of the other', async () => {
      const id = await start();
      const answer = await ask(`/api/v1/runs/${id}/cancel`, {
        ...{ method: 'POST', body: '{}' },
        headers: { 'content-type': 'application/json', 'idempotency-key': 'cancel-1' },
      });
      expect(await answer.json()).toMatchObject({ id, finishedAt: null, cancelledBy: 'token serve.token' });
      const stream = await ask(`/api/v1/runs/${id}/events`);
      expect(await stream.text()).toMatch(/event: report\ndata: \{"run":.*"outcome":"interrupted"/);
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

    it('forgets runs an hour after their end', async () => {
      const id = await start();
      release?.();
      await (await ask(`/api/v1/runs/${id}/events`)).text();
      other.clock.advance(3_600_001);
      expect((await ask(`/api/v1/runs/${id}`)).status).toBe(404);
    });
  },
);

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
    expect(cancelled).toMatchObject({ id, cancelledBy: 'token serve.token' });
    expect((await at.call(`POST /runs/${id}/cancel`)).json).toMatchObject({ id, finishedAt: expect.any(String) });
    expect((await at.call('POST /runs/task-0/cancel')).status).toBe(404);
  } finally {
    await at.close();
  }
});
