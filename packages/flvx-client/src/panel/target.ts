import { findCycleToZero, mayLowerLimit, showsOthers } from '@sluice/panel-kind';
import {
  type FlvxAccountTarget,
  type FlvxForwardTarget,
  type FlvxPermissionTarget,
  NOWHERE,
} from '../account/plan/target.js';
import { type FlvxCounters, toCounters } from '../account/plan/step.js';
import { isExpired, pickLimits, stopsPermission, stopsUser, sumBytes, toLimitBytes } from '../account/rules.js';
import {
  type FlvxForward,
  type FlvxPermission,
  type FlvxQuotaValues,
  type FlvxUserValues,
  type GigabytesWhole,
  UNLIMITED_QUOTA,
} from '../client/records.js';
import type { PlanInput } from './plan-input.js';
import { toPanelQuota } from './usage.js';
import { isImpossibleQuota } from '../client/byte-quota.js';
import { keepSameNumbers } from './moving-in/same-meaning.js';
import { redirectTo, toExpiry, toFlvxProduct } from './product.js';
import { parseClosedPrior, parseRedirectPrior, permissionKey, ranBefore } from './restrictions.js';
import { listAssigned } from './checkpoint-tunnels.js';
import { speedBefore, type SpeedPlan } from './speed.js';
import { hasGrown, isLate } from '../account/history/history.js';

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
  const quota = toPanelQuota(target);
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
 * Returns the quota of an account that is lifted or given back: if everything is given back, that of the other tool which Sluice had
 * overwritten, unless it is used up; else none, where Sluice has lifted it for a throttle, or where the panel would stop the account.
 * Null where it stays.
 */
function givenBackQuota({ target, user, permissions, history, evidence }: PlanInput): GigabytesWhole | null {
  const rows = [user, ...permissions];
  const isUsed = (quota: number): boolean => rows.some((row) => sumBytes(row) >= toLimitBytes(quota as GigabytesWhole));
  const quotaBefore = target.givesBack === true ? (history.quotaBefore ?? null) : null;
  if (quotaBefore !== null && !isUsed(quotaBefore)) return quotaBefore as GigabytesWhole;
  const isStopped = rows.some((row) => sumBytes(row) >= toLimitBytes(row.quota));
  return isStopped || quotaBefore !== null || evidence.speed.size > 0 ? UNLIMITED_QUOTA : null;
}

function toQuotaChange(input: PlanInput, has: GigabytesWhole): { quota?: GigabytesWhole } {
  const quota = targetQuota(input);
  if (quota === null || quota === has) return {};
  if (isImpossibleQuota(has) && !mayReplaceImpossible(input)) return {};
  return quota > has || mayLower(input) || isLiftedForThrottle(input) ? { quota } : {};
}

function mayLower({ target, history: { ownQuota, firstCycle } }: PlanInput): boolean {
  return mayLowerLimit(target, { isOwn: ownQuota, firstCycle });
}

/** Whether a quota that another tool wrote in bytes may be corrected: with the cycle after the one in which it was first seen. */
function mayReplaceImpossible({ target, history: { firstCycle } }: PlanInput): boolean {
  return mayLowerLimit(target, { isOwn: target.service.ownRefs.includes('flvx_user_id'), firstCycle });
}

/**
 * Returns the product's values for the user or a permission of the product: unless everything is planned only the quota, and the expiry
 * that a protection needs.
 */
function productValues(input: PlanInput, row: FlvxQuotaValues): Partial<FlvxQuotaValues> {
  const { target, full } = input;
  const quotaChange = toQuotaChange(input, row.quota);
  const expiresAt = toExpiry(target, row.expiresAt);
  if (!full) {
    const isCutShort = target.service.protectedUntil !== null && row.expiresAt < expiresAt;
    return isCutShort ? { ...quotaChange, expiresAt } : quotaChange;
  }
  return { ...quotaChange, ...keepSameNumbers(toFlvxProduct(target.product), row), expiresAt };
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
        expiresAt: toExpiry(target, user.expiresAt),
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
function isClosedByOthers({ history, evidence, target }: PlanInput, row: FlvxPermission): boolean {
  const { userId, tunnelId } = row;
  if (history.dropped.includes(tunnelId)) return history.closedBefore?.includes(tunnelId) === true;
  const { status } = listAssigned(target).find((one) => one.tunnelId === tunnelId)?.before ?? row;
  const isPassing =
    history.expired.tunnels.includes(tunnelId) || evidence.permission.has(permissionKey(userId, tunnelId));
  return status === 0 && !isPassing;
}

/**
 * With reset day 0, Sluice zeroes the counters once per cycle, after they were read in it; of an account that the service got within
 * the cycle, only where they show what others used.
 */
function toReset({ target, history, account }: PlanInput): FlvxCounters | null {
  if (toFlvxProduct(target.product).resetDay !== 0 || findCycleToZero(target, history.resetCycle) === null) return null;
  return showsOthers(target) === true ? toCounters(account) : null;
}

/** The parts of a target that decide whether the panel would stop a forward again. */
interface Decided {
  user: Partial<FlvxUserValues>;
  permissions: ReadonlyMap<number, FlvxPermissionTarget>;
  reset: FlvxCounters | null;
}

/** Returns what is to be done with each forward; those that stay as they are are left out. */
export function forwardTargets(input: PlanInput, decided: Decided): Map<number, FlvxForwardTarget> {
  const targets = new Map<number, FlvxForwardTarget>();
  for (const row of input.forwards) {
    const target = forwardTarget(input, row, decided);
    if (Object.keys(target).length > 0) targets.set(row.id, target);
  }
  return targets;
}

/** Decides whether a forward is paused (`run: false`), started (`run: true`) or left as it is, and where it points. */
function forwardTarget(input: PlanInput, row: FlvxForward, decided: Decided): FlvxForwardTarget {
  const { restrictions, evidence, history, surplus, dropped } = input;
  const address = addressTarget(input, row);
  const isParked = surplus.has(row.id) || dropped.includes(row.tunnelId);
  if (restrictions.closed || isParked) return { run: false, ...address };
  const paused = evidence.forward.get(String(row.id));
  const isHoldOver = paused !== undefined && ranBefore(paused);
  if (isHoldOver || history.parked[row.id] !== undefined || history.stopped.includes(row.id)) {
    if (!stillStops(input, row, decided)) return { run: true, ...address };
    // The evidence ends with a pause, which a later run undoes.
    if (isHoldOver) return { run: false, ...address };
  }
  return hasGrown(input.last, row) ? { run: false, ...address } : address;
}

/** Whether the panel would stop the forward again by its own rules, in the target state. */
function stillStops({ user, permissions, account }: PlanInput, row: FlvxForward, decided: Decided): boolean {
  const zeroed = decided.reset === null ? {} : { inBytes: 0, outBytes: 0 };
  if (stopsUser({ ...user, ...decided.user, ...zeroed }, account.at)) return true;
  const permission = permissions.find((one) => one.tunnelId === row.tunnelId);
  if (permission === undefined) return true;
  const { values = {} } = decided.permissions.get(row.tunnelId) ?? {};
  const { status = permission.status } = values;
  return stopsPermission({ ...permission, ...zeroed, ...pickLimits(values), status }, account.at);
}

/** Lists forwards that should be paused and are shown as paused, but may run. */
export function listSuspects(input: PlanInput, targets: ReadonlyMap<number, FlvxForwardTarget>): number[] {
  const { forwards, restrictions, evidence, history, last } = input;
  // A node with a restarted agent runs all of them, not only those that carried traffic.
  const ran = forwards.filter((row) => hasGrown(last, row) && !isLate(last, row));
  const restarted = new Set(ran.map((row) => row.tunnelId));
  return forwards
    .filter((row) => row.status !== 1)
    .filter((row) => {
      if (history.restarted.includes(row.id)) return targets.get(row.id)?.run !== true;
      if (targets.get(row.id)?.run !== false) return false;
      if (hasGrown(last, row)) return true;
      const item = evidence.forward.get(String(row.id));
      if (restrictions.closed) return restarted.has(row.tunnelId) || item === undefined;
      // Its hold has ended and it stays paused for another reason, which is journaled with a pause.
      return item !== undefined && ranBefore(item);
    })
    .map((row) => row.id);
}

/**
 * Whether the forward points to an address of Sluice. Any address that Sluice may have set counts: otherwise the customer's own
 * address would be lost.
 */
export function isRedirected({ target, defaults, evidence, history }: PlanInput, row: FlvxForward): boolean {
  const { to } = parseRedirectPrior(evidence.redirect.get(String(row.id)));
  return [history.away[row.id], to, NOWHERE, redirectTo(target.product, defaults)].includes(row.remoteAddr);
}

/** Returns the address of the redirect during a hold, and the forward's own address afterwards. */
function addressTarget(input: PlanInput, row: FlvxForward): Pick<FlvxForwardTarget, 'remoteAddr' | 'away'> {
  const { target, defaults, restrictions, evidence, history } = input;
  if (restrictions.redirected) return { remoteAddr: redirectTo(target.product, defaults), away: true };
  if (!isRedirected(input, row)) return {};
  // An address that the customer has set meanwhile is restored, not the one before.
  const before = history.redirects[row.id] ?? parseRedirectPrior(evidence.redirect.get(String(row.id))).remoteAddr;
  return before == null ? {} : { remoteAddr: before, away: false };
}
