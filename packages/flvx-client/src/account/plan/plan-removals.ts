import type { FlvxForward, FlvxPermission, FlvxUser } from '../../client/records.js';
import { toHistory, type FlvxAccount } from '../account.js';
import { planLimitDeletions } from './plan-limits.js';
import { planPermissions } from './plan-permissions.js';
import { planUser } from './plan-user.js';
import type { FlvxStep } from './step.js';
import type { FlvxAccountTarget } from './target.js';
import { countEntryNodes, toPermissionValues, toUserValues } from './values.js';

/** Removes the forwards and permissions that the target marks with `remove`. */
export function planRemovals(observed: FlvxAccount, target: FlvxAccountTarget): FlvxStep[] {
  const own = observed.permissions.filter((row) => row.userId === observed.user?.id);
  const gone = own.filter((row) => target.permissions.get(row.tunnelId)?.remove === true);
  const forwards = observed.forwards.filter(
    (row) => row.userId === observed.user?.id && target.forwards.get(row.id)?.remove === true,
  );
  return planDeletions(observed, forwards, gone);
}

/**
 * Forwards first, then permissions: if a permission is removed while a forward is left, that forward runs forever, out of the
 * panel's reach. Each forward is paused before it is deleted, also one that is shown as paused: nodes cut open connections on
 * a pause and on nothing else, and traffic after the deletion is counted for nobody.
 */
export function planDeletions(
  observed: FlvxAccount,
  forwards: readonly FlvxForward[],
  permissions: readonly FlvxPermission[],
  /** Distinguishes the steps of a second account of the plan from those of the first. */
  mark = '',
): FlvxStep[] {
  const pauses = forwards
    .filter((row) => !toHistory(observed).run.paused.includes(row.id))
    .map((row): FlvxStep => ({
      id: `pause-forward:${row.id}`,
      type: 'pause-forward',
      target: String(row.id),
      payload: { forwardId: row.id, entryNodes: countEntryNodes(observed, row), purpose: 'delete' },
      prior: row,
      needs: [],
    }));
  const deletions = forwards.map((row): FlvxStep => ({
    id: `delete-forward:${row.id}`,
    type: 'delete-forward',
    target: String(row.id),
    payload: { forwardId: row.id },
    prior: row,
    needs: pauses.filter((step) => step.target === String(row.id)).map((step) => step.id),
  }));
  const removals = permissions.map((row): FlvxStep => ({
    id: `remove-tunnel:${row.tunnelId}${mark}`,
    type: 'remove-tunnel',
    target: String(row.tunnelId),
    payload: { permissionId: row.id, userId: row.userId, tunnelId: row.tunnelId },
    prior: row,
    needs: forwards
      .filter((forward) => forward.tunnelId === row.tunnelId && forward.userId === row.userId)
      .map((forward) => `delete-forward:${forward.id}`),
  }));
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
  return [
    ...steps,
    {
      id: `delete-user:${user.id}`,
      type: 'delete-user',
      target: String(user.id),
      payload: { userId: user.id },
      prior: toUserValues(user),
      needs: steps.map((step) => step.id),
    },
  ];
}

/**
 * Closes the account, user first: then nobody can log in, and the panel refuses new forwards, also to an old token. While a node is
 * away, the account that waits for it is closed. Values stay as they are.
 */
export function planClosing(observed: FlvxAccount): FlvxStep[] {
  const own = observed.permissions.filter((row) => row.userId === observed.user?.id);
  const target: FlvxAccountTarget = {
    user: { status: 0 },
    permissions: new Map(own.map((row) => [row.tunnelId, { values: { status: 0 } }])),
    forwards: new Map(),
    keep: own.map(toPermissionValues),
    repause: 'pushed',
  };
  return [...planUser(observed, target), ...planPermissions(observed, target, [], [])];
}

/** Returns the account as known once these steps are done: forwards that they start again are no longer paused. */
export function withRestarts(observed: FlvxAccount, steps: readonly FlvxStep[]): FlvxAccount {
  const restarts = steps.flatMap((step) => (step.type === 'assign-tunnel' ? step.payload.restarts : []));
  const history = toHistory(observed);
  const paused = history.run.paused.filter((id) => !restarts.includes(id));
  return { ...observed, history: { ...history, run: { ...history.run, paused } } };
}

/**
 * Plans the removal of everything: closes the account, then removes forwards (paused first), permissions, the user, and last the
 * account's own speed limits. Of an account that is gone, whatever is left is removed. A forward that can't be deleted because
 * its node is away keeps everything after it.
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
  // The panel refuses to update an account as long as another one has the same name.
  const closing = planClosing(observed).map((step) =>
    step.type === 'update-user' ? { ...step, needs: others.map(({ id }) => id) } : step,
  );
  const rest = planDeletions(
    observed,
    observed.forwards.filter((row) => !ids.has(row.userId)),
    observed.permissions.filter((row) => !ids.has(row.userId)),
    '@gone',
  );
  const ofUser = user === null ? [] : planUserDeletion(withRestarts(observed, closing), user);
  const steps = [...others, ...closing, ...ofUser, ...rest];
  const limits = { key: own.speedKey ?? null, names: own.speedNames ?? [], keep: [] };
  return [...steps, ...planLimitDeletions(observed, limits, steps)];
}
