import { ownLimitName, type FlvxAccountTarget } from '../account/index.js';
import { keyOfLimit } from '../account/plan/speed-limits.js';
import { megabits, type FlvxPermission, type FlvxSpeedLimit, type MegabitsPerSecond } from '../index.js';
import type { ItemError } from '@sluice/panel-kind';
import type { FlvxContext } from './flvx-context.js';
import { flvxOf, limitKey, oldLimitKey, speedChoice, type SpeedChoice } from './flvx-product.js';
import { permissionKey, speedPrior } from './flvx-state.js';

/** What becomes of the speeds of an account. */
export interface SpeedPlan {
  /** The limit of the service's own that is to be there. */
  limit: FlvxAccountTarget['limit'];
  /** Own limits that nobody has any more go away, but for these. */
  limits: FlvxAccountTarget['limits'];
  /** What a permission is to have; nothing where it keeps what it has. `row` is null for one that is yet to be made. */
  of: (tunnelId: number, row: FlvxPermission | null) => { speedId?: number | null; ownSpeed?: boolean };
  problem: ItemError | null;
}

const untouched: SpeedPlan = { limit: null, limits: null, of: () => ({}), problem: null };

/** A throttle while it is called for, the end of one, or (when everything is brought in line) what the product says. */
export function speedPlan(context: FlvxContext): SpeedPlan {
  if (context.wants.throttled) return throttle(context);
  const choice = speedChoice(context.desired.service, context.desired.product, context.defaults);
  const problem = problemOf(context, choice);
  if (problem) return { ...untouched, problem };
  const undoing = context.evidence.speed.size > 0;
  if (!undoing && !context.full) return untouched;
  const others = context.permissions.filter((row) => !isThrottled(context, row));
  return {
    limit: choice.kind === 'own' ? limitOf(context, choice.speed, others) : null,
    limits: { ...ownLimits(context), keep: [] },
    of(id, row) {
      const throttled = row !== null && isThrottled(context, row);
      if (row !== null && !throttled && !context.full) return {};
      if (!throttled && context.tunnels?.includes(id) !== true) return {};
      return given(context, choice, row, throttled);
    },
    problem: null,
  };
}

function throttle(context: FlvxContext): SpeedPlan {
  const speed = megabits(flvxOf(context.desired.product).throttleMbit);
  const throttled = context.permissions.filter((row) => isThrottled(context, row));
  const before = [...context.evidence.speed.values()].map((item) => speedPrior(item).speedId);
  // The limit of an earlier throttle is no speed that comes back.
  const now = context.permissions.filter((row) => !isThrottled(context, row)).map((row) => row.speedId);
  return {
    limit: limitOf(context, speed, throttled),
    // The product's own limit waits for the end of the throttle.
    limits: { ...ownLimits(context), keep: [...before, ...now].filter((id) => id !== null) },
    of: () => ({ ownSpeed: true }),
    problem: null,
  };
}

/** The service's own limit of a speed. One of an old name that is in force stays until the speed changes. */
function limitOf(
  context: FlvxContext,
  speed: MegabitsPerSecond,
  inForce: readonly FlvxPermission[],
): FlvxAccountTarget['limit'] {
  const tunnelId = firstTunnel(context);
  if (tunnelId === null) return null;
  const old = oldLimitsOf(context, inForce).find((limit) => limit.speed === speed);
  return { name: old?.name ?? ownLimitName(keyOf(context), speed), speed, tunnelId };
}

/** Limits in force that bear the service's id, as earlier versions named them. */
export function oldLimitsOf(
  { desired, observed }: Pick<FlvxContext, 'desired' | 'observed'>,
  permissions: readonly FlvxPermission[],
): FlvxSpeedLimit[] {
  const key = oldLimitKey(desired.service);
  const ids = new Set(permissions.map((row) => row.speedId));
  return observed.speedLimits.filter((limit) => ids.has(limit.id) && keyOfLimit(limit.name) === key);
}

function ownLimits(context: FlvxContext): { key: string; names: readonly string[] } {
  return { key: keyOf(context), names: context.state.madeLimits };
}

function keyOf({ desired, user }: Pick<FlvxContext, 'desired' | 'user'>): string {
  return limitKey(desired.service, user.id) ?? `user#${user.id}`;
}

function given(
  context: FlvxContext,
  choice: SpeedChoice,
  row: FlvxPermission | null,
  throttled: boolean,
): { speedId?: number | null; ownSpeed?: boolean } {
  if (choice.kind === 'own') return { ownSpeed: true };
  if (choice.kind === 'shared') return { speedId: choice.limitId };
  if (choice.kind === 'none' || row === null) return { speedId: null };
  const item = context.evidence.speed.get(permissionKey(row.userId, row.tunnelId));
  if (throttled && item) {
    const before = speedPrior(item).speedId;
    const limit = context.observed.speedLimits.find((one) => one.id === before);
    // An id without a limit would show one and be none; one of our own belonged to a product of before.
    return { speedId: limit === undefined || isOwn(context, limit) ? null : before };
  }
  // Nothing is said of the speed: only what Sluice itself has given is taken away.
  return row.speedId !== null && isOurs(context, row) ? { speedId: null } : {};
}

/** Has the permission still the limit that our throttle gave it? One that somebody has set since is theirs to keep. */
export function isThrottled(context: FlvxContext, row: FlvxPermission): boolean {
  const item = context.evidence.speed.get(permissionKey(row.userId, row.tunnelId));
  if (!item || row.speedId === null) return false;
  const limit = context.observed.speedLimits.find((one) => one.id === row.speedId);
  return limit?.name === speedPrior(item).name || context.memo.speeds[row.tunnelId] === row.speedId;
}

function isOurs(context: FlvxContext, row: FlvxPermission): boolean {
  const { observed, memo } = context;
  const limit = observed.speedLimits.find((one) => one.id === row.speedId);
  return (limit !== undefined && isOwn(context, limit)) || memo.speeds[row.tunnelId] === row.speedId;
}

function isOwn(context: FlvxContext, { name }: FlvxSpeedLimit): boolean {
  return keyOfLimit(name) === keyOf(context) || context.state.madeLimits.includes(name);
}

function firstTunnel({ permissions, tunnels }: FlvxContext): number | null {
  return [...(tunnels ?? []), ...permissions.map((row) => row.tunnelId)].sort((a, b) => a - b)[0] ?? null;
}

function problemOf({ state, observed, full, desired }: FlvxContext, choice: SpeedChoice): ItemError | null {
  if (choice.kind !== 'shared' || state.light || !full) return null;
  if (observed.speedLimits.some((limit) => limit.id === choice.limitId)) return null;
  return {
    code: 'unknown_speed_limit',
    message: `the panel has no speed limit ${choice.limitId} (product "${desired.service.product}"): name one that it lists, or speedMbit`,
  };
}
