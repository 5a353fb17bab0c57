import type { FlvxAssignValues, FlvxPermission, FlvxQuotaValues } from '../../client/records.js';
import { toHistory, type FlvxAccount } from '../account.js';
import { findLimit } from './plan-limits.js';
import type { FlvxStep, FlvxStepOf } from './step.js';
import type { FlvxAccountTarget, FlvxPermissionTarget } from './target.js';
import { assignable, hasOwnValues, toQuotaValues } from './values.js';

/** What all permissions of a plan share. */
interface Context {
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
  const context: Context = { observed, target, copied, userSteps, limitSteps };
  const rows = observed.permissions.filter((row) => row.userId === user?.id);
  const existing = rows.flatMap((row) => planChange(context, row));
  const missing = [...target.permissions]
    .filter(([tunnelId]) => !rows.some((row) => row.tunnelId === tunnelId))
    .flatMap(([tunnelId, wanted]) => planCreation(context, tunnelId, wanted));
  return [...existing, ...missing];
}

function planChange(context: Context, row: FlvxPermission): FlvxStep[] {
  const { observed, target, copied } = context;
  const wanted = target.permissions.get(row.tunnelId);
  if (wanted?.remove === true) return [];
  // The permission's own values: before the update of a broken-off run, before that of this run, or now. One without values of
  // its own follows the user.
  const own =
    target.keep?.find((values) => values.tunnelId === row.tunnelId) ??
    toHistory(observed).run.values.find((values) => values.tunnelId === row.tunnelId) ??
    (copied !== null && observed.user !== null && !hasOwnValues(observed.user, row) ? copied : row);
  const goal = { ...toQuotaValues(own), ...pickQuotas(wanted?.values ?? {}) };
  const values: FlvxAssignValues = assignable(copied ?? toQuotaValues(row), goal);
  if (wanted?.values.status !== undefined && wanted.values.status !== row.status) values.status = wanted.values.status;
  const speed = chooseSpeed(context, wanted);
  if (speed.speedId !== undefined && speed.speedId !== row.speedId) values.speedId = speed.speedId;
  if (Object.keys(values).length === 0 && speed.speedName === null) return [];
  const restarts = observed.forwards
    .filter((forward) => forward.userId === row.userId && forward.tunnelId === row.tunnelId && forward.status === 0)
    .map((forward) => forward.id);
  return [toAssignStep(context, row.tunnelId, { values, speedName: speed.speedName, prior: row, restarts })];
}

function planCreation(context: Context, tunnelId: number, wanted: FlvxPermissionTarget): FlvxStep[] {
  if (wanted.whenNew == null) return [];
  const speed = chooseSpeed(context, wanted);
  const values = { ...wanted.values, ...wanted.whenNew };
  if (speed.speedId !== undefined) values.speedId = speed.speedId;
  return [toAssignStep(context, tunnelId, { values, speedName: speed.speedName, prior: null, restarts: [] })];
}

function chooseSpeed(
  { observed, target }: Context,
  wanted: FlvxPermissionTarget | undefined,
): { speedId: number | null | undefined; speedName: string | null } {
  if (wanted?.ownSpeed !== true || target.limit == null) return { speedId: wanted?.values.speedId, speedName: null };
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
  /** The permission as it was; null for a new one. */
  prior: FlvxPermission | null;
  /** Ids of paused forwards that the panel starts again by this step. */
  restarts: number[];
}

function toAssignStep(
  context: Context,
  tunnelId: number,
  { values, speedName, prior, restarts }: Assignment,
): FlvxStepOf<'assign-tunnel'> {
  const { observed, userSteps, limitSteps } = context;
  // Values written before the user/update would be overwritten by it; a status can be written in any order.
  const afterUser = Object.keys(pickQuotas(values)).length > 0 ? userSteps.map((step) => step.id) : [];
  const afterLimit = speedName === null ? [] : limitSteps.map((step) => step.id);
  return {
    id: `assign-tunnel:${tunnelId}`,
    type: 'assign-tunnel',
    target: String(tunnelId),
    payload: { userId: observed.user?.id ?? null, tunnelId, values, speedName, restarts },
    prior,
    needs: [...afterUser, ...afterLimit],
  };
}
