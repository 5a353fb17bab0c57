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

  it('begins again with an account that Sluice made again, and what was used before still counts', async () => {
    const uuid = await createUsed(at, 30);
    at.panel.deleteUser(uuid);
    expect((await poll()).error?.code).toBe('user_gone');
    await at.sluice.provision.create('svc-1');
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 30 * GB } });
    at.panel.use(uuid, 15 * GB);
    expect(used(await poll())).toBe(45);
    at.panel.use(uuid, 5 * GB);
    expect(await poll()).toMatchObject({ status: 'held', usage: { totalBytes: 50 * GB } });
    expect(at.panel.user(uuid).enable).toBe(false);
  });

  it('begins with an account that Sluice made again once the cycle was over in which it was removed', async () => {
    at.panel.addUser();
    const uuid = await createUsed(at, 30);
    at.panel.deleteUser(uuid);
    expect((await poll()).error?.code).toBe('user_gone');
    expect((await pollNextCycle(at)).service.error?.code).toBe('user_gone');
    await at.sluice.provision.create('svc-1');
    at.panel.use(uuid, 2 * GB);
    expect(used(await poll())).toBe(2);
  });

  it('begins again with an account that is made while a run does not find the former one', async () => {
    const [first, second] = [await createUsed(at, 30), await at.create(2)];
    await poll();
    for (const uuid of [first, second]) at.panel.deleteUser(uuid);
    at.panel.addUser();
    let go = (): void => undefined;
    const until = new Promise<void>((resolve) => (go = resolve));
    const isSecond = ({ path }: { path: string }): boolean => path.includes(second);
    at.panel.server.inject({ match: isSecond, fault: { kind: 'wait', until: () => until } });
    const begun = at.panel.server.waitForCall(isSecond);
    const running = poll();
    await begun;
    await at.sluice.provision.create('svc-1');
    go();
    expect((await running).error?.code).toBe('user_gone');
    at.panel.use(first, 2 * GB);
    expect(used(await poll())).toBe(32);
  });

  it('begins with an account that Sluice made again in a later cycle, whose first reading is refused', async () => {
    await createUsed(at, 30);
    await at.sluice.provision.terminate('svc-1');
    at.bench.clock.set('2027-01-20T10:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'active', next_due_date: '2027-02-15' });
    await at.sluice.provision.create('svc-1');
    const made = await at.readUser('svc-1');
    const endpoint = 'GET /api/v2/admin/user/{uuid}/';
    const show = at.panel.server.inject({ endpoint, fault: { kind: 'html', status: 200 } });
    expect((await poll()).status).toBe('unreadable');
    show();
    at.panel.use(made, 2 * GB);
    expect(used(await poll())).toBe(2);
  });

  it('counts all that an account that Sluice made again shows, however high', async () => {
    const uuid = await createUsed(at, 8);
    at.panel.deleteUser(uuid);
    await poll();
    await at.sluice.provision.create('svc-1');
    at.panel.use(uuid, 9 * GB);
    expect(used(await poll())).toBe(17);
    expect(used(await poll())).toBe(17);
  });

  it.each(['first', 'again'])(
    'counts nothing twice after a clock that was ahead made the account (%s)',
    async (made) => {
      const { clock } = at.bench;
      const before = made === 'again' ? 8 : 0;
      if (made === 'again') at.panel.deleteUser(await createUsed(at, before));
      else await at.addService(1);
      const now = clock.now();
      clock.advance(25 * MINUTE);
      await at.sluice.provision.create('svc-1');
      clock.set(now + MINUTE);
      const uuid = await at.readUser('svc-1');
      for (const gb of [1, 2, 3, 4, 5, 6, 7]) {
        at.panel.use(uuid, GB);
        expect(used(await poll(5 * MINUTE))).toBe(before + gb);
      }
    },
  );

  it('reads a negative figure as 0 and says so', async () => {
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: -GB });
    await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    expect(used(await poll())).toBe(0);
  });
});
