import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brakeActs, brakeStops, DEFAULT_BRAKE } from './index.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

describe('brakeStops', () => {
  it.each([
    ['does not stop at the share', 20, 100, 0.2, 10, false],
    ['stops above the share', 21, 100, 0.2, 10, true],
    ['compares the share as it is written, not its binary neighbour', 29, 100, 0.29, 10, false],
    ['stops above such a share', 30, 100, 0.29, 10, true],
    ['does not stop below the least number', 9, 9, 0.2, 10, false],
    ['stops at the least number', 10, 10, 0.2, 10, true],
    ['never stops a run that changes nothing', 0, 0, 0, 0, false],
    ['never stops at a share of all', 50, 50, 1, 0, false],
    ['stops on more changes than active services', 10, 0, 1, 10, true],
  ])('%s', (_what, changing, active, share, atLeast, stops) => {
    expect(brakeStops({ changing, active, share, atLeast })).toBe(stops);
  });

  it('agrees with whole percentages', () => {
    const count = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 0, max: 100 }), count, (changing, active, percent, atLeast) => {
        expect(brakeStops({ changing, active, share: percent / 100, atLeast })).toBe(
          changing >= atLeast && changing * 100 > percent * active,
        );
      }),
      { numRuns: runs(1000) },
    );
  });

  it('refuses figures without meaning', () => {
    const input = { changing: 1, active: 1, share: 0.2, atLeast: 1 };
    expect(catchCode(() => brakeStops({ ...input, share: 20 }))).toBe('invalid_number');
    expect(catchCode(() => brakeStops({ ...input, share: -0.1 }))).toBe('invalid_number');
    expect(catchCode(() => brakeStops({ ...input, share: Number.NaN }))).toBe('invalid_number');
    expect(catchCode(() => brakeStops({ ...input, changing: -1 }))).toBe('invalid_number');
    expect(catchCode(() => brakeStops({ ...input, active: 0.5 }))).toBe('invalid_number');
  });
});

describe('brakeActs', () => {
  const acts = (changing: number, beginning: number, active: number, stated = {}): boolean =>
    brakeActs({ changing, beginning, active, stated });

  it('stops five changes of more than a fifth, where nothing is stated', () => {
    expect(DEFAULT_BRAKE).toEqual({ share: 0.2, atLeast: 5 });
    expect([acts(5, 0, 20), acts(4, 4, 10), acts(5, 0, 25), acts(6, 0, 25)]).toEqual([true, false, false, true]);
  });

  it('stops two holds of more than half of a small panel, and no release there', () => {
    expect([acts(2, 2, 3), acts(2, 2, 4), acts(5, 5, 9), acts(4, 4, 9)]).toEqual([true, false, true, false]);
    expect([acts(1, 1, 1), acts(9, 0, 9), acts(9, 4, 9)]).toEqual([false, false, false]);
  });

  it('follows what is stated on a small panel too', () => {
    expect([acts(3, 3, 3, { atLeast: 4 }), acts(5, 0, 9, { share: 0.5 }), acts(4, 4, 9, { share: 0.1 })]).toEqual([
      false,
      true,
      false,
    ]);
    expect(acts(1, 0, 3, { atLeast: 1 })).toBe(true);
  });
});
