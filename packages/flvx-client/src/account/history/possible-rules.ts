import type { FlvxForward } from '../../client/records.js';
import { sumBytes } from '../rules.js';
import type { Comparison } from './comparison.js';

/**
 * What of a row may have stopped a forward: `all` is quota, expiry and status, which the panel enforces after a report of traffic,
 * `expiry` what its daily job does without one (docs/panels/flvx.md, 7).
 */
export type PossibleRule = 'all' | 'expiry' | 'none';

/** The rules by which the panel may have stopped a forward. */
export interface PossibleRules {
  user: PossibleRule;
  /** Those of its permission for the tunnel. */
  permission: PossibleRule;
}

/** Every rule. */
export const ANY_RULE: PossibleRules = { user: 'all', permission: 'all' };

/** Returns the rules by which the panel may have stopped a forward: none is stopped by a quota before a node has reported traffic. */
export function findReported(comparison: Comparison, row: FlvxForward): PossibleRules {
  const toRule = (tunnelId: number | null): PossibleRule => (hasReported(comparison, row, tunnelId) ? 'all' : 'expiry');
  return { user: toRule(null), permission: toRule(row.tunnelId) };
}

/**
 * Returns the same with what other forwards show. The panel stops all of a user, or of a tunnel, at once: one that has run since before
 * shows that it has not done so.
 */
export function findRules(comparison: Comparison, row: FlvxForward): PossibleRules {
  const { user, permission } = findReported(comparison, row);
  const others = listRunningOn(comparison, row);
  const isOnTunnel = others.some(({ tunnelId }) => tunnelId === row.tunnelId);
  return { user: others.length > 0 ? 'none' : user, permission: isOnTunnel ? 'none' : permission };
}

/** Lists forwards of the user that run since before this one was paused. */
function listRunningOn({ forwards, past, last, replay }: Comparison, row: FlvxForward): FlvxForward[] {
  const { changes } = past;
  const pausedAt = changes?.get(row.id);
  // What a step has started may have been paused since the instants were read.
  if (pausedAt === undefined || replay.started.has(row.id) || replay.paused.has(row.id)) return [];
  return forwards.filter(({ id, status }) => {
    const startedAt = changes?.get(id);
    if (status !== 1 || startedAt === undefined || replay.started.has(id)) return false;
    return (last?.forwards[id]?.status ?? 1) === 1 && startedAt < pausedAt;
  });
}

/** Whether a node may have reported traffic of the user, or of a tunnel, since the last observation showed the forward as running. */
function hasReported(comparison: Comparison, { id }: FlvxForward, tunnelId: number | null): boolean {
  const { forwards, last, replay } = comparison;
  const seen = last?.forwards[id];
  if (last === null || seen === undefined || seen.unjudged === true) return true;
  // A tunnel that counts only a part of what was carried may count nothing of a small report.
  if (forwards.some((row) => (replay.history.scales[row.tunnelId]?.factor ?? 0) < 1)) return true;
  const grown = forwards.map((row) => ({ row, bytes: sumBytes(row) - (last.forwards[row.id]?.bytes ?? 0) }));
  const isGone = Object.keys(last.forwards).some((known) => !forwards.some((row) => String(row.id) === known));
  const sum = grown.reduce((bytes, one) => bytes + one.bytes, 0);
  // What no forward shows may be of any tunnel.
  if (isGone || grownOfUser(comparison, last.usedBytes) > sum) return true;
  return grown.some(({ row, bytes }) => bytes !== 0 && (tunnelId === null || isServed(comparison, row, tunnelId)));
}

/** Whether the nodes of a tunnel may serve a forward: it is there, or was moved from there (docs/panels/flvx.md, 6.2). */
function isServed({ last, replay }: Comparison, { id, tunnelId }: FlvxForward, served: number): boolean {
  const before = last?.forwards[id]?.tunnelId ?? tunnelId;
  return [tunnelId, before, ...(replay.history.moved?.[id] ?? [])].includes(served);
}

/** Returns by how much the user's counters have grown at least; infinite where somebody else has zeroed them. */
function grownOfUser({ user, replay }: Comparison, before: number): number {
  const now = sumBytes(user);
  const isZeroed = replay.zeroed !== null && (replay.history.usedBytes === 0 || now < before);
  if (isZeroed) return sumBytes(replay.worst.user(user)) - before + now;
  return now < before ? Infinity : now - before;
}
