import type { FlvxPermissionValues } from '../../client/records/permission.js';
import type { FlvxCounters } from '../../client/records/counters.js';
import type { FlvxQuotaValues, FlvxUserValues } from '../../client/records/user.js';
import type { FlvxObservation } from './observation.js';

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

/** The counters of an account now. Null without a user. */
export function countersOf(observed: FlvxObservation): FlvxCounters | null {
  const { user } = observed;
  if (user === null) return null;
  return {
    user: { inBytes: user.inBytes, outBytes: user.outBytes },
    permissions: observed.permissions
      .filter((row) => row.userId === user.id)
      .map(({ id, inBytes, outBytes }) => ({ id, inBytes, outBytes })),
  };
}

/**
 * Have the counters been zeroed since the reading? Every counter that stood above zero has to have fallen: they may have grown
 * again by a little already. A permission that is gone has nothing to fall.
 */
export function wasReset(reading: FlvxCounters, now: FlvxCounters): boolean {
  const pairs = [
    { then: reading.user, now: now.user },
    ...reading.permissions.flatMap((then) => {
      const row = now.permissions.find(({ id }) => id === then.id);
      return row === undefined ? [] : [{ then, now: row }];
    }),
  ];
  return pairs.every(
    ({ then, now: is }) =>
      (then.inBytes === 0 || is.inBytes < then.inBytes) && (then.outBytes === 0 || is.outBytes < then.outBytes),
  );
}
