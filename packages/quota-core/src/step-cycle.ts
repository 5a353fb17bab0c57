import type { QuotaPeriod } from './cycle.js';
import { addCalendarMonths, parseCalendarDate } from './zone.js';
import { billingCycleAt, type Cycle, type CycleAnchor } from './cycle.js';
import { QuotaCoreError } from './errors.js';
import { instantMs } from './instant.js';
import { calendarDateAt } from './zone.js';

/** The newest recorded cycle of a service. */
export interface RecordedCycle extends Cycle {
  id: string;
}

/**
 * What happens to the recorded cycle at `now`.
 *
 * - `same`: it continues with the same boundaries.
 * - `amended`: it continues with another end; id, usage and purchases stay, and usually the start.
 * - `opened`: a new one begins (`previous` is the ended one, or null for the first).
 */
export interface CycleStep {
  kind: 'same' | 'amended' | 'opened';
  cycle: Cycle;
  /** The recorded cycle that this step starts from. */
  previous: RecordedCycle | null;
  /** Recorded cycles to be removed, opened by a clock that was ahead; their purchases belong to `cycle`. */
  wrong?: RecordedCycle[];
}

/** The present anchor and the recorded cycle. */
export interface StepInput extends CycleAnchor {
  /** Instant, ISO 8601 UTC with milliseconds. */
  now: string;
  /** Default `billing`. */
  quotaPeriod?: QuotaPeriod;
  /** The newest recorded cycle; null when the service has none yet. */
  recorded: RecordedCycle | null;
  /** The recorded cycles before that one. Pass them only by a confirmed clock: they correct a cycle that is ahead (`liesAhead`). */
  earlier?: readonly RecordedCycle[];
}

const DAY = 86_400_000;

/** A cycle that starts more than this after `now` was opened by a wrong clock; clocks of two hosts differ by less. */
const FURTHEST_START_MS = 3_600_000;

/** Returns whether a recorded cycle starts so far after `now` that a clock that was ahead must have opened it. */
export function liesAhead({ start }: Pick<Cycle, 'start'>, now: string): boolean {
  return instantMs(start, 'the start of the cycle') - instantMs(now, 'now') > FURTHEST_START_MS;
}

/**
 * Compares the cycle of the due date with the recorded one.
 *
 * A due date that moves whole periods while the recorded cycle is open (paid early, or late) changes nothing before
 * its end, also where a short month has clamped the day. One that moves to another day amends the open cycle so that
 * it ends where the period containing `now` ends; it keeps its start, unless a whole period would be before that
 * one (the cycle was yearly and is now monthly): then it starts where that one starts. `now` at or past the
 * recorded end opens the period that contains `now`, starting no earlier than the recorded end, so that neighbours
 * never overlap. A `now` before the recorded start (clocks of two hosts that differ) leaves the cycle as it is.
 *
 * With `earlier`, cycles that start more than an hour after `now` are `wrong`: the newest cycle before them continues, or,
 * without one, the first of them is amended to the period that contains `now`.
 *
 * @throws QuotaCoreError `invalid_date`, `invalid_billing_cycle`, `invalid_time_zone`, `invalid_instant`
 *
 * @example
 * ```ts
 * stepCycle({
 *   nextDueDate: '2026-02-28', // 31 January was paid early
 *   billingCycle: 'monthly',
 *   timeZone: 'UTC',
 *   now: '2026-01-20T00:00:00.000Z',
 *   recorded: { id: 'c1', start: '2025-12-31T00:00:00.000Z', end: '2026-01-31T00:00:00.000Z' },
 * }).kind; // same
 * ```
 */
export function stepCycle(input: StepInput): CycleStep {
  const { recorded, earlier, now } = input;
  const computed = billingCycleAt(input);
  if (recorded === null) return { kind: 'opened', cycle: computed, previous: null };
  if (earlier === undefined || !liesAhead(recorded, now)) return stepFrom(input, recorded, computed);

  const all = [...earlier, recorded].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const wrong = all.filter((cycle) => liesAhead(cycle, now));
  const last = all.filter((cycle) => !liesAhead(cycle, now)).at(-1);
  if (last !== undefined) return { ...stepFrom(input, last, computed), wrong };
  const [first = recorded, ...others] = wrong;
  return { kind: 'amended', cycle: computed, previous: first, wrong: others };
}

/** Returns the step from a recorded cycle that does not lie ahead. */
function stepFrom(input: StepInput, recorded: RecordedCycle, computed: Cycle): CycleStep {
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
  const isSame = now < start || computed.end === recorded.end || movedWholePeriods(input, computed, end);
  if (isSame) return { kind: 'same', cycle: { start: recorded.start, end: recorded.end }, previous: recorded };
  return {
    kind: 'amended',
    cycle: { start: amendedStart(input, computed, start), end: computed.end },
    previous: recorded,
  };
}

/**
 * Returns whether the due date is the recorded end moved by whole periods, with clamping: 31 January paid early becomes
 * 28 February, whose own series would have ended on 28 January.
 */
function movedWholePeriods(input: StepInput, computed: Cycle, end: number): boolean {
  // Clamping shifts a boundary by three days at most.
  const near = [computed.start, computed.end].some((boundary) => Math.abs(Date.parse(boundary) - end) < 4 * DAY);
  if (!near) return false;
  const due = parseCalendarDate(input.nextDueDate, 'the next due date');
  const recordedDay = calendarDateAt(end, input.timeZone);
  const ahead = (due.year - recordedDay.year) * 12 + due.month - recordedDay.month;
  return addCalendarMonths(recordedDay, ahead).day === due.day;
}

/**
 * Returns the recorded start, so that the usage of the open cycle stays in it. Only where a whole period would be before
 * the one that contains `now` (a yearly cycle became monthly) it returns the start of that one: a quota is for one
 * period.
 */
function amendedStart(input: StepInput, computed: Cycle, start: number): string {
  const before = new Date(Date.parse(computed.start) - 1).toISOString();
  const previous = billingCycleAt({ ...input, now: before });
  return Date.parse(previous.start) >= start ? computed.start : new Date(start).toISOString();
}
