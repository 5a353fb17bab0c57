import type { FlvxObservation } from '../../client/observation.js';
import type {
  FlvxForward,
  FlvxPermission,
  FlvxPermissionValues,
  FlvxQuotaValues,
  FlvxUserValues,
} from '../../client/records.js';
import type { FlvxAccount } from '../account.js';

const names = ['quota', 'maxForwards', 'expiresAt', 'resetDay'] as const;

/** Returns the four values that users and permissions share. */
export function toQuotaValues(row: FlvxQuotaValues): FlvxQuotaValues {
  const { quota, maxForwards, expiresAt, resetDay } = row;
  return { quota, maxForwards, expiresAt, resetDay };
}

/** Returns what a user/update writes. */
export function toUserValues(row: FlvxUserValues): FlvxUserValues {
  return { name: row.name, status: row.status, ...toQuotaValues(row) };
}

/** Returns a permission's values with its tunnel. */
export function toPermissionValues(row: FlvxPermissionValues): FlvxPermissionValues {
  return { tunnelId: row.tunnelId, ...toQuotaValues(row) };
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

/** An account's counters at one moment. */
export interface FlvxCounters {
  user: Pick<FlvxPermission, 'inBytes' | 'outBytes'>;
  permissions: Pick<FlvxPermission, 'id' | 'inBytes' | 'outBytes'>[];
}

/** Returns the counters of an account; null without a user. */
export function toCounters(observed: Pick<FlvxObservation, 'user' | 'permissions'>): FlvxCounters | null {
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
 * Whether the counters were zeroed since the reading. Every counter that stood above zero must have fallen, since it may have
 * grown a little again. A permission that is gone has nothing to fall.
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

/** Returns the number of nodes that a forward runs on. For a tunnel that is gone several are assumed: then "not found" on the first proves nothing. */
export function countEntryNodes({ tunnels }: Pick<FlvxAccount, 'tunnels'>, { tunnelId }: FlvxForward): number {
  return tunnels.find((one) => one.id === tunnelId)?.entryNodes.length ?? 2;
}
