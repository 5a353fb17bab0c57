import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { firstService, useUp } from './customer.js';

const at = useFlvxBench();

async function poll(): Promise<RunReport['services'][number]> {
  at.bench.clock.advance(HOUR);
  return firstService(await at.poll());
}

describe('forwards that no poll had seen when the quota stopped them', () => {
  const addOver = async (): Promise<void> => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    at.panel.addForward(user, at.tunnels.hk, { name: 'game' });
    at.panel.addForward(user, at.tunnels.hk, { name: 'off' });
    at.bench.clock.advance(HOUR);
    await at.panel.customer(user).pause(4);
    at.bench.clock.advance(HOUR);
    useUp(at);
    expect(at.panel.runningForwards()).toEqual([1]);
  };
  const released = async (): Promise<void> => {
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    expect((await poll()).holds).toEqual([]);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  };

  it('come back, and the one that the customer had paused before does not', async () => {
    await addOver();
    expect((await poll()).status).toBe('held');
    await released();
  });

  it('come back after a reconcile, or a suspension, has held them', async () => {
    await addOver();
    await done(at.sluice.reconcile());
    await done(at.sluice.provision.suspend('svc-1'));
    await done(at.sluice.provision.unsuspend('svc-1'));
    await released();
  });

  it('come back with a quota that is raised before any run has held them, and the other one not later either', async () => {
    await addOver();
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    await at.sluice.reconcile();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
    await poll();
    await at.sluice.reconcile();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });

  it('come back when the first runs only observed', async () => {
    await addOver();
    await at.sluice.panels.observe('relay');
    await poll();
    await poll();
    await at.sluice.panels.enforce('relay');
    expect((await poll()).status).toBe('held');
    await released();
  });

  it('come back where the panel does not tell when they were paused, if they have carried something', async () => {
    await addOver();
    at.panel.traffic(3, GB);
    at.panel.server.inject({
      endpoint: /backup\/export/,
      match: ({ body }) => body.includes('"forwards"'),
      fault: { kind: 'mutate', change: (json) => ({ ...(json as object), forwards: [] }) },
    });
    await poll();
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 2]);
  });
});
