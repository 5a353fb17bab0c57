import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';
import { allow } from './customer.js';

const at = useFlvxBench();

/** A customer with forwards on two tunnels, one of which he has paused himself; returns what runs. */
async function addCustomer(): Promise<number[]> {
  const user = await at.create(1, { product: 'big' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  at.panel.addForward(user, at.tunnels.jp, { name: 'game' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'own', paused: true });
  await pollLater(at);
  return at.panel.runningForwards();
}

/** A node's report of traffic above the quota arrives before the panel answers the first such call, once the calls with it are answered. */
function reportBefore(endpoint: RegExp): void {
  const report = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    at.panel.traffic(2, { in: 300 * GB, out: 20 * GB });
  };
  at.panel.server.inject({ endpoint, times: 1, fault: { kind: 'wait', until: report } });
}

const LISTS = [/user\/list$/, /forward\/list$/, /backup\/export$/];

describe('the panel stops forwards at the quota while Sluice reads its lists', () => {
  it.each(LISTS)('in a poll, before it answers %p: all come back', async (endpoint) => {
    const running = await addCustomer();
    reportBefore(endpoint);
    await pollLater(at);
    expect(at.panel.runningForwards()).not.toEqual(running);
    expect((await pollLater(at)).service.status).toBe('held');
    await allow(at, '500GB');
    expect(at.panel.runningForwards()).toEqual(running);
  });

  it.each(LISTS)('in a command, before it answers %p: all come back', async (endpoint) => {
    const running = await addCustomer();
    reportBefore(endpoint);
    await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
    expect(at.panel.runningForwards()).not.toEqual(running);
    expect((await pollLater(at)).service.status).toBe('held');
    await allow(at, '500GB');
    expect(at.panel.runningForwards()).toEqual(running);
  });
});

/** What changes an account that is held at its quota, or is suspended besides. */
const STORIES = {
  'a poll after more was allowed': () => allow(at, '330GB'),
  'the end of a suspension': async () => {
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.overrides.set('svc-1', { quota: '330GB' });
    await at.sluice.provision.unsuspend('svc-1');
  },
  'a release by name': () => at.sluice.holds.release('svc-1', { until: '2026-11-25' }),
  'another package': () => at.sluice.provision.changePackage('svc-1', 'twice'),
};

describe.each(Object.entries(STORIES))('the panel stops forwards at the quota again during %s', (_name, story) => {
  it.each(
    few(
      Array.from({ length: 24 }, (_, index) => index + 1),
      4,
    ).flatMap((nth) => [[nth, 'before'] as const, [nth, 'after'] as const]),
  )('at call %p, %s the panel has done it: all come back', async (nth, when) => {
    await at.bench.edit(
      '  slow:',
      '  twice: { panel: relay, quota: { total: 330GB }, flvx: { tunnelIds: [1, 2] } }\n  slow:',
    );
    const running = await addCustomer();
    at.panel.traffic(2, { in: 290 * GB, out: 20 * GB });
    expect((await pollLater(at)).service.status).toBe('held');
    let calls = 0;
    const report = (): Promise<void> => {
      for (const forward of [2, 3]) at.panel.traffic(forward, { in: 50 * GB, out: 0 });
      return Promise.resolve();
    };
    at.panel.server.inject({ match: () => ++calls === nth, when, fault: { kind: 'wait', until: report } });
    await story();
    await pollLater(at);
    await pollLater(at);
    await at.sluice.holds.release('svc-1', { until: null }).catch(() => undefined);
    await allow(at, '900GB');
    await pollLater(at);
    expect(at.panel.runningForwards()).toEqual(running);
  });
});
