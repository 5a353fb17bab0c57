import { billingCycleAt, type Cycle, type CycleAnchor, type QuotaPeriod } from './cycle.js';
import { addCalendarMonths, calendarDateAt, instantMs, parseCalendarDate, toLocalDate } from './zone.js';
import { QuotaCoreError } from './errors.js';
import { checkBytes, formatBytes } from './bytes.js';

/** The last figures of a growing counter and their sums in the cycle. */
export interface CounterState {
  lastIn: number;
  lastOut: number;
  usedIn: number;
  usedOut: number;
  /** Instant of the last reading. */
  at: string;
  /** The account whose counter it is; absent where that is not known. */
  account?: string;
  /** The panel of the account; absent where that is not known. */
  panel?: string;
  /** The last reading since then, if it was refused because the counter had fallen; absent for none. */
  refused?: RefusedReading;
}

/** Returns whether a counter is known to be of another account than this one: the same name on another panel is another account. */
export function isOfOtherAccount(
  counter: Pick<CounterState, 'account' | 'panel'>,
  { account, panel }: { account?: string | undefined; panel?: string | undefined },
): boolean {
  const isOther = (known: string | undefined, now: string | undefined): boolean => known !== undefined && known !== now;
  return isOther(counter.account, account) || isOther(counter.panel, panel);
}

/**
 * Whether a counter was reset between two readings. `false`: no. `true`: it may have been. `'certain'`: the panel states
 * a reset.
 */
export type ResetBetween = boolean | 'certain';

/** The state after a reading, or why the reading is unknown; then the previous state stays. */
export type CounterStep =
  /** `restarted`: the counter fell for a reason that is not known, and a second reading has confirmed it. */
  | { known: true; state: CounterState; restarted?: true }
  /** `refused`: to be kept with the previous state. */
  | { known: false; code: 'counter_fell'; message: string; refused: RefusedReading };

/** An earlier reading of a counter that was refused because it had fallen, and the growth that refused readings have shown. */
export interface RefusedReading {
  at: string;
  inBytes: number;
  outBytes: number;
  grownIn: number;
  grownOut: number;
}

/**
 * Adds one reading of a growing counter to the sums of the cycle.
 *
 * The first reading of a service counts in full. Later ones count by their growth. A counter that fell counts from
 * zero where a reset may lie between the two readings (a reset zeroes both directions, so both count from zero), and
 * makes the reading unknown where none may. After a reset that is certain it counts from zero also when it has outgrown
 * its old figure. In a new cycle the sums begin at the growth since the last reading.
 *
 * A fall without a reset is accepted once a second reading confirms it. Until then the counter is judged against its last accepted
 * reading, and the growth from one refused reading to the next is kept: it counts once the fall is accepted, or the counter is back at
 * its old figure.
 *
 * The first reading of another account adds nothing, unless its counter began at zero by a reset that is certain.
 *
 * @param input.cycleStart instant at which the cycle of the reading begins; a previous state from before it begins a
 *   new cycle even when `newCycle` is false
 * @param input.resetBetween whether the panel or Sluice has reset the counters between the two readings
 * @param input.mayRestart false: a fall is not accepted yet, although a second reading confirms it
 * @throws QuotaCoreError `invalid_bytes` for a figure that is not a whole number of bytes, `invalid_instant`
 *
 * @example
 * ```ts
 * const previous = { lastIn: 100, lastOut: 50, usedIn: 30, usedOut: 20, at: '2026-03-10T11:00:00.000Z' };
 * const cycleStart = '2026-03-01T00:00:00.000Z';
 * const reading = { at: '2026-03-10T12:00:00.000Z', inBytes: 130, outBytes: 55 };
 * stepCounter({ previous, cycleStart, reading, resetBetween: false, newCycle: false });
 * // { known: true, state: { lastIn: 130, lastOut: 55, usedIn: 60, usedOut: 25, at: '2026-03-10T12:00:00.000Z' } }
 * ```
 */
export function stepCounter(input: {
  previous: CounterState | null;
  cycleStart: string;
  reading: { at: string; inBytes: number; outBytes: number; account?: string | undefined; panel?: string | undefined };
  resetBetween: ResetBetween;
  newCycle: boolean;
  mayRestart?: boolean;
}): CounterStep {
  const { reading, resetBetween } = input;
  const { at } = reading;
  const lastIn = checkBytes(reading.inBytes, 'the counter of bytes in');
  const lastOut = checkBytes(reading.outBytes, 'the counter of bytes out');
  instantMs(at, 'the instant of the reading');
  const account = reading.account ?? input.previous?.account;
  const panel = reading.panel ?? input.previous?.panel;
  const now: Omit<CounterState, 'usedIn' | 'usedOut'> = { lastIn, lastOut, at };
  if (account !== undefined) now.account = account;
  if (panel !== undefined) now.panel = panel;
  if (input.previous === null) return { known: true, state: { ...now, usedIn: lastIn, usedOut: lastOut } };

  const isOther = isOfOtherAccount(input.previous, { account, panel });
  const previous = isOther && resetBetween !== 'certain' ? { ...input.previous, lastIn, lastOut } : input.previous;
  const fell = lastIn < previous.lastIn || lastOut < previous.lastOut;
  const { refused } = previous;
  // The last refused reading, where the counter has not fallen further since.
  const fallen = !isOther && refused !== undefined && isLater(refused, now, previous.at) ? refused : null;
  const isUnexplained = fell && resetBetween === false;
  if (isUnexplained && (fallen === null || input.mayRestart === false)) {
    const message = describeFall(previous, now);
    return { known: false, code: 'counter_fell', message, refused: toRefused(now, refused, fallen) };
  }
  const fromZero = !isUnexplained && (fell || resetBetween === 'certain');
  const last = { inBytes: previous.lastIn, outBytes: previous.lastOut };
  const base = fromZero ? NO_BYTES : isUnexplained ? (fallen ?? last) : last;
  // What a counter from zero shows contains what it had grown by before.
  const grown = isOther || refused === undefined || (fromZero && fallen !== null) ? NO_GROWTH : refused;
  const cycleStart = instantMs(input.cycleStart, 'the start of the cycle');
  const isNew = input.newCycle || instantMs(previous.at, 'the instant of the last reading') < cycleStart;
  const usedIn = (isNew ? 0 : previous.usedIn) + grown.grownIn + lastIn - base.inBytes;
  const usedOut = (isNew ? 0 : previous.usedOut) + grown.grownOut + lastOut - base.outBytes;
  return {
    known: true,
    ...(isUnexplained ? { restarted: true } : {}),
    state: {
      ...now,
      usedIn: checkBytes(usedIn, 'the sum of bytes in'),
      usedOut: checkBytes(usedOut, 'the sum of bytes out'),
    },
  };
}

type Figures = Pick<CounterState, 'lastIn' | 'lastOut' | 'at'>;

const NO_BYTES = { inBytes: 0, outBytes: 0 };
const NO_GROWTH = { grownIn: 0, grownOut: 0 };

/** Returns whether a reading follows a refused one of after `since`, and the counter has not fallen in between. */
function isLater({ at, inBytes, outBytes }: RefusedReading, now: Figures, since: string): boolean {
  return at > since && at < now.at && now.lastIn >= inBytes && now.lastOut >= outBytes;
}

/** Returns this reading as the last refused one, with the growth from each of them to the next one that had not fallen further. */
function toRefused(now: Figures, before: RefusedReading | undefined, fallen: RefusedReading | null): RefusedReading {
  const { lastIn: inBytes, lastOut: outBytes, at } = now;
  const { grownIn, grownOut } = before ?? NO_GROWTH;
  if (fallen === null) return { at, inBytes, outBytes, grownIn, grownOut };
  return {
    at,
    inBytes,
    outBytes,
    grownIn: grownIn + inBytes - fallen.inBytes,
    grownOut: grownOut + outBytes - fallen.outBytes,
  };
}

function describeFall(previous: Figures, now: Figures): string {
  const falls = [
    ...(now.lastIn < previous.lastIn ? [`bytes in fell from ${previous.lastIn} to ${now.lastIn}`] : []),
    ...(now.lastOut < previous.lastOut ? [`bytes out fell from ${previous.lastOut} to ${now.lastOut}`] : []),
  ];
  // A panel with one counter for both directions has no bytes out.
  const isTotal = previous.lastOut === 0 && now.lastOut === 0;
  const what = isTotal
    ? `the counter fell from ${formatBytes(previous.lastIn)} to ${formatBytes(now.lastIn)}`
    : `the counter of ${falls.join(', and that of ')}`;
  return (
    `${what} between ${previous.at} and ${now.at}, when no reset was due; ` +
    'the usage was not changed: check on the panel why the account was reset'
  );
}

/** The newest recorded cycle of a service. */
export interface RecordedCycle extends Cycle {
  id: string;
}

/**
 * What happens to the recorded cycle at `now`.
 *
 * - `same`: it continues with the same boundaries.
 * - `amended`: it continues with another end; id and purchases stay, and usually the start; usage from before a later start does not count.
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
 * A due date that moves whole periods while the recorded cycle is open (paid early, or late) does not change its
 * end, also where a short month has clamped the day. One that moves to another day amends the open cycle so that
 * it ends where the period containing `now` ends. The open cycle keeps its start, unless a whole period would be before
 * the last one (it was yearly and is now monthly): then it starts where that one starts. `now` at or past the
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
  const unchanged = { start: recorded.start, end: recorded.end };
  const isComputed = computed.end === recorded.end && Date.parse(computed.start) === start;
  if (now < start || isComputed) return { kind: 'same', cycle: unchanged, previous: recorded };
  const moved = computed.end !== recorded.end && movedWholePeriods(input, computed, end);
  const keepsEnd = moved || computed.end === recorded.end;
  const series = moved ? { ...input, nextDueDate: toLocalDate(recorded.end, input.timeZone) } : input;
  const running = moved ? lastPeriod(series, computed, end) : computed;
  const startNow = amendedStart(series, running, start);
  if (keepsEnd && Date.parse(startNow) === start) return { kind: 'same', cycle: unchanged, previous: recorded };
  return {
    kind: 'amended',
    cycle: { start: startNow, end: keepsEnd ? recorded.end : computed.end },
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

/** Returns the period that ends at `end`; where a clamped due date puts `now` into the days before, it starts earlier. */
function lastPeriod(series: StepInput, computed: Cycle, end: number): Cycle {
  const last = billingCycleAt({ ...series, now: new Date(end - 1).toISOString() });
  return last.start < computed.start ? last : { ...last, start: computed.start };
}

/**
 * Returns the recorded start, so that the usage of the open cycle stays in it. Only where a whole period would be before
 * the one that contains `now` (a yearly cycle became monthly) it returns the start of that one: a quota is for one
 * period.
 */
function amendedStart(series: StepInput, running: Cycle, start: number): string {
  const before = new Date(Date.parse(running.start) - 1).toISOString();
  const previous = billingCycleAt({ ...series, now: before });
  return Date.parse(previous.start) >= start ? running.start : new Date(start).toISOString();
}
