import { describe, expect, it } from '@jest/globals';
import type { CallBillRecord, OwnershipRecord } from '@sluice/state-store';
import fc from 'fast-check';
import { cutByOwner, isInWindow, toWindows } from '../../base/ownership.js';
import { findDue, isInDoubt, toInstants } from './due.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;
const DAYS = 300;
const BILL_FROM = '2026-01-01';
const GRACE = 60;

const at = (hours: number): string => new Date(START + hours * HOUR).toISOString();

/** Owners of a line, one after the other, with gaps between some of them. */
const histories = fc
  .array(
    fc.record({
      service: fc.constantFrom('s1', 's2', 's3'),
      client: fc.constantFrom('a', 'b', null),
      hours: fc.integer({ min: 1, max: 90 * 24 }),
      gap: fc.constantFrom(0, 0, 0, 5, 400),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((owners): OwnershipRecord[] => {
    let hour = 0;
    return owners.map(({ service, client, hours, gap }, index) => {
      const since = index === 0 ? null : at(hour);
      hour += hours;
      const until = index === owners.length - 1 ? null : at(hour);
      hour += gap;
      return { panel: 'tel', subject: 'line:1', service, client, since, until, storedAt: null };
    });
  });

/** Nothing is read again, and no run has had the line before. */
const none = { again: [], firstDue: null };

const ownerAt = (periods: readonly OwnershipRecord[], instant: string): OwnershipRecord | undefined =>
  periods.find(({ since, until }) => isInWindow(instant, { from: since, to: until }));

const zones = fc.constantFrom('America/Sao_Paulo', 'Europe/Berlin', 'UTC', 'Asia/Kolkata');
const rules = fc.oneof(
  fc.constant('previous-month' as const),
  fc.integer({ min: 1, max: 31 }).map((anniversary) => ({ anniversary })),
);

function toRecord(service: string, period: { from: string; to: string }, client: string | null): CallBillRecord {
  const text = {
    billing: 'ledger',
    description: '',
    amount: '0',
    charged: '0',
    currency: 'BRL',
    digest: '',
    run: null,
  };
  const none = { invoice: null, file: null, note: null, sentAt: null, endedAt: null, calls: 0, at: period.to };
  const id = `${service} ${period.from}`;
  const span = { panel: 'tel', subscriber: '1', start: period.from, end: period.to };
  return { ...text, ...none, ...span, id, key: id, service, client, state: 'confirmed' };
}

describe('cutting a time by owner', () => {
  it('covers it without a gap, and names who had each instant', () => {
    fc.assert(
      fc.property(histories, fc.nat(2000), fc.nat(6000), fc.nat(8000), (periods, begin, length, probe) => {
        const window = { from: at(begin), to: at(begin + length + 1) };
        const parts = cutByOwner(periods, window);
        expect([parts[0]?.from, parts.at(-1)?.to]).toEqual([window.from, window.to]);
        for (const [index, part] of parts.slice(1).entries()) expect(part.from).toBe(parts[index]?.to);
        const instant = at(begin + (probe % (length + 1)));
        const part = parts.find((one) => isInWindow(instant, one));
        expect(part?.owners[0]?.service).toBe(ownerAt(periods, instant)?.service);
      }),
    );
  });

  it('gives the second of a change to the former owner', () => {
    const line = { panel: 'tel', subject: 'line:1', storedAt: null };
    const change = '2026-02-01T00:00:00.250Z';
    const parts = cutByOwner(
      [
        { ...line, service: 's1', client: 'a', since: null, until: change },
        { ...line, service: 's2', client: 'b', since: change, until: null },
      ],
      { from: null, to: null },
    );
    expect(parts.map(({ from }) => from)).toEqual([null, '2026-02-01T00:00:01.000Z']);
  });

  it('counts what services of one client share once, and names those of several clients', () => {
    const line = { panel: 'tel', subject: 'line:1', since: null, until: null, storedAt: null };
    const one = cutByOwner(
      [
        { ...line, service: 's1', client: 'a' },
        { ...line, service: 's2', client: 'a' },
      ],
      { from: null, to: null },
    );
    expect([toWindows(one, 's1'), toWindows(one, 's2')]).toMatchObject([[{ sharedWith: [] }], []]);
    const several = cutByOwner(
      [
        { ...line, service: 's1', client: 'a' },
        { ...line, service: 's2', client: 'b' },
      ],
      { from: null, to: null },
    );
    expect(toWindows(several, 's2')).toMatchObject([{ client: 'b', sharedWith: ['s1'] }]);
  });
});

describe('due periods', () => {
  it('bill each time once, to the client that had the line, and end with its grace', () => {
    fc.assert(
      fc.property(
        histories,
        zones,
        rules,
        fc.array(fc.integer({ min: 1, max: 40 })),
        (periods, timeZone, rule, waits) => {
          const parts = cutByOwner(periods, { from: null, to: null });
          let bills: CallBillRecord[] = [];
          const all = [...waits.slice(0, 12), ...Array.from({ length: 12 }, () => 31)];
          let day = 31;
          for (const wait of all) {
            day += wait;
            if (day > DAYS) break;
            const now = at(day * 24);
            for (const service of ['s1', 's2', 's3']) {
              const windows = toWindows(parts, service);
              const request = { windows, rule, timeZone, now, graceMinutes: GRACE, billFrom: BILL_FROM };
              const due = findDue({ ...request, bills, started: bills.filter(isInDoubt), ...none });
              for (const { period, client } of due) {
                const { from, to } = toInstants(period);
                expect(Date.parse(now)).toBeGreaterThanOrEqual(Date.parse(to) + GRACE * 60_000);
                for (const bill of bills) expect(bill.start < to && from < bill.end).toBe(false);
                for (const instant of [from, new Date(Date.parse(to) - 1).toISOString()])
                  expect(ownerAt(periods, instant)).toMatchObject({ service, client });
                bills = [...bills, toRecord(service, { from, to }, client)].sort((a, b) =>
                  a.start < b.start ? 1 : -1,
                );
              }
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('have no gap while one service has the line', () => {
    const windows = [{ from: null, to: null, client: 'a', sharedWith: [] }];
    const shape = { rule: 'previous-month', timeZone: 'UTC', graceMinutes: GRACE, billFrom: BILL_FROM } as const;
    let bills: CallBillRecord[] = [];
    for (let day = 33; day < DAYS; day += 17) {
      for (const { period } of findDue({ ...shape, windows, bills, started: [], ...none, now: at(day * 24) }))
        bills = [toRecord('s1', toInstants(period), 'a'), ...bills];
    }
    const ends = bills.map(({ end }) => end);
    expect(bills.slice(0, -1).map(({ start }) => start)).toEqual(ends.slice(1));
    expect([bills.at(-1)?.start, ends[0]]).toEqual(['2026-01-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z']);
  });
});
