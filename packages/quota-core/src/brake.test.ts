import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brakeActs, brakeStops, DEFAULT_BRAKE } from './index.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

describe('brakeStops', () => {
  it('stops above the share, and not at it', () => {
    expect(brakeStops({ changing: 20, active: 100, share: 0.2, atLeast: 10 })).toBe(false);
    expect(brakeStops({ changing: 21, active: 100, share: 0.2, atLeast: 10 })).toBe(true);
  });

  it('compares the share as it is written, not its binary neighbour', () => {
    expect(brakeStops({ changing: 29, active: 100, share: 0.29, atLeast: 10 })).toBe(false);
    expect(brakeStops({ changing: 30, active: 100, share: 0.29, atLeast: 10 })).toBe(true);
  });

  it('does not stop below the least number', () => {
    expect(brakeStops({ changing: 9, active: 9, share: 0.2, atLeast: 10 })).toBe(false);
    expect(brakeStops({ changing: 10, active: 10, share: 0.2, atLeast: 10 })).toBe(true);
  });

  it('never stops a run that changes nothing, nor at a share of all', () => {
    expect(brakeStops({ changing: 0, active: 0, share: 0, atLeast: 0 })).toBe(false);
    expect(brakeStops({ changing: 50, active: 50, share: 1, atLeast: 0 })).toBe(false);
  });

  it('stops on more changes than active services', () => {
    expect(brakeStops({ changing: 10, active: 0, share: 1, atLeast: 10 })).toBe(true);
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
