import { describe, expect, it } from '@jest/globals';
import { parseTime } from './times.js';

const now = Date.parse('2026-11-20T23:30:00Z');
const parse = (text: string, ahead = false): string =>
  parseTime(text, { timeZone: 'Europe/Berlin', option: '--since', now, ahead });

describe('parseTime', () => {
  it.each([
    ['2026-11-20', '2026-11-19T23:00:00.000Z'],
    ['2026-11-20 23:44', '2026-11-20T22:44:00.000Z'],
    ['2026-11-20T23:44:10', '2026-11-20T22:44:10.000Z'],
    ['2026-11-20T09:30:00Z', '2026-11-20T09:30:00.000Z'],
    ['2026-11-20T09:30:00+02:00', '2026-11-20T07:30:00.000Z'],
    ['1h', '2026-11-20T22:30:00.000Z'],
    ['2d', '2026-11-18T23:30:00.000Z'],
    ['now', '2026-11-20T23:30:00.000Z'],
    // In Berlin it is the 21st.
    ['today', '2026-11-20T23:00:00.000Z'],
    ['yesterday', '2026-11-19T23:00:00.000Z'],
    ['tomorrow', '2026-11-21T23:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  it('counts durations ahead where the option names a time to come', () => {
    expect(parse('2d', true)).toBe('2026-11-22T23:30:00.000Z');
  });

  it.each(['2026-02-30', '2026-11-20 25:00', 'last week', '20.11.2026', '', 'constructor', '2026-11-20T99:00:00Z'])(
    'refuses %j, and names the option',
    (text) => {
      expect(() => parse(text)).toThrow(/^--since: /);
    },
  );
});
