import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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

  it.each([6, 7, 8, 9, 10, 11, 12])(
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
    ['small', 'small-slower'].flatMap((product) => [[product, 'before', -5] as const, [product, 'after', 5] as const]),
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
    await use(at, 250);
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

  it('was stopped by the panel where a tunnel counts nothing of a small report', async () => {
    at.panel.world.tunnels.get(at.tunnels.hk)!.trafficRatio = 0.5;
    await lowerQuota();
    at.panel.traffic(WEB, { in: 1, out: 0 });
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

  it('is judged once the panel has had the time to stop the others', async () => {
    await lowerQuota();
    at.panel.traffic(WEB, { in: 1, out: 0 });
    const game = at.panel.world.forwards.get(GAME)!;
    // A silent node holds up the second pause.
    const later = { ...game };
    Object.assign(game, { status: 1, updatedTime: game.createdTime });
    await at.poll();
    Object.assign(game, later);
    expect(await pollThrice(at)).toEqual([true, true]);
  });
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
