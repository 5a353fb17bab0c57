import type {
  FlvxAssignValues,
  FlvxForward,
  FlvxPermission,
  FlvxPermissionValues,
  FlvxSpeedLimit,
  FlvxUserValues,
} from '../../client/records.js';
import type { MegabitsPerSecond } from '../../client/units.js';
import type { FlvxCounters } from './values.js';

interface Step<Type extends string, Payload, Prior> {
  /** `type:target`, unique within a plan. */
  id: string;
  type: Type;
  /**
   * The panel's id as text: of the user, the tunnel (`assign-tunnel`, `redeploy-forwards`, `remove-tunnel`), the forward or the speed limit.
   * What has yet to be created has no id: `create-user` and `create-speed-limit` have the name.
   */
  target: string;
  payload: Payload;
  /** The state before, for the journal and for undoing; null where there was nothing. */
  prior: Prior;
  /** Ids of steps that must succeed before this one is done. */
  needs: string[];
}

/**
 * One change to the panel, as plain JSON. It never contains a password: `setsPassword` says that the executor has to send the one
 * that it was given.
 */
export type FlvxStep =
  | Step<'create-user', FlvxUserValues, null>
  | Step<
      'update-user',
      /** What is changed. All other fields are sent as a new read shows them. */
      { userId: number; changes: Partial<FlvxUserValues>; setsPassword: boolean },
      /** `permissions`: those with values of their own, which the panel overwrites with the user's. Needed to restore them after a run that was broken off. */
      { user: FlvxUserValues; permissions: FlvxPermissionValues[] }
    >
  | Step<'reset-user', { userId: number }, FlvxCounters>
  | Step<'delete-user', { userId: number }, FlvxUserValues>
  | Step<
      'assign-tunnel',
      {
        /** Null in a plan made before the user exists. */
        userId: number | null;
        tunnelId: number;
        values: FlvxAssignValues;
        /** Name of the speed limit that an earlier step creates. Its id replaces `values.speedId`. */
        speedName: string | null;
        /** Paused forwards that the panel starts again by this step. */
        restarts: number[];
      },
      FlvxPermission | null
    >
  /** The forwards of one tunnel are pushed again: the nodes confirm that they have the speed. */
  | Step<'redeploy-forwards', { tunnelId: number; forwardIds: number[]; restarts: number[] }, null>
  | Step<'remove-tunnel', { permissionId: number; userId: number; tunnelId: number }, FlvxPermission>
  | Step<
      'pause-forward',
      {
        forwardId: number;
        entryNodes: number;
        /**
         * Why the forward is paused, where the pause is not meant to last:
         * - `delete`: the forward is deleted next. Only a pause cuts open connections. A service that no node knows is no failure.
         * - `cut`: it is started again next.
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
