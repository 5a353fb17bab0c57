import { type FlvxAccount, listOwnForwards, listOwnPermissions, toHistory } from '../history/history.js';
import { pauseStep, planForwards, planRedeploys } from './plan-forwards.js';
import { planLimit, planLimitDeletions } from './plan-limits.js';
import { planPermissions, planReset, planUser } from './plan-permissions.js';
import { type FlvxStep, newStep, toPermissionValues, toUserValues } from './step.js';
import type { FlvxAccountTarget } from './target.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../../client/records.js';

/**
 * Plans the steps from an account to its target, in the only order that works on this panel: values and status first, since
 * each of these writes may start paused forwards; then starts; pauses last, also of forwards that are shown as paused
 * (docs/panels/flvx.md, 9 and H3). Pure.
 */
export function planAccount(observed: FlvxAccount, target: FlvxAccountTarget): FlvxStep[] {
  const limit = target.limit == null ? [] : planLimit(observed, target.limit);
  const update = planUser(observed, target);
  const planned = planPermissions(observed, target, update, limit);
  const slowing = findSlowing(observed, target, { update, permissions: planned });
  if (slowing.some((step) => waitsFor(step, update))) return planAccount(observed, withoutQuota(target));
  const user = update.map((step) => ({ ...step, needs: [...step.needs, ...slowing.map(({ id }) => id)] }));
  const permissions = planned.filter((step) => !slowing.includes(step));
  const redeploys = planRedeploys(observed, target, planned);
  const reset = planReset(observed, target, user);
  const before = [...limit, ...slowing, ...user, ...permissions, ...redeploys, ...reset];
  const forwards = planForwards(observed, target, before);
  const removals = planRemovals(observed, target, permissions);
  const soFar = [...before, ...forwards, ...removals];
  if (target.limits == null) return soFar;
  return [...soFar, ...planLimitDeletions(observed, target.limits, soFar, target.limit)];
}

/** Returns the steps with which a throttle begins, where the quota rises for it: without them the account would be freed. */
function findSlowing(
  { user }: FlvxAccount,
  target: FlvxAccountTarget,
  { update, permissions }: { update: readonly FlvxStep[]; permissions: readonly FlvxStep[] },
): FlvxStep[] {
  const raises = update.some(
    (step) => step.type === 'update-user' && (step.payload.changes.quota ?? 0) > (user?.quota ?? 0),
  );
  const begins = (step: FlvxStep): boolean =>
    step.type === 'assign-tunnel' && target.permissions.get(step.payload.tunnelId)?.cut === true;
  return raises ? permissions.filter(begins) : [];
}

/** A permission with values of its own is written after the user, which would overwrite them: then the next plan raises the quota. */
function withoutQuota({ user, ...target }: FlvxAccountTarget): FlvxAccountTarget {
  const { quota: _later, ...values } = user ?? {};
  return { ...target, user: values };
}

function waitsFor({ needs }: FlvxStep, steps: readonly FlvxStep[]): boolean {
  return needs.some((id) => steps.some((step) => step.id === id));
}

/** Removes the forwards and permissions that the target marks with `remove`, after the steps that close them. */
function planRemovals(observed: FlvxAccount, target: FlvxAccountTarget, closings: readonly FlvxStep[]): FlvxStep[] {
  const steps = planDeletions(
    observed,
    listOwnForwards(observed).filter((row) => target.forwards.get(row.id)?.remove === true),
    listOwnPermissions(observed).filter((row) => target.permissions.get(row.tunnelId)?.remove === true),
  );
  return steps.map((step) => {
    const closing = closings.find(({ type, target: tunnel }) => type === 'assign-tunnel' && tunnel === step.target);
    return step.type === 'remove-tunnel' && closing ? { ...step, needs: [...step.needs, closing.id] } : step;
  });
}

/**
 * Forwards first, then permissions: a forward whose permission is removed runs forever, out of the panel's reach. Each forward
 * is paused before it is deleted, also one that is shown as paused: nodes cut open connections only on a pause, and traffic
 * after the deletion is not counted.
 */
function planDeletions(
  observed: FlvxAccount,
  forwards: readonly FlvxForward[],
  permissions: readonly FlvxPermission[],
  mark = '',
): FlvxStep[] {
  const pauses = forwards
    .filter((row) => !toHistory(observed).run.paused.includes(row.id))
    .map((row) => pauseStep(observed, row, { purpose: 'delete' }));
  const deletions = forwards.map((row) => {
    const needs = pauses.filter((step) => step.target === String(row.id)).map((step) => step.id);
    return newStep('delete-forward', row.id, { payload: { forwardId: row.id }, prior: row, needs });
  });
  const removals = permissions.map((row) => {
    const { id: permissionId, userId, tunnelId } = row;
    const needs = forwards
      .filter((forward) => forward.tunnelId === tunnelId && forward.userId === userId)
      .map((forward) => `delete-forward:${forward.id}`);
    return newStep('remove-tunnel', tunnelId, { payload: { permissionId, userId, tunnelId }, prior: row, needs }, mark);
  });
  return [...pauses, ...deletions, ...removals];
}

/** Removes a whole account: forwards, permissions, and the user when nothing is left. */
export function planUserDeletion(observed: FlvxAccount, user: FlvxUser): FlvxStep[] {
  const steps = planDeletions(
    observed,
    observed.forwards.filter((row) => row.userId === user.id),
    observed.permissions.filter((row) => row.userId === user.id),
    user.id === observed.user?.id ? '' : `@${user.id}`,
  );
  const needs = steps.map((step) => step.id);
  return [
    ...steps,
    newStep('delete-user', user.id, { payload: { userId: user.id }, prior: toUserValues(user), needs }),
  ];
}

/**
 * Closes the account, user first: then the panel refuses logins and new forwards, so that nothing new appears while the
 * removal waits for a node. Values stay.
 */
function planClosing(observed: FlvxAccount): FlvxStep[] {
  const own = listOwnPermissions(observed);
  const target: FlvxAccountTarget = {
    user: { status: 0 },
    permissions: new Map(own.map((row) => [row.tunnelId, { values: { status: 0 } }])),
    forwards: new Map(),
    keep: own.map(toPermissionValues),
  };
  return [...planUser(observed, target), ...planPermissions(observed, target, [], [])];
}

/** Returns the account as known after these steps: forwards that they start are no longer paused. */
function withRestarts(observed: FlvxAccount, steps: readonly FlvxStep[]): FlvxAccount {
  const restarts = steps.flatMap((step) => (step.type === 'assign-tunnel' ? step.payload.restarts : []));
  const history = toHistory(observed);
  const paused = history.run.paused.filter((id) => !restarts.includes(id));
  return { ...observed, history: { ...history, run: { ...history.run, paused } } };
}

/**
 * Plans the removal of everything: closes the account, then removes forwards (paused first), permissions, the user, and last the
 * account's own speed limits. Of a missing account, everything that is left is removed. A forward that can't be deleted because
 * its node is offline stops everything after it.
 *
 * @param own `speedKey`: the key of the account's own limits; `speedNames`: other limits that are its own
 */
export function planTerminate(
  observed: FlvxAccount,
  own: { speedKey?: string | null; speedNames?: readonly string[] } = {},
): FlvxStep[] {
  const { user, duplicates } = observed;
  const ids = new Set([user, ...duplicates].map((row) => row?.id));
  const others = duplicates.flatMap((row) => planUserDeletion(observed, row));
  // The panel refuses to update an account while another one has the same name.
  const closing = planClosing(observed).map((step) =>
    step.type === 'update-user' ? { ...step, needs: others.map(({ id }) => id) } : step,
  );
  const ownerless = planDeletions(
    observed,
    observed.forwards.filter((row) => !ids.has(row.userId)),
    observed.permissions.filter((row) => !ids.has(row.userId)),
    '@gone',
  );
  const deletion = user === null ? [] : planUserDeletion(withRestarts(observed, closing), user);
  const steps = [...others, ...closing, ...deletion, ...ownerless];
  const limits = { key: own.speedKey ?? null, names: own.speedNames ?? [], keep: [] };
  return [...steps, ...planLimitDeletions(observed, limits, steps)];
}
