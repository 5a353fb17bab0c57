import { describe, expect, it } from '@jest/globals';
import {
  autoBuy,
  billingCycle,
  billingCycleAt,
  type BillingCycleName,
  checkLocalDate,
  decide,
  type Decision,
  type DecisionInput,
  toLocalDate,
  type MeteredLimit,
  parseBillingCycleName,
  resolveAllowance,
  resolveMode,
  stepCycle,
  usageInMode,
  zonedMidnight,
} from './index.js';
import { AT, known, limited } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';

/** Cases that went wrong in a bandwidth module for EasyDCIM. */
const monthly = { billingCycle: 'monthly' as const, timeZone: 'UTC' };
const nothing = { override: null, serviceQuotaBytes: null, product: null, purchases: [] };
/** Decides about a quota with these facts. */
const decideQuota = (change: Partial<MeteredLimit>, billing: DecisionInput['billing'] = null): Decision =>
  decide({
    now: AT,
    limits: [
      {
        id: 'quota',
        window: 'c1',
        allowance: limited(100),
        mode: 'TOTAL',
        exceededAt: 'reached',
        release: 'margin',
        restriction: 'disable-ports',
        usage: known({ totalBytes: 0 }),
        peakUsedBytes: null,
        hold: null,
        ...change,
      },
    ],
    billing,
    standing: [],
    protectedUntil: null,
  });

describe('what a bandwidth module got wrong', () => {
  it('4: the mode OUT of an answer with a total alone is unknown, not 0', () => {
    expect(usageInMode({ inBytes: null, outBytes: null, totalBytes: 5 }, 'OUT')).toBeNull();
  });

  it('5: no quota configured cuts nobody off', () => {
    const allowance = resolveAllowance({ mode: 'TOTAL', ...nothing });
    expect(decideQuota({ allowance })).toMatchObject({ status: 'unmanaged', holds: [] });
  });

  it('6: a suspension for another reason is neither made nor ended by the quota', () => {
    const suspended = {
      suspended: true,
      overdue: false,
      overduePolicy: 'meter' as const,
      restriction: 'suspend-order',
    };
    expect(decideQuota({}, suspended).holds).toEqual([
      { reason: 'billing', rule: 'billing-suspended', restriction: 'suspend-order' },
    ]);
  });

  it.each([
    ['2026-03-31', '2026-02-28'],
    ['2024-03-31', '2024-02-29'],
    ['2026-05-31', '2026-04-30'],
    ['2026-03-29', '2026-02-28'],
    ['2026-03-28', '2026-02-28'],
  ])('16: the cycle of %s begins on %s, inside the month before', (nextDueDate, start) => {
    expect(billingCycle({ ...monthly, nextDueDate }).start).toBe(zonedMidnight(start, 'UTC'));
  });

  it('17: a clamped start does not reach back into the cycle before', () => {
    const before = { id: 'c1', start: zonedMidnight('2025-12-31', 'UTC'), end: zonedMidnight('2026-01-31', 'UTC') };
    expect(billingCycle({ ...monthly, nextDueDate: '2026-02-28' }).start).toBe(zonedMidnight('2026-01-28', 'UTC'));
    const step = stepCycle({ ...monthly, nextDueDate: '2026-02-28', now: before.end, recorded: before });
    expect(step).toMatchObject({
      kind: 'opened',
      cycle: { start: before.end, end: zonedMidnight('2026-02-28', 'UTC') },
    });
  });

  it.each(['One Time', 'Free Account', 'Montly', ''])('18: the cycle name %j becomes no month', (name) => {
    expect(catchCode(() => parseBillingCycleName(name))).toBe('invalid_billing_cycle');
    expect(
      catchCode(() => billingCycle({ ...monthly, nextDueDate: '2026-01-01', billingCycle: name as BillingCycleName })),
    ).toBe('invalid_billing_cycle');
  });

  it('18: 0000-00-00 is no date', () => {
    expect(catchCode(() => checkLocalDate('0000-00-00', 'the due date'))).toBe('invalid_date');
    expect(catchCode(() => billingCycle({ ...monthly, nextDueDate: '0000-00-00' }))).toBe('invalid_date');
  });

  it('19: an overdue service is metered in the period that runs, one paid ahead in the one before', () => {
    const now = '2026-03-10T00:00:00.000Z';
    const expected = { start: zonedMidnight('2026-03-05', 'UTC'), end: zonedMidnight('2026-04-05', 'UTC') };
    for (const nextDueDate of ['2026-01-05', '2026-03-05', '2026-04-05', '2026-05-05', '2027-04-05']) {
      expect(billingCycleAt({ ...monthly, nextDueDate, now })).toEqual(expected);
    }
  });

  it('20: a changed due date keeps the cycle, so what was bought for it stays', () => {
    const open = { id: 'c1', start: zonedMidnight('2026-03-01', 'UTC'), end: zonedMidnight('2026-04-01', 'UTC') };
    const at = { ...monthly, now: '2026-03-10T00:00:00.000Z', recorded: open };
    expect(stepCycle({ ...at, nextDueDate: '2026-05-01' }).kind).toBe('same');
    expect(stepCycle({ ...at, nextDueDate: '2026-04-20' })).toMatchObject({
      kind: 'amended',
      cycle: { start: open.start },
      previous: { id: 'c1' },
    });
    expect(stepCycle({ ...at, nextDueDate: '2026-05-01', billingCycle: 'quarterly' })).toMatchObject({
      kind: 'amended',
      cycle: { start: open.start, end: zonedMidnight('2026-05-01', 'UTC') },
    });
  });

  it('21: the zone is the one that was given, wherever this runs', () => {
    const input = { nextDueDate: '2026-04-01', billingCycle: 'monthly' as const };
    expect(billingCycle({ ...input, timeZone: 'Asia/Tehran' }).end).toBe('2026-03-31T20:30:00.000Z');
    expect(billingCycle({ ...input, timeZone: 'America/New_York' }).end).toBe('2026-04-01T04:00:00.000Z');
    expect(toLocalDate('2026-03-31T20:30:00.000Z', 'Asia/Tehran')).toBe('2026-04-01');
  });

  it('27: auto-buy does not buy what cannot lift the service above its usage', () => {
    const input = { remainingBytes: 0, overBytes: 5000, thresholdBytes: 10, packageBytes: 1000 };
    const money = { price: '1', credit: '1000', boughtThisCycle: 0, maxPerCycle: 5 };
    expect(autoBuy({ ...input, ...money })).toEqual({ count: 0, reason: 'would-not-lift' });
  });

  it('46: unlimited is no large number', () => {
    const unlimited = resolveAllowance({ mode: 'TOTAL', ...nothing, product: { total: 'unlimited' } });
    expect(unlimited).toEqual({ kind: 'unlimited', parts: [{ source: 'product.total', bytes: null }] });
    const usage = known({ totalBytes: Number.MAX_SAFE_INTEGER });
    expect(decideQuota({ usage, allowance: unlimited })).toMatchObject({ holds: [], remainingBytes: null });
  });

  it('47: without a stated mode it is TOTAL', () => {
    expect(resolveMode({ override: null, service: null, product: null })).toBe('TOTAL');
  });

  it('48: one byte decides, and the edge does not flap', () => {
    const allowance = limited(10 * 2 ** 40);
    const at = (totalBytes: number, open: MeteredLimit['hold']): boolean =>
      decideQuota({ allowance, usage: known({ totalBytes }), hold: open }).holds.length > 0;
    const hold = { window: 'c1', usedBytes: 10 * 2 ** 40, allowedBytes: 10 * 2 ** 40 };
    expect(at(10 * 2 ** 40 - 1, null)).toBe(false);
    expect(at(10 * 2 ** 40, null)).toBe(true);
    expect(at(10 * 2 ** 40 - 1, hold)).toBe(true);
  });

  it('H6: usage that falls to nothing inside a cycle releases nobody and is reported', () => {
    const hold = { window: 'c1', usedBytes: 120, allowedBytes: 100 };
    expect(decideQuota({ hold, peakUsedBytes: 120 })).toMatchObject({
      status: 'held',
      rule: 'fall-of-more-than-half-keeps',
      problem: { code: 'usage_fell' },
    });
  });
});
