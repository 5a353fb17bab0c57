import type { FlvxAssignValues, FlvxPermission, FlvxQuotaValues } from '../../client/records.js';
import { type FlvxAccount, listOwnPermissions, toHistory } from '../history/history.js';
import { findLimit } from './plan-limits.js';
import {
  type FlvxStep,
  newStep,
  changedValues,
  hasOwnValues,
  toCounters,
  toPermissionValues,
  toQuotaValues,
  toUserValues,
  wasReset,
} from './step.js';
import type { FlvxAccountTarget, FlvxPermissionTarget } from './target.js';
import type { FlvxScope } from '../../client/observation.js';
import { FlvxRefusedError } from '../refused-error.js';

/** What all permissions of a plan share. */
interface PermissionInput {
  observed: FlvxAccount;
  target: FlvxAccountTarget;
  /** Quota values that a user/update of the same plan copies onto every permission. */
  copied: FlvxQuotaValues | null;
  userSteps: readonly FlvxStep[];
  limitSteps: readonly FlvxStep[];
}

/**
 * Creates missing permissions and changes the others. Those that the target does not name get back their own values after a
 * user/update has overwritten them (docs/panels/flvx.md, H2).
 */
export function planPermissions(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  userSteps: readonly FlvxStep[],
  limitSteps: readonly FlvxStep[],
): FlvxStep[] {
  const { user } = observed;
  const update = userSteps.find((step) => step.type === 'update-user');
  const copied = user === null || update === undefined ? null : toQuotaValues({ ...user, ...update.payload.changes });
  const input: PermissionInput = { observed, target, copied, userSteps, limitSteps };
  const rows = listOwnPermissions(observed);
  const existing = rows.flatMap((row) => planChange(input, row));
  const missing = [...target.permissions]
    .filter(([tunnelId]) => !rows.some((row) => row.tunnelId === tunnelId))
    .flatMap(([tunnelId, permissionTarget]) => planCreation(input, tunnelId, permissionTarget));
  return [...existing, ...missing];
}

function planChange(input: PermissionInput, row: FlvxPermission): FlvxStep[] {
  const { observed, target, copied } = input;
  const permissionTarget = target.permissions.get(row.tunnelId);
  // Until it is closed, its customer can make a forward there, which would run on out of reach.
  if (permissionTarget?.remove === true) return row.status === 0 ? [] : [toClosing(input, row)];
  const targetValues = permissionTarget?.values ?? {};
  // The permission's own values: before the update of an interrupted run, before that of this run, or now. One without values
  // of its own follows the user.
  const own =
    target.keep?.find((values) => values.tunnelId === row.tunnelId) ??
    toHistory(observed).run.values.find((values) => values.tunnelId === row.tunnelId) ??
    (copied !== null && observed.user !== null && !hasOwnValues(observed.user, row) ? copied : row);
  const changes = changedValues(copied ?? toQuotaValues(row), { ...toQuotaValues(own), ...pickQuotas(targetValues) });
  // An assign ignores a negative value (docs/panels/flvx.md, 4.2).
  const values: FlvxAssignValues = Object.fromEntries(Object.entries(changes).filter(([, value]) => value >= 0));
  if (targetValues.status !== undefined && targetValues.status !== row.status) values.status = targetValues.status;
  const { speedId, speedName } = chooseSpeed(input, permissionTarget);
  if (speedId !== undefined && speedId !== row.speedId) values.speedId = speedId;
  if (Object.keys(values).length === 0 && speedName === null) return [];
  const restarts = observed.forwards
    .filter((forward) => forward.userId === row.userId && forward.tunnelId === row.tunnelId && forward.status === 0)
    .map((forward) => forward.id);
  return [toAssignStep(input, row.tunnelId, { values, speedName, prior: row, restarts })];
}

function toClosing(input: PermissionInput, row: FlvxPermission): FlvxStep {
  const values = { status: 0 as const };
  return toAssignStep(input, row.tunnelId, { values, speedName: null, prior: row, restarts: [] });
}

function planCreation(input: PermissionInput, tunnelId: number, target: FlvxPermissionTarget): FlvxStep[] {
  if (target.whenNew == null) return [];
  const { speedId, speedName } = chooseSpeed(input, target);
  const values = { ...target.values, ...target.whenNew };
  if (speedId !== undefined) values.speedId = speedId;
  return [toAssignStep(input, tunnelId, { values, speedName, prior: null, restarts: [] })];
}

/** Returns the id of the speed limit (undefined: it stays), or the name of the own limit that has yet to be created. */
function chooseSpeed(
  { observed, target }: PermissionInput,
  permission: FlvxPermissionTarget | undefined,
): { speedId: number | null | undefined; speedName: string | null } {
  if (permission?.ownSpeed !== true || target.limit == null)
    return { speedId: permission?.values.speedId, speedName: null };
  const limit = findLimit(observed.speedLimits, target.limit);
  return limit === null ? { speedId: undefined, speedName: target.limit.name } : { speedId: limit.id, speedName: null };
}

function pickQuotas(values: FlvxAssignValues): Partial<FlvxQuotaValues> {
  const { status: _status, speedId: _speedId, ...quotas } = values;
  return quotas;
}

/** What is written to one permission. */
interface Assignment {
  values: FlvxAssignValues;
  /** The account's own speed limit that another step has to create first. */
  speedName: string | null;
  /** The permission before; null for a new one. */
  prior: FlvxPermission | null;
  /** Ids of paused forwards that the panel starts by this step. */
  restarts: number[];
}

function toAssignStep(
  { observed, userSteps, limitSteps }: PermissionInput,
  tunnelId: number,
  { prior, ...assignment }: Assignment,
): FlvxStep {
  // A later user/update would overwrite the values; a status can be written in any order.
  const afterUser = Object.keys(pickQuotas(assignment.values)).length > 0 ? userSteps : [];
  const afterLimit = assignment.speedName === null ? [] : limitSteps;
  return newStep('assign-tunnel', tunnelId, {
    payload: { userId: observed.user?.id ?? null, tunnelId, ...assignment },
    prior,
    needs: [...afterUser, ...afterLimit].map((step) => step.id),
  });
}

/** Changes the user where it differs from the target. */
export function planUser(observed: FlvxAccount, target: FlvxAccountTarget): FlvxStep[] {
  const { user } = observed;
  if (user === null) {
    if (target.setsPassword === true) throw accountMissing(observed.scope);
    return [];
  }
  const values = toUserValues(user);
  const changes = changedValues(values, target.user ?? {});
  const setsPassword =
    target.setsPassword === true && !toHistory(observed).run.passwordSet && observed.password !== true;
  if (Object.keys(changes).length === 0 && !setsPassword) return [];
  const overwritten = listOwnPermissions(observed).filter((row) => hasOwnValues(user, row));
  const prior = { user: values, permissions: overwritten.map(toPermissionValues) };
  return [newStep('update-user', user.id, { payload: { userId: user.id, changes, setsPassword }, prior })];
}

/** Zeroes the counters unless they were zeroed since the reading. */
export function planReset(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  userSteps: readonly FlvxStep[],
): FlvxStep[] {
  const { user } = observed;
  const now = toCounters(observed);
  if (user === null || now === null || target.reset == null || wasReset(target.reset, now)) return [];
  const needs = userSteps.map((step) => step.id);
  return [newStep('reset-user', user.id, { payload: { userId: user.id }, prior: target.reset, needs })];
}

function accountMissing({ userId, name }: FlvxScope): FlvxRefusedError {
  const which = userId == null ? `named "${name ?? ''}" that is known to belong to this service` : `with id ${userId}`;
  return new FlvxRefusedError(
    'account_missing',
    `The panel has no account ${which}. Create it first, or correct the stored id.`,
  );
}
