import type { FlvxForward } from '../../client/records.js';
import { sumBytes } from '../rules.js';
import { compareInstant, type Comparison, hasLostForwards } from './comparison.js';

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

/**
 * Returns the rules by which the panel may have stopped a forward. None is stopped by a quota before a node has reported traffic. And it
 * stops all forwards of a user, or of a tunnel, in the order of their ids: one that has run on shows that no later one was stopped.
 */
export function findRules(comparison: Comparison, row: FlvxForward): PossibleRules {
  const others = listRunningOn(comparison, row);
  const toRule = (running: readonly FlvxForward[], tunnelId: number | null): PossibleRule => {
    if (running.length > 0) return 'none';
    return hasReported(comparison, row, tunnelId) ? 'all' : 'expiry';
  };
  const onTunnel = others.filter(({ tunnelId }) => tunnelId === row.tunnelId);
  return { user: toRule(others, null), permission: toRule(onTunnel, row.tunnelId) };
}

/** Lists forwards of the user that the panel would have stopped before this one, and that have run on since the last observation. */
function listRunningOn({ forwards, past, last, replay }: Comparison, row: FlvxForward): FlvxForward[] {
  const { changes, reading } = past;
  if (reading === null) return [];
  return forwards.filter((other) => {
    const seen = last?.forwards[other.id];
    if (other.id >= row.id || other.status !== 1 || seen?.status !== 1) return false;
    if (seen.unjudged === true || replay.started.has(other.id)) return false;
    return changes?.has(other.id) === true && compareInstant({ past }, other, reading) < 0;
  });
}

/** Whether a node may have reported traffic of the user, or of a tunnel, since the last observation showed the forward as running. */
function hasReported(comparison: Comparison, { id }: FlvxForward, tunnelId: number | null): boolean {
  const { forwards, last, replay } = comparison;
  const seen = last?.forwards[id];
  if (last === null || seen === undefined || seen.unjudged === true || !isPausedSince(comparison, id)) return true;
  // A tunnel that counts only a part of what was carried may count nothing of a small report.
  if (forwards.some((row) => (replay.history.scales[row.tunnelId]?.ratio ?? 0) < 1)) return true;
  const grown = forwards.map((row) => ({ row, bytes: sumBytes(row) - (last.forwards[row.id]?.bytes ?? 0) }));
  const sum = grown.reduce((bytes, one) => bytes + one.bytes, 0);
  // What no forward shows may be of any tunnel.
  if (hasLostForwards(comparison) || grownOfUser(comparison, last.usedBytes) > sum) return true;
  return grown.some(({ row, bytes }) => bytes !== 0 && (tunnelId === null || isServed(comparison, row, tunnelId)));
}

/** The panel counts a report before it notes the instant at which it pauses forwards. */
const LONGEST_COUNTING_MS = 15_000;

/** Whether a forward was paused after the last observation: what was reported before the pause was then not in its counters. */
function isPausedSince({ past: { changes, reading } }: Comparison, id: number): boolean {
  const pausedAt = changes?.get(id);
  return pausedAt !== undefined && reading !== null && pausedAt > reading.until + LONGEST_COUNTING_MS;
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
