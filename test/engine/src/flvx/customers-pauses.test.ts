import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { type FlvxBench, passTime, startFlvxBench, useFlvxBench } from '../bench/flvx-bench.js';
import { kill } from '../bench/killed-call.js';
import { pollLater } from '../loop/polls.js';
import { USER } from './customer.js';

const SECOND = 1000;

const PRODUCTS = `  small: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1, 2] } }
  small-slower: { panel: relay, quota: { total: 100GB }, action: throttle, flvx: { tunnelIds: [1, 2], throttleMbit: 2 } }
  faster: { panel: relay, quota: { total: 330GB }, flvx: { tunnelIds: [1, 2], speedMbit: 90 } }
  slower: { panel: relay, quota: { total: 300GB }, action: throttle, flvx: { tunnelIds: [1, 2], speedMbit: 50, throttleMbit: 2 } }
  slow:`;

/** web runs on tunnel 1, game on tunnel 2. */
const WEB = 2;
const GAME = 3;

async function addCustomer(at: FlvxBench, product: string): Promise<void> {
  await at.bench.edit('  slow:', PRODUCTS);
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  at.panel.addForward(user, at.tunnels.jp, { name: 'game' });
  await pollLater(at);
}

/** Uses up traffic of web and polls. */
async function use(at: FlvxBench, gb: number): Promise<void> {
  at.panel.traffic(WEB, { in: gb * GB, out: 0 });
  await pollLater(at);
}

/** Adds a customer whose next cycle opens at the next poll from midnight on, 40 minutes after the last one. */
async function addDue(at: FlvxBench, product: string, gb: number): Promise<void> {
  await addCustomer(at, product);
  await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
  await use(at, gb);
  passTime(at, Date.parse('2026-12-14T23:50:00Z'));
  await at.poll();
  passTime(at, Date.parse('2026-12-15T00:20:00Z'));
}

const pauseOf = (at: FlvxBench, forward: number): Promise<unknown> => at.panel.customer(USER).pause(forward);

async function pollThrice(at: FlvxBench): Promise<boolean[]> {
  for (let round = 0; round < 3; round++) await pollLater(at);
  return [WEB, GAME].map((forward) => at.panel.isRunning(forward));
}

describe('a forward that its customer pauses stays paused', () => {
  const at = useFlvxBench();

  it.each(few([6, 7, 8, 9, 10, 11, 12]))(
    'minutes before the opening of a cycle that a report over the quota arrives in, at call %p',
    async (nth) => {
      await addDue(at, 'small', 99);
      await pauseOf(at, GAME);
      at.bench.clock.advance(2 * MINUTE);
      let calls = 0;
      const until = (): Promise<void> => Promise.resolve(void at.panel.traffic(WEB, { in: 2 * GB, out: 0 }));
      at.panel.server.inject({ match: () => ++calls === nth, fault: { kind: 'wait', until } });
      await at.poll();
      expect(await pollThrice(at)).toEqual([true, false]);
    },
  );

  it.each(few([20, 50, 95, 0], 2))(
    'minutes before another tunnel alone used up the quota, %p GB of it before',
    async (gb) => {
      await addCustomer(at, 'small');
      await use(at, gb);
      at.bench.clock.advance(2 * MINUTE);
      await pauseOf(at, GAME);
      at.bench.clock.advance(8 * MINUTE);
      at.panel.traffic(WEB, { in: (101 - gb) * GB, out: 0 });
      await pollLater(at);
      expect([WEB, GAME].map((forward) => at.panel.isRunning(forward))).toEqual([false, false]);
      await at.sluice.overrides.set('svc-1', { quota: '900GB' });
      expect(await pollThrice(at)).toEqual([true, false]);
    },
  );

  it.each([30, 300])('%p s after the opening of the cycle of a throttled account', async (seconds) => {
    await addDue(at, 'slower', 310);
    await at.poll();
    at.bench.clock.advance(seconds * SECOND);
    await pauseOf(at, WEB);
    expect(await pollThrice(at)).toEqual([false, true]);
  });

  it('after an opening that was killed before it had zeroed the counters', async () => {
    await addDue(at, 'slower', 310);
    const never = (): Promise<unknown> => Promise.resolve();
    await kill(at, (sluice) => sluice.poll(), { endpoint: /user\/reset$/, land: never });
    at.bench.clock.advance(10 * MINUTE);
    await pauseOf(at, GAME);
    expect(await pollThrice(at)).toEqual([true, false]);
  });

  it.each(
    few(
      ['small', 'small-slower'].flatMap((product) => [
        [product, 'before', -5] as const,
        [product, 'after', 5] as const,
      ]),
      2,
    ),
  )('when he changes to the smaller package %p, minutes %s', async (product, _when, minutes) => {
    await addCustomer(at, 'faster');
    await use(at, 200);
    const change = (): Promise<unknown> => at.sluice.provision.changePackage('svc-1', product);
    if (minutes > 0) await change();
    at.bench.clock.advance(MINUTE);
    await pauseOf(at, WEB);
    at.bench.clock.advance(5 * MINUTE);
    if (minutes < 0) await change();
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    expect(await pollThrice(at)).toEqual([false, true]);
  });

  it('while its run reads the lists', async () => {
    await addDue(at, 'slower', 310);
    const until = async (): Promise<void> => {
      await pauseOf(at, WEB);
      at.bench.clock.advance(2 * MINUTE);
    };
    at.panel.server.inject({ endpoint: /backup\/export$/, when: 'after', times: 1, fault: { kind: 'wait', until } });
    await at.poll();
    expect((await pollThrice(at))[1]).toBe(true);
    expect(at.panel.world.forwards.get(WEB)?.status).toBe(0);
  });
});

describe('while the quota is used up, a forward that rests', () => {
  const at = useFlvxBench();

  /** The panel's quota is below what was used, and no node has reported since. */
  async function lowerQuota(): Promise<void> {
    await addCustomer(at, 'faster');
    await use(at, 320);
    await at.sluice.provision.changePackage('svc-1', 'small-slower');
    at.bench.clock.advance(MINUTE);
  }

  it('was paused by its customer where no node has reported any traffic', async () => {
    await lowerQuota();
    for (const forward of [WEB, GAME]) await pauseOf(at, forward);
    expect(await pollThrice(at)).toEqual([false, false]);
  });

  it('was stopped by the panel where one has', async () => {
    await lowerQuota();
    at.panel.traffic(WEB, { in: 1, out: 0 });
    expect(await pollThrice(at)).toEqual([true, true]);
  });

  it.each(few([1, 2], 2))(
    'was stopped by the panel where a tunnel counts nothing of a small report (%p-fold)',
    async (flow) => {
      Object.assign(at.panel.world.tunnels.get(at.tunnels.hk)!, { trafficRatio: 0.5, flow });
      await lowerQuota();
      at.panel.traffic(WEB, { in: 1, out: 0 });
      expect(await pollThrice(at)).toEqual([true, true]);
    },
  );

  it('was stopped by the panel where its customer edits it after he has started another', async () => {
    await addCustomer(at, 'small');
    for (const forward of [WEB, GAME]) at.panel.traffic(forward, { in: 51 * GB, out: 0 });
    at.bench.clock.advance(3 * MINUTE);
    await at.panel.customer(USER).resume(GAME);
    at.bench.clock.advance(MINUTE);
    await at.panel.customer(USER).updateForward(WEB, { remoteAddr: '198.51.100.9:9' });
    at.bench.clock.advance(7 * MINUTE);
    await at.poll();
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    expect(await pollThrice(at)).toEqual([true, true]);
  });

  it('was paused by its customer where another runs on, though its node reports', async () => {
    await lowerQuota();
    at.panel.traffic(GAME, { in: 1, out: 0 });
    const stopped = [WEB, GAME].map((forward) => at.panel.isRunning(forward));
    expect(stopped).toEqual([false, false]);
    expect(await pollThrice(at)).toEqual([true, true]);
    await pauseOf(at, WEB);
    expect(await pollThrice(at)).toEqual([false, true]);
  });
});

describe('a forward that was paused when it was last read, and that its customer has started since', () => {
  const at = useFlvxBench();

  /** He has used so much of each, and starts game. */
  async function start(product: string, gb: number): Promise<void> {
    await addCustomer(at, product);
    for (const forward of [WEB, GAME]) at.panel.traffic(forward, { in: gb * GB, out: 0 });
    await pollLater(at);
    await pauseOf(at, GAME);
    await pollLater(at);
    await at.panel.customer(USER).resume(GAME);
    at.bench.clock.advance(2 * MINUTE);
  }

  it.each(few(['small', 'small-slower'], 2))(
    'was stopped by the panel with the others where it has run (%p)',
    async (product) => {
      await start(product, 48);
      at.panel.traffic(GAME, { in: 6 * GB, out: 0 });
      expect(at.panel.isRunning(GAME)).toBe(false);
      at.bench.clock.advance(3 * MINUTE);
      await at.poll();
      await at.sluice.overrides.set('svc-1', { quota: '900GB' });
      expect(await pollThrice(at)).toEqual([true, true]);
    },
  );

  it('was paused by him again where no quota was used up, and nothing is said of it', async () => {
    await start('small', 5);
    at.panel.traffic(GAME, { in: 6 * GB, out: 0 });
    await pauseOf(at, GAME);
    expect(await pollThrice(at)).toEqual([true, false]);
    const told = await at.bench.store.notices.list({});
    expect(told.filter(({ code }) => code === 'forward_ran_again')).toEqual([]);
  });

  it('is paused again each time he edits it, which starts it on its node', async () => {
    await addCustomer(at, 'small');
    await pauseOf(at, GAME);
    await pollLater(at);
    for (const port of [8, 9]) {
      await at.panel.customer(USER).updateForward(GAME, { remoteAddr: `198.51.100.9:${port}` });
      at.panel.traffic(GAME, { in: GB, out: 0 });
      expect(at.panel.isRunning(GAME)).toBe(true);
      await pollLater(at);
      expect(at.panel.isRunning(GAME)).toBe(false);
    }
  });

  it('was paused by him again where the quota was reached minutes later', async () => {
    await start('small', 48);
    at.panel.traffic(GAME, { in: 1 * GB, out: 0 });
    await pauseOf(at, GAME);
    at.bench.clock.advance(4 * MINUTE);
    at.panel.traffic(WEB, { in: 6 * GB, out: 0 });
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    expect(await pollThrice(at)).toEqual([true, false]);
  });
});

describe('a stop of a user', () => {
  const at = useFlvxBench();

  it('goes on over his tunnels, with an instant for each report that comes meanwhile', async () => {
    await addCustomer(at, 'small');
    const third = at.panel.addForward(at.panel.world.forwards.get(WEB)!.userId, at.tunnels.hk, { name: 'third' });
    await use(at, 1);
    at.bench.clock.advance(2 * MINUTE);
    at.panel.traffic(WEB, { in: 100 * GB, out: 0 });
    const begin = at.panel.world.forwards.get(WEB)!.updatedTime;
    for (const [index, id] of [WEB, GAME, third].entries())
      Object.assign(at.panel.world.forwards.get(id)!, { updatedTime: begin + index * 45 * SECOND });
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    await pollThrice(at);
    expect([WEB, GAME, third].filter((id) => !at.panel.isRunning(id))).toEqual([]);
  });
});

describe('a stop by the quota that the panel has not ended when it is read', () => {
  const at = useFlvxBench();

  /** Reports traffic over the quota: it is counted, and the panel waits for a node before it pauses these. Returns what pauses them. */
  function report(gb: number, waiting: readonly number[]): () => void {
    const rows = waiting.map((id) => at.panel.world.forwards.get(id)!);
    const before = rows.map(({ updatedTime }) => updatedTime);
    at.panel.traffic(WEB, { in: gb * GB, out: 0 });
    const now = at.bench.clock.now();
    rows.forEach((row, index) => Object.assign(row, { status: 1, updatedTime: before[index] }));
    return () => {
      for (const row of rows) Object.assign(row, { status: 0, updatedTime: now });
    };
  }

  it.each(few(['small', 'small-slower'], 2))('ends with %p, and all come back', async (product) => {
    await addCustomer(at, product);
    const end = report(101, [GAME]);
    at.bench.clock.advance(10 * SECOND);
    await at.poll();
    end();
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    expect(await pollThrice(at)).toEqual([true, true]);
  });

  it('never ends where the panel is restarted, and what it has paused comes back', async () => {
    await addCustomer(at, 'small');
    const third = at.panel.addForward(USER, at.tunnels.hk, { name: 'third' });
    await pollLater(at);
    report(101, [third, GAME]);
    at.bench.clock.advance(10 * MINUTE);
    await at.poll();
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    expect(await pollThrice(at)).toEqual([true, true]);
  });

  it('takes longer than a minute for the two entry nodes of a tunnel, and all come back', async () => {
    await addCustomer(at, 'small');
    const nodes = ['us-a', 'us-b'].map((name) => at.panel.addNode(name));
    at.panel.world.forwards.get(GAME)!.tunnelId = at.panel.addTunnel({ name: 'US-03', entryNodes: nodes });
    await at.bench.edit(
      'small: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1, 2] } }',
      'small: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1, 2, 3] } }',
    );
    await at.sluice.reconcile();
    at.panel.traffic(GAME, { in: 50 * GB, out: 0 });
    await pollLater(at);
    const end = report(51, [WEB, GAME]);
    end();
    at.panel.world.forwards.get(GAME)!.updatedTime += 80 * SECOND;
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    expect(await pollThrice(at)).toEqual([true, true]);
  });

  it('ends after two runs, the second without a step, and all come back', async () => {
    await addCustomer(at, 'small');
    const end = report(101, [WEB, GAME]);
    at.bench.clock.advance(8 * SECOND);
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    await at.poll();
    at.bench.clock.advance(8 * SECOND);
    await at.sluice.reconcile();
    end();
    expect(await pollThrice(at)).toEqual([true, true]);
  });

  it.each(few([[[GAME]], [[WEB, GAME]]], 2))(
    'ends after the quota was raised, and all come back (%p waiting)',
    async (waiting) => {
      await addCustomer(at, 'small');
      const end = report(101, waiting);
      at.bench.clock.advance(15 * SECOND);
      await at.sluice.overrides.set('svc-1', { quota: '500GB' });
      await at.poll();
      end();
      expect(await pollThrice(at)).toEqual([true, true]);
    },
  );

  it.each(few([1, 2], 2))(
    'begins once it was counted, as list %p of forwards is read for the opening of a cycle',
    async (nth) => {
      await addDue(at, 'small', 99);
      const endpoint = /forward\/list$/;
      let lists = 0;
      let end = (): void => undefined;
      const match = ({ endpoint: called }: { endpoint: string }): boolean => endpoint.test(called) && ++lists === nth;
      const begin = (): Promise<void> => Promise.resolve(void (end = report(2, [WEB, GAME])));
      at.panel.server.inject({ match, times: 1, fault: { kind: 'wait', until: begin } });
      at.panel.server.onCall((call) => {
        if (lists === nth && !endpoint.test(call.endpoint)) end();
      });
      await at.poll();
      end();
      expect(await pollThrice(at)).toEqual([true, true]);
    },
  );
});

describe.each([-90, 90])('with a clock of the panel that is %p s ahead', (seconds) => {
  let at: FlvxBench;
  beforeEach(async () => {
    at = await startFlvxBench('', { aheadMs: seconds * SECOND });
  });
  afterEach(() => at.close());

  it('a report while a cycle opens stops nobody for the cycle', async () => {
    await addDue(at, 'slower', 310);
    const until = (): Promise<void> => Promise.resolve(void at.panel.traffic(WEB, { in: 2 * GB, out: 0 }));
    at.panel.server.inject({ endpoint: /user\/reset$/, times: 1, fault: { kind: 'wait', until } });
    await at.poll();
    expect(await pollThrice(at)).toEqual([true, true]);
  });

  it('what its customer pauses half a minute after that stays paused', async () => {
    await addDue(at, 'slower', 310);
    await at.poll();
    at.bench.clock.advance(30 * SECOND);
    at.panel.traffic(WEB, { in: 1, out: 0 });
    await pauseOf(at, WEB);
    expect(await pollThrice(at)).toEqual([false, true]);
  });
});

it('a clock that is set after a killed opening changes nothing of who paused', async () => {
  const at = await startFlvxBench();
  await addDue(at, 'slower', 310);
  const report = (): Promise<unknown> => Promise.resolve(at.panel.traffic(WEB, { in: 2 * GB, out: 0 }));
  at.panel.server.inject({
    endpoint: /user\/reset$/,
    times: 1,
    fault: { kind: 'wait', until: async () => void (await report()) },
  });
  const never = (): Promise<unknown> => Promise.resolve();
  await kill(at, (sluice) => sluice.poll(), { endpoint: /user\/reset$/, when: 'after', land: never });
  at.setAhead(-200 * SECOND);
  expect(await pollThrice(at)).toEqual([true, true]);
  await at.close();
});
