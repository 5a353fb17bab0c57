import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { formerQuotas } from './former-quotas.js';
import { type OverrideSpan, overrideSteps } from './override-steps.js';

const day = (number: number, minute = 0): string => new Date(Date.UTC(2026, 10, number, 0, minute)).toISOString();
const override = (since: number, until: number | null, quotaBytes: number): OverrideSpan => ({
  ...{ since: day(since), until: until === null ? null : day(until), quotaBytes, unlimited: false },
});
/** Decisions follow what they decide by some minutes. */
const decide = (...quotas: [number, number | null][]) =>
  quotas.map(([at, quotaBytes]) => ({ at: day(at, 5), quotaBytes }));

/** The steps of an allowance, with the days of changes by products five minutes after midnight. */
function steps(decided: [number, number | null][], overrides: OverrideSpan[], allowedBytes: number) {
  const former = formerQuotas(day(1), decide(...decided), overrides);
  return overrideSteps({ start: day(1), allowedBytes, paid: [] }, [...overrides, ...former]).map(({ at, bytes }) => [
    at,
    bytes,
  ]);
}

describe('the quotas of former products', () => {
  it('are steps, each at the first decision with the next', () => {
    expect(
      steps(
        [
          [1, 100],
          [3, 100],
          [10, 200],
          [20, 50],
        ],
        [],
        50,
      ),
    ).toEqual([
      [day(1), 100],
      [day(10, 5), 200],
      [day(20, 5), 50],
    ]);
  });

  it('are none where there was one product', () => {
    expect(formerQuotas(day(1), decide([1, 100], [9, 100]), [])).toEqual([]);
    expect(formerQuotas(day(1), [], [])).toEqual([]);
  });

  it('stand beside overrides without a gap', () => {
    expect(
      steps(
        [
          [1, 100],
          [5, null],
          [8, 100],
        ],
        [override(5, 8, 500)],
        100,
      ),
    ).toEqual([
      [day(1), 100],
      [day(5), 500],
      [day(8), 100],
    ]);
    expect(
      steps(
        [
          [1, 100],
          [5, null],
        ],
        [override(5, null, 500)],
        500,
      ),
    ).toEqual([
      [day(1), 100],
      [day(5), 500],
    ]);
    expect(
      steps(
        [
          [1, 100],
          [5, null],
          [8, 100],
          [12, 300],
        ],
        [override(5, 8, 500)],
        300,
      ),
    ).toEqual([
      [day(1), 100],
      [day(5), 500],
      [day(8), 100],
      [day(12, 5), 300],
    ]);
  });

  it('begin where what is before is known: a time without a limit has no step', () => {
    expect(
      steps(
        [
          [1, null],
          [5, 100],
          [9, 200],
        ],
        [],
        200,
      ),
    ).toEqual([
      [day(5, 5), 100],
      [day(9, 5), 200],
    ]);
  });

  it('never overlap, and end with the quota of now', () => {
    const quota = fc.option(fc.integer({ min: 1, max: 4 }), { nil: null });
    fc.assert(
      fc.property(fc.array(quota, { minLength: 1, maxLength: 12 }), (quotas) => {
        const spans = formerQuotas(
          day(1),
          decide(...quotas.map((each, index): [number, number | null] => [index + 1, each])),
          [],
        );
        for (const [index, { since, until }] of spans.entries()) {
          expect(since < (until ?? '')).toBe(true);
          if (index > 0) expect((spans[index - 1]?.until ?? '') <= since).toBe(true);
        }
        expect(spans.every(({ until }) => until !== null)).toBe(true);
      }),
    );
  });
});
