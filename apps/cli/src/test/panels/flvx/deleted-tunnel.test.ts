import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport } from '@sluice/engine';
import { flvxConfig, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';
import type { Outcome } from '../../harness.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

const addProduct = (product: string): void => {
  at.bench.write('sluice.yaml', flvxConfig(at.panel.url).replace('  bare:', `  ${product}\n  bare:`));
};
const errorCode = (outcome: Outcome): string | undefined => outcome.json<CommandReport>().service.error?.code;

describe('a product whose tunnel, group or speed limit is gone from the panel', () => {
  const renewed = Date.parse('2027-03-15T00:00:00Z');

  it('is still renewed, keeps its other tunnels, and the missing one is reported until the config is corrected', async () => {
    await at.create(1, { product: 'big' });
    await at.panel.customer(1).post('/tunnel/delete', { id: at.tunnels.jp });
    const renewal = await at.run('provision renew svc-1 --until 2027-03-15');
    expect([renewal.exitCode, errorCode(renewal)]).toEqual([3, 'unknown_tunnel']);
    expect(at.panel.user(3)?.expTime).toBe(renewed);
    expect(at.panel.permission(3, at.tunnels.hk)?.expTime).toBe(renewed);
    expect(at.panel.permission(3, at.tunnels.jp)).toBeUndefined();
    expect((await at.run('reconcile')).exitCode).toBe(1);
    expect((await at.run('provision change-package svc-1 relay')).exitCode).toBe(0);
    expect((await at.run('reconcile')).exitCode).toBe(0);
  });

  it('drops no tunnel of an earlier product before the new ones are there', async () => {
    await at.create(1);
    at.panel.addForward(3, at.tunnels.hk, { name: 'web' });
    await at.panel.customer(1).post('/tunnel/delete', { id: at.tunnels.jp });
    addProduct('moved: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 2 } }');
    await at.run('service set svc-1 product=moved');
    for (const words of ['reconcile', 'poll', 'reconcile']) {
      at.bench.clock.advance(HOUR);
      await at.run(words);
    }
    expect(at.panel.permission(3, at.tunnels.hk)?.status).toBe(1);
    expect(at.panel.runningForwards()).toContain(2);
  });

  it('is still renewed without its group', async () => {
    const group = at.panel.addTunnelGroup('asia', [at.tunnels.hk, at.tunnels.jp]);
    await at.create(1, { product: 'group' });
    await at.panel.customer(1).post('/group/tunnel/delete', { id: group });
    const renewal = await at.run('provision renew svc-1 --until 2027-03-15');
    expect([renewal.exitCode, errorCode(renewal)]).toEqual([3, 'unknown_tunnel_group']);
    for (const tunnel of [at.tunnels.hk, at.tunnels.jp]) expect(at.panel.permission(3, tunnel)?.expTime).toBe(renewed);
  });

  it('is still renewed without its speed limit', async () => {
    const limit = at.panel.addSpeedLimit(at.tunnels.hk, 30);
    addProduct(`limited: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, speedLimitId: ${limit} } }`);
    await at.create(1, { product: 'limited' });
    await at.panel.customer(1).post('/speed-limit/delete', { id: limit });
    const renewal = await at.run('provision renew svc-1 --until 2027-03-15');
    expect(at.panel.permission(3, at.tunnels.hk)?.expTime).toBe(renewed);
    expect([renewal.exitCode, errorCode(renewal)]).toEqual([3, 'unknown_speed_limit']);
  });
});
