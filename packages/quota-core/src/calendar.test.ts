import { describe, expect, it } from '@jest/globals';
import { TZDate } from '@date-fns/tz';
import { addMonths } from 'date-fns/addMonths';
import fc from 'fast-check';
import { addCalendarMonths, formatCalendarDate, parseCalendarDate } from './zone.js';
import { checkLocalDate } from './index.js';
import { localDate } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';

describe('checkLocalDate', () => {
  it.each(['1970-01-01', '2024-02-29', '2026-12-31'])('takes %s', (text) => {
    expect(checkLocalDate(text, 'due')).toBe(text);
  });

  it.each([
    '0000-00-00',
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '26-01-01',
    '2026-01-01T00:00:00Z',
    '01/02/2026',
    ' 2026-01-01',
    '',
    '9999-01-01',
    '9001-01-01',
    '1969-12-31',
  ])('refuses %j', (text) => {
    expect(catchCode(() => checkLocalDate(text, 'due'))).toBe('invalid_date');
  });

  it('names what the date is for', () => {
    expect(() => checkLocalDate('0000-00-00', 'the due date of service 7')).toThrow(
      'the due date of service 7 is "0000-00-00"',
    );
  });
});

describe('addCalendarMonths', () => {
  it('agrees with date-fns', () => {
    fc.assert(
      fc.property(localDate, fc.integer({ min: -400, max: 400 }), (text, count) => {
        const from = parseCalendarDate(text, 'date');
        const reference = addMonths(new TZDate(from.year, from.month - 1, from.day, 'UTC'), count);
        expect(formatCalendarDate(addCalendarMonths(from, count))).toBe(
          formatCalendarDate({
            year: reference.getFullYear(),
            month: reference.getMonth() + 1,
            day: reference.getDate(),
          }),
        );
      }),
    );
  });
});
