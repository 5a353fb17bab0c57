import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../bench/engine-bench.js';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done, failure } from '../bench/outcomes.js';

const at = useFlvxBench();

const addProduct = (product: string) =>
  at.bench.configure(flvxConfig(at.panel.url).replace('  bare:', `  ${product}\n  bare:`));

describe('a product whose tunnel, group or speed limit is gone from the panel', () => {
  const renew = () => failure(at.sluice.provision.renew('svc-1', { until: '2027-03-15' }));
  const renewed = Date.parse('2027-03-15T00:00:00Z');

  it('is still renewed, keeps its other tunnels, and the missing one is reported until the config is corrected', async () => {
    await at.create(1, { product: 'big' });
    await at.panel.customer(1).post('/tunnel/delete', { id: at.tunnels.jp });
    expect(await renew()).toMatchObject({ as: 'partial', code: 'unknown_tunnel' });
    expect(at.panel.user(3)?.expTime).toBe(renewed);
    expect(at.panel.permission(3, at.tunnels.hk)?.expTime).toBe(renewed);
    expect(at.panel.permission(3, at.tunnels.jp)).toBeUndefined();
    expect((await at.sluice.reconcile()).run.outcome).toBe('failed');
    await done(at.sluice.provision.changePackage('svc-1', 'relay'));
    await done(at.sluice.reconcile());
  });

  it('drops no tunnel of an earlier product before the new ones are there', async () => {
    await at.create(1);
    at.panel.addForward(3, at.tunnels.hk, { name: 'web' });
    await at.panel.customer(1).post('/tunnel/delete', { id: at.tunnels.jp });
    await addProduct('moved: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 2 } }');
    await at.sluice.services.set('svc-1', { product: 'moved' });
    for (const run of ['reconcile', 'poll', 'reconcile'] as const) {
      at.bench.clock.advance(HOUR);
      await at.sluice[run]();
    }
    expect(at.panel.permission(3, at.tunnels.hk)?.status).toBe(1);
    expect(at.panel.runningForwards()).toContain(2);
  });

  it('is still renewed without its group', async () => {
    const group = at.panel.addTunnelGroup('asia', [at.tunnels.hk, at.tunnels.jp]);
    await at.create(1, { product: 'group' });
    await at.panel.customer(1).post('/group/tunnel/delete', { id: group });
    expect(await renew()).toMatchObject({ as: 'partial', code: 'unknown_tunnel_group' });
    for (const tunnel of [at.tunnels.hk, at.tunnels.jp]) expect(at.panel.permission(3, tunnel)?.expTime).toBe(renewed);
  });

  it('is still renewed without its speed limit', async () => {
    const limit = at.panel.addSpeedLimit(at.tunnels.hk, 30);
    await addProduct(
      `limited: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, speedLimitId: ${limit} } }`,
    );
    await at.create(1, { product: 'limited' });
    await at.panel.customer(1).post('/speed-limit/delete', { id: limit });
    expect(await renew()).toMatchObject({ as: 'partial', code: 'unknown_speed_limit' });
    expect(at.panel.permission(3, at.tunnels.hk)?.expTime).toBe(renewed);
  });
});
