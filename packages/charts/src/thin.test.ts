import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChartPoint } from './chart.js';
import { thinnedSegments } from './thin.js';

const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.option(fc.integer({ min: -50, max: 50 }), { freq: 5 })))
  .map((rows): ChartPoint[] => rows.sort(([a], [b]) => a - b).map(([at, value]) => ({ at, value })));
const columns = fc.integer({ min: 1, max: 60 }).map((count) => ({ from: 0, to: 10_000, count }));
const toColumn = (at: number, count: number) => Math.floor((at / 10_000) * count);

describe('thinning a line', () => {
  it('keeps lowest, highest, first and last of each column, in order and nothing else', () => {
    fc.assert(
      fc.property(points, columns, (list, place) => {
        const drawn = thinnedSegments(list, [], place).flat();
        expect(drawn.length).toBeLessThanOrEqual(4 * (place.count + 1));
        expect(drawn.map(({ at }) => at)).toEqual(drawn.map(({ at }) => at).sort((a, b) => a - b));
        for (let column = 0; column <= place.count; column++) {
          const inside = <P extends ChartPoint>(all: P[]) =>
            all.filter(({ at }) => toColumn(at, place.count) === column);
          const known = inside(list).flatMap(({ value }) => (value === null ? [] : [value]));
          const kept = inside(drawn).map(({ value }) => value);
          expect(known).toEqual(expect.arrayContaining(kept));
          expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...known), Math.max(...known)]);
          expect([kept[0], kept.at(-1)]).toEqual([known[0], known.at(-1)]);
        }
      }),
    );
  });

  it('keeps every point of a line with fewer points than columns', () => {
    const list = Array.from({ length: 50 }, (_, n) => ({ at: n * 200, value: n % 3 }));
    expect(thinnedSegments(list, [], { from: 0, to: 10_000, count: 400 })).toEqual([list]);
  });

  it('draws nothing across what is not known, nor across a break, and has few segments with many of them', () => {
    const place = { from: 0, to: 10_000, count: 100 };
    const line = (at: number, value: number | null) => ({ at, value });
    const list = [line(0, 1), line(1000, 2), line(2000, null), line(3000, 3), line(4000, 1)];
    expect(thinnedSegments(list, [3500], place).map((part) => part.map(({ at }) => at))).toEqual([
      [0, 1000],
      [3000],
      [4000],
    ]);
    const torn = Array.from({ length: 10_000 }, (_, at) => line(at, at % 2 === 0 ? at : null));
    expect(thinnedSegments(torn, [], place)).toHaveLength(100);
    const full = torn.map(({ at }) => line(at, at));
    const breaks = full.map(({ at }) => at);
    expect(thinnedSegments(full, breaks, place).length).toBeLessThanOrEqual(101);
  });

  it('leaves out what is not a number', () => {
    const list = [Number.NaN, Infinity, 1].map((value, n) => ({ at: n * 100, value }));
    expect(thinnedSegments(list, [], { from: 0, to: 10_000, count: 10 })).toEqual([[{ at: 200, value: 1 }]]);
  });
});
