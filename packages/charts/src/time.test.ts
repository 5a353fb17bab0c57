import { describe, expect, it } from '@jest/globals';
import { timeTicks } from './time.js';

const ticks = (from: string, to: string, timeZone: string, count: number): string[] =>
  timeTicks({ from: Date.parse(from), to: Date.parse(to), timeZone }, count).map(
    ({ at, label }) => `${new Date(at).toISOString().slice(5, 16)} ${label}`,
  );

describe('the marks of a time axis', () => {
  it('stand at round local hours within a day', () => {
    expect(ticks('2026-11-20T10:10:00Z', '2026-11-21T10:10:00Z', 'Europe/Berlin', 5)).toEqual([
      '11-20T11:00 12:00',
      '11-20T17:00 18:00',
      '11-20T23:00 21 Nov',
      '11-21T05:00 06:00',
    ]);
  });

  it('stand at local midnights over days, also where the clocks change', () => {
    expect(ticks('2026-10-23T22:00:00Z', '2026-10-27T23:00:00Z', 'Europe/Berlin', 5)).toEqual([
      '10-23T22:00 24 Oct',
      '10-24T22:00 25 Oct',
      '10-25T23:00 26 Oct',
      '10-26T23:00 27 Oct',
      '10-27T23:00 28 Oct',
    ]);
  });

  it('are never many more than asked for', () => {
    for (const days of [0.02, 0.3, 1, 3, 10, 31, 90, 366, 1100, 20000]) {
      const to = new Date(Date.parse('2026-01-01T00:00:00Z') + days * 86_400_000).toISOString();
      const found = ticks('2026-01-01T00:00:00Z', to, 'UTC', 8).length;
      expect(found).toBeGreaterThanOrEqual(1);
      expect(found).toBeLessThanOrEqual(9);
    }
  });
});
