import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { DAY, GB, HOUR, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

type Service = RunReport['services'][number];
const poll = async (ms = HOUR): Promise<Service> => {
  at.bench.clock.advance(ms);
  const [service] = (await at.poll()).json<RunReport>().services;
  if (!service) throw new Error('no service');
  return service;
};
const used = ({ usage }: Service): number | null => (usage === null ? null : (usage.totalBytes ?? 0) / GB);

describe('the counter of a user', () => {
  it('counts in full at first and by its growth afterwards', async () => {
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: 7 * GB });
    await at.addService(1, { values: [`hiddify_user_uuid=${uuid}`] });
    expect(used(await poll())).toBe(7);
    at.panel.use(uuid, 2 * GB);
    expect(used(await poll())).toBe(9);
  });

  it('goes on where staff zeroed it, once a second reading confirms that', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 40 * GB);
    expect(used(await poll())).toBe(40);
    at.panel.changeUser(uuid, { currentUsage: GB });
    const fell = await poll();
    expect(fell).toMatchObject({ status: 'unreadable', error: { code: 'counter_fell' } });
    expect(fell.error?.message).toContain('the counter fell from 40 GB to 1 GB');
    at.panel.use(uuid, 3 * GB);
    at.bench.clock.advance(HOUR);
    const { services, notices } = (await at.poll()).json<RunReport>();
    expect(services).toMatchObject([{ status: 'ok', usage: { totalBytes: 43 * GB } }]);
    expect(notices.map(({ code }) => code)).toEqual(['counter_restarted']);
    at.panel.use(uuid, 7 * GB);
    expect(await poll()).toMatchObject({ status: 'held', usage: { totalBytes: 50 * GB } });
    expect(at.panel.user(uuid).enable).toBe(false);
  });

  it('believes no single reading that is too low', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 40 * GB);
    await poll();
    at.panel.changeUser(uuid, { currentUsage: GB });
    expect((await poll()).error?.code).toBe('counter_fell');
    at.panel.changeUser(uuid, { currentUsage: 41 * GB });
    expect(used(await poll())).toBe(41);
  });

  it('stays unreadable where most counters of the panel fell, unless the operator allows it', async () => {
    const uuids = [await at.create(1), await at.create(2), await at.create(3)];
    for (const uuid of uuids) at.panel.use(uuid, 40 * GB);
    await poll();
    for (const uuid of uuids.slice(1)) at.panel.changeUser(uuid, { currentUsage: GB });
    const codes = async (words = ''): Promise<unknown[]> => {
      at.bench.clock.advance(HOUR);
      return (await at.poll(words)).json<RunReport>().services.map(({ error }) => error?.code ?? null);
    };
    for (let count = 0; count < 3; count++) expect(await codes()).toEqual([null, 'counter_fell', 'counter_fell']);
    expect(await codes('--allow-mass')).toEqual([null, null, null]);
  });

  it('goes on over the panel’s own resets', async () => {
    const uuid = await at.create(1, { product: 'monthly' });
    at.panel.use(uuid, 20 * GB);
    expect(used(await poll())).toBe(20);
    at.bench.clock.set('2026-12-14T23:00:00Z');
    at.panel.use(uuid, 5 * GB);
    expect(used(await poll(0))).toBe(25);
    at.panel.resetUsage(uuid);
    at.panel.use(uuid, GB);
    expect(used(await poll(10 * MINUTE))).toBe(26);
  });

  it('is zeroed once when a cycle opens, after it was read', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 30 * GB);
    expect(used(await poll())).toBe(30);
    at.panel.use(uuid, 3 * GB);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    const opened = await poll(0);
    expect([used(opened), opened.actions]).toEqual([
      3,
      [{ type: 'update-user', target: uuid, name: expect.any(String) as unknown, state: 'applied' }],
    ]);
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, 4 * GB);
    expect(await poll()).toMatchObject({ actions: [], usage: { totalBytes: 7 * GB } });
    at.panel.use(uuid, 40 * GB);
    expect(await poll()).toMatchObject({ actions: [], usage: { totalBytes: 47 * GB } });
  });

  it('counts what was used between the reading and the zeroing', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 30 * GB);
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    let met = false;
    at.panel.server.onCall(({ endpoint }) => {
      if (
        endpoint.startsWith('GET /api/v2/admin/user/{uuid}/') &&
        at.bench.clock.now() >= Date.parse('2026-12-15T01:00:00Z')
      ) {
        if (!met) at.panel.use(uuid, 0);
        met = true;
      }
    });
    await poll(0);
    at.panel.use(uuid, 2 * GB);
    expect(used(await poll())).toBe(2);
  });

  it('is not zeroed in the cycle in which it was met, nor by an order', async () => {
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: 7 * GB });
    await at.addService(1, { values: [`hiddify_user_uuid=${uuid}`] });
    await poll();
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.sluice('provision suspend svc-1');
    await at.sluice('provision unsuspend svc-1');
    expect(at.panel.user(uuid).currentUsage).toBe(7 * GB);
    await poll();
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });

  it('is not zeroed where the panel resets the user itself', async () => {
    const uuid = await at.create(1, { product: 'monthly' });
    at.panel.use(uuid, 20 * GB);
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await poll();
    expect(at.panel.user(uuid).currentUsage).toBe(20 * GB);
  });

  it('is zeroed again when the panel has written the old figure back', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 30 * GB);
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await poll(0);
    at.panel.changeUser(uuid, { currentUsage: 30 * GB });
    at.panel.use(uuid, GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, 2 * GB);
    expect(used(await poll())).toBe(3);
  });

  it('goes on after a crash between zeroing and its record', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 30 * GB);
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    at.panel.server.inject({ endpoint: /^PATCH/, when: 'after', times: 1, fault: { kind: 'cut' } });
    at.panel.server.inject({ endpoint: /^GET .*\{uuid\}/, skip: 3, times: 1, fault: { kind: 'cut' } });
    await poll(0);
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, 2 * GB);
    await poll();
    at.panel.use(uuid, GB);
    expect(used(await poll())).toBe(3);
    expect(at.panel.user(uuid).currentUsage).toBe(3 * GB);
  });

  it('is not missed after a creation that its agent refused, but as it was before', async () => {
    await at.sluice('agent limit north --gb 5');
    await at.addService(1, { product: 'agency' });
    const { status, error } = await poll();
    expect((await at.sluice('provision create svc-1')).stdout).toContain('agent_limit');
    expect(await at.readUser('svc-1')).toBeUndefined();
    expect(await poll()).toMatchObject({ status, error });
    await at.sluice('agent limit north --gb 50');
    await at.sluice('provision create svc-1');
    at.panel.deleteUser((await at.readUser('svc-1')) ?? '');
    expect((await poll()).error?.code).toBe('user_gone');
  });

  it('begins again with an account that Sluice made again, and what was used before still counts', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 30 * GB);
    await poll();
    at.panel.deleteUser(uuid);
    expect((await poll()).error?.code).toBe('user_gone');
    await at.sluice('provision create svc-1');
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 30 * GB } });
    at.panel.use(uuid, 15 * GB);
    expect(used(await poll())).toBe(45);
    at.panel.use(uuid, 5 * GB);
    expect(await poll()).toMatchObject({ status: 'held', usage: { totalBytes: 50 * GB } });
    expect(at.panel.user(uuid).enable).toBe(false);
  });

  it('counts all that an account that Sluice made again shows, however high', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 8 * GB);
    await poll();
    at.panel.deleteUser(uuid);
    await poll();
    await at.sluice('provision create svc-1');
    at.panel.use(uuid, 9 * GB);
    expect(used(await poll())).toBe(17);
    expect(used(await poll())).toBe(17);
  });

  it('reads a negative figure as 0 and says so', async () => {
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: -GB });
    await at.addService(1, { values: [`hiddify_user_uuid=${uuid}`] });
    expect(used(await poll())).toBe(0);
  });
});

describe('a counter that Sluice zeroed', () => {
  let uuid: string;
  beforeEach(async () => {
    uuid = await at.create(1);
    at.panel.use(uuid, 30 * GB);
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await poll(0);
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });
  const writeBack = (gb: number): void => {
    at.panel.changeUser(uuid, { currentUsage: 30 * GB });
    at.panel.use(uuid, (gb - 30) * GB);
  };

  it('is zeroed again by the run that finds the old figure, and only what is above it counts', async () => {
    writeBack(31);
    const found = await poll();
    expect(found).toMatchObject({ status: 'ok', error: null, usage: { totalBytes: GB } });
    expect(found.drift).toEqual(['the panel has written back the usage that was zeroed']);
    expect(found.actions).toMatchObject([{ type: 'update-user', state: 'applied' }]);
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, 2 * GB);
    expect(await poll()).toMatchObject({ actions: [], drift: [], usage: { totalBytes: 3 * GB } });
  });

  it('is zeroed again by that run on a clock that goes on within the run', async () => {
    at.bench.clock.set('2027-01-15T01:00:00Z');
    at.panel.use(uuid, 40 * GB);
    const ticking = {
      now: (): number => {
        at.bench.clock.advance(1);
        return at.bench.clock.now();
      },
      sleep: (): Promise<void> => Promise.resolve(),
    };
    await at.bench.sluice('service set svc-1 next_due_date=2027-02-15');
    await at.bench.sluice(['poll', '--json'], { clock: ticking });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.changeUser(uuid, { currentUsage: 41 * GB });
    at.bench.clock.advance(HOUR);
    await at.bench.sluice(['poll', '--json'], { clock: ticking });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });

  it('counts all that was used when it is first read later than a figure can be written back', async () => {
    at.bench.clock.advance(2 * DAY);
    at.panel.use(uuid, 31 * GB);
    const { services, notices } = (await at.poll()).json<RunReport>();
    expect(services).toMatchObject([{ status: 'ok', actions: [], usage: { totalBytes: 31 * GB } }]);
    expect(notices.map(({ code }) => code)).toContain('zeroing_unclear');
    at.panel.use(uuid, 2 * GB);
    expect(await poll()).toMatchObject({ actions: [], usage: { totalBytes: 33 * GB } });
  });

  it('counts all that was used once a later reading has shown that the zeroing held', async () => {
    await poll(7 * HOUR);
    at.panel.use(uuid, 31 * GB);
    expect(await poll(MINUTE)).toMatchObject({ actions: [], drift: [], usage: { totalBytes: 31 * GB } });
  });

  it('shows the old figure, however late it is read, where nobody was online since', async () => {
    writeBack(31);
    at.bench.clock.advance(2 * DAY);
    const found = await poll(0);
    expect(found).toMatchObject({ status: 'ok', usage: { totalBytes: GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });

  it('stays metered where the panel may not be changed, and is zeroed again when it may', async () => {
    await at.bench.sluice('observe vpn');
    writeBack(31);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: GB } });
    at.panel.use(uuid, GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 2 * GB } });
    at.panel.use(uuid, GB);
    expect(await poll(DAY)).toMatchObject({ status: 'ok', usage: { totalBytes: 3 * GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(33 * GB);
    await at.bench.sluice('observe vpn --as-configured');
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 3 * GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 4 * GB } });
  });

  it('is not counted twice when a command finds the old figure first', async () => {
    writeBack(31);
    at.bench.clock.advance(MINUTE);
    await at.sluice('provision suspend svc-1');
    await at.sluice('provision unsuspend svc-1');
    at.panel.use(uuid, GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 2 * GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });
});

describe('a list that is not to be trusted', () => {
  const create = async (count: number): Promise<string[]> => {
    const uuids: string[] = [];
    for (let n = 1; n <= count; n += 1) uuids.push(await at.create(n));
    return uuids;
  };

  it.each([
    ['fails', { kind: 'status', status: 500 }, 'PANEL_SERVER_ERROR'],
    ['is an HTML page', { kind: 'html' }, 'PANEL_UNREADABLE'],
    ['is cut off', { kind: 'truncated' }, 'PANEL_UNREACHABLE'],
    ['is empty', { kind: 'body', status: 404, body: '{"message":"You have no user","detail":{}}' }, 'list_empty'],
    ['is an empty array', { kind: 'body', body: '[]' }, 'list_empty'],
    ['is a 404 of something else', { kind: 'status', status: 404, body: '{"message":"Not Found"}' }, 'PANEL_NOT_FOUND'],
  ] as const)('holds and releases nobody when it %s', async (_what, fault, code) => {
    const uuids = await create(4);
    at.panel.use(uuids[0] ?? '', 60 * GB);
    await poll();
    at.panel.use(uuids[1] ?? '', 60 * GB);
    await at.bench.sluice('override set svc-1 --unlimited');
    at.panel.server.clearCalls();
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/', fault });
    at.bench.clock.advance(HOUR);
    const polled = await at.poll();
    expect(polled.exitCode).toBe(1);
    expect(polled.json<RunReport>().services.map(({ error }) => error?.code)).toEqual([code, code, code, code]);
    expect(at.changes()).toEqual([]);
    at.panel.server.clearFaults();
    expect((await at.poll()).exitCode).toBe(0);
    expect([0, 1].map((n) => at.panel.user(uuids[n] ?? '').enable)).toEqual([true, false]);
  });

  it('is believed with --allow-mass when it has shrunk by more than half', async () => {
    const uuids = await create(5);
    await poll();
    for (const uuid of uuids.slice(1, 4)) at.panel.deleteUser(uuid);
    at.bench.clock.advance(HOUR);
    const short = await at.poll();
    expect([short.exitCode, short.json<RunReport>().services[0]?.error?.code]).toEqual([1, 'list_halved']);
    const believed = await at.poll('--allow-mass');
    expect(believed.exitCode).toBe(3);
    expect(believed.json<RunReport>().services.map(({ error }) => error?.code ?? null)).toEqual([
      null,
      'user_gone',
      'user_gone',
      'user_gone',
      null,
    ]);
  });

  it('with unreadable rows still tells of the others, and asks for theirs one by one', async () => {
    const uuids = await create(3);
    await poll();
    at.panel.use(uuids[2] ?? '', 60 * GB);
    at.panel.server.inject({
      endpoint: 'GET /api/v2/admin/user/',
      fault: {
        kind: 'mutate',
        change: (json) =>
          (json as { uuid: string }[]).map((row) =>
            row.uuid === uuids[0] ? { ...row, current_usage_GB: 'lots' } : row,
          ),
      },
    });
    at.bench.clock.advance(HOUR);
    const polled = await at.poll();
    expect(polled.exitCode).toBe(0);
    expect(at.panel.user(uuids[2] ?? '').enable).toBe(false);
  });
});
