import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adaptConcurrency, initialAdaptiveState, type AdaptiveSample, type AdaptiveState } from './limiter.js';

const ok = (durationMs: number): AdaptiveSample => ({ durationMs, overloaded: false, failed: false });
const overloaded: AdaptiveSample = { durationMs: 5, overloaded: true, failed: false };
const failed: AdaptiveSample = { durationMs: 30_000, overloaded: false, failed: true };

function after(state: AdaptiveState, samples: AdaptiveSample[]): AdaptiveState {
  return samples.reduce(adaptConcurrency, state);
}

const many = (count: number, sample: AdaptiveSample): AdaptiveSample[] => Array.from({ length: count }, () => sample);

describe('adaptConcurrency', () => {
  it.each([
    ['stays at the configured concurrency while all is well', 32, many(1_000, ok(50)), 32],
    ['halves after an overload answer', 32, [overloaded], 16],
    ['counts the overload answers of one wave once', 32, many(32, overloaded), 16],
    ['halves again with the next wave', 32, many(34, overloaded), 8],
    ['never goes below one', 4, many(500, overloaded), 1],
    ['learns nothing about load from lost answers', 8, many(100, failed), 8],
  ])('%s', (_what, configured, samples, limit) => {
    expect(after(initialAdaptiveState(configured), samples).limit).toBe(limit);
  });

  it('climbs by one for each quiet round', () => {
    const low = after(initialAdaptiveState(32), [overloaded]);
    const settled = after(low, many(32, ok(50)));
    expect(settled.limit).toBe(16);
    expect(after(settled, many(16, ok(50))).limit).toBe(17);
    expect(after(settled, many(2_000, ok(50))).limit).toBe(32);
  });

  it('goes down by a quarter when durations clearly rise', () => {
    const calm = after(initialAdaptiveState(20), many(40, ok(50)));
    expect(after(calm, many(20, ok(400))).limit).toBe(15);
  });

  it('takes no notice of small absolute changes', () => {
    const calm = after(initialAdaptiveState(20), many(40, ok(2)));
    expect(after(calm, many(200, ok(20))).limit).toBe(20);
  });

  it('finds its way back when a panel has become slower for good', () => {
    const calm = after(initialAdaptiveState(20), many(40, ok(100)));
    const slow = after(calm, many(100, ok(450)));
    expect(slow.limit).toBeLessThan(10);
    expect(after(slow, many(5_000, ok(450))).limit).toBe(20);
  });

  it('stays between one and the configured concurrency whatever happens', () => {
    const sample = fc.record({
      durationMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
      overloaded: fc.boolean(),
      failed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.array(sample, { maxLength: 300 }), (most, samples) => {
        let state = initialAdaptiveState(most);
        for (const one of samples) {
          const next = adaptConcurrency(state, one);
          expect(next.limit).toBeGreaterThanOrEqual(1);
          expect(next.limit).toBeLessThanOrEqual(most);
          expect(next.limit - state.limit).toBeLessThanOrEqual(1);
          state = next;
        }
      }),
    );
  });
});
