import {
  countersOf,
  type FlvxAccountTarget,
  type FlvxCounters,
  type FlvxForwardTarget,
  type FlvxPermissionTarget,
} from '../account/index.js';
import {
  UNLIMITED_QUOTA,
  type FlvxForward,
  type FlvxPermission,
  type FlvxUserValues,
  type GigabytesWhole,
} from '../index.js';
import { hasGrown, mayLower, type FlvxContext } from './flvx-context.js';
import { cycleOf } from './flvx-memory.js';
import { expiryOf, flvxOf, quotaOf } from './flvx-product.js';
import { addressOf } from './flvx-redirect.js';
import { isExpired, stopsPermission, stopsUser, usedOf } from './flvx-rules.js';
import type { SpeedPlan } from './flvx-speed.js';
import { closedPrior, permissionKey, ranBefore } from './flvx-state.js';

/** Pure: what the account should be like, in the library's terms. What is not named stays as it is. */
export function targetOf(context: FlvxContext, speed: SpeedPlan): FlvxAccountTarget {
  const user = userTarget(context);
  const permissions = permissionTargets(context, speed);
  const reset = resetOf(context);
  const forwards = forwardTargets(context, { user, permissions, reset });
  const own = [...(context.tunnels ?? context.memo.tunnels), ...context.dropped];
  return {
    user,
    permissions,
    forwards,
    limit: speed.limit ?? null,
    limits: speed.limits ?? null,
    reset,
    cuts: isSlowed(context) ? context.memo.cuts : [],
    repause: suspects(context, forwards),
    keep: context.memo.values.filter((values) => !own.includes(values.tunnelId)),
  };
}

function isSlowed({ wants }: Pick<FlvxContext, 'wants'>): boolean {
  return wants.throttled && !wants.closed;
}

/** The panel's own quota, null where it stays. While a throttle slows the service down, the panel must not stop it. */
function wantedQuota(context: FlvxContext): GigabytesWhole | null {
  const { desired, evidence } = context;
  if (isSlowed(context)) return UNLIMITED_QUOTA;
  if (desired.scope === 'hold' && evidence.speed.size === 0) return null;
  return quotaOf(desired, usedOf(context.user));
}

function quotaFor(context: FlvxContext, has: GigabytesWhole): { quota?: GigabytesWhole } {
  const quota = wantedQuota(context);
  if (quota === null || quota === has) return {};
  return quota > has || mayLower(context) ? { quota } : {};
}

function userTarget(context: FlvxContext): Partial<FlvxUserValues> {
  const { user, desired, full, wants, memo, evidence, observed } = context;
  const { maxForwards, resetDay } = flvxOf(desired.product);
  const expiresAt = full ? expiryOf(desired.service, desired.product, desired.timeZone) : null;
  const values: Partial<FlvxUserValues> = {
    ...quotaFor(context, user.quota),
    ...(full ? { maxForwards, resetDay } : {}),
    ...(expiresAt === null ? {} : { expiresAt }),
  };
  const closed = evidence.user.get(String(user.id));
  const reopen = memo.expired.user && !isExpired({ expiresAt: expiresAt ?? user.expiresAt }, observed.at);
  if (wants.closeUser) values.status = 0;
  else if (reopen || (closed && closedPrior(closed).status === 1)) values.status = 1;
  return values;
}

function permissionTargets(context: FlvxContext, speed: SpeedPlan): Map<number, FlvxPermissionTarget> {
  const targets = new Map<number, FlvxPermissionTarget>();
  for (const row of context.permissions) targets.set(row.tunnelId, existing(context, row, speed));
  if (!context.full) return targets;
  const { user, desired, wants } = context;
  const { maxForwards, resetDay } = flvxOf(desired.product);
  for (const tunnelId of context.tunnels ?? []) {
    if (targets.has(tunnelId)) continue;
    const { ownSpeed, ...given } = speed.of(tunnelId, null);
    targets.set(tunnelId, {
      values: {
        quota: wantedQuota(context) ?? user.quota,
        maxForwards,
        resetDay,
        expiresAt: expiryOf(desired.service, desired.product, desired.timeZone) ?? user.expiresAt,
        ...given,
      },
      ...(ownSpeed === undefined ? {} : { ownSpeed }),
      whenNew: { status: wants.closed ? 0 : 1 },
    });
  }
  return targets;
}

function existing(context: FlvxContext, row: FlvxPermission, speed: SpeedPlan): FlvxPermissionTarget {
  const { desired, full, wants, memo, evidence, observed, dropped } = context;
  const isOwn = context.tunnels?.includes(row.tunnelId) ?? !dropped.includes(row.tunnelId);
  const left = context.forwards.some((forward) => forward.tunnelId === row.tunnelId);
  if (dropped.includes(row.tunnelId)) return left ? { values: { status: 0 } } : { values: {}, remove: full };
  const { maxForwards, resetDay } = flvxOf(desired.product);
  const expiresAt = full && isOwn ? expiryOf(desired.service, desired.product, desired.timeZone) : null;
  const { ownSpeed, ...given } = speed.of(row.tunnelId, row);
  const values: FlvxPermissionTarget['values'] = {
    ...(isOwn ? quotaFor(context, row.quota) : {}),
    ...(full && isOwn ? { maxForwards, resetDay } : {}),
    ...(expiresAt === null ? {} : { expiresAt }),
    ...given,
  };
  const closed = evidence.permission.get(permissionKey(row.userId, row.tunnelId));
  const reopen =
    memo.expired.tunnels.includes(row.tunnelId) && !isExpired({ expiresAt: expiresAt ?? row.expiresAt }, observed.at);
  // A tunnel that an earlier change of product gave up is in the product again.
  const isBack = memo.dropped.includes(row.tunnelId);
  if (wants.closed) values.status = 0;
  else if (reopen || isBack || (closed && closedPrior(closed).status === 1)) values.status = 1;
  const key = permissionKey(row.userId, row.tunnelId);
  return {
    values,
    ...(ownSpeed === undefined ? {} : { ownSpeed }),
    // A connection keeps the speed that it was made with: those from before the throttle end with its beginning.
    ...(isSlowed(context) && !evidence.speed.has(key) ? { cut: true } : {}),
  };
}

/** With reset day 0 the counters are Sluice's to zero: once when a cycle opens, and only after they were read in it. */
function resetOf(context: FlvxContext): FlvxCounters | null {
  const { desired, memo, observed } = context;
  const { cycle, scope } = desired;
  if (scope !== 'poll' && scope !== 'reconcile') return null;
  const id = cycleOf(desired);
  if (flvxOf(desired.product).resetDay !== 0 || id === null || cycle?.readAt == null) return null;
  if (memo.resetCycle === null || memo.resetCycle === id) return null;
  return countersOf(observed);
}

interface Decided {
  user: Partial<FlvxUserValues>;
  permissions: ReadonlyMap<number, FlvxPermissionTarget>;
  reset: FlvxCounters | null;
}

function forwardTargets(context: FlvxContext, decided: Decided): Map<number, FlvxForwardTarget> {
  const targets = new Map<number, FlvxForwardTarget>();
  for (const row of context.forwards) {
    const target = forwardTarget(context, row, decided);
    if (Object.keys(target).length > 0) targets.set(row.id, target);
  }
  return targets;
}

function forwardTarget(context: FlvxContext, row: FlvxForward, decided: Decided): FlvxForwardTarget {
  const { wants, evidence, memo, surplus, dropped } = context;
  if (wants.closed) return { run: false, ...addressOf(context, row) };
  const address = addressOf(context, row);
  const paused = evidence.forward.get(String(row.id));
  const isParked = surplus.has(row.id) || dropped.includes(row.tunnelId);
  if (isParked) return { run: false, ...address };
  const ran = paused !== undefined && ranBefore(paused);
  const back =
    memo.parked[row.id] !== undefined || (memo.stopped.includes(row.id) && !stillStops(context, row, decided));
  if (ran || back) return { run: true, ...address };
  return hasGrown(context, row) ? { run: false, ...address } : address;
}

/** Would the panel stop the forward again by its own rules, also with what is about to be written? */
function stillStops({ user, permissions, observed }: FlvxContext, row: FlvxForward, decided: Decided): boolean {
  const zeroed = decided.reset === null ? {} : { inBytes: 0, outBytes: 0 };
  if (stopsUser({ ...user, ...decided.user, ...zeroed }, observed.at)) return true;
  const permission = permissions.find((one) => one.tunnelId === row.tunnelId);
  if (permission === undefined) return true;
  const { quota, expiresAt, status } = decided.permissions.get(row.tunnelId)?.values ?? {};
  const after = {
    ...permission,
    ...zeroed,
    ...(quota === undefined ? {} : { quota }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt }),
    ...(status === undefined ? {} : { status }),
  };
  return stopsPermission(after, observed.at);
}

/** Forwards that are shown as paused and should be, but may run: paused once more. */
function suspects(context: FlvxContext, targets: ReadonlyMap<number, FlvxForwardTarget>): number[] {
  const { forwards, wants, evidence, memo } = context;
  // A node whose agent was restarted runs all of them, and not only the one that has carried something since.
  const restarted = new Set(forwards.filter((row) => hasGrown(context, row)).map((row) => row.tunnelId));
  return forwards
    .filter((row) => row.status !== 1)
    .filter((row) => {
      if (memo.restarted.includes(row.id)) return targets.get(row.id)?.run !== true;
      if (targets.get(row.id)?.run !== false) return false;
      if (hasGrown(context, row)) return true;
      const item = evidence.forward.get(String(row.id));
      if (wants.closed) return restarted.has(row.tunnelId) || item === undefined;
      // Its hold is over and it stays paused for a reason of its own: that is journaled with a pause.
      return item !== undefined && ranBefore(item);
    })
    .map((row) => row.id);
}
