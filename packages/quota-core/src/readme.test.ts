import { describe, expect, it } from '@jest/globals';
import {
  autoBuy,
  billingCycleAt,
  brakeStops,
  crossedThresholds,
  decide,
  parseBillingCycleName,
  parseSize,
  pollSchedule,
  resolveAllowance,
  stepCounter,
  stepCycle,
} from './index.js';

/** The examples of README.md, in its order, with the results that it states. */
describe('the examples of the manual', () => {
  it('a service from end to end', () => {
    const now = '2026-03-10T12:00:00.000Z';
    const cycle = billingCycleAt({
      nextDueDate: '2026-03-31',
      billingCycle: parseBillingCycleName('Monthly'),
      timeZone: 'Europe/Berlin',
      now,
    });
    expect(cycle).toEqual({ start: '2026-02-27T23:00:00.000Z', end: '2026-03-30T22:00:00.000Z' });
    const allowance = resolveAllowance({
      mode: 'TOTAL',
      override: null,
      serviceQuotaBytes: null,
      product: { total: parseSize('10TB') },
      purchases: [{ id: 'p1', bytes: parseSize('1TB'), status: 'paid' }],
    });
    const decision = decide({
      now,
      limits: [
        {
          id: 'quota',
          window: 'c1',
          allowance,
          mode: 'TOTAL',
          exceededAt: 'reached',
          release: 'margin',
          restriction: 'disable-ports',
          usage: { known: true, at: now, inBytes: parseSize('9TB'), outBytes: parseSize('2TB'), totalBytes: null },
          peakUsedBytes: null,
          hold: null,
        },
      ],
      billing: { suspended: false, overdue: false, overduePolicy: 'meter', restriction: 'suspend-order' },
      standing: [],
      protectedUntil: null,
    });
    expect(decision).toMatchObject({
      status: 'held',
      rule: 'at-or-over-allowance',
      remainingBytes: 0,
      holds: [{ reason: 'quota', rule: 'at-or-over-allowance', restriction: 'disable-ports' }],
    });
  });

  it('cycles', () => {
    const yearly = { nextDueDate: '2026-08-31', billingCycle: 'annually', timeZone: 'UTC' } as const;
    expect(billingCycleAt({ ...yearly, now: '2026-02-10T00:00:00.000Z', quotaPeriod: 'month' })).toEqual({
      start: '2026-01-31T00:00:00.000Z',
      end: '2026-02-28T00:00:00.000Z',
    });
    const step = stepCycle({
      nextDueDate: '2026-02-28',
      billingCycle: 'monthly',
      timeZone: 'UTC',
      now: '2026-01-20T00:00:00.000Z',
      recorded: { id: 'c1', start: '2025-12-31T00:00:00.000Z', end: '2026-01-31T00:00:00.000Z' },
    });
    expect(step.kind).toBe('same');
  });

  it('allowance', () => {
    const product = { total: 'unlimited', default: 1000 } as const;
    expect(resolveAllowance({ mode: 'IN', override: null, serviceQuotaBytes: null, product, purchases: [] })).toEqual({
      kind: 'limited',
      baseBytes: 1000,
      extraBytes: 0,
      allowedBytes: 1000,
      parts: [{ source: 'product.default', bytes: 1000 }],
    });
  });

  it('usage', () => {
    const previous = { lastIn: 100, lastOut: 50, usedIn: 30, usedOut: 20, at: '2026-03-10T11:00:00.000Z' };
    const cycleStart = '2026-03-01T00:00:00.000Z';
    const reading = { at: '2026-03-10T12:00:00.000Z', inBytes: 130, outBytes: 55 };
    expect(stepCounter({ previous, cycleStart, reading, resetBetween: false, newCycle: false })).toEqual({
      known: true,
      state: { lastIn: 130, lastOut: 55, usedIn: 60, usedOut: 25, at: '2026-03-10T12:00:00.000Z' },
    });
  });

  it('thresholds, auto-buy, poll times and the brake', () => {
    const usage = { usedBytes: 950, allowedBytes: 1000 };
    expect(crossedThresholds({ ...usage, thresholds: [80, 90, 100], already: [80] })).toEqual([90]);
    expect(
      autoBuy({
        remainingBytes: 0,
        overBytes: 250,
        thresholdBytes: 10,
        packageBytes: 100,
        price: '5.00',
        credit: '100.00',
        boughtThisCycle: 0,
        maxPerCycle: 5,
      }),
    ).toEqual({ count: 3, reason: 'buy' });
    expect(
      pollSchedule({
        now: '2026-03-10T12:00:00.000Z',
        remainingBytes: 600_000,
        maxBytesPerSecond: 1000,
        toleranceBytes: 0,
        floorMs: 60_000,
        ceilingMs: 3_600_000,
      }),
    ).toBe('2026-03-10T12:10:00.000Z');
    expect(brakeStops({ changing: 21, active: 100, share: 0.2, atLeast: 10 })).toBe(true);
  });
});
