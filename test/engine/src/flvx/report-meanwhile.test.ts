import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type FakeCall, few } from '@sluice/fake-panels';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { kill } from '../bench/killed-call.js';
import { passTime, useFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';
import { allow, USER } from './customer.js';

const at = useFlvxBench();

/** A customer with forwards on two tunnels, one of which he has paused himself; returns what runs. */
async function addCustomer(product = 'big'): Promise<number[]> {
  const user = await at.create(1, { product });
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

  it.each(few(LISTS))(
    'in a poll, before it answers %p: one that was never observed comes back, too',
    async (endpoint) => {
      await addCustomer();
      at.panel.addForward(USER, at.tunnels.jp, { name: 'new' });
      const running = at.panel.runningForwards();
      reportBefore(endpoint);
      await pollLater(at);
      expect(at.panel.runningForwards()).not.toEqual(running);
      expect((await pollLater(at)).service.status).toBe('held');
      await allow(at, '500GB');
      expect(at.panel.runningForwards()).toEqual(running);
    },
  );

  it.each(few(LISTS))('in a command, before it answers %p: all come back', async (endpoint) => {
    const running = await addCustomer();
    reportBefore(endpoint);
    await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
    expect(at.panel.runningForwards()).not.toEqual(running);
    expect((await pollLater(at)).service.status).toBe('held');
    await allow(at, '500GB');
    expect(at.panel.runningForwards()).toEqual(running);
  });
});

/** What changes an account, its product, and what happens before. */
interface Story {
  product: string;
  before: () => Promise<unknown>;
  story: () => Promise<unknown>;
}

const use = (gb: number) => async (): Promise<void> => {
  at.panel.traffic(2, { in: gb * GB, out: 0 });
  await pollLater(at);
};
const OVER = 310;

const STORIES: Record<string, Story> = {
  'a poll after more was allowed': { product: 'big', before: use(OVER), story: () => allow(at, '330GB') },
  'the end of a suspension': {
    product: 'big',
    before: async () => {
      await use(200)();
      await at.sluice.provision.suspend('svc-1');
    },
    story: () => at.sluice.provision.unsuspend('svc-1'),
  },
  'a larger package without a speed': {
    product: 'big',
    before: use(OVER),
    story: () => at.sluice.provision.changePackage('svc-1', 'twice'),
  },
  'the opening of a cycle of a throttled account': {
    product: 'slower',
    before: async () => {
      await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
      await use(OVER)();
      passTime(at, Date.parse('2026-12-15T00:30:00Z'));
    },
    story: () => at.poll(),
  },
  'a poll that pauses a forward above the maximum': {
    product: 'few',
    before: async () => {
      await use(200)();
      at.panel.addForward(USER, at.tunnels.hk, { name: 'added' });
    },
    story: () => pollLater(at),
  },
  'a poll that pauses a forward again that its node runs': {
    product: 'big',
    before: async () => {
      await use(200)();
      at.panel.restartNode(1);
      at.panel.traffic(4, { in: GB, out: 0 });
    },
    story: () => pollLater(at),
  },
};

const PRODUCTS = `  twice: { panel: relay, quota: { total: 330GB }, flvx: { tunnelIds: [1, 2] } }
  few: { panel: relay, quota: { total: 300GB }, flvx: { tunnelIds: [1, 2], maxForwards: 3, enforceMaxForwards: true } }
  slower: { panel: relay, quota: { total: 300GB }, action: throttle, flvx: { tunnelIds: [1, 2], speedMbit: 50, throttleMbit: 2 } }
  slow:`;

const CALLS = few(
  Array.from({ length: 36 }, (_, index) => index + 4),
  18,
);

describe.each(Object.entries(STORIES))('a report arrives during %s', (_name, { product, before, story }) => {
  it.each(few(CALLS.flatMap((nth) => [[nth, 'before'] as const, [nth, 'after'] as const])))(
    'at call %p, %s the panel has done it: all that ran comes back',
    async (nth, when) => {
      await at.bench.edit('  slow:', PRODUCTS);
      const running = await addCustomer(product);
      await before();
      let calls = 0;
      const report = (): Promise<void> => {
        for (const forward of [2, 3]) at.panel.traffic(forward, { in: 70 * GB, out: 0 });
        return Promise.resolve();
      };
      at.panel.server.inject({ match: () => ++calls === nth, when, fault: { kind: 'wait', until: report } });
      await story();
      await pollLater(at);
      await pollLater(at);
      await allow(at, '900GB');
      await pollLater(at);
      expect(at.panel.runningForwards()).toEqual(running);
    },
  );
});

describe('a forward that its customer pauses after a release', () => {
  const pause = (): Promise<unknown> => at.panel.customer(USER).pause(2);

  it('stays paused where the run was killed once it had started it', async () => {
    await addCustomer('big');
    await use(OVER)();
    const endpoint = /forward\/resume$/;
    const never = (): Promise<unknown> => Promise.resolve();
    await at.sluice.overrides.set('svc-1', { quota: '330GB' });
    await kill(at, (sluice) => sluice.poll(), { endpoint, nth: 2, when: 'after', land: never });
    at.bench.clock.advance(10 * MINUTE);
    await pause();
    for (let round = 0; round < 3; round++) await pollLater(at);
    expect(at.panel.isRunning(2)).toBe(false);
  });

  it.each(few([2, 3, 4]))('stays paused at call %p after its start by the poll that releases it', async (nth) => {
    await addCustomer('big');
    await use(OVER)();
    let calls = 0;
    const isNext = ({ endpoint }: FakeCall): boolean => {
      if (calls > 0 || endpoint.endsWith('forward/resume')) calls += 1;
      return calls === nth + 1;
    };
    const until = async (): Promise<void> => {
      await pause();
    };
    at.panel.server.inject({ match: isNext, times: 1, fault: { kind: 'wait', until } });
    await allow(at, '330GB');
    for (let round = 0; round < 3; round++) await pollLater(at);
    expect(at.panel.isRunning(2)).toBe(false);
  });
});

describe('a forward that its customer paused before the cycle of a throttled account opens', () => {
  /** The cycle opens at the poll of half past midnight; at midnight the customer has paused web. */
  async function openCycle(): Promise<void> {
    await at.bench.edit('  slow:', PRODUCTS);
    await addCustomer('slower');
    await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
    await use(OVER)();
    passTime(at, Date.parse('2026-12-15T00:10:00Z'));
  }

  it('stays paused', async () => {
    await openCycle();
    await at.panel.customer(USER).pause(2);
    at.bench.clock.advance(20 * MINUTE);
    await at.poll();
    for (let round = 0; round < 2; round++) await pollLater(at);
    expect(at.panel.isRunning(2)).toBe(false);
    expect(at.panel.isRunning(3)).toBe(true);
  });

  it('stays paused that he pauses after a run that was killed once it had zeroed the counters', async () => {
    await openCycle();
    at.bench.clock.advance(20 * MINUTE);
    const never = (): Promise<unknown> => Promise.resolve();
    await kill(at, (sluice) => sluice.poll(), { endpoint: /user\/reset$/, nth: 1, when: 'after', land: never });
    at.bench.clock.advance(10 * MINUTE);
    await at.panel.customer(USER).pause(2);
    for (let round = 0; round < 3; round++) await pollLater(at);
    expect(at.panel.isRunning(2)).toBe(false);
    expect(at.panel.isRunning(3)).toBe(true);
  });
});

it('a report over the quota directly before the counters are zeroed stops nobody for the new cycle', async () => {
  const running = await addCustomer();
  await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
  await use(299)();
  passTime(at, Date.parse('2026-12-15T00:10:00Z'));
  const report = (): Promise<void> => {
    at.panel.traffic(2, { in: 2 * GB, out: 0 });
    return Promise.resolve();
  };
  at.panel.server.inject({ endpoint: /user\/reset$/, times: 1, fault: { kind: 'wait', until: report } });
  await at.poll();
  await pollLater(at);
  expect(at.panel.runningForwards()).toEqual(running);
});

it('a forward that its customer pauses as the cycle opens stays paused where the quota is far', async () => {
  await addCustomer();
  await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
  await use(5)();
  passTime(at, Date.parse('2026-12-15T00:09:30Z'));
  for (const forward of [2, 3]) await at.panel.customer(USER).pause(forward);
  passTime(at, Date.parse('2026-12-15T00:10:00Z'));
  await at.poll();
  for (let round = 0; round < 2; round++) await pollLater(at);
  expect([at.panel.isRunning(2), at.panel.isRunning(3)]).toEqual([false, false]);
});
