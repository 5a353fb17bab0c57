import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossedThresholds } from './index.js';
import { bytes } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';

const thresholds = [80, 90, 100];

describe('crossedThresholds', () => {
  it('tells what has just been reached, in rising order', () => {
    const at = (usedBytes: number, already: number[] = []): number[] =>
      crossedThresholds({ usedBytes, allowedBytes: 1000, thresholds: [100, 80, 90, 90], already });
    expect(at(799)).toEqual([]);
    expect(at(800)).toEqual([80]);
    expect(at(1000)).toEqual([80, 90, 100]);
    expect(at(1000, [80, 90])).toEqual([100]);
    expect(at(5000, [80, 90, 100])).toEqual([]);
  });

  it('is exact where a fraction would round', () => {
    const allowedBytes = Number.MAX_SAFE_INTEGER;
    expect(crossedThresholds({ usedBytes: allowedBytes - 1, allowedBytes, thresholds: [100], already: [] })).toEqual(
      [],
    );
    expect(crossedThresholds({ usedBytes: 2, allowedBytes: 3, thresholds: [66, 67], already: [] })).toEqual([66]);
  });

  it('is at every threshold of a quota of 0', () => {
    expect(crossedThresholds({ usedBytes: 0, allowedBytes: 0, thresholds, already: [] })).toEqual(thresholds);
  });

  it('refuses what is no percentage', () => {
    for (const wrong of [0, -80, 79.5, Number.NaN]) {
      expect(
        catchCode(() => crossedThresholds({ usedBytes: 0, allowedBytes: 1, thresholds: [wrong], already: [] })),
      ).toBe('invalid_threshold');
    }
    expect(catchCode(() => crossedThresholds({ usedBytes: -1, allowedBytes: 1, thresholds, already: [] }))).toBe(
      'invalid_bytes',
    );
  });

  it('announces each threshold once over any course of usage', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 30 }), bytes, (course, allowedBytes) => {
        let already: number[] = [];
        for (const usedBytes of course) {
          const crossed = crossedThresholds({ usedBytes, allowedBytes, thresholds, already });
          for (const threshold of crossed) expect(already).not.toContain(threshold);
          already = [...already, ...crossed];
        }
        const peak = course.reduce((a, b) => Math.max(a, b), -1);
        const reached = thresholds.filter((t) => peak >= 0 && BigInt(peak) * 100n >= BigInt(t) * BigInt(allowedBytes));
        expect(already.sort((a, b) => a - b)).toEqual(reached);
      }),
    );
  });
});
