import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { autoBuy, fewestToLift } from './index.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

const input = {
  remainingBytes: 10,
  overBytes: 0,
  thresholdBytes: 10,
  packageBytes: 100,
  price: '5.00',
  credit: '100.00',
  boughtThisCycle: 0,
  maxPerCycle: 5,
};

describe('autoBuy', () => {
  it('buys at the threshold, not above it', () => {
    expect(autoBuy(input)).toEqual({ count: 1, reason: 'buy' });
    expect(autoBuy({ ...input, remainingBytes: 11 })).toEqual({ count: 0, reason: 'above-threshold' });
  });

  it('buys until the remaining traffic is above the threshold', () => {
    expect(autoBuy({ ...input, remainingBytes: 0, thresholdBytes: 100 })).toEqual({ count: 2, reason: 'buy' });
    expect(autoBuy({ ...input, remainingBytes: 0, overBytes: 250 })).toEqual({ count: 3, reason: 'buy' });
  });

  it('stays within the limit per cycle', () => {
    expect(autoBuy({ ...input, boughtThisCycle: 5 })).toEqual({ count: 0, reason: 'limit-reached' });
    expect(autoBuy({ ...input, boughtThisCycle: 7 })).toEqual({ count: 0, reason: 'limit-reached' });
    expect(autoBuy({ ...input, maxPerCycle: 0 })).toEqual({ count: 0, reason: 'limit-reached' });
    expect(autoBuy({ ...input, remainingBytes: 0, thresholdBytes: 1000, boughtThisCycle: 2 }).count).toBe(3);
  });

  it('stays within the credit, to the last cent', () => {
    expect(autoBuy({ ...input, credit: '4.99' })).toEqual({ count: 0, reason: 'no-credit' });
    expect(autoBuy({ ...input, credit: '-20' })).toEqual({ count: 0, reason: 'no-credit' });
    expect(autoBuy({ ...input, remainingBytes: 0, thresholdBytes: 1000, credit: '10.00' }).count).toBe(2);
    expect(autoBuy({ ...input, remainingBytes: 0, thresholdBytes: 250, price: '0.1', credit: '0.3' }).count).toBe(3);
    expect(autoBuy({ ...input, price: '0', credit: '0' })).toEqual({ count: 1, reason: 'buy' });
  });

  it('buys nothing when it would not lift the service above its usage', () => {
    expect(autoBuy({ ...input, remainingBytes: 0, overBytes: 500 })).toEqual({ count: 0, reason: 'would-not-lift' });
    expect(autoBuy({ ...input, remainingBytes: 0, overBytes: 499 })).toEqual({ count: 5, reason: 'buy' });
    expect(autoBuy({ ...input, remainingBytes: 0, overBytes: 250, credit: '10.00' })).toEqual({
      count: 0,
      reason: 'no-credit',
    });
  });

  it('counts the fewest that bring the service below its allowance', () => {
    const fewest = (remainingBytes: number, overBytes: number): number =>
      fewestToLift({ remainingBytes, overBytes, packageBytes: 100 });
    expect([fewest(10, 0), fewest(0, 0), fewest(0, 99), fewest(0, 100), fewest(0, 250)]).toEqual([1, 1, 1, 2, 3]);
    expect(fewest(60, 110)).toBe(1);
    const credit = (amount: string) => autoBuy({ ...input, remainingBytes: 0, overBytes: 250, credit: amount }).count;
    expect([credit('14.99'), credit('15.00')]).toEqual([0, 3]);
  });

  it('refuses figures without meaning', () => {
    expect(catchCode(() => autoBuy({ ...input, packageBytes: 0 }))).toBe('invalid_bytes');
    expect(catchCode(() => autoBuy({ ...input, remainingBytes: -1 }))).toBe('invalid_bytes');
    expect(catchCode(() => autoBuy({ ...input, price: '-1' }))).toBe('invalid_money');
    expect(catchCode(() => autoBuy({ ...input, credit: 'much' }))).toBe('invalid_money');
    expect(catchCode(() => autoBuy({ ...input, maxPerCycle: 1.5 }))).toBe('invalid_number');
    expect(catchCode(() => autoBuy({ ...input, boughtThisCycle: -1 }))).toBe('invalid_number');
  });

  it('agrees with buying one by one, and buys all or nothing that helps', () => {
    const size = fc.integer({ min: 0, max: 500 });
    const situation = fc.record({
      level: fc.integer({ min: -500, max: 500 }),
      thresholdBytes: size,
      packageBytes: fc.integer({ min: 1, max: 200 }),
      priceCents: fc.integer({ min: 1, max: 300 }),
      creditCents: fc.integer({ min: 0, max: 2000 }),
      boughtThisCycle: fc.integer({ min: 0, max: 6 }),
      maxPerCycle: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(situation, ({ level, priceCents, creditCents, ...rest }) => {
        let count = 0;
        while (
          level + count * rest.packageBytes <= rest.thresholdBytes &&
          rest.boughtThisCycle + count < rest.maxPerCycle &&
          (count + 1) * priceCents <= creditCents
        ) {
          count += 1;
        }
        const helps = level + count * rest.packageBytes > 0;
        const decision = autoBuy({
          ...rest,
          remainingBytes: Math.max(0, level),
          overBytes: Math.max(0, -level),
          price: (priceCents / 100).toFixed(2),
          credit: (creditCents / 100).toFixed(2),
        });
        expect(decision.count).toBe(helps ? count : 0);
        expect(decision.reason === 'buy').toBe(decision.count > 0);
      }),
      { numRuns: runs(1000) },
    );
  });
});
