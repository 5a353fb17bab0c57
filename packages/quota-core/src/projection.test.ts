import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ProjectionInput, type ProjectionPoint, projectUsage } from './projection.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-01T00:00:00Z');

/** Hourly readings of usage that grows by `growth(hour)` in each hour. */
function readings(hours: number, growth: (hour: number) => number): ProjectionPoint[] {
  let value = 0;
  return Array.from({ length: hours + 1 }, (_, hour) => {
    if (hour > 0) value += growth(hour - 1);
    return { at: START + hour * HOUR, value };
  });
}

function project(points: ProjectionPoint[], change: Partial<ProjectionInput> = {}) {
  return projectUsage({ points, limit: 1000, now: points.at(-1)?.at ?? START, end: START + 30 * DAY, ...change });
}

describe('the projection of usage', () => {
  it('reaches the allowance at the rate of the last days', () => {
    const points = readings(10 * 24, () => 2);
    expect(project(points)).toEqual({
      kind: 'runs-out',
      at: START + 500 * HOUR,
      perDay: 48,
      last: { at: START + 240 * HOUR, value: 480 },
      range: { low: 48, high: 48 },
      earliest: START + 500 * HOUR,
      latest: START + 500 * HOUR,
    });
    expect(project(points, { limit: 5000 })).toMatchObject({ kind: 'lasts', value: 2 * 24 * 30 });
    expect(project(points, { limit: null })).toMatchObject({ kind: 'no-limit', value: 2 * 24 * 30 });
    expect(project(points, { limit: 480 })).toMatchObject({ kind: 'used-up' });
  });

  it('counts nights and weekends in which nothing is used, at any time of day', () => {
    const byDay = (hour: number) => (hour % 24 >= 8 && hour % 24 < 18 ? 10 : 0);
    for (const hours of [24, 30, 48 + 9, 96 + 17, 10 * 24 + 3]) {
      expect(project(readings(hours, byDay), { limit: 1e6 })).toMatchObject({ perDay: 100 });
    }
    const weekdays = (hour: number) => (Math.floor(hour / 24) % 7 < 5 ? byDay(hour) : 0);
    const found = project(readings(14 * 24, weekdays), { limit: 1e6 });
    expect(found).toMatchObject({ kind: 'lasts', perDay: 80 });
  });

  it('is not moved by one unusual day', () => {
    const burst = (hour: number) => (Math.floor(hour / 24) === 6 ? 500 : 1);
    expect(project(readings(9 * 24, burst), { limit: 1e9 })).toMatchObject({ perDay: 24 });
  });

  it('reports nothing about what it does not know', () => {
    const two = readings(48, () => 1);
    expect(project([])).toEqual({ kind: 'unknown' });
    expect(project(two.slice(0, 1))).toEqual({ kind: 'unknown' });
    expect(project(two.slice(0, 4))).toEqual({ kind: 'unknown' });
    expect(project(two.map(({ at }) => ({ at, value: null })))).toEqual({ kind: 'unknown' });
    expect(project(two, { now: START + 5 * DAY })).toEqual({ kind: 'unknown' });
    expect(project(two, { end: START + 2 * DAY })).toEqual({ kind: 'unknown' });
    expect(project(two, { breaks: [START + 47 * HOUR] })).toEqual({ kind: 'unknown' });
  });

  it('does not take an unknown figure for zero', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 8 * 24 - 1 }), { maxLength: 60 }), (missing) => {
        const points = readings(8 * 24, () => 3);
        const torn = points.map((point, hour) => (missing.includes(hour) ? { ...point, value: null } : point));
        const found = project(torn, { limit: 1e6 });
        expect(found.kind === 'lasts' ? found.perDay : null).toBeCloseTo(72, 6);
      }),
    );
  });

  const growing = fc
    .array(fc.integer({ min: 0, max: 100 }), { minLength: 8, maxLength: 200 })
    .map((growth) => readings(growth.length, (hour) => growth[hour] ?? 0));

  it('never reaches the allowance before the last reading, nor later with more use or less allowance', () => {
    fc.assert(
      fc.property(
        growing,
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (points, limit, more) => {
          const toTime = (found: ReturnType<typeof project>): number =>
            found.kind === 'used-up' ? START : found.kind === 'runs-out' ? found.at : Infinity;
          const found = project(points, { limit });
          expect(toTime(project(points, { limit: limit + more }))).toBeGreaterThanOrEqual(toTime(found));
          if (found.kind === 'runs-out') {
            expect(found.at).toBeGreaterThanOrEqual(points.at(-1)!.at);
            expect(found.at).toBeLessThan(START + 30 * DAY);
          }
          if (found.kind === 'lasts') expect(found.value).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('depends on neither the unit nor the date', () => {
    fc.assert(
      fc.property(growing, fc.integer({ min: 1, max: 1000 }), (points, days) => {
        const limit = 5000;
        const found = project(points, { limit });
        const moved = points.map(({ at, value }) => ({
          at: at + days * DAY,
          value: value === null ? null : value * 1024,
        }));
        const other = projectUsage({
          points: moved,
          limit: limit * 1024,
          now: points.at(-1)!.at + days * DAY,
          end: START + (30 + days) * DAY,
        });
        expect(other.kind).toBe(found.kind);
        if (found.kind === 'runs-out' && other.kind === 'runs-out') {
          expect(Math.abs(other.at - found.at - days * DAY)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('is never infinite or negative, whatever the figures', () => {
    const value = fc.option(fc.double({ min: -1e15, max: 1e15, noNaN: false }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), value), { maxLength: 40 }), (rows) => {
        const points = rows
          .sort(([a], [b]) => a - b)
          .map(([hour, figure]) => ({ at: START + hour * HOUR, value: figure }));
        const found = project(points, { now: START + 500 * HOUR });
        if (!('range' in found)) return;
        for (const figure of [
          found.perDay,
          found.range.low,
          found.range.high,
          found.earliest ?? 0,
          found.latest ?? 0,
        ]) {
          expect(Number.isFinite(figure) && figure >= 0).toBe(true);
        }
      }),
    );
  });

  it('has a range of calm and busy days, which contains the rate', () => {
    const points = readings(5 * 24, (hour) => [1, 3, 5, 2, 4][Math.floor(hour / 24)] ?? 0);
    // Of 24, 48, 72, 96 and 120 in a day the first and the last do not count.
    expect(project(points)).toMatchObject({
      kind: 'runs-out',
      perDay: 72,
      range: { low: 60, high: 84 },
      at: START + (5 + 640 / 72) * DAY,
      earliest: Math.round(START + (5 + 640 / 84) * DAY),
      latest: Math.round(START + (5 + 640 / 60) * DAY),
    });
    expect(project(points, { limit: 2300 })).toMatchObject({
      kind: 'lasts',
      earliest: Math.round(START + (5 + 1940 / 84) * DAY),
      latest: null,
    });
    expect(project(readings(12, () => 2))).toMatchObject({ perDay: 48, range: { low: 48, high: 48 } });
    fc.assert(
      fc.property(growing, fc.integer({ min: 1, max: 30_000 }), (list, limit) => {
        const found = project(list, { limit });
        if (found.kind !== 'runs-out' && found.kind !== 'lasts') return;
        const { perDay, range, earliest, latest } = found;
        const at = found.kind === 'runs-out' ? found.at : Infinity;
        expect(range.low).toBeLessThanOrEqual(perDay);
        expect(range.high).toBeGreaterThanOrEqual(perDay);
        expect(range.low).toBeGreaterThanOrEqual(0);
        expect(earliest ?? Infinity).toBeLessThanOrEqual(at);
        expect(latest ?? Infinity).toBeGreaterThanOrEqual(at);
      }),
    );
  });

  it('reaches the allowance no earlier, on calm and on busy days, with a larger one', () => {
    fc.assert(
      fc.property(
        growing,
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (list, limit, more) => {
          const [less, larger] = [limit, limit + more].map((each) => project(list, { limit: each }));
          if (less === undefined || larger === undefined || !('range' in less) || !('range' in larger)) return;
          expect(larger.range).toEqual(less.range);
          expect(larger.earliest ?? Infinity).toBeGreaterThanOrEqual(less.earliest ?? Infinity);
          expect(larger.latest ?? Infinity).toBeGreaterThanOrEqual(less.latest ?? Infinity);
        },
      ),
    );
  });
});
