import type { FlvxObservation } from '../../client/observation.js';
import type {
  FlvxForward,
  FlvxPermission,
  FlvxPermissionValues,
  FlvxQuotaValues,
  FlvxUserValues,
} from '../../client/records.js';
import { listOwnPermissions, type FlvxAccount } from '../history/history.js';

const names = ['quota', 'maxForwards', 'expiresAt', 'resetDay'] as const;

/** Returns the four values that users and permissions share. */
export function toQuotaValues(row: FlvxQuotaValues): FlvxQuotaValues {
  const { quota, maxForwards, expiresAt, resetDay } = row;
  return { quota, maxForwards, expiresAt, resetDay };
}

/** Returns the values that a user/update writes. */
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

/** Returns the values of `target` that differ from `actual`. */
export function changedValues<Values extends object>(actual: Values, target: Partial<Values>): Partial<Values> {
  const changed: Partial<Values> = {};
  for (const key of Object.keys(target) as (keyof Values)[]) {
    if (target[key] !== undefined && target[key] !== actual[key]) changed[key] = target[key];
  }
  return changed;
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
  const permissions = listOwnPermissions(observed);
  return {
    user: { inBytes: user.inBytes, outBytes: user.outBytes },
    permissions: permissions.map(({ id, inBytes, outBytes }) => ({ id, inBytes, outBytes })),
  };
}

/**
 * Whether the counters were zeroed since the reading: every counter above zero must have fallen, since it may have grown a
 * little again. Removed permissions don't count.
 */
export function wasReset(reading: FlvxCounters, now: FlvxCounters): boolean {
  const pairs = [
    { then: reading.user, now: now.user },
    ...reading.permissions.flatMap((then) => {
      const row = now.permissions.find(({ id }) => id === then.id);
      return row === undefined ? [] : [{ then, now: row }];
    }),
  ];
  const hasFallen = (then: number, later: number): boolean => then === 0 || later < then;
  return pairs.every(
    ({ then, now: later }) => hasFallen(then.inBytes, later.inBytes) && hasFallen(then.outBytes, later.outBytes),
  );
}

/** Returns the number of nodes that a forward runs on. A missing tunnel counts as two, since "not found" on one node proves nothing. */
export function countEntryNodes({ tunnels }: Pick<FlvxAccount, 'tunnels'>, { tunnelId }: FlvxForward): number {
  return tunnels.find((one) => one.id === tunnelId)?.entryNodes.length ?? 2;
}
