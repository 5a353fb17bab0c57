import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

const bodies = (): [string, unknown][] =>
  at.panel.server
    .changingCalls()
    .map(({ method, body }) => [method, body === '' ? null : (JSON.parse(body) as unknown)]);
const polled = (): Promise<RunReport> => {
  at.bench.clock.advance(HOUR);
  return at.poll();
};

describe('poll', () => {
  it.each([
    [50 * GB - 1, 'ok', true],
    [50 * GB, 'held', false],
    [50 * GB + 1, 'held', false],
  ])('at %d bytes of 50 GB the service is %s', async (bytes, status, enable) => {
    const uuid = await at.create(1);
    at.panel.use(uuid, bytes);
    const { services } = await polled();
    expect(services[0]).toMatchObject({ status, usage: { totalBytes: bytes, inBytes: null }, error: null });
    expect(at.panel.user(uuid).enable).toBe(enable);
  });

  it('reads everything from one list', async () => {
    for (const number of [1, 2, 3]) await at.create(number);
    at.panel.server.clearCalls();
    const { totals } = await polled();
    expect(totals).toMatchObject({ services: 3, read: 3, failed: 0, actions: 0 });
    expect(at.panel.server.calls.map(({ endpoint }) => endpoint)).toEqual(['GET /api/v2/admin/user/']);
  });

  it('keeps the limit in line with the allowance, purchases and overrides', async () => {
    const uuid = await at.create(1);
    await at.sluice.overrides.set('svc-1', { quota: '80GB' });
    await polled();
    expect(at.panel.user(uuid).usageLimit).toBe(80 * GB);
    await at.sluice.overrides.clear('svc-1');
    await polled();
    expect(at.panel.user(uuid).usageLimit).toBe(50 * GB);
    await polled();
    expect(at.changes()).toHaveLength(3);
  });

  it('leaves a lower limit that another tool has set until the next cycle, and writes a higher one at once', async () => {
    const low = at.panel.addUser({ name: 'low', usageLimit: 20 * GB });
    const high = at.panel.addUser({ name: 'high', usageLimit: 90 * GB });
    await at.addService(1, { values: { hiddify_user_uuid: low } });
    await at.addService(2, { values: { hiddify_user_uuid: high } });
    await polled();
    expect([low, high].map((uuid) => at.panel.user(uuid).usageLimit / GB)).toEqual([50, 90]);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.poll();
    expect([low, high].map((uuid) => at.panel.user(uuid).usageLimit / GB)).toEqual([50, 50]);
  });

  it('releases the user in the next cycle, with its usage at zero', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 60 * GB);
    await polled();
    expect(at.panel.user(uuid).enable).toBe(false);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    const report = await at.poll();
    expect(report.services[0]).toMatchObject({
      status: 'ok',
      holds: [],
      actions: [
        { type: 'update-user', target: uuid, state: 'applied' },
        { type: 'enable-user', target: uuid, state: 'applied' },
      ],
    });
    expect(at.panel.user(uuid)).toMatchObject({ enable: true, currentUsage: 0 });
  });

  it('undoes nothing that somebody undid meanwhile', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 50 * GB);
    await polled();
    at.panel.enable(uuid);
    await polled();
    expect(at.panel.user(uuid).enable).toBe(false);
    at.panel.enable(uuid);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    at.panel.server.clearCalls();
    await polled();
    expect(bodies()).toEqual([['PATCH', { usage_limit_GB: 1_000_000 }]]);
    const holds = (await at.sluice.holds.list({ service: 'svc-1' })).holds;
    expect(holds[0]?.evidence).toMatchObject([{ kind: 'user', outcome: 'dropped' }]);
  });

  it('says so when a user is gone, and changes nothing', async () => {
    const uuid = await at.create(1);
    await at.create(2);
    at.panel.deleteUser(uuid);
    at.bench.clock.advance(HOUR);
    const report = await at.poll();
    expect(report.run.outcome).toBe('partial');
    expect(report.services[0]).toMatchObject({ status: 'unreadable', error: { code: 'user_gone' } });
  });

  it('sees a user that the panel leaves out of its list', async () => {
    const [west, east] = [at.panel.addAgent(undefined, { name: 'west' }), at.panel.addAgent()];
    const uuid = await at.create(1, { product: 'agency', values: { hiddify_agent_uuid: west } });
    await at.create(2);
    at.panel.moveAgent(west, east);
    at.panel.moveAgent(east, west);
    at.panel.use(uuid, 10 * GB);
    const { services } = await polled();
    expect(services[0]).toMatchObject({ status: 'held', usage: { totalBytes: 10 * GB } });
    expect(at.panel.user(uuid).enable).toBe(false);
  });

  it('does not touch users that two services name', async () => {
    const uuid = await at.create(1);
    await at.addService(2, { values: { hiddify_user_uuid: uuid }, allowDuplicateRefs: true });
    at.panel.use(uuid, 60 * GB);
    const { services } = await polled();
    expect(services.map(({ error }) => error?.code)).toEqual(['shared_user', 'shared_user']);
    expect(at.panel.user(uuid).enable).toBe(true);
  });

  it('reconcile brings the days in line with a moved due date', async () => {
    const uuid = await at.create(1);
    await at.sluice.services.set('svc-1', { next_due_date: '2026-12-20' });
    await at.poll();
    expect(at.panel.user(uuid).packageDays).toBe(30);
    const reconciled = await at.sluice.reconcile();
    expect(reconciled.run.outcome).toBe('done');
    const { startDate, packageDays } = at.panel.user(uuid);
    expect(new Date(Date.parse(startDate ?? '') + packageDays * DAY).toISOString().slice(0, 10)).toBe('2026-12-20');
    expect((await at.sluice.plan()).run).toMatchObject({ outcome: 'done', changes: false });
  });
});
