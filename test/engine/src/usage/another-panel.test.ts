import { describe, expect, it } from '@jest/globals';
import { type FakeFlvx, startFakeFlvx, startFakeHiddify } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { ADMIN_PASSWORD, type FlvxBench, startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

/** Starts a bench with a second FLVX panel. */
async function startTwoPanels(): Promise<FlvxBench & { second: FakeFlvx }> {
  const at = await startFlvxBench();
  const { clock } = at.bench;
  const admin = { name: 'admin_user', password: ADMIN_PASSWORD };
  const onWait = (ms: number): void => {
    clock.advance(ms);
  };
  const second = await startFakeFlvx({ now: clock.now, admin, onWait });
  second.addTunnel({ name: 'HK-01', entryNodes: [second.addNode('hk-entry')] });
  await at.bench.edit(
    'products:',
    `  two: { kind: flvx, url: "${second.url}", allowHttp: true, username: admin_user, password: ${ADMIN_PASSWORD}, retries: 0 }
products:
  relay2: { panel: two, quota: { total: 100GB }, flvx: { tunnelId: 1 } }`,
  );
  const close = async (): Promise<void> => {
    await second.close();
    await at.close();
  };
  return Object.assign(Object.create(at) as FlvxBench, { second, close });
}

describe('a service on another FLVX panel, whose user has the same number', () => {
  const at = useBench(startTwoPanels);

  /** Adds a user on a panel; returns its number and its forward. */
  function addUser(panel: FakeFlvx, name: string): { user: number; forward: number } {
    const user = panel.addUser({ user: name });
    panel.addPermission(user, 1);
    return { user, forward: panel.addForward(user, 1, { name }) };
  }

  async function poll(): Promise<[number | null, string]> {
    at.bench.clock.advance(HOUR);
    const [service] = (await at.poll({ allowMass: true })).services;
    const total = service?.usage?.totalBytes ?? null;
    return [total === null ? null : total / GB, service?.status ?? ''];
  }

  /** Has svc-1 use 15 GB on the first panel, and moves it. */
  async function move(shown: number, values: Record<string, string> = {}): Promise<{ forward: number }> {
    const first = addUser(at.panel, 'customer');
    addUser(at.second, 'padding');
    const other = addUser(at.second, 'customer');
    expect(other.user).toBe(first.user);
    at.second.traffic(other.forward, shown * GB);
    await at.addService(1, { values: { flvx_user_id: String(first.user), ...values } });
    await poll();
    at.panel.traffic(first.forward, 15 * GB);
    await poll();
    await at.sluice.services.set('svc-1', { panel: 'two', product: 'relay2' });
    return other;
  }

  it.each([
    ['more', 90],
    ['less', 5],
    ['nothing', 0],
  ])('counts what that user uses from then on, where its counters show %s', async (_what, shown) => {
    const { forward } = await move(shown);
    expect(await poll()).toEqual([15, 'ok']);
    at.second.traffic(forward, 3 * GB);
    expect(await poll()).toEqual([18, 'ok']);
    expect(at.second.world.forwards.get(forward)?.status).toBe(1);
  });

  it('counts it in its next cycle, too', async () => {
    const { forward } = await move(90, { flvx_username: 'customer' });
    at.bench.clock.set(Date.parse('2026-12-15T12:00:00Z'));
    expect(await poll()).toEqual([0, 'ok']);
    at.second.traffic(forward, 3 * GB);
    expect(await poll()).toEqual([3, 'ok']);
  });

  it('is not compared with the list of the first panel', async () => {
    for (let n = 0; n < 20; n++) addUser(at.panel, `customer-${n}`);
    const padding = at.panel.addUser({ user: 'padding' });
    for (let n = 0; n < 5; n++) addUser(at.second, `customer-${n}`);
    const user = addUser(at.second, 'customer').user;
    await at.addService(1, { values: { flvx_user_id: String(padding) } });
    await poll();
    await at.sluice.services.set('svc-1', { panel: 'two', product: 'relay2', flvx_user_id: String(user) });
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).services).toMatchObject([{ status: 'ok', error: null }]);
  });

  it('goes on from the counter that an earlier version stored', async () => {
    const { user, forward } = addUser(at.panel, 'customer');
    await at.addService(1, { values: { flvx_user_id: String(user) } });
    at.panel.traffic(forward, 15 * GB);
    await poll();
    const [cycle] = await at.bench.store.cycles.ofService('svc-1');
    if (cycle === undefined) throw new Error('svc-1 has no cycle');
    const { panel, ...counter } = cycle.counter as { panel?: string };
    expect(panel).toBe('relay');
    await at.bench.store.cycles.put([{ ...cycle, counter }]);
    at.panel.traffic(forward, 4 * GB);
    expect(await poll()).toEqual([19, 'ok']);
  });
});

describe('a service on another Hiddify panel that has the same uuid', () => {
  const at = useBench(() => startHiddifyBench());

  it('does not lower a limit that somebody else has set', async () => {
    const second = await startFakeHiddify({ now: at.bench.clock.now });
    const uuid = at.panel.addUser({ usageLimit: 50 * GB, currentUsage: 0 });
    await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    at.panel.use(uuid, 20 * GB);
    for (let n = 0; n < 2; n++) await at.pollAfter(HOUR);
    second.addUser({ uuid, usageLimit: 200 * GB, currentUsage: 30 * GB });
    await at.bench.edit(
      'products:',
      `  vpn2: { kind: hiddify, url: "${second.url}", allowHttp: true, apiKey: "${second.key}", retries: 0, timeout: 60s }
products:
  two: { panel: vpn2, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: no_reset } }`,
    );
    await at.sluice.services.set('svc-1', { panel: 'vpn2', product: 'two' });
    const [service] = (await at.pollAfter(HOUR)).services;
    expect([service?.status, (service?.usage?.totalBytes ?? 0) / GB]).toEqual(['ok', 20]);
    expect(second.user(uuid).usageLimit / GB).toBe(200);
    await second.close();
  });
});
