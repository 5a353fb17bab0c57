import type { ItemError } from '@sluice/panel-kind';
import { keyOfLimit, ownLimitName } from '../account/plan/speed-limits.js';
import type { FlvxAccountTarget } from '../account/plan/target.js';
import type { FlvxPermission } from '../client/records/permission.js';
import type { FlvxSpeedLimit } from '../client/records/speed-limit.js';
import { megabits, type MegabitsPerSecond } from '../client/units/units.js';
import { flvxOf, limitKey, oldLimitKey, speedChoice, type SpeedChoice } from './product.js';
import { permissionKey, speedPrior } from './restrictions.js';
import type { PlanInput } from './target.js';

/** What the speeds of an account should be. */
export interface SpeedPlan {
  /** The service's own limit that must exist. */
  limit: FlvxAccountTarget['limit'];
  /** Own limits that no permission has are deleted, except these. */
  limits: FlvxAccountTarget['limits'];
  /** Returns what a permission should have; nothing where it keeps its speed. `row` is null for one that has yet to be created. */
  of: (tunnelId: number, row: FlvxPermission | null) => { speedId?: number | null; ownSpeed?: boolean };
  problem: ItemError | null;
}

const untouched: SpeedPlan = { limit: null, limits: null, of: () => ({}), problem: null };

/** Plans a throttle while it is called for, its end, or (in a full plan) the speed of the product. */
export function speedPlan(input: PlanInput): SpeedPlan {
  if (input.restrictions.throttled) return throttle(input);
  const choice = speedChoice(input.desired.product, input.defaults);
  const problem = problemOf(input, choice);
  if (problem) return { ...untouched, problem };
  const undoing = input.evidence.speed.size > 0;
  if (!undoing && !input.full) return untouched;
  const others = input.permissions.filter((row) => !isThrottled(input, row));
  return {
    limit: choice.kind === 'own' ? limitOf(input, choice.speed, others) : null,
    limits: { ...ownLimits(input), keep: [] },
    of(id, row) {
      const throttled = row !== null && isThrottled(input, row);
      if (row !== null && !throttled && !input.full) return {};
      if (!throttled && input.tunnels?.includes(id) !== true) return {};
      return speedValues(input, choice, row);
    },
    problem: null,
  };
}

function throttle(input: PlanInput): SpeedPlan {
  const speed = megabits(flvxOf(input.desired.product).throttleMbit);
  const throttled = input.permissions.filter((row) => isThrottled(input, row));
  const before = [...input.evidence.speed.values()].map((item) => speedPrior(item).speedId);
  // The limit of an earlier throttle is not restored.
  const now = input.permissions.filter((row) => !isThrottled(input, row)).map((row) => row.speedId);
  return {
    limit: limitOf(input, speed, throttled),
    // The product's own limit is needed again when the throttle ends.
    limits: { ...ownLimits(input), keep: [...before, ...now].filter((id) => id !== null) },
    of: () => ({ ownSpeed: true }),
    problem: null,
  };
}

/** The service's own limit of a speed. One with an old name that is in force stays until the speed changes. */
function limitOf(
  input: PlanInput,
  speed: MegabitsPerSecond,
  inForce: readonly FlvxPermission[],
): FlvxAccountTarget['limit'] {
  const tunnelId = firstTunnel(input);
  if (tunnelId === null) return null;
  const old = oldLimitsOf(input, inForce).find((limit) => limit.speed === speed);
  return { name: old?.name ?? ownLimitName(keyOf(input), speed), speed, tunnelId };
}

/** Returns limits in force that have the service's id in their name, as earlier versions named them. */
export function oldLimitsOf(
  { desired, account }: Pick<PlanInput, 'desired' | 'account'>,
  permissions: readonly FlvxPermission[],
): FlvxSpeedLimit[] {
  const key = oldLimitKey(desired.service);
  const ids = new Set(permissions.map((row) => row.speedId));
  return account.speedLimits.filter((limit) => ids.has(limit.id) && keyOfLimit(limit.name) === key);
}

function ownLimits(input: PlanInput): { key: string; names: readonly string[] } {
  return { key: keyOf(input), names: input.state.madeLimits };
}

function keyOf({ desired, user }: Pick<PlanInput, 'desired' | 'user'>): string {
  return limitKey(desired.service, user.id) ?? `user#${user.id}`;
}

function speedValues(
  input: PlanInput,
  choice: SpeedChoice,
  row: FlvxPermission | null,
): { speedId?: number | null; ownSpeed?: boolean } {
  if (choice.kind === 'own') return { ownSpeed: true };
  if (choice.kind === 'shared') return { speedId: choice.limitId };
  if (choice.kind === 'none' || row === null) return { speedId: null };
  const item = input.evidence.speed.get(permissionKey(row.userId, row.tunnelId));
  if (item && isThrottled(input, row)) {
    const before = speedPrior(item).speedId;
    const limit = input.account.speedLimits.find((one) => one.id === before);
    // The id of a deleted limit would show one that limits nothing; one of our own belonged to an earlier product.
    return { speedId: limit === undefined || isOwn(input, limit) ? null : before };
  }
  // No speed is configured: only what Sluice itself has given is removed.
  return row.speedId !== null && isOurs(input, row) ? { speedId: null } : {};
}

/** Whether the permission still has the limit that the throttle gave it. One that somebody else has set since stays. */
export function isThrottled(input: PlanInput, row: FlvxPermission): boolean {
  const item = input.evidence.speed.get(permissionKey(row.userId, row.tunnelId));
  if (!item || row.speedId === null) return false;
  const limit = input.account.speedLimits.find((one) => one.id === row.speedId);
  return limit?.name === speedPrior(item).name || input.history.speeds[row.tunnelId] === row.speedId;
}

function isOurs(input: PlanInput, row: FlvxPermission): boolean {
  const { account, history } = input;
  const limit = account.speedLimits.find((one) => one.id === row.speedId);
  return (limit !== undefined && isOwn(input, limit)) || history.speeds[row.tunnelId] === row.speedId;
}

function isOwn(input: PlanInput, { name }: FlvxSpeedLimit): boolean {
  return keyOfLimit(name) === keyOf(input) || input.state.madeLimits.includes(name);
}

function firstTunnel({ permissions, tunnels }: PlanInput): number | null {
  return [...(tunnels ?? []), ...permissions.map((row) => row.tunnelId)].sort((a, b) => a - b)[0] ?? null;
}

function problemOf({ state, account, full, desired }: PlanInput, choice: SpeedChoice): ItemError | null {
  if (choice.kind !== 'shared' || state.partial || !full) return null;
  if (account.speedLimits.some((limit) => limit.id === choice.limitId)) return null;
  return {
    code: 'unknown_speed_limit',
    message: `the panel has no speed limit ${choice.limitId} (product "${desired.service.product}"): name one that it lists, or speedMbit`,
  };
}
