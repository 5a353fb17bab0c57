import { describe, expect, it } from '@jest/globals';
import { type Mode, type UsageBytes, usageInMode } from './index.js';

const usage = (inBytes: number | null, outBytes: number | null, totalBytes: number | null): UsageBytes => ({
  inBytes,
  outBytes,
  totalBytes,
});

describe('usageInMode', () => {
  it.each<[Mode, UsageBytes, number | null]>([
    ['IN', usage(1, 2, 4), 1],
    ['OUT', usage(1, 2, 4), 2],
    ['TOTAL', usage(1, 2, 4), 4],
    ['TOTAL', usage(1, 2, null), 3],
    ['TOTAL', usage(1, null, null), null],
    ['TOTAL', usage(null, null, 0), 0],
    ['IN', usage(null, null, 4), null],
    ['OUT', usage(null, 0, 4), 0],
    ['IN', usage(null, null, null), null],
  ])('in mode %s of %j is %p', (mode, figures, expected) => {
    expect(usageInMode(figures, mode)).toBe(expected);
  });

  it('takes no figure for bytes that is none', () => {
    for (const wrong of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(usageInMode(usage(wrong, 1, null), 'IN')).toBeNull();
      expect(usageInMode(usage(wrong, 1, null), 'TOTAL')).toBeNull();
      expect(usageInMode(usage(1, 1, wrong), 'TOTAL')).toBeNull();
    }
    expect(usageInMode(usage(2 ** 52, 2 ** 52, null), 'TOTAL')).toBeNull();
  });
});
