import type { FlvxPermission } from '../../client/records/permission.js';
import type { FlvxObservation } from '../../client/snapshot/observation.js';

/** An account's counters at one moment. */
export interface FlvxCounters {
  user: Pick<FlvxPermission, 'inBytes' | 'outBytes'>;
  permissions: Pick<FlvxPermission, 'id' | 'inBytes' | 'outBytes'>[];
}

/** Returns the counters of an account; null without a user. */
export function countersOf(observed: Pick<FlvxObservation, 'user' | 'permissions'>): FlvxCounters | null {
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
