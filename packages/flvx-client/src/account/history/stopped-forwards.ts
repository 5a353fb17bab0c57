import type { FlvxObservation } from '../../client/observation.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../../client/records.js';
import { isUsedUp, type RuledRow, sumBytes } from '../rules.js';
import type { StoredHistory } from './history.js';
import type { Replay, StepRecord } from './record-step.js';
import { toWorst, type Worst } from './worst.js';

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
  const { user, forwards, past, last, replay } = comparison;
  const { history } = replay;
  const atRest = forwards.filter((row) => row.status !== 1);
  const ran = (row: FlvxForward): boolean => hasRun(comparison, row);
  // Zeroed counters no longer show that the quota stopped it.
  const isZeroed = last !== null && sumBytes(user) < history.usedBytes;
  const allAtRest = forwards.filter(ran).every((row) => row.status !== 1);
  const open = atRest.filter((row) => !past.held.forward(row.id));
  const isKnown = (row: FlvxForward): boolean =>
    history.stopped.includes(row.id) || (ran(row) && isZeroed && allAtRest);
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
    (row) =>
      last?.forwards[row.id] === undefined && !replay.paused.has(row.id) && isStoppedTunnel(comparison, row.tunnelId),
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
  const getStop = (row: FlvxForward): number | null =>
    isStoppedPermission(comparison, row.tunnelId) ? row.tunnelId : null;
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

/** Whether the panel pauses the forward, by quota and expiry now or, unless a step has started it since, before the steps. */
function isStoppedForward(comparison: Comparison, { id, tunnelId }: FlvxForward): boolean {
  if (comparison.replay.started.has(id)) return isAnyUsedUp(comparison, tunnelId);
  return isStoppedTunnel(comparison, tunnelId) || isStoppedByWorst(comparison, { id, tunnelId });
}

/** Whether the quota of the user or of its permission for a tunnel is used up, or has expired: as they are, or with other values. */
function isAnyUsedUp(
  { observed, user, permissions }: Comparison,
  tunnelId: number,
  change: { user: (row: FlvxUser) => RuledRow; permission: (row: FlvxPermission) => RuledRow } = AS_THEY_ARE,
): boolean {
  const own = permissions.filter((row) => row.tunnelId === tunnelId).map(change.permission);
  return [change.user(user), ...own].some((row) => isUsedUp(row, observed.at));
}

const AS_THEY_ARE = { user: (row: RuledRow) => row, permission: (row: RuledRow) => row };

/** Returns the worst quotas and counters while steps changed them; nothing where none did. */
export function findWorst({ observed, user, permissions, replay }: Comparison): Pick<StoredHistory, 'worst'> {
  if (!replay.hasWorse) return {};
  const pick = (row: RuledRow): Worst => ({ quota: row.quota, bytes: sumBytes(row) });
  const tunnels = permissions.map((row) => [row.tunnelId, pick(replay.worstPermission(row))] as const);
  return {
    worst: {
      at: observed.at,
      user: pick(replay.worstUser(user)),
      tunnels: Object.fromEntries(tunnels),
      started: [...replay.started],
    },
  };
}

/** The panel writes an instant of its own to what it pauses while it is read. */
const WORST_TOLERANCE_MS = 2000;

/**
 * Whether the panel stopped the forward while steps changed its quotas or counters: one after the other, so that an account may have been
 * over its quota between two of them, or before the one that raised it. What was paused after the last run was not.
 */
function isStoppedByWorst(comparison: Comparison, { id, tunnelId }: Pick<FlvxForward, 'id' | 'tunnelId'>): boolean {
  const { replay, last, past } = comparison;
  const now = {
    user: (row: FlvxUser) => replay.worstUser(row),
    permission: (row: FlvxPermission) => replay.worstPermission(row),
  };
  if (replay.hasWorse && isAnyUsedUp(comparison, tunnelId, now)) return true;
  const { worst } = last ?? {};
  const pausedAt = past.changes?.get(id);
  if (worst === undefined || worst.started.includes(id)) return false;
  if (pausedAt !== undefined && pausedAt > worst.at + WORST_TOLERANCE_MS) return false;
  return isAnyUsedUp(comparison, tunnelId, {
    user: (row) => toWorst(row, worst.user),
    permission: (row) => toWorst(row, worst.tunnels[tunnelId] ?? null),
  });
}

/** Whether the panel pauses forwards on this tunnel, by quota and expiry now or before the steps. */
function isStoppedTunnel(comparison: Comparison, tunnelId: number): boolean {
  const { observed, user, replay } = comparison;
  return (
    [user, replay.userBefore(user)].some((row) => isUsedUp(row, observed.at)) ||
    isStoppedPermission(comparison, tunnelId)
  );
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

function isStoppedPermission({ observed, permissions, replay }: Comparison, tunnelId: number): boolean {
  const permission = permissions.find((row) => row.tunnelId === tunnelId);
  if (permission === undefined) return false;
  const rows: RuledRow[] = [permission, replay.permissionBefore(permission)];
  return rows.some((row) => isUsedUp(row, observed.at));
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
