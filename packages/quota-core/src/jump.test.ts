import { expect, it } from '@jest/globals';
import { confirmsJump, isJump, mayConfirm } from './index.js';

it('a jump is growth by more than the share of the allowance, and none where nothing is doubted', () => {
  const grows = (grownBytes: number, share: number | null): boolean =>
    isJump({ grownBytes, allowedBytes: 1000, share });
  expect([grows(500, 0.5), grows(501, 0.5), grows(501, null), grows(0, null)]).toEqual([false, true, false, false]);
});

it('a reading confirms a doubted one from a minute after it on', () => {
  const at = (ms: number): string => new Date(Date.UTC(2026, 2, 10) + ms).toISOString();
  expect([59_999, 60_000, -60_000].map((ms) => mayConfirm(at(ms), at(0)))).toEqual([false, true, false]);
});

it('a reading confirms one that is as high, less the differences of consolidated data', () => {
  expect([979, 980, 2000].map((bytes) => confirmsJump(bytes, 1000))).toEqual([false, true, true]);
});
