import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allowanceSteps } from './allowance-steps.js';

const day = (n: number): string => new Date(Date.UTC(2026, 10, n)).toISOString();

describe('the steps of an allowance', () => {
  it('grow with each purchase, and count one before the window as there from the beginning', () => {
    const paid = [
      { at: day(1), bytes: 1 },
      { at: day(4), bytes: 5 },
      { at: day(9), bytes: 10 },
    ];
    expect(allowanceSteps({ start: day(2), allowedBytes: 26, paid })).toEqual([
      { at: day(2), bytes: 11 },
      { at: day(4), bytes: 16 },
      { at: day(9), bytes: 26 },
    ]);
    expect(allowanceSteps({ start: day(2), allowedBytes: 26, paid: [] })).toEqual([{ at: day(2), bytes: 26 }]);
  });

  it('leave out what is not known, once the allowance was lowered below what was bought', () => {
    const paid = [
      { at: day(4), bytes: 8 },
      { at: day(9), bytes: 10 },
    ];
    expect(allowanceSteps({ start: day(2), allowedBytes: 15, paid })).toEqual([
      { at: day(4), bytes: 5 },
      { at: day(9), bytes: 15 },
    ]);
  });

  it('lose no byte: they rise in order of time, by what was bought, to what is allowed now', () => {
    const purchases = fc.array(
      fc.record({ at: fc.integer({ min: 1, max: 30 }), bytes: fc.integer({ min: 1, max: 1e12 }) }),
      {
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(purchases, fc.integer({ min: 0, max: 1e12 }), (bought, base) => {
        const paid = bought.map(({ at, bytes }) => ({ at: day(at), bytes })).sort((a, b) => (a.at < b.at ? -1 : 1));
        const allowedBytes = base + paid.reduce((sum, { bytes }) => sum + bytes, 0);
        const steps = allowanceSteps({ start: day(10), allowedBytes, paid });
        const inside = paid.filter(({ at }) => at > day(10));
        expect(steps.map(({ at }) => at)).toEqual([day(10), ...inside.map(({ at }) => at)]);
        expect(steps.at(-1)?.bytes).toBe(allowedBytes);
        for (const [index, { bytes }] of inside.entries()) {
          expect((steps[index + 1]?.bytes ?? 0) - (steps[index]?.bytes ?? 0)).toBe(bytes);
        }
      }),
    );
  });
});
