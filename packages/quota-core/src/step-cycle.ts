import { monthsOf, type QuotaPeriod } from './billing-cycle-name.js';
import { addCalendarMonths, type CalendarDate, parseCalendarDate } from './calendar.js';
import { billingCycleAt, type Cycle, type CycleAnchor } from './cycle.js';
import { QuotaCoreError } from './errors.js';
import { instantMs } from './instant.js';
import { calendarDateAt, midnightMs } from './zone.js';

/** The newest cycle that was recorded of a service. */
export interface RecordedCycle extends Cycle {
  id: string;
}

/**
 * What becomes of the recorded cycle at `now`.
 *
 * - `same`: it goes on; `cycle` has its very boundaries.
 * - `amended`: it goes on with another end; id, start, usage and purchases stay.
 * - `opened`: a new one begins (`previous` is the recorded one, now over, or null for the first).
 */
export interface CycleStep {
  kind: 'same' | 'amended' | 'opened';
  cycle: Cycle;
  previous: RecordedCycle | null;
}

/**
 * Sets the cycle that the due date calls for against the one that is recorded.
 *
 * A due date that moves whole periods while the recorded cycle is open (paid early, or late) changes nothing before
 * its end, also where a short month has clamped the day. One that moves to another day amends the open cycle so that
 * it ends where the period containing `now` ends. `now` at or past the recorded end opens the period that contains
 * `now`, starting no earlier than the recorded end, so that neighbours never overlap. A `now` before the recorded
 * start (clocks of two hosts that differ) leaves the cycle as it is.
 *
 * @param input.recorded null when the service has none yet
 * @param input.now instant, ISO 8601 UTC with milliseconds
 * @throws QuotaCoreError `invalid_date`, `invalid_billing_cycle`, `invalid_time_zone`, `invalid_instant`
 */
export function stepCycle(
  input: CycleAnchor & { now: string; quotaPeriod?: QuotaPeriod; recorded: RecordedCycle | null },
): CycleStep {
  const { recorded } = input;
  const computed = billingCycleAt(input);
  if (recorded === null) return { kind: 'opened', cycle: computed, previous: null };

  const now = instantMs(input.now, 'now');
  const start = instantMs(recorded.start, `the start of cycle ${recorded.id}`);
  const end = instantMs(recorded.end, `the end of cycle ${recorded.id}`);
  if (start >= end) {
    throw new QuotaCoreError('invalid_instant', `cycle ${recorded.id} ends at ${recorded.end}, before it has begun`);
  }
  if (now >= end) {
    const overlaps = Date.parse(computed.start) < end;
    const cycle = overlaps ? { start: recorded.end, end: computed.end } : computed;
    return { kind: 'opened', cycle, previous: recorded };
  }
  const same: CycleStep = {
    kind: 'same',
    cycle: { start: recorded.start, end: recorded.end },
    previous: recorded,
  };
  if (now < start || computed.end === recorded.end || movedWholePeriods(input, end)) return same;
  return { kind: 'amended', cycle: { start: recorded.start, end: computed.end }, previous: recorded };
}

/**
 * Whether the due date is the recorded end moved by whole periods, with clamping either way: 31 January paid early
 * becomes 28 February, whose own series would have ended on the 28th of January.
 */
function movedWholePeriods(input: CycleAnchor & { quotaPeriod?: QuotaPeriod }, end: number): boolean {
  const months = monthsOf(input.billingCycle, input.quotaPeriod ?? 'billing');
  const due = parseCalendarDate(input.nextDueDate, 'the next due date');
  const recordedDay = calendarDateAt(end, input.timeZone);
  // An end that is no midnight of this zone was made in another one: the boundaries themselves have moved.
  if (midnightMs(recordedDay, input.timeZone) !== end) return false;
  const ahead = (due.year - recordedDay.year) * 12 + due.month - recordedDay.month;
  if (ahead === 0 || ahead % months !== 0) return false;
  return sameDay(addCalendarMonths(recordedDay, ahead), due) || sameDay(addCalendarMonths(due, -ahead), recordedDay);
}

function sameDay(a: CalendarDate, b: CalendarDate): boolean {
  return a.year === b.year && a.month === b.month && a.day === b.day;
}
