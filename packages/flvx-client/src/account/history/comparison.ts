import type { FlvxObservation } from '../../client/observation.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../../client/records.js';
import type { StoredHistory } from './history.js';
import type { Span, StepRecord } from './record-step.js';
import type { Replay } from './replay.js';

/** What is known from before an observation. */
export interface Past {
  /** The history at the last observation; null where there was none. */
  last: StoredHistory | null;
  /** The history of the service that had the account before; null or absent for none. */
  former?: StoredHistory | null;
  /** The steps since then, oldest first. */
  records: readonly StepRecord[];
  /** While the account was read for the last observation; null where that is not known. */
  reading: Span | null;
  /** The open cycle; null where there is none. */
  cycle: string | null;
  /** Whether the counters of an account that is observed for the first time need no reset in that cycle. */
  isReset: boolean;
  held: Held;
  /** When each forward was last written to, by the panel's clock; null where that was not read. */
  changes: ReadonlyMap<number, number> | null;
  /** Forwards that earlier readings of the run showed as paused by their customer. */
  paused: ReadonlySet<number>;
}

/** Which parts of an account a hold has restricted. */
export interface Held {
  user(userId: number): boolean;
  permission(userId: number, tunnelId: number): boolean;
  forward(id: number): boolean;
  speed(userId: number, tunnelId: number): boolean;
}

/** What an observation is compared with. */
export interface Comparison {
  observed: FlvxObservation;
  user: FlvxUser;
  /** The user's own. */
  permissions: FlvxPermission[];
  /** The user's own. */
  forwards: FlvxForward[];
  past: Past;
  last: StoredHistory | null;
  replay: Replay;
}

/** Whether a forward of the last observation is gone: what it has carried since then is not known. */
export function hasLostForwards({ forwards, last }: Pick<Comparison, 'forwards' | 'last'>): boolean {
  return Object.keys(last?.forwards ?? {}).some((known) => !forwards.some((row) => String(row.id) === known));
}

/** Whether a forward ran at the last observation, or a step has started it since. */
export function hasRun(comparison: Comparison, { id }: FlvxForward): boolean {
  const { last, replay } = comparison;
  return replay.started.has(id) || (last?.forwards[id]?.status === 1 && !comparison.past.paused.has(id));
}

/**
 * Whether the panel was pausing a forward when it was last seen as running: it counts a report, and writes the instant of that to one
 * forward after the other. What a customer pauses has the instant at which it is written.
 */
export function isPausedByReport(comparison: Comparison, row: FlvxForward): boolean {
  const { past, last, replay } = comparison;
  const { changes, reading } = past;
  const seen = last?.forwards[row.id];
  const pausedAt = changes?.get(row.id);
  if (reading === null || pausedAt === undefined || seen?.status !== 1) return false;
  if (seen.unjudged === true || replay.started.has(row.id)) return false;
  return compareInstant(comparison, row, reading) < 0 && reading.from - pausedAt < longestStop(comparison);
}

/** Returns how long the panel may take for a stop: it pauses one forward after the other. */
function longestStop(comparison: Comparison): number {
  return listLongestPauses(comparison).reduce((sum, one) => sum + one, 0);
}

/** Returns how long the panel may take for each forward: it calls one node after the other. */
function listLongestPauses({ forwards, replay: { history } }: Comparison): number[] {
  return forwards.map(({ tunnelId }) => (history.scales[tunnelId]?.nodes ?? 1) * LONGEST_BETWEEN_PAUSES_MS);
}

/** Each prompt answer shows the difference of the clocks, to within its duration. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Whether a forward was paused before (negative), while (0) or after (positive) something was done; 0 where that is not known. */
export function compareInstant(
  { past }: Pick<Comparison, 'past'>,
  { id }: Pick<FlvxForward, 'id'>,
  { from, until }: Span,
): -1 | 0 | 1 {
  const pausedAt = past.changes?.get(id);
  if (pausedAt === undefined) return 0;
  if (pausedAt < from - CLOCK_TOLERANCE_MS) return -1;
  return pausedAt > until + CLOCK_TOLERANCE_MS ? 1 : 0;
}

/** Nodes report every 5 s, and the panel waits up to 36 s for a silent node before it pauses the next forward. */
const LONGEST_BETWEEN_PAUSES_MS = 60_000;

/** Returns when a stop by the panel began: each report that comes while it pauses forwards writes an instant of its own. */
export function beginOfStop(comparison: Comparison, stop: number, instants: readonly number[]): number {
  const longest = Math.max(...listLongestPauses(comparison));
  const earlier = instants.filter((instant) => instant < stop).sort((a, b) => b - a);
  return earlier.reduce((begin, instant) => (begin - instant <= longest ? instant : begin), stop);
}
