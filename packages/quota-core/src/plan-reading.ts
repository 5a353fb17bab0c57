import { QuotaCoreError } from './errors.js';
import { findWaitMs } from './poll-schedule.js';
import { instantMs } from './zone.js';

/** A limit that a subject is not held by, and what is left of it. */
export interface OpenLimit {
  id: string;
  /** Null where it is unlimited. */
  remainingBytes: number | null;
}

/** An instant at which something changes without a reading: a cycle ends, a release until a date is over. */
export interface DueMoment {
  at: string;
  /** What it is, for the caller. */
  what: string;
}

/** How fast a subject can use what it is allowed. */
export interface LineRate {
  /** In bytes per second, in the directions that count; null where nothing is known. */
  bytesPerSecond: number | null;
  /** Whether that is the most that its line carries; else it is what was seen lately, and the line may carry more. */
  isHighest: boolean;
}

/** What decides when a subject is read again. */
export interface ReadingFacts {
  /** Instant of the last reading. */
  readAt: string;
  /** Instant of the last attempt to read: that of the reading, unless a later one failed. */
  triedAt: string;
  limits: readonly OpenLimit[];
  /** Bytes to the next amount that is only reported, or at which something is bought; null for none. */
  reportAfterBytes: number | null;
  rate: LineRate;
  moments: readonly DueMoment[];
  /**
   * `again`: the last reading is not known or not believed, or what followed from it is not done. `open`: something is to be observed or
   * resolved by each run. `idle`: nothing but time and traffic changes anything.
   */
  state: 'again' | 'open' | 'idle';
}

/** When readings are made. */
export interface ReadingRules {
  /** How much more than a limit may be used before it is found. */
  toleranceBytes: number;
  /** Shortest time between two readings, and the time between two runs that read what is due. */
  floorMs: number;
  /** Longest time between two readings. */
  ceilingMs: number;
  /** Time between two polls, if all subjects were read by each. */
  intervalMs: number;
}

/** Why a reading is due: `again`, `open`, a limit, an amount that is reported, a moment, an unknown rate, or nothing but the ceiling. */
export type ReadingReason = 'again' | 'open' | 'limit' | 'report' | 'moment' | 'rate' | 'ceiling';

/** The next reading of a subject. */
export interface PlannedReading {
  /** From when on it is due. */
  at: string;
  reason: ReadingReason;
  /** Id of the limit, or what the moment is; null for other reasons. */
  about: string | null;
  /** What is left of the limit; null for other reasons. */
  remainingBytes: number | null;
}

/** A rate that was seen is multiplied by this: a line whose speed is not known may be faster than it was. */
export const RATE_SAFETY = 4;

/** So much of the wait, at most, is a reading earlier than at the latest instant. */
const MOST_SPREAD = 0.1;

/**
 * Returns from when on a subject is due to be read. A caller that reads what is due every `floorMs` lets no limit be exceeded by more
 * than `toleranceBytes` and what the line carries in `floorMs`, where its highest rate is known. Where it is not, no reading is later than that of a poll of all subjects.
 *
 * @param spread from 0 to 1: how much of the permitted part of the wait the reading is earlier, so that subjects are not all read at once
 * @throws QuotaCoreError `invalid_instant`, `invalid_number`, `invalid_bytes`
 *
 * @example
 * ```ts
 * planReading(
 *   {
 *     readAt: '2026-03-10T12:00:00.000Z',
 *     triedAt: '2026-03-10T12:00:00.000Z',
 *     limits: [{ id: 'quota', remainingBytes: 600_000 }],
 *     reportAfterBytes: null,
 *     rate: { bytesPerSecond: 1000, isHighest: true },
 *     moments: [],
 *     state: 'idle',
 *   },
 *   { toleranceBytes: 0, floorMs: 60_000, ceilingMs: 3_600_000, intervalMs: 900_000 },
 *   0,
 * ); // at 2026-03-10T12:10:00.000Z, because of the limit "quota"
 * ```
 */
export function planReading(facts: ReadingFacts, rules: ReadingRules, spread: number): PlannedReading {
  if (!(spread >= 0 && spread <= 1))
    throw new QuotaCoreError('invalid_number', `the spread is ${spread}, not from 0 to 1`);
  const { triedAt, state } = facts;
  const tried = instantMs(triedAt, 'triedAt');
  const readAt = facts.readAt === triedAt ? tried : instantMs(facts.readAt, 'readAt');
  // The run after this one, which begins a floor later, may come to it earlier than this one did.
  const soonest = tried + Math.floor(rules.floorMs / 2);
  let first: Candidate = { at: soonest, reason: 'again', about: null, remainingBytes: null };
  let isPlanned = state === 'again';
  const add = (candidate: Candidate): void => {
    const at = Math.max(candidate.at, soonest);
    if (isPlanned && at >= first.at) return;
    first = { ...candidate, at };
    isPlanned = true;
  };
  if (state === 'open')
    add({ at: tried + Math.floor(rules.intervalMs), reason: 'open', about: null, remainingBytes: null });
  for (const { at, what } of facts.moments) {
    const moment = Date.parse(at);
    if (moment > readAt) add({ at: moment, reason: 'moment', about: what, remainingBytes: null });
  }
  for (const { waitMs, ...due } of planByTraffic(facts, rules))
    add({ ...due, at: readAt + Math.floor(waitMs * (1 - MOST_SPREAD * spread)) });
  return { ...first, at: new Date(first.at).toISOString() };
}

/** A reading that may be the next one, at an instant in milliseconds. */
type Candidate = Omit<PlannedReading, 'at'> & { at: number };

/** The readings that are due by what the line can carry, the first of the ceiling, with the wait since the last one. */
function planByTraffic(
  { limits, reportAfterBytes, rate }: ReadingFacts,
  rules: ReadingRules,
): (Omit<PlannedReading, 'at'> & { waitMs: number })[] {
  const { toleranceBytes, ceilingMs, intervalMs } = rules;
  const bytesPerSecond = toHighest(rate);
  const wait = (remainingBytes: number | null, tolerance: number, [floorMs, most]: readonly [number, number]): number =>
    findWaitMs({
      remainingBytes,
      maxBytesPerSecond: bytesPerSecond,
      toleranceBytes: tolerance,
      floorMs: Math.min(floorMs, most),
      ceilingMs: most,
    });
  const isLimited = limits.some(({ remainingBytes }) => remainingBytes !== null);
  const byRate = !rate.isHighest && isLimited;
  const latest = byRate ? Math.min(ceilingMs, Math.max(intervalMs, rules.floorMs)) : ceilingMs;
  const found: (Omit<PlannedReading, 'at'> & { waitMs: number })[] = [
    { waitMs: wait(null, 0, [0, latest]), reason: byRate ? 'rate' : 'ceiling', about: null, remainingBytes: null },
  ];
  for (const { id, remainingBytes } of limits) {
    if (remainingBytes === null) continue;
    const waitMs = wait(remainingBytes, toleranceBytes, [rules.floorMs / 2, latest]);
    found.push({ waitMs, reason: bytesPerSecond === null ? 'rate' : 'limit', about: id, remainingBytes });
  }
  // What is only reported is reported as early as by a poll of all.
  if (reportAfterBytes !== null)
    found.push({
      waitMs: wait(reportAfterBytes, 0, [intervalMs, Math.max(latest, intervalMs)]),
      ...{ reason: bytesPerSecond === null ? 'rate' : 'report', about: null, remainingBytes: reportAfterBytes },
    });
  return found;
}

function toHighest({ bytesPerSecond, isHighest }: LineRate): number | null {
  return bytesPerSecond === null || isHighest ? bytesPerSecond : bytesPerSecond * RATE_SAFETY;
}

/** Half of a seen rate is forgotten in this time. */
const HALF_LIFE_MS = 86_400_000;

/**
 * Returns the highest rate that was seen lately after a reading: that of the time since the one before, or of an earlier time, which
 * counts half after a day. Null before two readings.
 */
export function stepRate(
  before: number | null,
  { grownBytes, elapsedMs }: { grownBytes: number | null; elapsedMs: number },
): number | null {
  if (grownBytes === null || !(elapsedMs > 0)) return before;
  const seen = Math.ceil((Math.max(0, grownBytes) / elapsedMs) * 1000);
  return Math.max(seen, Math.floor((before ?? 0) * 0.5 ** (elapsedMs / HALF_LIFE_MS)));
}
