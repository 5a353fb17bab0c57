import { describe, expect, it } from '@jest/globals';
import { callAgeMs } from './clock.js';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const at = (ms: number): string => new Date(NOW + ms).toISOString();

describe('the age of a call', () => {
  it.each([
    [-60_000, 60_000],
    [0, 0],
    [1, 0],
    [300_000, 0],
    [300_001, Number.POSITIVE_INFINITY],
    [86_400_000_000, Number.POSITIVE_INFINITY],
  ])('made %s ms from now is %s ms', (ahead, age) => {
    expect(callAgeMs({ calledAt: at(ahead), givenUpAt: null }, NOW)).toBe(age);
  });

  it('counts from when the call was given up', () => {
    expect(callAgeMs({ calledAt: at(-60_000), givenUpAt: at(-1000) }, NOW)).toBe(1000);
    expect(callAgeMs({ calledAt: null, givenUpAt: null }, NOW)).toBe(Number.POSITIVE_INFINITY);
  });
});
