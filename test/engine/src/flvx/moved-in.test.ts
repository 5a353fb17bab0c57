import { describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';

const at = useFlvxBench();
const EXPIRY = Date.parse('2026-12-14T15:23:41.007Z');

interface Adopted {
  user?: object;
  permission?: object;
  product?: string;
  due?: string;
}

/** Adds a user as another tool has made him, and an imported service of it; returns the user's id. */
async function adopt({ user, permission, product = 'monthly', due = '2026-12-14' }: Adopted = {}): Promise<number> {
  const id = at.panel.addUser({ user: 'anna', expTime: EXPIRY, inFlow: 30 * GB, outFlow: 10 * GB, ...user });
  at.panel.addPermission(id, at.tunnels.hk, { inFlow: 30 * GB, outFlow: 10 * GB, ...permission });
  at.panel.addForward(id, at.tunnels.hk, { name: 'web' });
  await at.addService(1, { product, values: { flvx_user_id: String(id), next_due_date: due } });
  return id;
}

/** Returns what polls and reconciles of some hours change on the panel. */
async function changes(): Promise<unknown[]> {
  const before = at.panel.state();
  for (const run of ['poll', 'reconcile', 'poll', 'reconcile'] as const) {
    await done(run === 'poll' ? at.poll() : at.sluice.reconcile());
    at.bench.clock.set(at.bench.clock.now() + HOUR);
  }
  return diffStates(before, at.panel.state());
}

describe('the expiry of a user that another tool made', () => {
  it('stays at its time of the due day, and follows the next renewal', async () => {
    const user = await adopt();
    expect(await changes()).toEqual([]);
    await expectSettled(at);
    await at.sluice.provision.renew('svc-1');
    expect(at.panel.user(user)?.expTime).toBe(Date.parse('2027-01-14'));
  });

  it('becomes the due date where it is on another day', async () => {
    const user = await adopt({ due: '2026-12-15' });
    await done(at.sluice.reconcile());
    expect(at.panel.user(user)?.expTime).toBe(Date.parse('2026-12-15'));
  });
});
