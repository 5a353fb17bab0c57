import type { FlvxPermissionValues } from '../../client/records/permission.js';
import type { FlvxQuotaValues, FlvxUserValues } from '../../client/records/user.js';

const names = ['quota', 'maxForwards', 'expiresAt', 'resetDay'] as const;

/** The four values that users and permissions share. */
export function quotaValuesOf(row: FlvxQuotaValues): FlvxQuotaValues {
  const { quota, maxForwards, expiresAt, resetDay } = row;
  return { quota, maxForwards, expiresAt, resetDay };
}

/** What a user/update writes. */
export function userValuesOf(row: FlvxUserValues): FlvxUserValues {
  return { name: row.name, status: row.status, ...quotaValuesOf(row) };
}

/** A permission's values with its tunnel. */
export function permissionValuesOf(row: FlvxPermissionValues): FlvxPermissionValues {
  return { tunnelId: row.tunnelId, ...quotaValuesOf(row) };
}

/** Has the permission values of its own, which an update of the user would overwrite? */
export function hasOwnValues(user: FlvxQuotaValues, permission: FlvxQuotaValues): boolean {
  return names.some((name) => user[name] !== permission[name]);
}

/** The values of `wanted` that differ from `actual`. */
export function changedValues<Values extends object>(actual: Values, wanted: Partial<Values>): Partial<Values> {
  const changed: Partial<Values> = {};
  for (const key of Object.keys(wanted) as (keyof Values)[]) {
    if (wanted[key] !== undefined && wanted[key] !== actual[key]) changed[key] = wanted[key];
  }
  return changed;
}

/** Quota values that differ and can be sent: a negative one counts as "not given" in an assign (docs/panels/flvx.md, 4.2). */
export function assignable(actual: FlvxQuotaValues, wanted: FlvxQuotaValues): Partial<FlvxQuotaValues> {
  const changed = changedValues(actual, wanted);
  return Object.fromEntries(
    names.flatMap((name) => (changed[name] === undefined || changed[name] < 0 ? [] : [[name, changed[name]]])),
  );
}
