import { describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { noticeCodes, type Polled, pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { createUsed, pollNextCycle } from './steps.js';

const at = useBench(startHiddifyBench);

type Service = Polled['service'];
const poll = async (ms?: number): Promise<Service> => (await pollLater(at, ms)).service;
const used = ({ usage }: Service): number | null => (usage === null ? null : (usage.totalBytes ?? 0) / GB);

describe('the counter of a user', () => {
  it('counts in full at first and by its growth afterwards', async () => {
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: 7 * GB });
    await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    expect(used(await poll())).toBe(7);
    at.panel.use(uuid, 2 * GB);
    expect(used(await poll())).toBe(9);
  });

  it('goes on where staff zeroed it, once a second reading confirms that', async () => {
    const uuid = await createUsed(at, 40);
    at.panel.changeUser(uuid, { currentUsage: GB });
    const fell = await poll();
    expect(fell).toMatchObject({ status: 'unreadable', error: { code: 'counter_fell' } });
    expect(fell.error?.message).toContain('the counter fell from 40 GB to 1 GB');
    at.panel.use(uuid, 3 * GB);
    const { report } = await pollLater(at);
    expect(report.services).toMatchObject([{ status: 'ok', usage: { totalBytes: 43 * GB } }]);
    expect(noticeCodes(report)).toEqual(['counter_restarted']);
    at.panel.use(uuid, 7 * GB);
    expect(await poll()).toMatchObject({ status: 'held', usage: { totalBytes: 50 * GB } });
    expect(at.panel.user(uuid).enable).toBe(false);
  });

  it('believes no single reading that is too low', async () => {
    const uuid = await createUsed(at, 40);
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
    const codes = async (how?: RunOptions): Promise<unknown[]> =>
      (await pollLater(at, HOUR, how)).report.services.map(({ error }) => error?.code ?? null);
    for (let count = 0; count < 3; count++) expect(await codes()).toEqual([null, 'counter_fell', 'counter_fell']);
    expect(await codes({ allowMass: true })).toEqual([null, null, null]);
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
    const uuid = await createUsed(at, 30);
    at.panel.use(uuid, 3 * GB);
    const opened = (await pollNextCycle(at)).service;
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
    const uuid = await createUsed(at, 30);
    let met = false;
    at.panel.server.onCall(({ endpoint }) => {
      if (met || !endpoint.startsWith('GET /api/v2/admin/user/{uuid}/')) return;
      at.panel.use(uuid, 0);
      met = true;
    });
    await pollNextCycle(at);
    at.panel.use(uuid, 2 * GB);
    expect(used(await poll())).toBe(2);
  });

  it('is not zeroed in the cycle in which it was met, nor by an order', async () => {
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: 7 * GB });
    await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    await poll();
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.user(uuid).currentUsage).toBe(7 * GB);
    await poll();
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });

  it.each(['lowers', 'raises'])('%s no limit in a cycle that opens with a reading that is refused', async (how) => {
    const uuid = await at.create(1);
    const quota = how === 'lowers' ? '80GB' : '45GB';
    await at.sluice.overrides.set('svc-1', { quota });
    await poll();
    at.panel.use(uuid, 44 * GB);
    await poll();
    await at.sluice.overrides.clear('svc-1');
    at.panel.changeUser(uuid, { currentUsage: 40 * GB });
    const shown = at.panel.user(uuid).usageLimit;
    expect(shown / GB).toBe(Number(quota.replace('GB', '')));
    const refused = (await pollNextCycle(at)).service;
    expect(refused).toMatchObject({ error: { code: 'counter_fell' }, actions: [] });
    expect(at.panel.user(uuid).usageLimit).toBe(shown);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 0 } });
    expect(at.panel.user(uuid)).toMatchObject({ usageLimit: 50 * GB, currentUsage: 0, enable: true });
  });

  it('is not zeroed where the panel resets the user itself', async () => {
    const uuid = await at.create(1, { product: 'monthly' });
    at.panel.use(uuid, 20 * GB);
    await poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await poll();
    expect(at.panel.user(uuid).currentUsage).toBe(20 * GB);
  });

  it('goes on after a crash between zeroing and its record', async () => {
    const uuid = await createUsed(at, 30);
    at.panel.server.inject({ endpoint: /^PATCH/, when: 'after', times: 1, fault: { kind: 'cut' } });
    at.panel.server.inject({ endpoint: /^GET .*\{uuid\}/, skip: 3, times: 1, fault: { kind: 'cut' } });
    await pollNextCycle(at);
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, 2 * GB);
    await poll();
    at.panel.use(uuid, GB);
    expect(used(await poll())).toBe(3);
    expect(at.panel.user(uuid).currentUsage).toBe(3 * GB);
  });

  it('is not missed after a creation that its agent refused, but as it was before', async () => {
    await at.limit('north', 5);
    await at.addService(1, { product: 'agency' });
    const { status, error } = await poll();
    expect((await at.sluice.provision.create('svc-1')).service.error?.code).toBe('agent_limit');
    expect(await at.readUser('svc-1')).toBe('');
    expect(await poll()).toMatchObject({ status, error });
    await at.limit('north', 50);
    await at.sluice.provision.create('svc-1');
    at.panel.deleteUser(await at.readUser('svc-1'));
    expect((await poll()).error?.code).toBe('user_gone');
  });

  it('reads a negative figure as 0 and says so', async () => {
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: -GB });
    await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    expect(used(await poll())).toBe(0);
  });
});
