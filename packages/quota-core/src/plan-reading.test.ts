import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planReading, RATE_SAFETY, type ReadingFacts, type ReadingRules, stepRate } from './index.js';
import { AT, bytes } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const RULES: ReadingRules = { toleranceBytes: 0, floorMs: MINUTE, ceilingMs: 6 * HOUR, intervalMs: 15 * MINUTE };
const FACTS: ReadingFacts = {
  readAt: AT,
  triedAt: AT,
  limits: [{ id: 'quota', remainingBytes: 600_000 }],
  reportAfterBytes: null,
  rate: { bytesPerSecond: 1000, isHighest: true },
  moments: [],
  state: 'idle',
};

const later = (minutes: number): string => new Date(Date.parse(AT) + minutes * MINUTE).toISOString();

/** Returns the minutes until the next reading, and why it is due. */
function plan(change: Partial<ReadingFacts>, rules: Partial<ReadingRules> = {}, spread = 0): [number, string] {
  const { at, reason, about } = planReading({ ...FACTS, ...change }, { ...RULES, ...rules }, spread);
  return [(Date.parse(at) - Date.parse(AT)) / MINUTE, about === null ? reason : `${reason} ${about}`];
}

describe('planReading', () => {
  it('is when the line could have used what is left of a limit, and what is tolerated', () => {
    expect(plan({})).toEqual([10, 'limit quota']);
    expect(plan({}, { toleranceBytes: 300_000 })).toEqual([15, 'limit quota']);
    const limits = [...FACTS.limits, { id: 'daily', remainingBytes: 120_000 }];
    expect(plan({ limits })).toEqual([2, 'limit daily']);
  });

  it('is the ceiling where no limit can be reached before', () => {
    expect(plan({ limits: [] })).toEqual([360, 'ceiling']);
    expect(plan({ limits: [{ id: 'quota', remainingBytes: null }] })).toEqual([360, 'ceiling']);
    expect(plan({ limits: [{ id: 'quota', remainingBytes: 1e12 }] })[0]).toBe(360);
  });

  it('leaves the next run, a floor later, to what is due in less than that', () => {
    expect(plan({ limits: [{ id: 'quota', remainingBytes: 0 }] })).toEqual([0.5, 'limit quota']);
    expect(plan({ state: 'again' })).toEqual([0.5, 'again']);
    expect(plan({ state: 'again', triedAt: later(20) })).toEqual([20.5, 'again']);
  });

  it('is as early as a poll of all where each run has something to do, and for what is only reported', () => {
    expect(plan({ state: 'open', limits: [] })).toEqual([15, 'open']);
    expect(plan({ limits: [], reportAfterBytes: 60_000 })).toEqual([15, 'report']);
    expect(plan({ limits: [], reportAfterBytes: 1_200_000 })).toEqual([20, 'report']);
    // No speed of the line says that so much could flow: that it is not known is the reason.
    const rate = { bytesPerSecond: null, isHighest: false };
    expect(plan({ limits: [], reportAfterBytes: 1.6e12, rate })).toEqual([15, 'rate']);
    expect(plan({ reportAfterBytes: 1.6e12, rate })[1]).toBe('rate quota');
  });

  it('is a moment after the reading, if that comes first', () => {
    const moments = [
      { at: later(-1), what: 'past' },
      { at: later(7), what: 'cycle-end' },
    ];
    expect(plan({ moments })).toEqual([7, 'moment cycle-end']);
  });

  it('does not trust a rate that was only seen, and is then never later than a poll of all', () => {
    const seen = { bytesPerSecond: 1000, isHighest: false };
    expect(plan({ rate: seen })).toEqual([10 / RATE_SAFETY, 'limit quota']);
    expect(plan({ rate: { ...seen, bytesPerSecond: 0 } })).toEqual([15, 'rate']);
    expect(plan({ rate: { ...seen, bytesPerSecond: null } })).toEqual([0.5, 'rate quota']);
    expect(plan({ rate: seen, limits: [] })).toEqual([360, 'ceiling']);
  });

  it('refuses a spread without meaning', () => {
    expect(catchCode(() => plan({}, {}, 2))).toBe('invalid_number');
  });

  it('is never later with a spread, a fuller limit, a faster line or a lower tolerance', () => {
    const rate = fc.integer({ min: 1, max: 12_500_000_000 });
    fc.assert(
      fc.property(
        bytes,
        bytes,
        rate,
        rate,
        bytes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b, r, s, tol, spread) => {
          const at = (left: number, per: number, toleranceBytes: number, by = 0): number =>
            plan(
              { limits: [{ id: 'quota', remainingBytes: left }], rate: { bytesPerSecond: per, isHighest: true } },
              { toleranceBytes },
              by,
            )[0];
          const latest = at(a, r, tol);
          expect(at(a, r, tol, spread)).toBeLessThanOrEqual(latest);
          expect(at(Math.min(a, b), r, tol)).toBeLessThanOrEqual(latest);
          expect(at(a, Math.max(r, s), tol)).toBeLessThanOrEqual(latest);
          expect(at(a, r, 0)).toBeLessThanOrEqual(latest);
        },
      ),
    );
  });
});

describe('stepRate', () => {
  it('keeps the highest rate, which counts half after a day', () => {
    expect(stepRate(null, { grownBytes: null, elapsedMs: 1000 })).toBeNull();
    expect(stepRate(null, { grownBytes: 5000, elapsedMs: 1000 })).toBe(5000);
    expect(stepRate(5000, { grownBytes: 1000, elapsedMs: 1000 })).toBe(4999);
    expect(stepRate(5000, { grownBytes: 0, elapsedMs: 24 * HOUR })).toBe(2500);
    expect(stepRate(5000, { grownBytes: -9, elapsedMs: 0 })).toBe(5000);
  });
});
