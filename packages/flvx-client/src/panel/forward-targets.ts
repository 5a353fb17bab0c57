import { hasGrown } from '../account/history/history.js';
import { NOWHERE, type FlvxForwardTarget, type FlvxPermissionTarget } from '../account/plan/target.js';
import type { FlvxCounters } from '../account/plan/values.js';
import { pickLimits, stopsPermission, stopsUser } from '../account/rules.js';
import type { FlvxForward, FlvxUserValues } from '../client/records.js';
import { redirectTo } from './product.js';
import { parseRedirectPrior, ranBefore } from './restrictions.js';
import type { PlanInput } from './plan-input.js';

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
  const restarted = new Set(forwards.filter((row) => hasGrown(last, row)).map((row) => row.tunnelId));
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
