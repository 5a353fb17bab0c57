import type { FlvxForward } from '../../client/records.js';
import { isExpired, isUsedUp, type RuledRow, sumBytes } from '../rules.js';
import {
  compareInstant,
  type Comparison,
  hasLostForwards,
  hasRun,
  isPausedByReport,
  listStoppedByPanel,
  withoutCustomersPauses,
} from './comparison.js';
import { ANY_RULE, findRules, type PossibleRule, type PossibleRules } from './possible-rules.js';
import type { StoredHistory } from './history.js';
import type { Span } from './record-step.js';
import { AS_THEY_ARE, type RuleChange, toWorstBefore, type Worst } from './replay.js';

/** What an observation shows of the forwards that rest. */
export interface StoppedForwards {
  /** Those that the panel stopped by its own rules. */
  stopped: number[];
  /** Those that were never observed, and can't be judged yet. */
  undecided: ReadonlySet<number>;
  /** Those that ran, and can't be judged yet. */
  unjudged: ReadonlySet<number>;
}

/** Finds the forwards that the panel stopped by its own rules, and those that can't be judged yet. */
export function findStopped(comparison: Comparison): StoppedForwards {
  const { forwards, past, last, replay } = comparison;
  const { history } = replay;
  const atRest = forwards.filter((row) => row.status !== 1);
  const open = atRest.filter((row) => !past.held.forward(row.id));
  const isZero = toIsZeroed(comparison);
  const ended = open.filter((row) => !replay.ended.has(row.id));
  const before = ended.filter((row) => history.stopped.includes(row.id));
  const suspects = ended.filter((row) => !history.stopped.includes(row.id) && hasRun(comparison, row));
  const may = (row: FlvxForward, rules: PossibleRules): boolean =>
    (isZero(row) && [rules.user, rules.permission].includes('all')) || isStopped(comparison, row, rules);
  const goingOn = suspects.filter((row) => isPausedByReport(comparison, row));
  const since = suspects.filter((row) => !goingOn.includes(row) && may(row, findRules(comparison, row)));
  const late = withoutCustomersPauses(comparison, since, (row) => isStoppedTunnel(comparison, row));
  const known = [...before, ...goingOn, ...since.filter((row) => isZero(row) || late.includes(row))];
  // Created since the last observation, or before the first: the instant of its pause shows whether it ran.
  const isUnobserved = ({ id }: FlvxForward): boolean =>
    last?.forwards[id] === undefined && !replay.paused.has(id) && !past.paused.has(id);
  const unobserved = open.filter((row) => isUnobserved(row) && !hasRun(comparison, row));
  const unknown = unobserved.filter((row) => isStoppedByValues(comparison, row, ANY_RULE));
  const unseen = unknown.filter((row) => isStoppedByValues(comparison, row, findRules(comparison, row)));
  const decided = past.changes === null ? [] : listStoppedByPanel(unseen, known, atRest, past.changes);
  const stopped = new Set([...known, ...decided].map((row) => row.id));
  const undecided = past.changes === null ? unknown.filter((row) => !stopped.has(row.id)) : [];
  const isOlder = (row: FlvxForward): boolean =>
    comparison.observed.olderCounters === true || isUnseenSinceStart(comparison, row);
  const older = suspects.filter((row) => !stopped.has(row.id) && isOlder(row));
  return { stopped: [...stopped], undecided: toIds(undecided), unjudged: toIds(older) };
}

/** Whether a step has started a forward, and the instant of its pause since then was not read. */
function isUnseenSinceStart({ past, replay }: Comparison, { id }: FlvxForward): boolean {
  const startedAt = replay.started.get(id);
  return startedAt !== undefined && (past.changes?.get(id) ?? -Infinity) < startedAt;
}

function toIds(rows: readonly FlvxForward[]): Set<number> {
  return new Set(rows.map((row) => row.id));
}

/** Whether the panel stopped a forward that has run, by one of these rules. */
function isStopped(comparison: Comparison, row: FlvxForward, rules: PossibleRules): boolean {
  if (isStoppedSinceClosed(comparison, row, rules)) return true;
  return listThen(comparison, row).some((change) => isAnyUsedUp(comparison, row.tunnelId, change, rules));
}

/** Whether the panel stops the tunnel of a forward that rests, not its user. */
function isStoppedTunnel(comparison: Comparison, row: FlvxForward): boolean {
  return isStoppedByValues(comparison, row, { user: 'none', permission: findRules(comparison, row).permission });
}

function isStoppedByValues(comparison: Comparison, row: FlvxForward, rules: PossibleRules): boolean {
  return listValues(comparison, row).some((change) => isAnyUsedUp(comparison, row.tunnelId, change, rules));
}

/**
 * Lists what may have applied when a forward was paused: the values of then, and the worst of a run that was going on. What a step has
 * started was paused by those of now.
 */
function listThen(comparison: Comparison, row: FlvxForward): RuleChange[] {
  const { replay, last } = comparison;
  const { changed } = replay;
  if (replay.started.has(row.id)) return [AS_THEY_ARE];
  const isMeanwhile = changed !== null && compareInstant(comparison, row, changed) === 0;
  const { worst } = last ?? {};
  const isOfRun = worst !== undefined && isOfLastRun(comparison, row, worst);
  return [
    ...listValues(comparison, row),
    ...(isMeanwhile ? [replay.worst] : []),
    ...(isOfRun ? [toWorstBefore(worst)] : []),
  ];
}

/** Whether a forward was paused while the steps of the last run were made, or by a report that came before they started it. */
function isOfLastRun(comparison: Comparison, row: FlvxForward, worst: NonNullable<StoredHistory['worst']>): boolean {
  const pausedAt = comparison.past.changes?.get(row.id);
  const startedAt = worst.startedAt?.[row.id];
  if (startedAt !== undefined) return pausedAt !== undefined && pausedAt < startedAt;
  return compareInstant(comparison, row, { from: worst.from ?? -Infinity, until: worst.at }) === 0;
}

/**
 * Lists the values that may have applied when a forward was paused: before the steps those of then, else those of now, too. A late
 * instant proves nothing: an edit writes one to what the panel has stopped.
 */
function listValues(comparison: Comparison, row: FlvxForward): RuleChange[] {
  const { replay } = comparison;
  if (replay.changed === null) return [AS_THEY_ARE];
  const order = compareInstant(comparison, row, replay.changed);
  if (order > 0) return [AS_THEY_ARE, replay.before];
  return order < 0 ? [replay.untilChanged] : [AS_THEY_ARE, replay.untilChanged];
}

/** Whether the quota of the user or of its permission for a tunnel is used up, or has expired. */
function isAnyUsedUp(
  { observed, user, permissions }: Comparison,
  tunnelId: number,
  change: RuleChange,
  rules: PossibleRules = ANY_RULE,
): boolean {
  const stops = (row: RuledRow, rule: PossibleRule): boolean =>
    rule === 'all' ? isUsedUp(row, observed.at) : rule === 'expiry' && isExpired(row, observed.at);
  if (stops(change.user(user), rules.user)) return true;
  const own = permissions.filter((row) => row.tunnelId === tunnelId);
  return own.some((row) => stops(change.permission(row), rules.permission));
}

/** Returns the worst quotas and counters while steps changed them, of an earlier run where none has since; nothing for none. */
export function findWorst({
  observed,
  user,
  permissions,
  past,
  last,
  replay,
}: Comparison): Pick<StoredHistory, 'worst'> {
  // The panel may yet be pausing what it has decided to stop then.
  if (replay.changed === null) return last?.worst === undefined ? {} : { worst: last.worst };
  const pick = (row: RuledRow): Worst => ({ quota: row.quota, bytes: sumBytes(row) });
  const tunnels = permissions.map((row) => [row.tunnelId, pick(replay.worst.permission(row))] as const);
  return {
    worst: {
      // The panel may have stopped forwards since the reading that the first step was planned from.
      from: Math.min(past.reading?.from ?? Infinity, replay.changed.from),
      at: observed.at,
      user: pick(replay.worst.user(user)),
      tunnels: Object.fromEntries(tunnels),
      startedAt: Object.fromEntries(replay.started),
      ...(replay.zeroed !== null && { zeroed: replay.zeroed }),
    },
  };
}

/** Returns whether the panel may have stopped a forward directly before the counters were zeroed, which no longer show it. */
function toIsZeroed(comparison: Comparison): (row: FlvxForward) => boolean {
  const { forwards, last, replay, user } = comparison;
  if (last === null) return () => false;
  const zeroed = replay.zeroed ?? last.worst?.zeroed ?? null;
  const isBefore = (row: FlvxForward): boolean =>
    row.status !== 1 && zeroed !== null && compareInstant(comparison, row, zeroed) < 0;
  const ran = forwards.filter((row) => hasRun(comparison, row) && !isBefore(row));
  if (ran.some(({ status }) => status === 1)) return () => false;
  if (sumBytes(user) < replay.history.usedBytes) return (row) => mayHaveUsedUp(comparison, row.tunnelId);
  return (row) => zeroed !== null && isZeroedBy(comparison, row, zeroed);
}

/**
 * Whether the quota of the user or of its permission for a tunnel may have been almost used up when somebody else zeroed the counters.
 * Those of forwards go on, and show the most that was counted until then; of a forward that is gone, nothing does.
 */
function mayHaveUsedUp(comparison: Comparison, tunnelId: number): boolean {
  if (hasLostForwards(comparison)) return true;
  const { forwards, last, replay } = comparison;
  const known = last?.forwards ?? {};
  const grown = forwards.reduce((sum, row) => sum + Math.max(0, sumBytes(row) - (known[row.id]?.bytes ?? 0)), 0);
  const served = replay.history.moved === undefined ? forwards.filter((row) => row.tunnelId === tunnelId) : forwards;
  const carried = served.reduce((sum, row) => sum + sumBytes(row), 0);
  return isAnyUsedUp(comparison, tunnelId, {
    user: (row) => toAlmost(replay.worst.user(row), replay.history.usedBytes + grown),
    permission: (row) => toAlmost(replay.worst.permission(row), carried),
  });
}

function isZeroedBy(comparison: Comparison, row: FlvxForward, zeroed: Span): boolean {
  return compareInstant(comparison, row, zeroed) === 0 && wasAlmostUsedUp(comparison, row.tunnelId);
}

/** From this share of its quota on, an account may have reached it between the last reading and the zeroing of its counters. */
const ALMOST = 0.9;

/** Whether the quota of the user or of its permission for a tunnel was almost used up when steps zeroed the counters. */
function wasAlmostUsedUp(comparison: Comparison, tunnelId: number): boolean {
  const { last, replay } = comparison;
  const worst = replay.zeroed === null ? toWorstBefore(last?.worst) : replay.worst;
  return isAnyUsedUp(comparison, tunnelId, {
    user: (row) => toAlmost(worst.user(row)),
    permission: (row) => toAlmost(worst.permission(row)),
  });
}

/** Returns a row whose quota counts as used up from that share on. */
function toAlmost(row: RuledRow, used = sumBytes(row)): RuledRow {
  return { ...row, inBytes: used / ALMOST, outBytes: 0 };
}

/**
 * Whether the panel stopped the forward because the user or the tunnel is closed for it, and no step had paused the forward by then: what
 * was paused before that was paused by the customer.
 */
function isStoppedSinceClosed(comparison: Comparison, row: FlvxForward, rules: PossibleRules): boolean {
  if (rules.permission === 'all' && isTunnelClosed(comparison, row)) return true;
  const { user, past } = comparison;
  if (rules.user !== 'all' || user.status === 1) return false;
  const pausedAt = past.changes?.get(row.id);
  return pausedAt === undefined || user.updatedAt === null || pausedAt > user.updatedAt;
}

/** Whether the tunnel of a forward was closed at the last observation already, which showed the forward as running. */
function isTunnelClosed({ permissions, last }: Comparison, { tunnelId }: FlvxForward): boolean {
  const isClosed = permissions.some((row) => row.tunnelId === tunnelId && row.status !== 1);
  return isClosed && last?.permissions[tunnelId] === 0;
}
