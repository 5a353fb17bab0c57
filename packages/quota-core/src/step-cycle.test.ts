import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  billingCycle,
  billingCycleAt,
  type CycleAnchor,
  type CycleStep,
  liesAhead,
  toLocalDate,
  nextDueDateAfter,
  type RecordedCycle,
  stepCycle,
  zonedMidnight,
} from './index.js';
import { anchor, instant, localDate, quotaPeriod } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

const timeZone = 'Europe/Berlin';
const monthly = { billingCycle: 'monthly' as const, timeZone };
const noon = (date: string): string => `${date}T12:00:00.000Z`;

function recorded(start: string, end: string): RecordedCycle {
  return { id: 'c1', start: zonedMidnight(start, timeZone), end: zonedMidnight(end, timeZone) };
}

function outcome(step: CycleStep): [string, string, string] {
  return [step.kind, toLocalDate(step.cycle.start, timeZone), toLocalDate(step.cycle.end, timeZone)];
}

describe('stepCycle', () => {
  const [january, february] = ['2026-01-01..2026-02-01', '2026-01-31..2026-02-28'];
  const [march, endOfMarch] = ['2026-03-01..2026-04-01', '2026-02-28..2026-03-31'];

  it.each<[string, string | null, string, string, string, string]>([
    ['opens the period that contains now', null, '2026-04-01', '2026-03-10', 'opened', march],
    ['leaves it when a clamped date is put right', february, '2026-03-31', '2026-02-10', 'same', february],
    ['leaves it when a due date is set back by a period', endOfMarch, '2026-02-28', '2026-03-10', 'same', endOfMarch],
    ['leaves it when a clock is behind its start', march, '2026-04-15', '2026-02-20', 'same', march],
    ['never ends it before now', march, '2026-03-15', '2026-03-20', 'amended', '2026-03-01..2026-04-15'],
    ['starts no earlier than the end before', '2025-12-31..2026-01-31', '2026-02-28', '2026-02-05', 'opened', february],
    ['leaves a gap after a long time', january, '2026-02-01', '2026-06-10', 'opened', '2026-06-01..2026-07-01'],
  ])('%s', (_what, open, nextDueDate, today, kind, cycle) => {
    const [start = '', end = ''] = open?.split('..') ?? [];
    const before = open === null ? null : recorded(start, end);
    const step = stepCycle({ ...monthly, nextDueDate, now: noon(today), recorded: before });
    expect([outcome(step), step.previous]).toEqual([[kind, ...cycle.split('..')], before]);
  });

  it('goes on while now is inside and the end is the computed one', () => {
    const open = recorded('2026-03-01', '2026-04-01');
    const step = stepCycle({ ...monthly, nextDueDate: '2026-04-01', now: noon('2026-03-10'), recorded: open });
    expect(step).toEqual({ kind: 'same', cycle: { start: open.start, end: open.end }, previous: open });
  });

  it('opens the next at the very end, not before', () => {
    const open = recorded('2026-03-01', '2026-04-01');
    const step = (now: string): CycleStep => stepCycle({ ...monthly, nextDueDate: '2026-04-01', now, recorded: open });
    expect(step(new Date(Date.parse(open.end) - 1).toISOString()).kind).toBe('same');
    expect(outcome(step(open.end))).toEqual(['opened', '2026-04-01', '2026-05-01']);
    expect(step(open.end).previous).toEqual(open);
  });

  it('changes nothing when a period is paid early at the end of a long month', () => {
    const open = recorded('2025-12-31', '2026-01-31');
    const early = { ...monthly, nextDueDate: '2026-02-28', recorded: open };
    expect(stepCycle({ ...early, now: noon('2026-01-20') }).kind).toBe('same');
    expect(stepCycle({ ...early, now: noon('2026-01-30') }).kind).toBe('same');
    expect(outcome(stepCycle({ ...early, now: noon('2026-01-31') }))).toEqual(['opened', '2026-01-31', '2026-02-28']);
  });

  it('goes on for an overdue service in whole periods, and stays when it is paid late', () => {
    const first = recorded('2026-01-01', '2026-02-01');
    const overdue = stepCycle({ ...monthly, nextDueDate: '2026-02-01', now: noon('2026-02-10'), recorded: first });
    expect(outcome(overdue)).toEqual(['opened', '2026-02-01', '2026-03-01']);
    const second = { id: 'c2', ...overdue.cycle };
    const paid = stepCycle({ ...monthly, nextDueDate: '2026-03-01', now: noon('2026-02-11'), recorded: second });
    expect(paid.kind).toBe('same');
  });

  it('amends the open cycle when the due date moves to another day', () => {
    const open = recorded('2026-03-01', '2026-04-01');
    const step = (nextDueDate: string, now: string): [string, string, string] =>
      outcome(stepCycle({ ...monthly, nextDueDate, now: noon(now), recorded: open }));
    expect(step('2026-04-15', '2026-03-20')).toEqual(['amended', '2026-03-01', '2026-04-15']);
    expect(step('2026-03-25', '2026-03-20')).toEqual(['amended', '2026-03-01', '2026-03-25']);
    expect(step('2026-04-15', '2026-03-10')).toEqual(['amended', '2026-03-01', '2026-03-15']);
  });

  it('amends a cycle from its first instant on', () => {
    const open = recorded('2026-03-01', '2026-04-01');
    const step = stepCycle({ ...monthly, nextDueDate: '2026-04-15', now: open.start, recorded: open });
    expect(step.kind).toBe('amended');
  });

  it('changes nothing when more than a year is paid ahead at the end of a long month', () => {
    const open = recorded('2026-12-31', '2027-01-31');
    for (const nextDueDate of ['2028-02-29', '2029-02-28', '2028-04-30']) {
      const step = stepCycle({ ...monthly, nextDueDate, now: noon('2027-01-20'), recorded: open });
      expect([nextDueDate, step.kind]).toEqual([nextDueDate, 'same']);
    }
  });

  it('goes on with the cycle before the ones that a clock ahead of time has opened', () => {
    const open = recorded('2026-03-01', '2026-04-01');
    const april = { ...recorded('2026-04-01', '2026-05-01'), id: 'c2' };
    const july = { ...recorded('2026-07-01', '2026-08-01'), id: 'c3' };
    const input = { ...monthly, nextDueDate: '2026-04-01', now: noon('2026-03-10'), recorded: july };
    expect(stepCycle({ ...input, earlier: [april, open] })).toEqual({
      kind: 'same',
      cycle: { start: open.start, end: open.end },
      previous: open,
      wrong: [april, july],
    });
    const later = stepCycle({ ...input, now: noon('2026-05-20'), earlier: [open, april] });
    expect([outcome(later), later.previous, later.wrong]).toEqual([
      ['opened', '2026-05-01', '2026-06-01'],
      april,
      [july],
    ]);
  });

  it('goes on with the newest of several cycles before those, in whatever order they are', () => {
    const [february, march] = [recorded('2026-02-01', '2026-03-01'), recorded('2026-03-01', '2026-04-01')];
    const july = recorded('2026-07-01', '2026-08-01');
    const input = { ...monthly, nextDueDate: '2026-04-01', now: noon('2026-03-10'), recorded: july };
    for (const earlier of [
      [february, march],
      [march, february],
    ])
      expect(stepCycle({ ...input, earlier }).previous).toEqual(march);
  });

  it('keeps a cycle that began within the period of the due date', () => {
    const open = recorded('2026-03-10', '2026-04-01');
    const step = stepCycle({ ...monthly, nextDueDate: '2026-04-01', now: noon('2026-03-20'), recorded: open });
    expect([step.kind, step.cycle]).toEqual(['same', { start: open.start, end: open.end }]);
  });

  it('names the instant that is none', () => {
    const open = recorded('2026-03-01', '2026-04-01');
    expect(() => liesAhead(open, 'today')).toThrow('now is "today"');
    expect(() => liesAhead({ start: 'soon' }, noon('2026-03-10'))).toThrow('the start of the cycle is "soon"');
  });

  it('brings the first cycle back when a clock ahead of time has opened it', () => {
    const july = recorded('2026-07-01', '2026-08-01');
    const input = { ...monthly, nextDueDate: '2026-04-01', recorded: july, earlier: [] };
    const step = stepCycle({ ...input, now: noon('2026-03-10') });
    expect([outcome(step), step.previous, step.wrong]).toEqual([['amended', '2026-03-01', '2026-04-01'], july, []]);
    // Clocks of two hosts may differ by less than an hour.
    expect(stepCycle({ ...input, now: '2026-06-30T21:30:00.000Z' }).kind).toBe('same');
    expect(stepCycle({ ...input, now: noon('2026-06-30') }).kind).toBe('amended');
    const before = (ms: number): string => new Date(Date.parse(july.start) - ms).toISOString();
    expect([3_600_000, 3_600_001].map((ms) => liesAhead(july, before(ms)))).toEqual([false, true]);
  });

  it('goes on as if no clock had ever been ahead', () => {
    const ahead = fc.array(fc.integer({ min: 2 * 86_400_000, max: 900 * 86_400_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anchor, quotaPeriod, instant, ahead, fc.boolean(), (input, period, now, jumps, isFirst) => {
        const service = { ...input, quotaPeriod: period };
        const first = { id: 'c0', ...billingCycleAt({ ...service, now }) };
        const cycles: RecordedCycle[] = isFirst ? [] : [first];
        for (const jump of [...jumps].sort((a, b) => a - b)) {
          const at = new Date(Date.parse(now) + jump).toISOString();
          const step = stepCycle({ ...service, now: at, recorded: cycles.at(-1) ?? null });
          if (step.kind === 'opened') cycles.push({ id: `c${cycles.length}`, ...step.cycle });
        }
        const last = cycles.at(-1) ?? null;
        if (last === null) throw new Error('no cycle was opened');
        const step = stepCycle({ ...service, now, recorded: last, earlier: cycles.slice(0, -1) });
        const [before = null] = cycles.filter((cycle) => !liesAhead(cycle, now)).slice(-1);
        const wrong = cycles.filter((cycle) => liesAhead(cycle, now));
        if (wrong.length === 0) {
          expect(step).toEqual(stepCycle({ ...service, now, recorded: last }));
        } else if (before === null) {
          expect(step).toEqual({
            kind: 'amended',
            cycle: { start: first.start, end: first.end },
            previous: wrong[0],
            wrong: wrong.slice(1),
          });
        } else {
          expect(step).toEqual({ ...stepCycle({ ...service, now, recorded: before }), wrong });
          if (before.id === 'c0' && !isFirst) expect([step.kind, step.previous]).toEqual(['same', first]);
        }
        // A second look finds nothing to mend.
        const again = { id: step.previous?.id ?? '', ...step.cycle };
        const kept = step.kind === 'opened' && before !== null ? [before] : [];
        expect(stepCycle({ ...service, now, recorded: again, earlier: kept }).wrong).toBeUndefined();
      }),
      { numRuns: runs(500) },
    );
  });

  it('keeps a month of a yearly plan when the year is paid early', () => {
    const open = recorded('2026-02-10', '2026-03-10');
    const step = stepCycle({
      nextDueDate: '2027-08-10',
      billingCycle: 'annually',
      timeZone,
      quotaPeriod: 'month',
      now: noon('2026-02-20'),
      recorded: open,
    });
    expect(step.kind).toBe('same');
  });

  it('follows a change of zone at the end, never before', () => {
    const step = (zone: string, end: string): CycleStep =>
      stepCycle({
        nextDueDate: '2026-04-01',
        billingCycle: 'monthly',
        timeZone: zone,
        now: '2026-03-31T23:00:00.000Z',
        recorded: { id: 'c1', start: '2026-03-01T05:00:00.000Z', end },
      });
    expect(step('Europe/Berlin', '2026-04-01T04:00:00.000Z').kind).toBe('same');
    expect(step('America/New_York', '2026-04-01T00:00:00.000Z')).toMatchObject({
      kind: 'amended',
      cycle: { start: '2026-03-01T05:00:00.000Z', end: '2026-04-01T04:00:00.000Z' },
    });
  });

  it('puts a yearly cycle that became monthly into the month that runs', () => {
    const open = recorded('2026-01-01', '2027-01-01');
    for (const nextDueDate of ['2027-01-01', '2028-01-01', '2026-10-01']) {
      const step = stepCycle({ ...monthly, nextDueDate, now: noon('2026-09-10'), recorded: open });
      expect(outcome(step)).toEqual(['amended', '2026-09-01', '2026-10-01']);
    }
    const on = (now: string): CycleStep =>
      stepCycle({ ...monthly, nextDueDate: '2027-01-01', now: noon(now), recorded: open });
    expect(outcome(on('2026-01-20'))).toEqual(['amended', '2026-01-01', '2026-02-01']);
    expect(outcome(on('2026-02-20'))).toEqual(['amended', '2026-02-01', '2026-03-01']);
  });

  it('puts a yearly cycle that became monthly in its last month into that month', () => {
    const open = recorded('2026-01-01', '2027-01-01');
    for (const nextDueDate of ['2027-01-01', '2028-01-01', '2026-10-01']) {
      const step = (now: string, last: RecordedCycle): CycleStep =>
        stepCycle({ ...monthly, nextDueDate, now: noon(now), recorded: last });
      const first = step('2026-12-10', open);
      expect(outcome(first)).toEqual(['amended', '2026-12-01', '2027-01-01']);
      expect(step('2026-12-20', { ...open, ...first.cycle }).kind).toBe('same');
    }
    const months = { billingCycle: 'annually' as const, timeZone, quotaPeriod: 'month' as const };
    const step = stepCycle({ ...months, nextDueDate: '2027-01-01', now: noon('2026-12-10'), recorded: open });
    expect(outcome(step)).toEqual(['amended', '2026-12-01', '2027-01-01']);
  });

  it.each([
    ['2026-12-29', '2026-12-28'],
    ['2027-01-10', '2026-12-28'],
    ['2027-01-29', '2026-12-31'],
  ])('puts it there where a short month has clamped the due date: %s', (now, start) => {
    const open = recorded('2026-01-31', '2027-01-31');
    const input = { ...monthly, nextDueDate: '2027-02-28' };
    const step = stepCycle({ ...input, now: noon(now), recorded: open });
    expect(outcome(step)).toEqual(['amended', start, '2027-01-31']);
    const next = { ...open, ...step.cycle };
    for (const later of [now, '2027-01-30']) {
      expect(stepCycle({ ...input, now: noon(later), recorded: next }).kind).toBe('same');
    }
  });

  it('keeps the start of a monthly cycle that became quarterly', () => {
    const open = recorded('2026-03-01', '2026-04-01');
    const quarterly = { billingCycle: 'quarterly' as const, timeZone, nextDueDate: '2026-05-01' };
    const step = stepCycle({ ...quarterly, now: noon('2026-03-10'), recorded: open });
    expect(outcome(step)).toEqual(['amended', '2026-03-01', '2026-05-01']);
  });

  it('does not take a due date between the periods for whole periods', () => {
    const open = recorded('2026-01-31', '2026-04-30');
    const input = { billingCycle: 'quarterly' as const, timeZone, now: noon('2026-04-29'), recorded: open };
    expect(outcome(stepCycle({ ...input, nextDueDate: '2026-07-31' }))[0]).toBe('same');
    expect(outcome(stepCycle({ ...input, nextDueDate: '2026-08-31' }))).toEqual([
      'amended',
      '2026-01-31',
      '2026-05-31',
    ]);
  });

  it('refuses a recorded cycle that is none', () => {
    const input = { ...monthly, nextDueDate: '2026-04-01', now: noon('2026-03-10') };
    const open = recorded('2026-03-01', '2026-04-01');
    expect(catchCode(() => stepCycle({ ...input, recorded: { ...open, end: open.start } }))).toBe('invalid_instant');
    expect(catchCode(() => stepCycle({ ...input, recorded: { ...open, end: '2026-04-01' } }))).toBe('invalid_instant');
  });

  it('never changes an open cycle when its period is paid early', () => {
    fc.assert(
      fc.property(anchor, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (input, share) => {
        const cycle = billingCycle(input);
        const now = new Date(
          Date.parse(cycle.start) + Math.floor(share * (Date.parse(cycle.end) - Date.parse(cycle.start))),
        ).toISOString();
        const step = stepCycle({
          ...input,
          nextDueDate: nextDueDateAfter(input),
          now,
          recorded: { id: 'c1', ...cycle },
        });
        expect(step.kind).toBe('same');
      }),
      { numRuns: runs(500) },
    );
  });

  it('gives cycles that contain now and never overlap, however the due date moves', () => {
    const move = fc.oneof(
      fc.constant('stay' as const),
      fc.constant('pay' as const),
      localDate.map((date) => ({ date })),
    );
    const history = fc.array(fc.record({ wait: fc.integer({ min: 1, max: 60 * 86_400_000 }), move }), {
      minLength: 1,
      maxLength: 25,
    });
    fc.assert(
      fc.property(anchor, quotaPeriod, instant, history, (input, period, begin, events) => {
        const current: CycleAnchor & { quotaPeriod: typeof period } = { ...input, quotaPeriod: period };
        const cycles: RecordedCycle[] = [];
        let now = Date.parse(begin);
        for (const event of events) {
          if (event.move === 'pay') current.nextDueDate = nextDueDateAfter(current);
          else if (event.move !== 'stay') current.nextDueDate = event.move.date;
          now += event.wait;
          const last = cycles.at(-1) ?? null;
          const at = new Date(now).toISOString();
          const step = stepCycle({ ...current, now: at, recorded: last });
          expect(step.cycle.start <= at && at < step.cycle.end).toBe(true);
          expect(step.previous).toEqual(last);
          if (step.kind === 'opened') {
            if (last !== null) expect(step.cycle.start >= last.end).toBe(true);
            cycles.push({ id: `c${cycles.length}`, ...step.cycle });
          } else {
            expect(step.cycle.end === last?.end).toBe(step.kind === 'same');
            expect(step.cycle.start >= (last?.start ?? '')).toBe(true);
            if (step.kind === 'same') expect(step.cycle.start).toBe(last?.start);
            // A quota is for one period: an amended cycle never has room for two.
            const running = billingCycleAt({ ...current, now: at });
            const before = billingCycleAt({
              ...current,
              now: new Date(Date.parse(running.start) - 1).toISOString(),
            });
            if (step.kind === 'amended' && step.cycle.start !== running.start) {
              expect(step.cycle.start > before.start).toBe(true);
            }
            cycles[cycles.length - 1] = { id: last?.id ?? '', ...step.cycle };
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('leaves no gap for a service that is looked at daily and paid in time', () => {
    fc.assert(
      fc.property(anchor, fc.integer({ min: 0, max: 27 }), (input, payDaysBefore) => {
        const current = { ...input, billingCycle: 'monthly' as const };
        let last: RecordedCycle = { id: 'c', ...billingCycle(current) };
        for (let day = 0; day < 200; day += 1) {
          const now = new Date(Date.parse(billingCycle(input).start) + day * 86_400_000).toISOString();
          const due = zonedMidnight(current.nextDueDate, current.timeZone);
          if (Date.parse(due) - Date.parse(now) <= payDaysBefore * 86_400_000) {
            current.nextDueDate = nextDueDateAfter(current);
          }
          const step = stepCycle({ ...current, now, recorded: last });
          if (now < last.end) expect(step.cycle).toEqual({ start: last.start, end: last.end });
          else expect([step.kind, step.cycle.start]).toEqual(['opened', last.end]);
          last = { id: 'c', ...step.cycle };
        }
      }),
      { numRuns: runs(40) },
    );
  });

  it('agrees with billingCycleAt about the end of every cycle that it opens', () => {
    fc.assert(
      fc.property(anchor, instant, (input, now) => {
        const computed = billingCycleAt({ ...input, now });
        const before = { id: 'c', start: '1980-01-01T00:00:00.000Z', end: computed.start };
        expect(stepCycle({ ...input, now, recorded: before }).cycle).toEqual(computed);
        expect(stepCycle({ ...input, now, recorded: null }).cycle).toEqual(computed);
      }),
    );
  });
});
