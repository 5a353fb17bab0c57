import { describe, expect, it } from '@jest/globals';
import { describeProjection, projectionSentence } from './outlook-words.js';

const on = (day: number): string => new Date(Date.UTC(2026, 10, day, 12)).toISOString();
const figures = { readAt: on(20), usedBytes: 1, perDayBytes: 1, lowPerDayBytes: 1, highPerDayBytes: 1 };
const runsOut = (at: number, earliest: number | null, latest: number | null) => ({
  ...figures,
  outlook: 'runs-out' as const,
  at: on(at),
  earliest: earliest === null ? null : on(earliest),
  latest: latest === null ? null : on(latest),
});
const never = { ...figures, at: null, earliest: null, latest: null };

describe('a projection in words', () => {
  it.each([
    [runsOut(24, 22, 26), 'runs out between 22 Nov 2026 and 26 Nov 2026'],
    [runsOut(24, 24, 24), 'runs out on 24 Nov 2026'],
    [runsOut(24, 22, null), 'runs out on 24 Nov 2026, not before 22 Nov 2026'],
    [{ ...never, outlook: 'lasts' as const }, 'lasts the cycle'],
    [{ ...never, outlook: 'lasts' as const, earliest: on(22) }, 'lasts the cycle, on busy days until 22 Nov 2026'],
    [{ ...never, outlook: 'used-up' as const }, 'used up'],
    [{ ...never, outlook: 'no-limit' as const }, null],
    [{ ...never, outlook: 'unknown' as const }, null],
    [null, null],
  ])('%j', (projection, words) => {
    expect(describeProjection(projection, 'Europe/Berlin')).toBe(words);
  });

  it('says it as a sentence, in a language', () => {
    expect(projectionSentence({ ...never, outlook: 'used-up' }, 'UTC')).toBe('It is used up.');
    expect(projectionSentence(runsOut(24, 22, 26), 'UTC')).toBe(
      'At the present rate, it runs out between 22 Nov 2026 and 26 Nov 2026.',
    );
    expect(projectionSentence(runsOut(24, 22, 26), 'Asia/Tehran', 'fa')).toContain('بین ۱ آذر ۱۴۰۵ و ۵ آذر ۱۴۰۵');
    expect(projectionSentence(null, 'UTC')).toBeNull();
  });
});
