import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AccountingMode } from '@sluice/quota-core';
import { runs } from '../test/runs.js';
import {
  type AgentDecision,
  type AgentToDecide,
  decideAgent,
  fitsLimit,
  isEnforced,
  isLimitExceeded,
} from './decide-agent.js';

const agent: AgentToDecide = {
  usedBytes: 0,
  limitBytes: 100,
  held: false,
  exempt: false,
  isAgent: true,
  missing: false,
};

const decide = (
  change: Partial<AgentToDecide>,
  accounting: AccountingMode = 'consumed',
  releaseBelowPercent = 95,
): AgentDecision => decideAgent({ ...agent, ...change }, { accounting, releaseBelowPercent });

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
    expect(decide({ usedBytes }, accounting)).toMatchObject({ exceeded: over, force: over ? 'over' : 'free' });
  });

  it('of a limit of 0 lets nothing be used, and sold only nothing', () => {
    expect(decide({ limitBytes: 0 })).toEqual({ exceeded: true, rule: 'at-or-over-limit', force: 'over' });
    expect(decide({ limitBytes: 0 }, 'allocated')).toMatchObject({ exceeded: false, rule: 'full' });
    expect(decide({ limitBytes: 0, usedBytes: 1 }, 'allocated').force).toBe('over');
    expect(fitsLimit(0, { used: 0, reserved: 0, added: 1 })).toBe(false);
  });

  it('is the same for a creation: exactly full fits, one byte more does not', () => {
    expect(fitsLimit(100, { used: 50, reserved: 20, added: 30 })).toBe(true);
    expect(fitsLimit(100, { used: 50, reserved: 20, added: 31 })).toBe(false);
  });

  it('holds in allocated exactly where a creation would no longer have fitted', () => {
    const bytes = fc.nat({ max: 2 ** 50 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (used, added, limit) => {
        expect(isLimitExceeded('allocated', used + added, limit)).toBe(!fitsLimit(limit, { used, reserved: 0, added }));
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('the release', () => {
  it('waits until less than the mark is used', () => {
    expect(decide({ held: true, usedBytes: 95 })).toEqual({
      exceeded: false,
      rule: 'within-release-margin',
      force: 'keep',
    });
    expect(decide({ held: true, usedBytes: 94 })).toMatchObject({ rule: 'below-limit', force: 'free' });
    expect(decide({ held: false, usedBytes: 99 })).toMatchObject({ force: 'free' });
  });

  it('is exact where numbers are large', () => {
    const limitBytes = 2 ** 52;
    const mark = Number((BigInt(limitBytes) * 95n) / 100n);
    expect(decide({ limitBytes, held: true, usedBytes: mark }).force).toBe('free');
    expect(decide({ limitBytes, held: true, usedBytes: mark + 1 }).force).toBe('keep');
  });
});

describe('where the limit is not kept', () => {
  it.each([
    ['no limit', { limitBytes: null }, 'no-limit', 'free', false],
    ['no limit, and held', { limitBytes: null, held: true }, 'no-limit', 'free', false],
    ['no limit, and not in the list', { limitBytes: null, missing: true }, 'missing', 'free', false],
    ['exempt', { exempt: true, usedBytes: 200 }, 'exempt', 'free', true],
    ['no agent any more', { isAgent: false, usedBytes: 200 }, 'dormant', 'keep', true],
    ['not in the list', { missing: true, usedBytes: 200 }, 'missing', 'keep', true],
    ['no agent and not over', { isAgent: false, held: true }, 'dormant', 'keep', false],
  ])('%s', (_, change, rule, force, exceeded) => {
    const decision = decide(change);
    expect(decision).toEqual({ exceeded, rule, force });
    expect(isEnforced(decision)).toBe(false);
    expect(isEnforced(decide({ usedBytes: 99, held: true }))).toBe(true);
  });
});

/** What is promised of an agent that is listed, has a limit and is not exempt, in whole numbers. */
describe('a hold of an agent', () => {
  const bytes = fc.maxSafeNat();
  const accountings = fc.constantFrom<AccountingMode>('allocated', 'consumed', 'panel');
  const percents = fc.integer({ min: 1, max: 100 });
  // Around the limit and the mark, where mistakes are.
  const near = fc
    .tuple(bytes, percents, fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([limitBytes, percent, by, atMark]) => {
      const around = atMark ? Number((BigInt(limitBytes) * BigInt(percent)) / 100n) : limitBytes;
      return { limitBytes, percent, usedBytes: Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, around + by)) };
    });

  it('begins exactly where the limit is exceeded, and ends exactly below the mark', () => {
    fc.assert(
      fc.property(near, accountings, fc.boolean(), ({ limitBytes, percent, usedBytes }, accounting, held) => {
        const { exceeded, force } = decide({ limitBytes, usedBytes, held }, accounting, percent);
        const isOver = accounting === 'allocated' ? usedBytes > limitBytes : usedBytes >= limitBytes;
        const isLow = BigInt(usedBytes) * 100n < BigInt(limitBytes) * BigInt(percent);
        expect(exceeded).toBe(isOver);
        expect(force).toBe(isOver ? 'over' : held && !isLow ? 'keep' : 'free');
      }),
      { numRuns: runs(1000) },
    );
  });

  it('never begins or ends for an account that is missing or no agent', () => {
    fc.assert(
      fc.property(near, accountings, fc.boolean(), fc.boolean(), (one, accounting, held, missing) => {
        const { force, exceeded } = decide({ ...one, held, missing, isAgent: missing }, accounting, one.percent);
        expect(force).toBe('keep');
        expect(exceeded).toBe(isLimitExceeded(accounting, one.usedBytes, one.limitBytes));
      }),
      { numRuns: runs(1000) },
    );
  });
});

it('is as the manual shows it', () => {
  const one = { limitBytes: 1000 };
  expect(decide({ ...one, usedBytes: 1000 })).toEqual({ exceeded: true, rule: 'at-or-over-limit', force: 'over' });
  expect(decide({ ...one, usedBytes: 960, held: true }).force).toBe('keep');
});
