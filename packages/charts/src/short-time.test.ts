import { expect, it } from '@jest/globals';
import { periodText } from './short-time.js';

it('tells the ends of a period apart that are in one minute', () => {
  const [start, end] = ['2026-11-15T12:00:05Z', '2026-11-15T12:00:50Z'].map(Date.parse) as [number, number];
  expect(periodText({ start, end }, 'UTC')).toBe('15 Nov 2026 12:00:05 to 15 Nov 2026 12:00:50');
  expect(periodText({ start, end: start + 90_000 }, 'UTC')).toBe('15 Nov 2026 12:00 to 15 Nov 2026 12:01');
});
