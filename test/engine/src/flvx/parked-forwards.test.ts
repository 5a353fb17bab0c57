import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { intercept } from '../bench/intercept.js';
import { pollLater } from '../loop/polls.js';
import { USER } from './customer.js';

const PRODUCTS = `  away: { panel: relay, quota: { total: 100GB }, action: redirect, flvx: { tunnelIds: [1, 2] } }
  one: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1] } }
  two: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1, 2] } }
  slow:`;

const at = useFlvxBench();

/** The forwards that run, of some. */
const running = (ids: readonly number[]): boolean[] => ids.map((id) => at.panel.isRunning(id));

/** Lets the customer start a forward, and a run find it some minutes later; without one, the run alone. */
async function meanwhile(started: number | undefined): Promise<void> {
  await pollLater(at);
  if (started !== undefined) await at.panel.customer(USER).resume(started);
  at.bench.clock.advance(5 * MINUTE);
  await pollLater(at);
}

async function createOverTwoTunnels(product: string): Promise<number[]> {
  await at.bench.edit('  slow:', PRODUCTS);
  const user = await at.create(1, { product });
  const ids = [at.tunnels.hk, at.tunnels.jp].map((tunnel, n) =>
    at.panel.addForward(user, tunnel, { name: `f${n}`, remoteAddr: '198.51.100.7:443' }),
  );
  await pollLater(at);
  return ids;
}

describe.each([
  ['that its customer leaves alone', false],
  ['that its customer starts during a hold', true],
])('a FLVX forward that was paused without a hold, %s', (_, starts) => {
  it('runs after the hold once there is room for it', async () => {
    const user = await at.create(1, { product: 'counted' });
    const ids = [1, 2, 3].map((n) => at.panel.addForward(user, at.tunnels.hk, { name: `f${n}` }));
    await pollLater(at);
    expect(running(ids)).toEqual([true, true, false]);
    await at.sluice.provision.suspend('svc-1');
    await meanwhile(starts ? ids[2] : undefined);
    expect(running(ids)).toEqual([false, false, false]);
    await at.sluice.provision.unsuspend('svc-1');
    await pollLater(at);
    expect(running(ids)).toEqual([true, true, false]);
    await at.sluice.provision.changePackage('svc-1', 'relay');
    await pollLater(at);
    expect(running(ids)).toEqual([true, true, true]);
  });

  it('runs after the hold once its tunnel is in the package again', async () => {
    const ids = await createOverTwoTunnels('two');
    await at.sluice.provision.changePackage('svc-1', 'one');
    await pollLater(at);
    await at.sluice.provision.suspend('svc-1');
    await meanwhile(starts ? ids[1] : undefined);
    expect(running(ids)).toEqual([false, false]);
    await at.sluice.provision.unsuspend('svc-1');
    await pollLater(at);
    expect(running(ids)).toEqual([true, false]);
    await at.sluice.provision.changePackage('svc-1', 'two');
    await pollLater(at);
    expect(running(ids)).toEqual([true, true]);
  });

  it('runs after a suspension that redirects, was killed and repeated', async () => {
    const ids = await createOverTwoTunnels('away');
    let dead = false;
    at.panel.server.inject({
      match: (call) => !dead && call.endpoint.endsWith('forward/update') && (dead = true),
      when: 'after',
      times: 1,
      fault: { kind: 'cut' },
    });
    const store = intercept(at.bench.store, () => (dead ? Promise.reject(new Error('killed')) : null));
    const killed = await at.bench.restart({ store });
    await expect(killed.provision.suspend('svc-1')).rejects.toThrow();
    at.panel.server.clearFaults();
    await at.bench.restart();
    at.bench.clock.advance(MINUTE);
    await at.sluice.provision.suspend('svc-1');
    await meanwhile(starts ? ids[0] : undefined);
    expect(running(ids)).toEqual([false, false]);
    await at.sluice.provision.unsuspend('svc-1');
    await pollLater(at);
    expect(running(ids)).toEqual([true, true]);
  });
});
