import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { createUsed, lastDay, listBodies, pollNextCycle } from './steps.js';

const at = useBench(startHiddifyBench);

const polled = async (): Promise<RunReport> => (await pollLater(at)).report;

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
    await pollNextCycle(at);
    expect([low, high].map((uuid) => at.panel.user(uuid).usageLimit / GB)).toEqual([50, 50]);
  });

  it('undoes nothing that somebody undid meanwhile', async () => {
    const uuid = await createUsed(at, 50);
    at.panel.enable(uuid);
    await polled();
    expect(at.panel.user(uuid).enable).toBe(false);
    at.panel.enable(uuid);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    at.panel.server.clearCalls();
    await polled();
    expect(listBodies(at)).toEqual([['PATCH', { usage_limit_GB: 1_000_000 }]]);
    const holds = (await at.sluice.holds.list({ service: 'svc-1' })).holds;
    expect(holds[0]?.evidence).toMatchObject([{ kind: 'user', outcome: 'dropped' }]);
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
    expect(lastDay(at, uuid)).toBe('2026-12-20');
    expect((await at.sluice.plan()).run).toMatchObject({ outcome: 'done', changes: false });
  });
});
