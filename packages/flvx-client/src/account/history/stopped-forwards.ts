import type { FlvxObservation } from '../../client/observation.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../../client/records.js';
import { isUsedUp, type RuledRow, sumBytes } from '../rules.js';
import type { StoredHistory } from './history.js';
import type { Span, StepRecord } from './record-step.js';
import type { Replay } from './replay.js';
import { type RuleChange, toWorstBefore, type Worst } from './worst.js';

/** What is known from before an observation. */
export interface Past {
  /** The history at the last observation; null where there was none. */
  last: StoredHistory | null;
  /** The history of the service that had the account before; null or absent for none. */
  former?: StoredHistory | null;
  /** The steps since then, oldest first. */
  records: readonly StepRecord[];
  /** The open cycle; null where there is none. */
  cycle: string | null;
  /** Whether the counters of an account that is observed for the first time need no reset in that cycle. */
  isReset: boolean;
  held: Held;
  /** When each forward was last written to; null where that was not read. */
  changes: ReadonlyMap<number, number> | null;
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

/** Forwards that the panel stopped by its own rules, and those that can't be judged yet. */
export function findStopped(comparison: Comparison): { stopped: number[]; undecided: ReadonlySet<number> } {
  const { forwards, past, last, replay } = comparison;
  const { history } = replay;
  const atRest = forwards.filter((row) => row.status !== 1);
  const ran = (row: FlvxForward): boolean => hasRun(comparison, row);
  const allAtRest = forwards
    .filter((row) => ran(row) && !isBeforeZeroing(comparison, row))
    .every(({ status }) => status !== 1);
  const open = atRest.filter((row) => !past.held.forward(row.id));
  const isKnown = (row: FlvxForward): boolean =>
    history.stopped.includes(row.id) || (ran(row) && allAtRest && isZeroed(comparison, row));
  const before = open.filter((row) => !replay.ended.has(row.id) && isKnown(row));
  const since = open.filter(
    (row) =>
      !replay.ended.has(row.id) &&
      !isKnown(row) &&
      ran(row) &&
      (isStoppedForward(comparison, row) || isStoppedSinceClosed(comparison, row)),
  );
  const known = [...before, ...withoutCustomersPauses(comparison, since)];
  // Created since the last observation, or before the first: the instant of its pause shows whether it ran.
  const unobserved = open.filter(
    (row) => last?.forwards[row.id] === undefined && !replay.paused.has(row.id) && isStoppedTunnel(comparison, row),
  );
  const decided = past.changes === null ? [] : listStoppedByPanel(unobserved, known, atRest, past.changes);
  const stopped = new Set([...known, ...decided].map((row) => row.id));
  const undecided = past.changes === null ? unobserved.filter((row) => !stopped.has(row.id)) : [];
  return { stopped: [...stopped], undecided: new Set(undecided.map((row) => row.id)) };
}

/**
 * Returns those of the forwards that the panel stopped since the last observation. It stops all of a user, or of a tunnel, within
 * moments: what was paused earlier was paused by the customer (docs/panels/flvx.md#83-when-rows-were-written).
 */
function withoutCustomersPauses(comparison: Comparison, paused: readonly FlvxForward[]): FlvxForward[] {
  const { changes } = comparison.past;
  if (changes === null) return [...paused];
  const getStop = (row: FlvxForward): number | null => (isStoppedPermission(comparison, row) ? row.tunnelId : null);
  return paused.filter((row) => {
    const together = paused.filter((other) => getStop(other) === getStop(row));
    const instants = together.flatMap((other) => changes.get(other.id) ?? []);
    const shared = instants.filter((instant, index) => instants.indexOf(instant) !== index);
    const stop = shared.length > 0 ? Math.min(...shared) : Math.max(...instants);
    return (changes.get(row.id) ?? stop) >= beginOfStop(stop, instants);
  });
}

/** Nodes report every 5 s, and the panel waits up to 36 s for a silent node before it pauses the next forward. */
const LONGEST_BETWEEN_PAUSES_MS = 60_000;

/** Returns when a stop by the panel began: each report that comes while it pauses forwards writes an instant of its own. */
function beginOfStop(stop: number, instants: readonly number[]): number {
  const earlier = instants.filter((instant) => instant < stop).sort((a, b) => b - a);
  return earlier.reduce((begin, instant) => (begin - instant <= LONGEST_BETWEEN_PAUSES_MS ? instant : begin), stop);
}

/** Whether a forward ran at the last observation, or a step has started it since. */
function hasRun({ last, replay }: Comparison, { id }: FlvxForward): boolean {
  return last?.forwards[id]?.status === 1 || replay.started.has(id);
}

/**
 * Whether a forward rests that ran, and nothing shows yet whether the panel or the customer paused it: the counters are older. The next
 * reading, with counters that are newer, shows it.
 */
export function isUnjudged(comparison: Comparison, row: FlvxForward, stopped: readonly number[]): boolean {
  const { observed, past, replay } = comparison;
  if (observed.olderCounters !== true || row.status === 1 || stopped.includes(row.id)) return false;
  return hasRun(comparison, row) && !replay.ended.has(row.id) && !past.held.forward(row.id);
}

/** Whether the panel pauses the forward, by quota and expiry now or, unless a step has started it since, when it was paused. */
function isStoppedForward(comparison: Comparison, row: FlvxForward): boolean {
  if (comparison.replay.started.has(row.id)) return isAnyUsedUp(comparison, row.tunnelId);
  return isStoppedTunnel(comparison, row) || isStoppedByWorst(comparison, row);
}

/** Whether the quota of the user or of its permission for a tunnel is used up, or has expired: as they are, or with other values. */
function isAnyUsedUp(
  { observed, user, permissions }: Comparison,
  tunnelId: number,
  change: RuleChange = AS_THEY_ARE,
): boolean {
  const own = permissions.filter((row) => row.tunnelId === tunnelId).map(change.permission);
  return [change.user(user), ...own].some((row) => isUsedUp(row, observed.at));
}

const AS_THEY_ARE: RuleChange = { user: (row) => row, permission: (row) => row };

/** Returns rows as they were at worst while the steps since the last observation were made. */
function toWorstSince(replay: Replay): RuleChange {
  return { user: (row) => replay.worstUser(row), permission: (row) => replay.worstPermission(row) };
}

/** Returns the worst quotas and counters while steps changed them; nothing where none did. */
export function findWorst({ observed, user, permissions, replay }: Comparison): Pick<StoredHistory, 'worst'> {
  if (replay.changed === null) return {};
  const pick = (row: RuledRow): Worst => ({ quota: row.quota, bytes: sumBytes(row) });
  const tunnels = permissions.map((row) => [row.tunnelId, pick(replay.worstPermission(row))] as const);
  return {
    worst: {
      from: replay.changed.from,
      at: observed.at,
      user: pick(replay.worstUser(user)),
      tunnels: Object.fromEntries(tunnels),
      started: [...replay.started],
      ...(replay.zeroed !== null && { zeroed: replay.zeroed }),
    },
  };
}

/** The clocks of the panel and of this machine may differ, and the panel writes an instant of its own to what it pauses. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Whether a forward was paused before (negative), while (0) or after (positive) something was done; 0 where that is not known. */
function compareInstant({ past }: Comparison, { id }: Pick<FlvxForward, 'id'>, { from, until }: Span): -1 | 0 | 1 {
  const pausedAt = past.changes?.get(id);
  if (pausedAt === undefined) return 0;
  if (pausedAt < from - CLOCK_TOLERANCE_MS) return -1;
  return pausedAt > until + CLOCK_TOLERANCE_MS ? 1 : 0;
}

/** Whether the counters were zeroed since the forward was paused, or about then: they no longer show that the quota stopped it. */
function isZeroed(comparison: Comparison, row: FlvxForward): boolean {
  const { last, replay, user } = comparison;
  if (last === null) return false;
  if (sumBytes(user) < replay.history.usedBytes) return true;
  const zeroed = findZeroing(comparison);
  return zeroed !== null && compareInstant(comparison, row, zeroed) === 0 && wasAlmostUsedUp(comparison, row.tunnelId);
}

/** From this share of its quota on, an account may have reached it between the last reading and the zeroing of its counters. */
const ALMOST = 0.9;

/** Whether the quota of the user or of its permission for a tunnel was almost used up when steps zeroed the counters. */
function wasAlmostUsedUp(comparison: Comparison, tunnelId: number): boolean {
  const { last, replay } = comparison;
  const worst = replay.zeroed === null ? toWorstBefore(last?.worst) : toWorstSince(replay);
  const toAlmost = (row: RuledRow): RuledRow => ({ ...row, inBytes: sumBytes(row) / ALMOST, outBytes: 0 });
  return isAnyUsedUp(comparison, tunnelId, {
    user: (row) => toAlmost(worst.user(row)),
    permission: (row) => toAlmost(worst.permission(row)),
  });
}

/** Returns while steps zeroed the counters, of the last run where no step has since; null for never. */
function findZeroing({ last, replay }: Comparison): Span | null {
  return replay.zeroed ?? last?.worst?.zeroed ?? null;
}

/** Whether the customer paused the forward before a step zeroed the counters. */
function isBeforeZeroing(comparison: Comparison, row: FlvxForward): boolean {
  const zeroed = findZeroing(comparison);
  return row.status !== 1 && zeroed !== null && compareInstant(comparison, row, zeroed) < 0;
}

/**
 * Whether the panel stopped the forward while steps changed its quotas or counters: one after the other, so that an account may have been
 * over its quota between two of them. What was paused before them, or after the last run, was not.
 */
function isStoppedByWorst(comparison: Comparison, row: FlvxForward): boolean {
  const { replay, last } = comparison;
  const { changed } = replay;
  const isMeanwhile = changed !== null && compareInstant(comparison, row, changed) === 0;
  if (isMeanwhile && isAnyUsedUp(comparison, row.tunnelId, toWorstSince(replay))) return true;
  const { worst } = last ?? {};
  if (worst === undefined || worst.started.includes(row.id)) return false;
  if (compareInstant(comparison, row, { from: worst.from ?? -Infinity, until: worst.at }) !== 0) return false;
  return isAnyUsedUp(comparison, row.tunnelId, toWorstBefore(worst));
}

/** Whether the panel paused forwards on this tunnel when this one was paused, by quota and expiry as they were then. */
function isStoppedTunnel(comparison: Comparison, row: FlvxForward): boolean {
  const { observed, user, replay } = comparison;
  return (
    listThen(comparison, row, { now: user, before: replay.userBefore(user) }).some((own) =>
      isUsedUp(own, observed.at),
    ) || isStoppedPermission(comparison, row)
  );
}

/**
 * Returns what may have applied when a forward was paused: before the steps the values of then, else those of now, too. A late instant
 * proves nothing: an edit writes one to what the panel has stopped.
 */
function listThen(
  comparison: Comparison,
  row: FlvxForward,
  { now, before }: Record<'now' | 'before', RuledRow>,
): RuledRow[] {
  const { changed } = comparison.replay;
  if (changed === null) return [now];
  return compareInstant(comparison, row, changed) < 0 ? [before] : [now, before];
}

/**
 * Whether the panel stopped the forward because a step had closed the user, whose run was interrupted before it paused the
 * forward: what was paused before the user was closed was paused by the customer.
 */
function isStoppedSinceClosed({ user, past, replay }: Comparison, row: FlvxForward): boolean {
  if (!replay.closesUser || user.status === 1) return false;
  const pausedAt = past.changes?.get(row.id);
  return pausedAt === undefined || user.updatedAt === null || pausedAt > user.updatedAt;
}

function isStoppedPermission(comparison: Comparison, row: FlvxForward): boolean {
  const { observed, permissions, replay } = comparison;
  const permission = permissions.find(({ tunnelId }) => tunnelId === row.tunnelId);
  if (permission === undefined) return false;
  const rows = listThen(comparison, row, { now: permission, before: replay.permissionBefore(permission) });
  return rows.some((own) => isUsedUp(own, observed.at));
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
