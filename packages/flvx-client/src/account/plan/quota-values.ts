import type { FlvxPermissionValues } from '../../client/records/permission.js';
import type { FlvxQuotaValues, FlvxUserValues } from '../../client/records/user.js';

const names = ['quota', 'maxForwards', 'expiresAt', 'resetDay'] as const;

/** Returns the four values that users and permissions share. */
export function quotaValuesOf(row: FlvxQuotaValues): FlvxQuotaValues {
  const { quota, maxForwards, expiresAt, resetDay } = row;
  return { quota, maxForwards, expiresAt, resetDay };
}

/** Returns what a user/update writes. */
export function userValuesOf(row: FlvxUserValues): FlvxUserValues {
  return { name: row.name, status: row.status, ...quotaValuesOf(row) };
}

/** Returns a permission's values with its tunnel. */
export function permissionValuesOf(row: FlvxPermissionValues): FlvxPermissionValues {
  return { tunnelId: row.tunnelId, ...quotaValuesOf(row) };
}

/** Whether the permission has values of its own, which an update of the user would overwrite. */
export function hasOwnValues(user: FlvxQuotaValues, permission: FlvxQuotaValues): boolean {
  return names.some((name) => user[name] !== permission[name]);
}

/** Returns the values of `wanted` that differ from `actual`. */
export function changedValues<Values extends object>(actual: Values, wanted: Partial<Values>): Partial<Values> {
  const changed: Partial<Values> = {};
  for (const key of Object.keys(wanted) as (keyof Values)[]) {
    if (wanted[key] !== undefined && wanted[key] !== actual[key]) changed[key] = wanted[key];
  }
  return changed;
}

/** Returns quota values that differ and can be sent: an assign ignores a negative one (docs/panels/flvx.md, 4.2). */
export function assignable(actual: FlvxQuotaValues, wanted: FlvxQuotaValues): Partial<FlvxQuotaValues> {
  const changed = changedValues(actual, wanted);
  return Object.fromEntries(
    names.flatMap((name) => (changed[name] === undefined || changed[name] < 0 ? [] : [[name, changed[name]]])),
  );
}
