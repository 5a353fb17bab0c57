import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

describe('a service that names another user', () => {
  const at = useBench(() =>
    startFlvxBench(`  daily: { panel: relay, quota: { total: 500GB }, flvx: { tunnelId: 1 }, limits: [{ id: day, window: day, allowance: 20GB, action: pause }] }
`),
  );
  /** Adds a user whose counters show so much; returns its id and what it does next. */
  function addUser(name: string, gb: number): { id: string; use: (gb: number) => void } {
    const user = at.panel.addUser({ user: name });
    at.panel.addPermission(user, at.tunnels.hk);
    const forward = at.panel.addForward(user, at.tunnels.hk, { name });
    const use = (more: number): void => {
      at.panel.traffic(forward, more * GB);
    };
    use(gb);
    return { id: String(user), use };
  }
  const name = (id: string): Promise<unknown> => at.sluice.services.set('svc-1', { flvx_user_id: id });
  async function poll(): Promise<[number, string] | null> {
    at.bench.clock.advance(HOUR);
    const service = (await at.poll()).services.find(({ id }) => id === 'svc-1');
    return service === undefined ? null : [(service.usage?.totalBytes ?? 0) / GB, service.status];
  }

  it.each([
    ['more', 90],
    ['less', 0],
  ])('counts what that user uses from then on, where its counters show %s', async (_what, shown) => {
    const [wrong, right] = [addUser('wrong', 0), addUser('right', shown)];
    await at.addService(1, { values: { flvx_user_id: wrong.id } });
    await poll();
    wrong.use(5);
    await poll();
    await name(right.id);
    expect(await poll()).toEqual([5, 'ok']);
    right.use(12);
    expect(await poll()).toEqual([17, 'ok']);
    expect(await poll()).toEqual([17, 'ok']);
  });

  it('counts nothing of the client who had that user before', async () => {
    const [own, former] = [addUser('own', 0), addUser('former', 0)];
    await at.addService(1, { values: { flvx_user_id: own.id, client: '43' } });
    await at.addService(2, { values: { flvx_user_id: former.id, client: '42' } });
    await poll();
    own.use(5);
    former.use(95);
    await poll();
    await at.sluice.services.set('svc-2', { status: 'terminated' });
    await name(former.id);
    await poll();
    former.use(6);
    expect(await poll()).toEqual([11, 'ok']);
  });

  it('goes on where the id is set back', async () => {
    const [own, wrong] = [addUser('own', 0), addUser('wrong', 90)];
    await at.addService(1, { values: { flvx_user_id: own.id } });
    await poll();
    own.use(5);
    await poll();
    await name(wrong.id);
    await name(own.id);
    own.use(1);
    expect(await poll()).toEqual([6, 'ok']);
    await name(wrong.id);
    await poll();
    await name(own.id);
    expect(await poll()).toEqual([6, 'ok']);
    own.use(1);
    expect(await poll()).toEqual([7, 'ok']);
  });

  it('begins its cycle at zero where the last reading was before it', async () => {
    const [own, other] = [addUser('own', 0), addUser('other', 90)];
    await at.addService(1, { values: { flvx_user_id: own.id } });
    await poll();
    own.use(5);
    await poll();
    await name(other.id);
    at.bench.clock.set(Date.parse('2026-12-15T12:00:00Z'));
    expect(await poll()).toEqual([0, 'ok']);
    other.use(3);
    expect(await poll()).toEqual([3, 'ok']);
  });

  it('is not held by a limit of the day for what that user had used', async () => {
    const [own, other] = [addUser('own', 0), addUser('other', 90)];
    await at.addService(1, { product: 'daily', values: { flvx_user_id: own.id } });
    await poll();
    await poll();
    await name(other.id);
    await poll();
    expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
    other.use(21);
    await poll();
    expect((await at.sluice.services.show('svc-1')).holds).toHaveLength(1);
  });

  it('counts all of a user that Sluice creates for it', async () => {
    const first = await at.create(1);
    at.panel.traffic(at.panel.addForward(first, at.tunnels.hk, { name: 'first' }), 5 * GB);
    await poll();
    await at.sluice.provision.terminate('svc-1');
    await at.sluice.services.set('svc-1', { status: 'active' });
    const { service } = await at.sluice.provision.create('svc-1');
    const second = Number(service.refs['flvx_user_id']);
    expect(second).not.toBe(first);
    at.panel.traffic(at.panel.addForward(second, at.tunnels.hk, { name: 'second' }), 3 * GB);
    expect(await poll()).toEqual([8, 'ok']);
  });
});

describe('a service that names another user of Hiddify', () => {
  const at = useBench(() => startHiddifyBench());

  it('counts what that user uses from then on', async () => {
    const [own = '', other = ''] = ['own', 'other'].map((name) => at.panel.addUser({ name }));
    await at.addService(1, { values: { hiddify_user_uuid: own } });
    at.panel.use(own, 5 * GB);
    at.panel.use(other, 40 * GB);
    await at.pollAfter(HOUR);
    await at.sluice.services.set('svc-1', { hiddify_user_uuid: other });
    await at.pollAfter(HOUR);
    at.panel.use(other, 6 * GB);
    const { services } = await at.pollAfter(HOUR);
    expect(services[0]?.usage?.totalBytes).toBe(11 * GB);
  });
});
