import type {
  FlvxAssignValues,
  FlvxForward,
  FlvxPermission,
  FlvxPermissionValues,
  FlvxSpeedLimit,
  FlvxUserValues,
  FlvxQuotaValues,
  MegabitsPerSecond,
} from '../../client/records.js';
import type { FlvxObservation } from '../../client/observation.js';
import { listOwnPermissions, type FlvxAccount } from '../history/history.js';

interface Step<Type extends string, Payload, Prior> {
  /** `type:target`, unique within a plan; followed by a mark for a second step of both. */
  id: string;
  type: Type;
  /**
   * The panel's id as text: of the user, the tunnel (`assign-tunnel`, `redeploy-forwards`, `remove-tunnel`), the forward or the speed limit.
   * For an object that has yet to be created it is the name: `create-user` and `create-speed-limit`.
   */
  target: string;
  payload: Payload;
  /** The state before, for the journal and for undoing; null where there was nothing. */
  prior: Prior;
  /** Ids of steps that must succeed first. */
  needs: string[];
}

/**
 * One change to the panel, as plain JSON. It never contains a password: with `setsPassword`, `performStep` sends the one that was
 * passed to it.
 */
export type FlvxStep =
  | Step<'create-user', FlvxUserValues, null>
  | Step<
      'update-user',
      /** The fields to change. All others are sent as they are read before the call. */
      { userId: number; changes: Partial<FlvxUserValues>; setsPassword: boolean },
      /** `permissions`: those with own values, which the panel overwrites. Needed to restore them after an interrupted run. */
      { user: FlvxUserValues; permissions: FlvxPermissionValues[] }
    >
  | Step<'reset-user', { userId: number }, FlvxCounters>
  | Step<'delete-user', { userId: number }, FlvxUserValues>
  | Step<
      'assign-tunnel',
      {
        /** Null while the user does not exist. */
        userId: number | null;
        tunnelId: number;
        values: FlvxAssignValues;
        /** Name of the speed limit that an earlier step creates. Its id replaces `values.speedId`. */
        speedName: string | null;
        /** Paused forwards that the panel starts by this step. */
        restarts: number[];
      },
      FlvxPermission | null
    >
  /** Pushes the forwards of one tunnel to its nodes, which confirm their speed. */
  | Step<'redeploy-forwards', { tunnelId: number; forwardIds: number[]; restarts: number[] }, null>
  | Step<'remove-tunnel', { permissionId: number; userId: number; tunnelId: number }, FlvxPermission>
  | Step<
      'pause-forward',
      {
        forwardId: number;
        entryNodes: number;
        /** Its services have the name of a permission that is gone: where the panel finds none, they may run. */
        withoutPermission?: true;
        /**
         * The reason for a temporary pause, which cuts open connections:
         * - `delete`: the forward is deleted next. A service that no node knows is not a failure.
         * - `cut`: the forward is started again next, by its redirect too.
         */
        purpose?: 'delete' | 'cut';
      },
      FlvxForward
    >
  | Step<'resume-forward', { forwardId: number }, FlvxForward>
  | Step<'redirect-forward', { forwardId: number; remoteAddr: string }, FlvxForward>
  | Step<'restore-forward', { forwardId: number; remoteAddr: string }, FlvxForward>
  | Step<'delete-forward', { forwardId: number }, FlvxForward>
  | Step<'create-speed-limit', { name: string; tunnelId: number; speed: MegabitsPerSecond }, null>
  | Step<'delete-speed-limit', { limitId: number }, FlvxSpeedLimit>;

/** The step of one type. */
export type FlvxStepOf<Type extends FlvxStep['type']> = Extract<FlvxStep, { type: Type }>;

/** Creates a step; its id is `type:target`, followed by `mark` for a second one of the plan. */
export function newStep<Type extends FlvxStep['type']>(
  type: Type,
  target: number | string,
  parts: Pick<FlvxStepOf<Type>, 'payload' | 'prior'> & { needs?: string[] },
  mark = '',
): FlvxStepOf<Type> {
  const { payload, prior, needs = [] } = parts;
  // The compiler can't relate a type parameter to the members of a union.
  return { id: `${type}:${target}${mark}`, type, target: String(target), payload, prior, needs } as never;
}

/** Mark of the pause before a redirect, which starts the forward elsewhere. */
export const BEFORE_REDIRECT = '@before';

/** Whether the pause only cuts open connections: the forward is started next. */
export function startsAgain({ id, payload }: FlvxStepOf<'pause-forward'>): boolean {
  return payload.purpose === 'cut' && !id.endsWith(BEFORE_REDIRECT);
}

/** Whether the step can be performed now; false while it needs an object that an earlier step creates: plan again after that. */
export function isStepReady(step: FlvxStep): boolean {
  return step.type !== 'assign-tunnel' || (step.payload.userId !== null && step.payload.speedName === null);
}

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

/** Returns a redeploy without the forwards that are not on the panel any more. */
export function withoutGone(step: FlvxStep, { forwards }: Pick<FlvxObservation, 'forwards'>): FlvxStep {
  if (step.type !== 'redeploy-forwards') return step;
  const forwardIds = step.payload.forwardIds.filter((id) => forwards.some((row) => row.id === id));
  return { ...step, payload: { ...step.payload, forwardIds } };
}

/** Lists the forwards that the panel pushes to their nodes by this step. */
export function listPushed(step: FlvxStep, { forwards }: Pick<FlvxObservation, 'forwards'>): readonly FlvxForward[] {
  switch (step.type) {
    case 'assign-tunnel':
      return step.prior === null ? [] : forwards.filter((row) => row.tunnelId === step.payload.tunnelId);
    case 'redeploy-forwards':
      return forwards.filter((row) => step.payload.forwardIds.includes(row.id));
    case 'redirect-forward':
    case 'restore-forward':
      return [step.prior];
    default:
      return [];
  }
}
