import { describe, expect, it } from '@jest/globals';
import type { FaultRule } from '@sluice/fake-panels';
import * as fc from 'fast-check';
import { GB, HOUR } from '../bench/engine-bench.js';
import { flvxConfig, startFlvxBench, useFlvxBench, passTime } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { firstService } from '../loop/polls.js';

const isLong = process.env['SLUICE_LONG'] === '1';

const CUT = { kind: 'cut' } as const;
const TROUBLES = {
  none: null,
  'reset is lost after it was done': { endpoint: /user\/reset$/, when: 'after', fault: CUT, times: 1 },
  'reset is lost before it is done': { endpoint: /user\/reset$/, when: 'before', fault: CUT, times: 3 },
  'list is garbage': { endpoint: /user\/list$/, fault: { kind: 'html' }, times: 1 },
} satisfies Record<string, FaultRule | null>;

/** What a customer uses in one stretch of time, how long it lasts, and what goes wrong at the end of it: mostly nothing. */
const stretch = fc.record({
  gb: fc.integer({ min: 0, max: 45 }),
  hours: fc.integer({ min: 1, max: 9 * 24 }),
  trouble: fc.constantFrom('none', ...(Object.keys(TROUBLES) as (keyof typeof TROUBLES)[])),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

const toCycle = (ms: number): string => {
  const date = new Date(ms);
  const month = date.getUTCMonth() - (date.getUTCDate() < 15 ? 1 : 0);
  return new Date(Date.UTC(date.getUTCFullYear(), month, 15)).toISOString();
};

async function story(product: string, stretches: Stretch[]): Promise<void> {
  const at = await startFlvxBench();
  try {
    const user = await at.create(1, { product });
    await at.sluice.provision.renew('svc-1', { until: '2030-12-15' });
    at.panel.addForward(user, at.tunnels.hk);
    await at.poll();
    let used = 0;
    let cycle = toCycle(at.bench.clock.now());
    let unread = 0;
    for (const { gb, hours, trouble } of stretches) {
      if (at.panel.traffic(2, { in: gb * GB, out: 0 })) unread += gb;
      // Read before time passes: what is used between a reading and the panel's own reset nobody can tell.
      const first = firstService(await at.poll());
      used += unread;
      unread = 0;
      expect(first.usage?.totalBytes).toBe(used * GB);
      passTime(at, at.bench.clock.now() + hours * HOUR);
      const rule = TROUBLES[trouble];
      if (rule !== null) at.panel.server.inject(rule);
      let polled = firstService(await at.poll());
      at.panel.server.clearFaults();
      if (polled.usage === null) {
        expect(trouble).toBe('list is garbage');
        // A poll that reads nothing changes nothing; the next one catches up.
        at.bench.clock.advance(HOUR / 4);
        polled = firstService(await at.poll());
      }
      if (toCycle(at.bench.clock.now()) !== cycle) {
        cycle = toCycle(at.bench.clock.now());
        used = 0;
      }
      // One that is not undone yet, since the panel failed, is over.
      const holds = polled.holds.filter(({ releasing }) => releasing !== true);
      expect({ total: polled.usage?.totalBytes, holds: holds.length }).toEqual({
        total: used * GB,
        holds: used >= 100 ? 1 : 0,
      });
      expect(at.panel.isRunning(2)).toBe(used < 100);
    }
    await done(at.poll());
    await expectSettled(at);
  } finally {
    await at.close();
  }
}

describe('usage per cycle', () => {
  it.each([
    ['relay', 'Sluice zeroes the counters when a cycle opens'],
    ['monthly', 'the panel zeroes the counters on the first of the month'],
  ])(
    'of product %s is what was used in it, where %s',
    async (product) => {
      const property = fc.asyncProperty(fc.array(stretch, { minLength: 3, maxLength: 6 }), (stretches) =>
        story(product, stretches),
      );
      await fc.assert(property, isLong ? { numRuns: 60 } : { numRuns: 3, seed: 7, endOnFailure: true });
    },
    isLong ? 3_600_000 : 300_000,
  );
});

describe('usage of a cycle', () => {
  const at = useFlvxBench();

  it('counts what grew between the reading and the reset, and what came after it', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk);
    at.panel.traffic(2, 40 * GB);
    await at.poll();
    await at.sluice.provision.renew('svc-1');
    at.bench.clock.set('2026-12-15T01:00:00Z');
    at.panel.traffic(2, 2 * GB);
    // While the poll is under way the customer goes on: 3 GB before the panel is told to reset, 4 GB after it.
    let reads = 0;
    at.panel.server.inject({
      endpoint: /user\/list$/,
      match: () => {
        reads += 1;
        if (reads === 2) at.panel.traffic(2, 3 * GB);
        return false;
      },
      fault: { kind: 'latency', ms: 0 },
    });
    const opened = firstService(await at.poll());
    expect(opened.usage?.totalBytes).toBe(2 * GB);
    expect(opened.actions.map((action) => action.type)).toEqual(['reset-user']);
    expect(at.panel.user(user)).toMatchObject({ inFlow: 0, outFlow: 0 });
    at.panel.traffic(2, 4 * GB);
    at.bench.clock.advance(HOUR);
    const next = firstService(await at.poll());
    expect(next).toMatchObject({ status: 'ok', usage: { totalBytes: 9 * GB }, actions: [] });
  });

  it.each([
    ['counts the whole counter', true, 52],
    ['counts nothing twice where the panel was down at that midnight and left the reset out', false, 32],
  ])('%s after its reset day passed without a run', async (_what, isUp, total) => {
    const user = await at.create(1, { product: 'monthly' });
    at.panel.addForward(user, at.tunnels.hk);
    at.bench.clock.set('2026-11-30T12:00:00Z');
    at.panel.traffic(2, { in: 20 * GB, out: 0 });
    expect(firstService(await at.poll()).usage?.totalBytes).toBe(20 * GB);
    at.bench.clock.set('2026-12-01T00:00:05Z');
    if (isUp) at.panel.midnight();
    at.bench.clock.set('2026-12-03T12:00:00Z');
    at.panel.traffic(2, { in: (isUp ? 32 : 12) * GB, out: 0 });
    const polled = async (): Promise<number | null | undefined> => firstService(await at.poll()).usage?.totalBytes;
    expect(await polled()).toBe(total * GB);
    at.bench.clock.advance(HOUR);
    expect(await polled()).toBe(total * GB);
  });

  it('counts on over a reset on the day on which summer time begins', async () => {
    const config = flvxConfig(at.panel.url, '', ', timeZone: Europe/Berlin');
    await at.bench.configure(config.replace('resetDay: 1', 'resetDay: 28'));
    const user = await at.create(1, { product: 'monthly' });
    await at.sluice.provision.renew('svc-1', { until: '2030-12-15' });
    at.panel.addForward(user, at.tunnels.hk);
    at.bench.clock.set('2027-03-27T22:50:00Z');
    at.panel.traffic(2, { in: 40 * GB, out: 0 });
    expect(firstService(await at.poll()).usage?.totalBytes).toBe(40 * GB);
    Object.assign(at.panel.world.users.get(user)!, { inFlow: 2 * GB, outFlow: 0 });
    at.bench.clock.set('2027-03-27T23:05:00Z');
    expect(firstService(await at.poll())).toMatchObject({ status: 'ok', usage: { totalBytes: 42 * GB } });
  });

  it('does not take a reset by hand for less usage, and counts on from there once it is read again', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk);
    at.panel.traffic(2, { in: 100 * GB, out: 20 * GB });
    await at.poll();
    Object.assign(at.panel.world.users.get(user)!, { inFlow: GB, outFlow: 2 * GB });
    at.bench.clock.advance(HOUR);
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('failed');
    expect(firstService(polled)).toMatchObject({
      status: 'unreadable',
      usage: null,
      holds: [{ reason: 'quota' }],
      error: { code: 'counter_fell' },
    });
    expect(at.panel.isRunning(2)).toBe(false);
    Object.assign(at.panel.world.users.get(user)!, { inFlow: 4 * GB, outFlow: 3 * GB });
    at.bench.clock.advance(HOUR);
    const again = await done(at.poll());
    expect(again).toMatchObject({
      services: [{ status: 'held', usage: { inBytes: 103 * GB, outBytes: 21 * GB, totalBytes: 124 * GB } }],
      notices: [{ code: 'counter_restarted', message: expect.stringContaining('from 120 GB to 7 GB') }],
    });
    await at.sluice.overrides.set('svc-1', { quota: '150GB' });
    await done(at.poll());
    expect(at.panel.isRunning(2)).toBe(true);
  });
});
