import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ratePercentile } from './rate-percentile.js';

const START = Date.parse('2026-11-01T00:00:00Z');
const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();
const MEGABIT = 1e6 / 8;

/** Readings every `minutes`, with these rates of the total in Mbit/s between them; null for one that was missed. */
function percentile(rates: readonly (number | null)[], percent = 95, minutes = 5) {
  let bytes = 0;
  const series = [{ at: at(0), inBytes: null, outBytes: null, totalBytes: 0 }];
  for (const [index, rate] of rates.entries()) {
    bytes += (rate ?? 0) * MEGABIT * minutes * 60;
    if (rate === null) continue;
    series.push({ at: at((index + 1) * minutes), inBytes: null, outBytes: null, totalBytes: bytes });
  }
  const window = { start: at(0), end: at(rates.length * minutes) };
  return ratePercentile({ window, series, begins: [], percent });
}

describe('a percentile of rates', () => {
  it('is the rate at the nearest rank of equal intervals', () => {
    const rates = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    expect(percentile(rates)).toEqual({
      percent: 95,
      intervalSeconds: 300,
      intervals: 100,
      unknown: 0,
      inBitsPerSecond: null,
      outBitsPerSecond: null,
      totalBitsPerSecond: 95e6,
    });
    expect(percentile(rates, 100).totalBitsPerSecond).toBe(100e6);
    expect(percentile(rates, 0.1).totalBitsPerSecond).toBe(1e6);
    // Of 10 intervals, 95 % are 9.5: the highest one counts.
    expect(percentile([1, 1, 1, 1, 1, 1, 1, 1, 1, 9]).totalBitsPerSecond).toBe(9e6);
  });

  it('has intervals as long as the times between readings', () => {
    for (const [minutes, seconds] of [
      [1, 300],
      [5, 300],
      [15, 900],
      [16, 900],
      [45, 3600],
      [24 * 60, 86_400],
    ] as const)
      expect([
        minutes,
        percentile(
          Array.from({ length: 300 }, () => 2),
          95,
          minutes,
        ).intervalSeconds,
      ]).toEqual([minutes, seconds]);
  });

  it('leaves out what is not known, and says how much that is', () => {
    const series = [0, 5, 10, 60, 65].map((minute) => ({
      at: at(minute),
      inBytes: minute,
      outBytes: 2 * minute,
      totalBytes: null,
    }));
    const torn = series.map((point, index) => (index === 3 ? { ...point, inBytes: null, outBytes: null } : point));
    const window = { start: at(0), end: at(120) };
    const found = ratePercentile({ window, series: torn, begins: [], percent: 95 });
    expect(found).toMatchObject({ intervals: 24, unknown: 22 });
    expect(found.totalBitsPerSecond).toBe(Math.round((3 * 5 * 8) / 300));
    const fallen = [0, 5, 10, 15].map((minute) => ({
      at: at(minute),
      inBytes: minute === 15 ? 0 : minute * 1e6,
      outBytes: null,
      totalBytes: null,
    }));
    expect(
      ratePercentile({ window: { start: at(0), end: at(15) }, series: fallen, begins: [], percent: 95 }),
    ).toMatchObject({ unknown: 1 });
    const nothing = { intervalSeconds: null, intervals: 0, totalBitsPerSecond: null };
    expect(ratePercentile({ window, series: [], begins: [], percent: 95 })).toMatchObject(nothing);
    expect(percentile([])).toMatchObject(nothing);
  });

  it('rises with the percentage, and never exceeds the highest rate', () => {
    const rates = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 60 });
    const percents = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(rates, percents, (list, [one, other]) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)].map(
          (percent) => percentile(list, percent).totalBitsPerSecond ?? NaN,
        );
        expect(low).toBeLessThanOrEqual(high ?? 0);
        expect(high).toBeLessThanOrEqual(Math.max(...list) * 1e6 + 1);
        expect(list.filter((rate) => rate * 1e6 <= (low ?? 0) + 1).length / list.length).toBeGreaterThanOrEqual(
          Math.min(one, other) / 100,
        );
      }),
    );
  });
});
