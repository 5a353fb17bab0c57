import { isDeepStrictEqual } from 'node:util';
import type { TargetState } from '@sluice/panel-kind';
import { listOwnForwards, listOwnPermissions, type StoredHistory } from '../account/history/history.js';
import { limitNameSpeed } from '../account/plan/plan-limits.js';
import { sumBytes } from '../account/rules.js';
import type { TimedObservation } from './observation.js';

/** The speed that the panel lets an account have, as long as each of its permissions has a limit that Sluice has set. */
export interface KnownSpeed {
  /** The limit of each tunnel. */
  limits: Record<string, number>;
  /** From when on no connection counts as one that was opened with another speed, and keeps it. */
  from: string;
  /** What is counted at most, in one direction. */
  bytesPerSecond: number;
}

/** A connection keeps its first speed. After this time none counts as open that had another one. */
const OLD_CONNECTIONS_MS = 86_400_000;

/** Counters are late: growth is compared over a longer time only, and with some more than the speed. */
const SHORTEST_MS = 60_000;
const FAR_BEYOND = 1.5;

/** The panel rounds a speed to 0.1 MB/s. */
const ROUNDING_MB = 0.05;

/** What a checkpoint has of it. */
interface Known {
  speed?: KnownSpeed;
}

/** What is asked of the checkpoint before, which an earlier version may have stored with less. */
type Before =
  | (Known & { at?: string; accountAt?: string; account?: object | null; history?: StoredHistory | null })
  | null;

/**
 * Returns what is known of the speed after an observation, for its checkpoint; nothing where a permission has no limit of Sluice, traffic
 * passes without one, a node has not confirmed it, or more was counted than it lets through.
 */
export function toKnownSpeed(
  before: Before,
  { recent }: Pick<TargetState, 'recent'>,
  left: TimedObservation,
  history: Pick<StoredHistory, 'speeds' | 'unpushed' | 'moved' | 'scales'>,
): Known {
  const { at, state } = left;
  const limits = listLimits(left, history);
  if (limits === null) return {};
  const known = before?.speed !== undefined && isDeepStrictEqual(before.speed.limits, limits) ? before.speed : null;
  const isNew =
    before?.account == null && recent.some(({ type, state: end }) => type === 'create-user' && end === 'applied');
  const from = isNew ? at : new Date(Date.parse(at) + OLD_CONNECTIONS_MS).toISOString();
  const bytesPerSecond = state.partial ? (known?.bytesPerSecond ?? null) : sumSpeeds(limits, left, history);
  // Polls read neither tunnels nor limits.
  if (bytesPerSecond === null) return {};
  const isExceeded = known !== null && isBeyond(before, known, left);
  return { speed: { limits, from: known === null || isExceeded ? from : known.from, bytesPerSecond } };
}

/** Returns what is counted of an account per second in one direction at most; null where that is not known. */
export function findKnownSpeed(checkpoint: Known | null, now: string): number | null {
  const { speed } = checkpoint ?? {};
  return speed === undefined || speed.from > now ? null : speed.bytesPerSecond;
}

/** Returns the limits of an account by tunnel; null where traffic may pass without one of Sluice. */
function listLimits(
  { state: { account } }: TimedObservation,
  { speeds, unpushed, moved = {} }: Pick<StoredHistory, 'speeds' | 'unpushed' | 'moved'>,
): Record<string, number> | null {
  const limits: Record<string, number> = {};
  for (const { tunnelId, speedId } of listOwnPermissions(account)) {
    if (speedId === null || speeds[tunnelId] !== speedId) return null;
    limits[tunnelId] = speedId;
  }
  const isFree = listOwnForwards(account).some(({ tunnelId }) => limits[tunnelId] === undefined);
  const isOpen = isFree || unpushed.length > 0 || Object.keys(moved).length > 0;
  return isOpen || Object.keys(limits).length === 0 ? null : limits;
}

/** Each entry node lets the speed of a limit through, and each tunnel counts by its own factor. */
function sumSpeeds(
  limits: Record<string, number>,
  { state: { account } }: TimedObservation,
  { scales }: Pick<StoredHistory, 'scales'>,
): number | null {
  let sum = 0;
  for (const [tunnel, id] of Object.entries(limits)) {
    const limit = account.speedLimits.find((row) => row.id === id);
    const scale = scales[tunnel];
    // A node keeps the first speed of a limit: one that was changed since may have another there.
    if (limit === undefined || scale === undefined || limitNameSpeed(limit.name) !== limit.speed) return null;
    sum += (limit.speed / 8 + ROUNDING_MB) * 2 ** 20 * scale.factor * scale.nodes;
  }
  return sum > 0 ? Math.ceil(sum) : null;
}

/** Whether an account has counted far more since the last checkpoint than its speed lets through in both directions. */
function isBeyond(
  before: Before,
  { bytesPerSecond }: KnownSpeed,
  { at, readAt = at, state: { account } }: TimedObservation,
): boolean {
  const { history = null, accountAt = before?.at } = before ?? {};
  if (history === null || account.user === null || accountAt === undefined) return false;
  const elapsedMs = Date.parse(readAt) - Date.parse(accountAt);
  const grown = sumBytes(account.user) - history.usedBytes;
  return elapsedMs >= SHORTEST_MS && grown > (2 * bytesPerSecond * elapsedMs * FAR_BEYOND) / 1000;
}
