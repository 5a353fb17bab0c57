import { checkBytes, formatBytes } from './bytes.js';
import { instantMs } from './instant.js';

/** The last figures of a growing counter and their sums in the cycle. */
export interface CounterState {
  lastIn: number;
  lastOut: number;
  usedIn: number;
  usedOut: number;
  /** Instant of the last reading. */
  at: string;
}

/**
 * Whether a counter was reset between two readings. `false`: no. `true`: it may have been. `'certain'`: the panel states
 * a reset.
 */
export type ResetBetween = boolean | 'certain';

/** The state after a reading, or why the reading is unknown; then the previous state stays. */
export type CounterStep =
  /** `restarted`: the counter fell for a reason that is not known, and a second reading has confirmed it. */
  { known: true; state: CounterState; restarted?: true } | { known: false; code: 'counter_fell'; message: string };

/** An earlier reading of a counter that was refused because it had fallen. */
export interface RefusedReading {
  at: string;
  inBytes: number;
  outBytes: number;
}

/**
 * Adds one reading of a growing counter to the sums of the cycle.
 *
 * The first reading of a service counts in full. Later ones count by their growth. A counter that fell counts from
 * zero where a reset may lie between the two readings (a reset zeroes both directions, so both count from zero), and
 * makes the reading unknown where none may. After a reset that is certain it counts from zero also when it has outgrown
 * its old figure. In a new cycle the sums begin at the growth since the last reading.
 *
 * A fall without a reset is accepted once a second reading confirms it: then the growth since the first one (`refused`) counts.
 *
 * @param input.cycleStart instant at which the cycle of the reading begins; a previous state from before it begins a
 *   new cycle even when `newCycle` is false
 * @param input.resetBetween whether the panel or Sluice has reset the counters between the two readings
 * @param input.refused the last reading since `previous`, if it was refused
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
  reading: { at: string; inBytes: number; outBytes: number };
  resetBetween: ResetBetween;
  newCycle: boolean;
  refused?: RefusedReading | null;
}): CounterStep {
  const { previous, reading, resetBetween } = input;
  const { at } = reading;
  const lastIn = checkBytes(reading.inBytes, 'the counter of bytes in');
  const lastOut = checkBytes(reading.outBytes, 'the counter of bytes out');
  instantMs(at, 'the instant of the reading');
  if (previous === null) return { known: true, state: { lastIn, lastOut, usedIn: lastIn, usedOut: lastOut, at } };

  const fell = lastIn < previous.lastIn || lastOut < previous.lastOut;
  const isUnexplained = fell && resetBetween === false;
  const isConfirmed = isUnexplained && confirms(previous, input.refused ?? null, { lastIn, lastOut, at });
  if (isUnexplained && !isConfirmed) {
    return { known: false, code: 'counter_fell', message: describeFall(previous, { lastIn, lastOut, at }) };
  }
  const fromZero = fell || resetBetween === 'certain';
  const base = isConfirmed ? input.refused : fromZero ? null : { inBytes: previous.lastIn, outBytes: previous.lastOut };
  const growthIn = lastIn - (base?.inBytes ?? 0);
  const growthOut = lastOut - (base?.outBytes ?? 0);
  const cycleStart = instantMs(input.cycleStart, 'the start of the cycle');
  const isNew = input.newCycle || instantMs(previous.at, 'the instant of the last reading') < cycleStart;
  return {
    known: true,
    ...(isConfirmed ? { restarted: true } : {}),
    state: {
      lastIn,
      lastOut,
      usedIn: checkBytes((isNew ? 0 : previous.usedIn) + growthIn, 'the sum of bytes in'),
      usedOut: checkBytes((isNew ? 0 : previous.usedOut) + growthOut, 'the sum of bytes out'),
      at,
    },
  };
}

type Figures = Pick<CounterState, 'lastIn' | 'lastOut' | 'at'>;

/** Returns whether a refused reading had fallen too, and the counter has not fallen further since. */
function confirms(previous: Figures, refused: RefusedReading | null, now: Figures): boolean {
  if (refused === null || refused.at <= previous.at || refused.at >= now.at) return false;
  const hadFallen = refused.inBytes < previous.lastIn || refused.outBytes < previous.lastOut;
  return hadFallen && now.lastIn >= refused.inBytes && now.lastOut >= refused.outBytes;
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
