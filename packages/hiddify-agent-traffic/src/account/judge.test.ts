import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fitsLimit, isBelowPercent, isLimitExceeded, judge } from './judge.js';
import type { AccountingMode } from '@sluice/quota-core';

const input = {
  accounting: 'consumed' as AccountingMode,
  usedBytes: 0,
  limitBytes: 100 as number | null,
  held: false,
  releaseBelowPercent: 95,
  exempt: false,
  isAgent: true,
  missing: false,
};

describe('the boundary', () => {
  it.each<[AccountingMode, number, boolean]>([
    ['allocated', 99, false],
    ['allocated', 100, false],
    ['allocated', 101, true],
    ['consumed', 99, false],
    ['consumed', 100, true],
    ['consumed', 101, true],
    ['panel', 99, false],
    ['panel', 100, true],
    ['panel', 101, true],
  ])('%s: %d of 100 is over: %p', (accounting, usedBytes, over) => {
    expect(isLimitExceeded(accounting, usedBytes, 100)).toBe(over);
    expect(judge({ ...input, accounting, usedBytes }).exceeded).toBe(over);
    expect(judge({ ...input, accounting, usedBytes }).force).toBe(over ? 'over' : 'free');
  });

  it('of a limit of 0 lets nothing be used, and sold only nothing', () => {
    expect(judge({ ...input, limitBytes: 0 })).toEqual({ exceeded: true, rule: 'at-or-over-limit', force: 'over' });
    expect(judge({ ...input, limitBytes: 0, accounting: 'allocated' })).toMatchObject({
      exceeded: false,
      rule: 'full',
    });
    expect(judge({ ...input, limitBytes: 0, accounting: 'allocated', usedBytes: 1 }).force).toBe('over');
    expect(fitsLimit({ usedBytes: 0, reservedBytes: 0, newBytes: 1, limitBytes: 0 })).toBe(false);
  });

  it('is the same for a creation: exactly full fits, one byte more does not', () => {
    expect(fitsLimit({ usedBytes: 50, reservedBytes: 20, newBytes: 30, limitBytes: 100 })).toBe(true);
    expect(fitsLimit({ usedBytes: 50, reservedBytes: 20, newBytes: 31, limitBytes: 100 })).toBe(false);
  });

  it('holds in allocated exactly where a creation would no longer have fitted', () => {
    const bytes = fc.nat({ max: 2 ** 50 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (usedBytes, newBytes, limitBytes) => {
        const fits = fitsLimit({ usedBytes, reservedBytes: 0, newBytes, limitBytes });
        expect(isLimitExceeded('allocated', usedBytes + newBytes, limitBytes)).toBe(!fits);
      }),
    );
  });
});

describe('the release', () => {
  it('waits until less than the mark is used', () => {
    expect(judge({ ...input, held: true, usedBytes: 95 })).toEqual({
      exceeded: false,
      rule: 'within-release-margin',
      force: 'keep',
    });
    expect(judge({ ...input, held: true, usedBytes: 94 })).toMatchObject({ rule: 'below-limit', force: 'free' });
    expect(judge({ ...input, held: false, usedBytes: 99 })).toMatchObject({ force: 'free' });
  });

  it('is exact where numbers are large', () => {
    const limit = 2 ** 52;
    const mark = Number((BigInt(limit) * 95n) / 100n);
    expect(isBelowPercent(mark, limit, 95)).toBe(true);
    expect(isBelowPercent(mark + 1, limit, 95)).toBe(false);
  });
});

describe('where the limit is not kept', () => {
  it.each([
    ['no limit', { limitBytes: null }, 'no-limit', 'free', false],
    ['exempt', { exempt: true, usedBytes: 200 }, 'exempt', 'free', true],
    ['no agent any more', { isAgent: false, usedBytes: 200 }, 'dormant', 'keep', true],
    ['not in the list', { missing: true, usedBytes: 200 }, 'missing', 'keep', true],
    ['no agent and not over', { isAgent: false, held: true }, 'dormant', 'keep', false],
  ])('%s', (_, change, rule, force, exceeded) => {
    expect(judge({ ...input, ...change })).toEqual({ exceeded, rule, force });
  });
});
