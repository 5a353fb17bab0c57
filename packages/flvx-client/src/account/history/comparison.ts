import type { FlvxObservation } from '../../client/observation.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../../client/records.js';
import type { StoredHistory } from './history.js';
import type { Span, StepRecord } from './record-step.js';
import type { Replay } from './replay.js';
import { sumBytes } from '../rules.js';

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

/**
 * Returns the tunnels of earlier products that are not in the present one.
 *
 * @param tunnels those of the present product; null where only the product at the last full plan is known
 */
export function droppedTunnels(
  { tunnels: before, dropped }: Pick<StoredHistory, 'tunnels' | 'dropped'>,
  tunnels: readonly number[] | null,
): number[] {
  if (tunnels === null) return dropped.filter((id) => !before.includes(id));
  return [...new Set([...before, ...dropped])].filter((id) => !tunnels.includes(id));
}

/**
 * Returns the dropped tunnels to remember after an observation: a tunnel is forgotten when its permission is gone, or was read as
 * open in the product. The intention to open it is not enough: the call may have failed, or a hold may keep it closed.
 */
export function rememberDropped(
  { dropped }: Pick<StoredHistory, 'dropped'>,
  tunnels: readonly number[],
  permissions: readonly Pick<FlvxPermission, 'tunnelId' | 'status'>[],
): number[] {
  return dropped.filter((id) => {
    const row = permissions.find(({ tunnelId }) => tunnelId === id);
    return row !== undefined && !(tunnels.includes(id) && row.status === 1);
  });
}

/** The permissions of an account before and after a run, and the tunnels of its product. */
interface Closing {
  /** The tunnels that a package change drops now. */
  dropped: readonly number[];
  tunnels: readonly number[];
  /** Returns the status of a permission before the steps since the last observation; undefined where there was none. */
  before: (tunnelId: number) => number | undefined;
  /** Whether a hold or an expiry has closed it, which ends by itself. */
  isPassing: (tunnelId: number) => boolean;
}

/** Returns the dropped tunnels that somebody else had closed before, and that nobody opened since. */
export function rememberClosed(history: StoredHistory, { dropped, tunnels, before, isPassing }: Closing): number[] {
  const { closedBefore = [] } = history;
  const isClosed = (id: number): boolean => before(id) === 0 && !isPassing(id);
  return dropped.filter((id) => {
    if (tunnels.includes(id)) return false;
    return history.dropped.includes(id) ? closedBefore.includes(id) && before(id) !== 1 : isClosed(id);
  });
}

/**
 * Returns those of the forwards that the panel stopped since the last observation. It stops all of a user, or of a tunnel, within
 * moments: what was paused earlier was paused by the customer (docs/panels/flvx.md#83-when-rows-were-written). Pure.
 *
 * @param isOfTunnel whether the panel stopped the tunnel of a forward, not its user
 */
export function withoutCustomersPauses(
  comparison: Comparison,
  paused: readonly FlvxForward[],
  isOfTunnel: (row: FlvxForward) => boolean,
): FlvxForward[] {
  if (comparison.past.changes === null) return [...paused];
  const stops = new Map(paused.map((row) => [row, isOfTunnel(row) ? row.tunnelId : null]));
  const listInstants = (rows: readonly FlvxForward[]): number[] =>
    rows.flatMap((row) => instantOfPause(comparison, row) ?? []);
  const all = listInstants(paused);
  return paused.filter((row) => {
    const of = stops.get(row);
    const together = listInstants(paused.filter((other) => stops.get(other) === of));
    const shared = together.filter((instant, index) => together.indexOf(instant) !== index);
    // A stop of the user pauses the forwards of all tunnels, of those too whose own quota is used up by the same report.
    const stop = shared.length > 0 ? Math.min(...shared) : Math.max(...(of === null ? all : together));
    return (instantOfPause(comparison, row) ?? stop) >= beginOfStop(comparison, stop, all);
  });
}

/** Returns when a forward was paused; undefined where that is not known, or a step has written to it since. */
function instantOfPause(comparison: Comparison, row: FlvxForward): number | undefined {
  const from = comparison.replay.written.get(row.id);
  const isOfStep = from !== undefined && compareInstant(comparison, row, { from, until: Infinity }) === 0;
  return isOfStep ? undefined : comparison.past.changes?.get(row.id);
}

/**
 * Returns those of the forwards that were never observed before that ran until the panel stopped them. Everything that the
 * panel stops at once has the same instant; what was paused earlier was paused by the customer. Pure.
 *
 * @param unobserved paused now, on an account or tunnel that the panel stops by its own rules
 * @param known paused now, and known to have been stopped by the panel
 * @param atRest all that are paused now
 * @param changes when each forward was last written to
 */
export function listStoppedByPanel(
  unobserved: readonly FlvxForward[],
  known: readonly FlvxForward[],
  atRest: readonly FlvxForward[],
  changes: ReadonlyMap<number, number>,
): FlvxForward[] {
  const all = atRest.flatMap((row) => changes.get(row.id) ?? []);
  const shared = all.filter((instant, index) => all.indexOf(instant) !== index);
  const stops = new Set([...shared, ...known.flatMap((row) => changes.get(row.id) ?? [])]);
  return unobserved.filter((row) => {
    const at = changes.get(row.id);
    // Without an instant: a forward that carried traffic has run.
    if (at === undefined) return sumBytes(row) > 0;
    const instants = atRest.filter((one) => one.tunnelId === row.tunnelId).flatMap((one) => changes.get(one.id) ?? []);
    const byPanel = instants.filter((instant) => stops.has(instant));
    // Where no two instants are the same, the last one paused is what ran when the panel stopped it.
    return at >= (byPanel.length > 0 ? Math.min(...byPanel) : Math.max(...instants));
  });
}
