/**
 * What was so before a suspension, as plain JSON: all that a resume needs, and the only thing it goes by.
 * Whoever loses it can neither tell which forwards ran nor where redirected ones pointed.
 */
export interface FlvxEvidence {
  /** Null where the suspension did not close the user. */
  user: { priorStatus: number } | null;
  /** Found again by tunnel; `id` is null for a permission that was made closed while the suspension lasted. */
  permissions: { id: number | null; tunnelId: number; priorStatus: number }[];
  /** `remoteAddr` is null where the forward was redirected by somebody else already. */
  forwards: { id: number; wasRunning: boolean; remoteAddr: string | null }[];
  /** Null without a throttle. `ourSpeedId` is null until the limit is made; `ourName` finds it. */
  speed: {
    ourName: string;
    ourSpeedId: number | null;
    prior: { tunnelId: number; priorSpeedId: number | null }[];
  } | null;
}

/** How far a suspension goes. */
export interface FlvxHold {
  /**
   * - `pause`: permissions closed, all forwards paused,
   * - `redirect`: also pointed at an address that leads nowhere, which a customer with an old token cannot undo,
   * - `throttle`: nothing closed, a slow speed limit of the service's own.
   */
  mode: 'pause' | 'redirect' | 'throttle';
  /** Also close the user, so that nobody logs in. */
  closeUser: boolean;
}

/** Where a redirected forward points: the discard port of the node itself. */
export const NOWHERE = '127.0.0.1:9';
