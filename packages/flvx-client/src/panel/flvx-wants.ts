import type { HoldRecord } from '@sluice/quota-core';
import type { Desired } from '@sluice/panel-kind';
import { EVIDENCE } from './flvx-state.js';

/** What the holds of a service call for, and which of them call for it. */
export interface FlvxWants {
  /** Permissions closed, forwards paused. */
  closed: boolean;
  /** Forwards pointed nowhere besides. */
  redirected: boolean;
  /** Slow, not closed: what a quota hold does under `throttle`. */
  throttled: boolean;
  /** Nobody logs in. */
  closeUser: boolean;
  /** Holds that need evidence of a kind, oldest first. */
  byKind: Record<string, HoldRecord[]>;
}

/**
 * A quota hold does the action in force. A billing or manual hold closes the user as well, and under `throttle` it
 * pauses: who does not pay is not slowed down but stopped.
 */
export function wantsOf({ holds, action }: Pick<Desired, 'holds' | 'action'>): FlvxWants {
  const slowing = action === 'throttle' ? holds.filter((hold) => hold.reason === 'quota') : [];
  const closing = holds.filter((hold) => !slowing.includes(hold));
  const redirecting = action === 'redirect' ? closing : [];
  const shutting = holds.filter((hold) => hold.reason === 'billing' || hold.reason === 'manual');
  return {
    closed: closing.length > 0,
    redirected: redirecting.length > 0,
    throttled: slowing.length > 0,
    closeUser: shutting.length > 0,
    byKind: {
      [EVIDENCE.user]: shutting,
      [EVIDENCE.permission]: closing,
      [EVIDENCE.forward]: closing,
      [EVIDENCE.redirect]: redirecting,
      [EVIDENCE.speed]: slowing,
    },
  };
}
