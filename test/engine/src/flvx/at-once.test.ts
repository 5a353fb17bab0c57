import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { CommandReport, Sluice } from '@sluice/engine';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled, failure } from '../bench/outcomes.js';
import { logIn } from './customer.js';

const at = useFlvxBench();

/** Starts a command in a process of its own. Time stands still: each waits for the lease until the others have ended. */
async function start(command: (sluice: Sluice) => Promise<CommandReport>): Promise<CommandReport> {
  const clock = { now: at.bench.clock.now, sleep: () => setTimeout(1) };
  return command(await at.bench.restart({ clock, isAlive: () => true }));
}

describe('two operations on one user at once', () => {
  it('wait for each other, and neither loses what the other has changed', async () => {
    await at.create(1);
    at.panel.addForward(3, 1);
    await at.poll();
    await Promise.all([
      done(start(({ provision }) => provision.changePackage('svc-1', 'big'))),
      done(start(({ provision }) => provision.renew('svc-1', { until: '2027-03-15' }))),
      done(start(({ provision }) => provision.changePassword('svc-1'))),
      done(start(({ provision }) => provision.suspend('svc-1'))),
    ]);
    expect(at.panel.user(3)).toMatchObject({ flow: 300, num: 20, expTime: Date.parse('2027-03-15'), status: 0 });
    expect(at.panel.permission(3, 2)).toMatchObject({ flow: 300, status: 0, expTime: Date.parse('2027-03-15') });
    expect(at.panel.runningForwards()).toEqual([1]);
    const updates = at.panel.server.calls.filter((call) => call.path.endsWith('/user/update'));
    expect(updates.length).toBeGreaterThanOrEqual(4);
    await expectSettled(at);
  });

  it('make one account with one password', async () => {
    await at.addService(1);
    const create = () => done(start(({ provision }) => provision.create('svc-1')));
    const given = (await Promise.all([create(), create()])).flatMap(({ credentials }) => credentials ?? []);
    expect(given).toHaveLength(1);
    expect(await logIn(at, given[0]?.username, given[0]?.password)).toMatchObject({ code: 0 });
  });

  it('make no account anew that the other one removes', async () => {
    await at.create(1);
    const called = new Promise<void>((resolve) => {
      at.panel.server.onCall(() => {
        resolve();
      });
    });
    const terminated = start(({ provision }) => provision.terminate('svc-1'));
    await called;
    const created = await failure(start(({ provision }) => provision.create('svc-1')));
    await done(terminated);
    expect(created).toMatchObject({ as: 'conflict', code: 'wrong_lifecycle' });
    expect([at.panel.user(3), at.panel.user(4)]).toEqual([undefined, undefined]);
  });

  it('of a poll and a command end as if one had come after the other', async () => {
    await at.create(1);
    at.panel.addForward(3, 1);
    await at.poll();
    at.panel.traffic(2, { in: 120 * GB, out: 0 });
    const [polled] = await Promise.all([
      at.poll(),
      done(start(({ provision }) => provision.changePackage('svc-1', 'big'))),
    ]);
    expect(['done', 'failed', 'partial']).toContain(polled.run.outcome);
    await at.poll();
    expect(at.panel.user(3)).toMatchObject({ flow: 300, num: 20 });
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    await expectSettled(at);
  });
});
