import type { FlvxAccountTarget, FlvxPermissionTarget } from '../account/plan/target.js';
import { toCounters, type FlvxCounters } from '../account/plan/values.js';
import { isExpired, sumBytes } from '../account/rules.js';
import type { FlvxPermission, FlvxQuotaValues, FlvxUserValues } from '../client/records.js';
import { toBytes, UNLIMITED_QUOTA, type GigabytesWhole } from '../client/units.js';
import { forwardTargets, listSuspects } from './forward-targets.js';
import type { PlanInput } from './plan-input.js';
import { findCycleId, findExpiry, isOfCycle, toFlvxProduct, toPanelQuota } from './product.js';
import { parseClosedPrior, permissionKey } from './restrictions.js';
import { speedBefore, type SpeedPlan } from './speed.js';

/** Returns the target state of an account. Absent values stay. Pure. */
export function planTarget(input: PlanInput, speed: SpeedPlan): FlvxAccountTarget {
  const user = userTarget(input);
  const permissions = permissionTargets(input, speed);
  const reset = toReset(input);
  const forwards = forwardTargets(input, { user, permissions, reset });
  const own = [...(input.tunnels ?? input.history.tunnels), ...input.dropped];
  return {
    user,
    permissions,
    forwards,
    limit: speed.limit,
    limits: speed.limits,
    reset,
    cuts: isSlowed(input) ? input.history.cuts : [],
    repause: listSuspects(input, forwards),
    keep: input.history.values.filter((values) => !own.includes(values.tunnelId)),
  };
}

function isSlowed({ restrictions }: Pick<PlanInput, 'restrictions'>): boolean {
  return restrictions.throttled && !restrictions.closed;
}

/** Returns the panel's own quota; null where it stays. The panel must not stop a throttled service. */
function targetQuota(input: PlanInput): GigabytesWhole | null {
  const { target, evidence } = input;
  if (isSlowed(input)) return UNLIMITED_QUOTA;
  if (target.scope === 'hold' && target.allowance?.lifted === true) return givenBackQuota(input);
  if (target.scope === 'hold' && evidence.speed.size === 0) return null;
  const quota = toPanelQuota(target, sumBytes(input.user));
  return quota !== null && isLiftedForThrottle(input) && !mayLower(input) ? quotaAfterThrottle(input, quota) : quota;
}

/** Whether the quota is that of another tool, which Sluice has lifted for a throttle. */
function isLiftedForThrottle({ user, history }: PlanInput): boolean {
  return !history.ownQuota && (history.quotaBefore ?? null) !== null && user.quota === UNLIMITED_QUOTA;
}

function quotaAfterThrottle({ history }: PlanInput, quota: GigabytesWhole): GigabytesWhole {
  const before = (history.quotaBefore ?? quota) as GigabytesWhole;
  return before > quota ? before : quota;
}

/**
 * Returns the quota of an account that is given back: that of the other tool which Sluice had overwritten, unless it is used up; else
 * none, where Sluice has lifted it for a throttle, or where the panel would stop the account. Null where it stays.
 */
function givenBackQuota({ user, permissions, history, evidence }: PlanInput): GigabytesWhole | null {
  const rows = [user, ...permissions];
  const isUsed = (quota: number): boolean => rows.some((row) => sumBytes(row) >= toBytes(quota as GigabytesWhole));
  const { quotaBefore = null } = history;
  if (quotaBefore !== null && !isUsed(quotaBefore)) return quotaBefore as GigabytesWhole;
  const isStopped = rows.some((row) => sumBytes(row) >= toBytes(row.quota));
  return isStopped || quotaBefore !== null || evidence.speed.size > 0 ? UNLIMITED_QUOTA : null;
}

function toQuotaChange(input: PlanInput, has: GigabytesWhole): { quota?: GigabytesWhole } {
  const quota = targetQuota(input);
  if (quota === null || quota === has) return {};
  return quota > has || mayLower(input) || isLiftedForThrottle(input) ? { quota } : {};
}

/** Whether a quota may be lowered. A quota that another tool has set stays until the next cycle. */
function mayLower({ target, history }: PlanInput): boolean {
  if (history.ownQuota || target.scope === 'command') return true;
  const cycle = findCycleId(target);
  return history.firstCycle !== null && cycle !== null && history.firstCycle !== cycle;
}

/** Returns the product's values for the user or a permission of the product: only the quota unless everything is planned. */
function productValues(input: PlanInput, { quota }: FlvxQuotaValues): Partial<FlvxQuotaValues> {
  const { target, full } = input;
  const quotaChange = toQuotaChange(input, quota);
  if (!full) return quotaChange;
  const { maxForwards, resetDay } = toFlvxProduct(target.product);
  const expiresAt = findExpiry(target);
  return { ...quotaChange, maxForwards, resetDay, ...(expiresAt === null ? {} : { expiresAt }) };
}

function userTarget(input: PlanInput): Partial<FlvxUserValues> {
  const { user, restrictions, history, evidence, account } = input;
  const values: Partial<FlvxUserValues> = productValues(input, user);
  const closed = evidence.user.get(String(user.id));
  const reopen = history.expired.user && !isExpired({ ...user, ...values }, account.at);
  if (restrictions.closeUser) values.status = 0;
  else if (reopen || (closed && parseClosedPrior(closed).status === 1)) values.status = 1;
  return values;
}

function permissionTargets(input: PlanInput, speed: SpeedPlan): Map<number, FlvxPermissionTarget> {
  const targets = new Map<number, FlvxPermissionTarget>();
  for (const row of input.permissions) targets.set(row.tunnelId, permissionTarget(input, row, speed));
  if (!input.full) return targets;
  const { user, target, restrictions } = input;
  const { maxForwards, resetDay } = toFlvxProduct(target.product);
  for (const tunnelId of input.tunnels ?? []) {
    if (targets.has(tunnelId) || input.missing.includes(tunnelId)) continue;
    const { ownSpeed, ...given } = speed.of(tunnelId, null);
    targets.set(tunnelId, {
      values: {
        quota: targetQuota(input) ?? user.quota,
        maxForwards,
        resetDay,
        expiresAt: findExpiry(target) ?? user.expiresAt,
        ...given,
      },
      ...(ownSpeed === undefined ? {} : { ownSpeed }),
      whenNew: { status: restrictions.closed ? 0 : 1 },
    });
  }
  return targets;
}

/** Returns the target of an existing permission. */
function permissionTarget(input: PlanInput, row: FlvxPermission, speed: SpeedPlan): FlvxPermissionTarget {
  const { full, restrictions, history, evidence, account, dropped } = input;
  const isOwn = input.tunnels?.includes(row.tunnelId) ?? !dropped.includes(row.tunnelId);
  const left = input.forwards.some((forward) => forward.tunnelId === row.tunnelId);
  if (dropped.includes(row.tunnelId)) {
    // The throttle of its hold ends on it with the closing: the speed of the product is not its own any more.
    const before = speedBefore(input, row);
    if (left) return { values: { status: 0, ...before } };
    return { values: before, remove: full && !isClosedByOthers(input, row) };
  }
  const { ownSpeed, ...given } = speed.of(row.tunnelId, row);
  const values: FlvxPermissionTarget['values'] = { ...(isOwn ? productValues(input, row) : {}), ...given };
  const key = permissionKey(row.userId, row.tunnelId);
  const closed = evidence.permission.get(key);
  const reopen = history.expired.tunnels.includes(row.tunnelId) && !isExpired({ ...row, ...values }, account.at);
  // A tunnel that an earlier change of product dropped is in the product again.
  const isBack = history.dropped.includes(row.tunnelId) && history.closedBefore?.includes(row.tunnelId) !== true;
  if (restrictions.closed) values.status = 0;
  else if (reopen || isBack || (closed && parseClosedPrior(closed).status === 1)) values.status = 1;
  return {
    values,
    ...(ownSpeed === undefined ? {} : { ownSpeed }),
    // A connection keeps its first speed: those from before the throttle are cut when it begins.
    ...(isSlowed(input) && !evidence.speed.has(key) ? { cut: true } : {}),
  };
}

/** Whether somebody else closed a permission that a change of product drops: removed, it would be open after the change back. */
function isClosedByOthers({ history, evidence }: PlanInput, { userId, tunnelId, status }: FlvxPermission): boolean {
  if (history.dropped.includes(tunnelId)) return history.closedBefore?.includes(tunnelId) === true;
  const isPassing =
    history.expired.tunnels.includes(tunnelId) || evidence.permission.has(permissionKey(userId, tunnelId));
  return status === 0 && !isPassing;
}

/** With reset day 0, Sluice zeroes the counters once per cycle, after they were read in it. */
function toReset({ target, history, account }: PlanInput): FlvxCounters | null {
  const { cycle, scope } = target;
  if (scope !== 'poll' && scope !== 'reconcile') return null;
  const id = findCycleId(target);
  if (toFlvxProduct(target.product).resetDay !== 0 || id === null || cycle?.readAt == null) return null;
  if (history.resetCycle === null || history.resetCycle === id || isOfCycle(target)) return null;
  return toCounters(account);
}
