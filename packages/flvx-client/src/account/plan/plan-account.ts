import type { FlvxAccount } from '../account.js';
import { planForwards, planRedeploys } from './plan-forwards.js';
import { planLimit, planLimitDeletions } from './plan-limits.js';
import { planPermissions } from './plan-permissions.js';
import { planRemovals } from './plan-removals.js';
import { planReset, planUser } from './plan-user.js';
import type { FlvxStep } from './step.js';
import type { FlvxAccountTarget } from './target.js';

/**
 * Plans the steps from an account to its target, in the only order that works on this panel: values and status first, since
 * each of these writes may start paused forwards; then starts; pauses last, also of forwards that are shown as paused
 * (docs/panels/flvx.md, 9 and H3). Pure.
 */
export function planAccount(observed: FlvxAccount, target: FlvxAccountTarget): FlvxStep[] {
  const limit = target.limit == null ? [] : planLimit(observed, target.limit);
  const user = planUser(observed, target);
  const permissions = planPermissions(observed, target, user, limit);
  const redeploys = planRedeploys(observed, target, permissions);
  const reset = planReset(observed, target, user);
  const before = [...limit, ...user, ...permissions, ...redeploys, ...reset];
  const forwards = planForwards(observed, target, before);
  const removals = planRemovals(observed, target);
  const soFar = [...before, ...forwards, ...removals];
  if (target.limits == null) return soFar;
  return [...soFar, ...planLimitDeletions(observed, target.limits, soFar, target.limit)];
}
