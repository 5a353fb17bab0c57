import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type BillPeriod,
  duePeriods,
  explicitPeriod,
  invoicePeriod,
  isClosed,
  localDay,
  parsePeriod,
  periodsOverlap,
  toLocalTime,
} from './index.js';
import { catchCode, fixture } from './test/fixtures.js';

interface Case {
  rule: 'previous-month' | 'anniversary' | 'explicit';
  anchor_day?: number;
  invoice_date: string;
  timezone?: string;
  start: string;
  end: string;
  error?: string;
}

const SP = 'America/Sao_Paulo';
const bounds = ({ start, end }: { start: string; end: string }): string[] => [start, end];

describe('the period of an invoice', () => {
  it.each((fixture('period-cases') as { cases: Case[] }).cases)('$rule of $invoice_date', (one) => {
    if (one.rule === 'explicit') {
      expect(catchCode(() => explicitPeriod({ ...one, timeZone: SP }))).toBe(one.error);
      return;
    }
    const rule = one.rule === 'anniversary' ? { anniversary: one.anchor_day! } : one.rule;
    const period = invoicePeriod({ rule, invoiceDate: one.invoice_date, timeZone: one.timezone! });
    expect(period).toEqual({ start: one.start, end: one.end, timeZone: one.timezone });
  });

  it('ends at the day of the invoice at the latest', () => {
    const rule = { anniversary: 15 };
    expect(bounds(invoicePeriod({ rule, invoiceDate: '2026-03-15', timeZone: 'UTC' }))).toEqual([
      '2026-02-15T00:00:00+00:00',
      '2026-03-15T00:00:00+00:00',
    ]);
    for (const anniversary of [0, 32, 1.5]) {
      expect(catchCode(() => invoicePeriod({ rule: { anniversary }, invoiceDate: '2026-03-15', timeZone: SP }))).toBe(
        'invalid_period',
      );
    }
  });

  it('begins where the one before ended, on every date of years and in every zone', () => {
    const zone = fc.constantFrom(SP, 'America/Manaus', 'America/Noronha', 'Europe/Lisbon', 'Asia/Kathmandu', 'UTC');
    const date = fc.date({ min: new Date('2005-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zone, date, fc.integer({ min: 1, max: 31 }), (timeZone, at, anniversary) => {
        const rule = { anniversary };
        const invoiceDate = at.toISOString().slice(0, 10);
        const period = invoicePeriod({ rule, invoiceDate, timeZone });
        expect(period.end.slice(0, 10) <= invoiceDate).toBe(true);
        const before = invoicePeriod({ rule, invoiceDate: period.start.slice(0, 10), timeZone });
        expect(before.end).toBe(period.start);
        const days = (Date.parse(period.end) - Date.parse(period.start)) / 86_400_000;
        expect(days).toBeGreaterThan(27.9);
        expect(days).toBeLessThan(31.1);
      }),
    );
  });
});

describe('a period of an operator', () => {
  const at = { invoiceDate: '2026-11-05', timeZone: SP };

  it('is a month, a range of dates, or the month before', () => {
    const october = ['2026-10-01T00:00:00-03:00', '2026-11-01T00:00:00-03:00'];
    expect(bounds(parsePeriod('2026-10', at))).toEqual(october);
    expect(bounds(parsePeriod('previous-month', at))).toEqual(october);
    expect(bounds(parsePeriod('2026-10-01..2026-11-01', at))).toEqual(october);
    expect(bounds(parsePeriod('2026-12', at))[1]).toBe('2027-01-01T00:00:00-03:00');
    expect(bounds(parsePeriod('2018-11-04..2018-11-05', at))[0]).toBe('2018-11-04T01:00:00-02:00');
  });

  it.each(['', '2026', '2026-1', '2026-10-01', 'next-month', '2026-10..2026-11'])('refuses %j', (text) => {
    expect(catchCode(() => parsePeriod(text, at))).toBe('invalid_period');
  });

  it('has an end after its start', () => {
    expect(catchCode(() => parsePeriod('2026-10-02..2026-10-01', at))).toBe('period_empty');
    expect(catchCode(() => parsePeriod('2026-10-02..2026-10-02', at))).toBe('period_empty');
    expect(() => parsePeriod('2026-02-30..2026-03-01', at)).toThrow('2026-02-30');
    expect(() => parsePeriod('2026-13', at)).toThrow('"2026-13" is not a period');
  });

  it('ends at an instant when it is the last one', () => {
    const end = '2026-10-15T12:30:45.678Z';
    expect(explicitPeriod({ start: '2026-10-01', end, timeZone: SP }).end).toBe('2026-10-15T09:30:45-03:00');
    expect(catchCode(() => explicitPeriod({ start: '2026-10-01', end: '2026-10-15T12:30', timeZone: SP }))).toBe(
      'invalid_instant',
    );
  });
});

describe('periods that are due', () => {
  const october: BillPeriod = { start: '2026-10-01T00:00:00-03:00', end: '2026-11-01T00:00:00-03:00', timeZone: SP };
  const none = { rule: 'previous-month', timeZone: SP, billedUntil: null, createdAt: null } as const;
  const starts = (periods: BillPeriod[]): string[] => periods.map(({ start }) => start.slice(0, 10));

  it('ended an hour ago', () => {
    expect(isClosed(october, '2026-11-01T03:59:59.000Z')).toBe(false);
    expect(isClosed(october, '2026-11-01T04:00:00.000Z')).toBe(true);
    expect(isClosed(october, '2026-11-01T03:00:00.000Z', 0)).toBe(true);
    expect(starts(duePeriods({ ...none, now: '2026-11-01T03:59:59.000Z' }))).toEqual([
      '2026-07-01',
      '2026-08-01',
      '2026-09-01',
    ]);
  });

  it('are those since the last bill, three at most', () => {
    const now = '2026-11-05T12:00:00.000Z';
    expect(duePeriods({ ...none, now, billedUntil: '2026-10-01T00:00:00-03:00' })).toEqual([october]);
    expect(duePeriods({ ...none, now, billedUntil: october.end })).toEqual([]);
    expect(starts(duePeriods({ ...none, now }))).toEqual(['2026-08-01', '2026-09-01', '2026-10-01']);
    expect(starts(duePeriods({ ...none, now, atMost: 1 }))).toEqual(['2026-10-01']);
  });

  it('of a new service begin with the period of its creation; a bill in the middle cuts one', () => {
    const now = '2026-11-05T12:00:00.000Z';
    expect(starts(duePeriods({ ...none, now, createdAt: '2026-09-20T00:00:00.000Z' }))).toEqual([
      '2026-09-01',
      '2026-10-01',
    ]);
    expect(duePeriods({ ...none, now, billedUntil: '2026-10-15T00:00:00-03:00' })[0]).toEqual({
      ...october,
      start: '2026-10-15T00:00:00-03:00',
    });
  });

  it('do not overlap', () => {
    const [a, b, c] = duePeriods({ ...none, rule: { anniversary: 31 }, now: '2026-04-05T12:00:00.000Z' });
    expect([a!.end, b!.end]).toEqual([b!.start, c!.start]);
    expect([periodsOverlap(a!, b!), periodsOverlap(b!, a!)]).toEqual([false, false]);
    expect(periodsOverlap(a!, { start: a!.start, end: c!.end })).toBe(true);
  });
});

describe('local days', () => {
  it('have 23 or 25 hours where the clocks change', () => {
    const hours = (day: string): number => {
      const { start, end } = localDay(day, SP);
      return (Date.parse(end) - Date.parse(start)) / 3_600_000;
    };
    expect(hours('2018-11-04')).toBe(23);
    expect(hours('2018-02-17')).toBe(25);
    expect(hours('2026-10-05')).toBe(24);
    expect(localDay('2026-10-05', SP)).toEqual({
      start: '2026-10-05T00:00:00-03:00',
      end: '2026-10-06T00:00:00-03:00',
    });
    // The clocks skip the day after it.
    expect(localDay('2011-12-29', 'Pacific/Apia')).toEqual({
      start: '2011-12-29T00:00:00-10:00',
      end: '2011-12-31T00:00:00+14:00',
    });
  });

  it('local time is the same instant', () => {
    const instant = fc.date({ min: new Date('1980-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    const zone = fc.constantFrom(SP, 'America/St_Johns', 'Asia/Kathmandu', 'Africa/Monrovia', 'UTC');
    fc.assert(
      fc.property(instant, zone, (at, timeZone) => {
        const local = toLocalTime(at.toISOString(), timeZone);
        expect(Date.parse(local)).toBe(Math.floor(at.getTime() / 1000) * 1000);
      }),
    );
  });

  it.each(['2026-02-30T00:00:00Z', '2026-10-05', '2026-10-05T24:00:00Z', '2026-10-05T10:00:00', 'now'])(
    'refuses %j as an instant',
    (text) => {
      expect(catchCode(() => toLocalTime(text, SP))).toBe('invalid_instant');
    },
  );

  it('refuses a zone that does not exist', () => {
    expect(() => toLocalTime('2026-10-05T00:00:00Z', 'Brasil/Leste')).toThrow('is not a time zone');
  });
});

it('names the month that was written, where it is none', () => {
  for (const month of ['2026-13', '2026-00'])
    expect(() => parsePeriod(month, { invoiceDate: '2026-11-15', timeZone: 'UTC' })).toThrow(
      `"${month}" is not a period`,
    );
});
