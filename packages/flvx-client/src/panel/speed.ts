import type { ItemError, PanelDependencies } from '@sluice/panel-kind';
import { parseLimitKey, ownLimitName } from '../account/plan/plan-limits.js';
import type { FlvxAccountTarget, LimitTarget } from '../account/plan/target.js';
import { type FlvxPermission, type FlvxSpeedLimit, megabits, type MegabitsPerSecond } from '../client/records.js';
import { toFlvxProduct, findLimitKey, toOldLimitKey, speedChoice, type SpeedChoice } from './product.js';
import { permissionKey, parseSpeedPrior } from './restrictions.js';
import type { PlanInput } from './plan-input.js';

/** The target speeds of an account. */
export interface SpeedPlan extends Required<Pick<FlvxAccountTarget, 'limit' | 'limits'>> {
  /** Returns the target of a permission; empty where it keeps its speed. `row` is null for a permission that has yet to be created. */
  of: (tunnelId: number, row: FlvxPermission | null) => { speedId?: number | null; ownSpeed?: boolean };
  problem: ItemError | null;
}

const untouched: SpeedPlan = { limit: null, limits: null, of: () => ({}), problem: null };

/** Plans a throttle, its end, or (in a full plan) the speed of the product. */
export function speedPlan(input: PlanInput): SpeedPlan {
  if (input.restrictions.throttled) return throttle(input);
  const choice = speedChoice(input.target.product, input.defaults);
  const problem = findProblem(input, choice);
  if (problem) return { ...untouched, problem };
  const undoing = input.evidence.speed.size > 0;
  if (!undoing && !input.full) {
    if (input.account.speedLimits.length === 0) return untouched;
    // A release that lost an answer, or was killed, may have left the limit of its throttle.
    return { ...untouched, limits: { ...ownLimits(input), keep: listWanted(input, choice) } };
  }
  const others = input.permissions.filter((row) => !isThrottled(input, row));
  return {
    limit: choice.kind === 'own' ? toLimitTarget(input, choice.speed, others) : null,
    limits: { ...ownLimits(input), keep: listRestored(input) },
    of(id, row) {
      const throttled = row !== null && isThrottled(input, row);
      if (row !== null && !throttled && !input.full) return {};
      if (!throttled && input.tunnels?.includes(id) !== true) return {};
      return speedValues(input, choice, row);
    },
    problem: null,
  };
}

/** Returns the limits with the speed of the product, which a full plan would create again. */
function listWanted({ account }: PlanInput, choice: SpeedChoice): number[] {
  return account.speedLimits.flatMap(({ id, speed }) => (choice.kind === 'own' && speed === choice.speed ? [id] : []));
}

/** Returns the limits that throttled permissions have again. */
function listRestored(input: PlanInput): number[] {
  return input.permissions.flatMap((row) => speedBefore(input, row).speedId ?? []);
}

function throttle(input: PlanInput): SpeedPlan {
  const speed = megabits(toFlvxProduct(input.target.product).throttleMbit);
  const throttled = input.permissions.filter((row) => isThrottled(input, row));
  const before = [...input.evidence.speed.values()].map((item) => parseSpeedPrior(item).speedId);
  // The limit of an earlier throttle is not restored.
  const now = input.permissions.filter((row) => !isThrottled(input, row)).map((row) => row.speedId);
  return {
    limit: toLimitTarget(input, speed, throttled),
    // The product's own limit is needed again when the throttle ends.
    limits: { ...ownLimits(input), keep: [...before, ...now].filter((id) => id !== null) },
    of: () => ({ ownSpeed: true }),
    problem: null,
  };
}

/** Returns the service's own limit of a speed. A limit in force with an old name stays until the speed changes. */
function toLimitTarget(
  input: PlanInput,
  speed: MegabitsPerSecond,
  inForce: readonly FlvxPermission[],
): LimitTarget | null {
  const tunnelId = firstTunnel(input);
  if (tunnelId === null) return null;
  const old = listOldLimits(input, inForce).find((limit) => limit.speed === speed);
  return { name: old?.name ?? ownLimitName(requireLimitKey(input), speed), speed, tunnelId };
}

/** Returns limits in force with the service's id in their name, as earlier versions named them. */
export function listOldLimits(
  { target, account }: Pick<PlanInput, 'target' | 'account'>,
  permissions: readonly FlvxPermission[],
): FlvxSpeedLimit[] {
  const key = toOldLimitKey(target.service);
  const ids = new Set(permissions.map((row) => row.speedId));
  return account.speedLimits.filter((limit) => ids.has(limit.id) && parseLimitKey(limit.name) === key);
}

function ownLimits(input: PlanInput): { key: string; names: readonly string[] } {
  return { key: requireLimitKey(input), names: input.state.oldLimitNames };
}

function requireLimitKey({ target, user }: Pick<PlanInput, 'target' | 'user'>): string {
  return findLimitKey(target.service, user.id) ?? `user#${user.id}`;
}

function speedValues(
  input: PlanInput,
  choice: SpeedChoice,
  row: FlvxPermission | null,
): { speedId?: number | null; ownSpeed?: boolean } {
  if (choice.kind === 'own') return { ownSpeed: true };
  if (choice.kind === 'shared') return { speedId: choice.limitId };
  if (choice.kind === 'none' || row === null) return { speedId: null };
  const before = speedBefore(input, row);
  if (before.speedId !== undefined) return before;
  // No speed is configured: only a limit that Sluice has set is removed.
  return row.speedId !== null && isOurs(input, row) ? { speedId: null } : {};
}

/** Returns the limit that a throttled permission had before; empty where it is not throttled. */
export function speedBefore(input: PlanInput, row: FlvxPermission): { speedId?: number | null } {
  const item = input.evidence.speed.get(permissionKey(row.userId, row.tunnelId));
  if (!item || !isThrottled(input, row)) return {};
  const before = parseSpeedPrior(item).speedId;
  const limit = input.account.speedLimits.find((one) => one.id === before);
  // Without the product's settings (its product may be missing in the config) an own limit may still be its speed.
  const mayBeNeeded = input.target.product['flvx'] === undefined && input.target.scope !== 'reconcile';
  // The id of a deleted limit would limit nothing; an own limit belonged to an earlier product.
  return { speedId: limit === undefined || (isOwn(input, limit) && !mayBeNeeded) ? null : before };
}

/** Whether the permission still has the limit of the throttle. A limit that others have set since stays. */
export function isThrottled(input: PlanInput, row: FlvxPermission): boolean {
  const item = input.evidence.speed.get(permissionKey(row.userId, row.tunnelId));
  if (!item || row.speedId === null) return false;
  const limit = input.account.speedLimits.find((one) => one.id === row.speedId);
  return limit?.name === parseSpeedPrior(item).name || input.history.speeds[row.tunnelId] === row.speedId;
}

/** Whether Sluice has set the limit of a permission. */
export function isOurs(input: PlanInput, row: FlvxPermission): boolean {
  const { account, history } = input;
  const limit = account.speedLimits.find((one) => one.id === row.speedId);
  return (limit !== undefined && isOwn(input, limit)) || history.speeds[row.tunnelId] === row.speedId;
}

function isOwn(input: PlanInput, { name }: FlvxSpeedLimit): boolean {
  return parseLimitKey(name) === requireLimitKey(input) || input.state.oldLimitNames.includes(name);
}

function firstTunnel({ permissions, tunnels, missing }: PlanInput): number | null {
  const own = (tunnels ?? []).filter((id) => !missing.includes(id));
  return [...own, ...permissions.map((row) => row.tunnelId)].sort((a, b) => a - b)[0] ?? null;
}

function findProblem({ state, account, full, target }: PlanInput, choice: SpeedChoice): ItemError | null {
  if (choice.kind !== 'shared' || state.partial || !full) return null;
  if (account.speedLimits.some((limit) => limit.id === choice.limitId)) return null;
  return {
    code: 'unknown_speed_limit',
    message: `the panel has no speed limit ${choice.limitId} (product "${target.service.product}"): set an existing one, or set speedMbit instead`,
  };
}

/** Lists the names of speed limits that were created on the panel for a service, or may have been. */
export async function listCreatedLimits(
  journal: PanelDependencies['journal'],
  panel: string,
  service: string,
): Promise<string[]> {
  const rows = await journal.list({ service });
  return rows
    .filter((row) => row.panel === panel && row.type === 'create-speed-limit')
    .filter((row) => row.state === 'applied' || (row.state !== 'failed' && row.calledAt !== null))
    .map((row) => row.target);
}
