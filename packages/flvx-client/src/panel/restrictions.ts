import type { Desired } from '@sluice/panel-kind';
import type { EvidenceRecord, HoldRecord } from '@sluice/quota-core';
import type { Held } from '../account/history/observed-history.js';

/** What the holds of a service restrict, and which of them need it. */
export interface Restrictions {
  /** Permissions are closed and forwards paused. */
  closed: boolean;
  /** Forwards are redirected in addition. */
  redirected: boolean;
  /** The speed is limited instead: what a quota hold does under `throttle`. */
  throttled: boolean;
  /** The user is disabled: nobody logs in. */
  closeUser: boolean;
  /** Holds that need evidence of a kind, oldest first. */
  byKind: Record<string, HoldRecord[]>;
}

/** Kinds of evidence. The target of a permission is user and tunnel: `12:3`. */
export const EVIDENCE = {
  user: 'user',
  permission: 'permission',
  forward: 'forward',
  redirect: 'redirect',
  speed: 'speed-limit',
} as const;

/** The restriction of billing and manual holds: the user is disabled, and nothing of his runs. */
const SUSPENSION = 'suspend';

/**
 * Returns what holds restrict. A suspension also redirects where the product does that for the quota, and pauses under
 * `throttle`: a customer who does not pay is stopped, not slowed down.
 */
export function toRestrictions({ holds, action }: Pick<Desired, 'holds' | 'action'>): Restrictions {
  const slowing = holds.filter(({ restriction }) => restriction === 'throttle');
  const closing = holds.filter((hold) => !slowing.includes(hold));
  const shutting = holds.filter(({ restriction }) => restriction === SUSPENSION);
  const redirecting = closing.filter(
    (hold) => hold.restriction === 'redirect' || (shutting.includes(hold) && action === 'redirect'),
  );
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

/** Prior state of a user or permission that was closed. */
export interface ClosedPrior {
  status: number;
}

/** Prior state of a forward that was paused. */
export interface ForwardPrior {
  name: string;
  wasRunning: boolean;
}

/** Prior state of a forward that was redirected. */
export interface RedirectPrior {
  remoteAddr: string;
  /** Where it was pointed to. */
  to?: string;
}

/** The limit that a permission had before it was throttled, and the name of the one that it was given. */
export interface SpeedPrior {
  speedId: number | null;
  name: string;
}

/** Returns the target of evidence about a permission. */
export function permissionKey(userId: number, tunnelId: number): string {
  return `${userId}:${tunnelId}`;
}

/** Returns the evidence of one kind, by target. */
export function indexEvidence(evidence: readonly EvidenceRecord[], kind: string): Map<string, EvidenceRecord> {
  return new Map(evidence.filter((item) => item.kind === kind).map((item) => [item.target, item]));
}

/** Returns what evidence says is restricted, as the history needs it. */
export function toHeld(evidence: readonly EvidenceRecord[]): Held {
  const targets = new Set(evidence.map((item) => `${item.kind} ${item.target}`));
  const has = (kind: string, target: string): boolean => targets.has(`${kind} ${target}`);
  return {
    user: (id) => has(EVIDENCE.user, String(id)),
    permission: (userId, tunnelId) => has(EVIDENCE.permission, permissionKey(userId, tunnelId)),
    forward: (id) => has(EVIDENCE.forward, String(id)),
    speed: (userId, tunnelId) => has(EVIDENCE.speed, permissionKey(userId, tunnelId)),
  };
}

/** Returns the status before it was closed. What was adopted from another tool was open. */
export function parseClosedPrior(item: EvidenceRecord): ClosedPrior {
  const { status } = (item.prior ?? {}) as Partial<ClosedPrior>;
  return { status: typeof status === 'number' ? status : 1 };
}

/** Whether the forward ran before it was paused. What was adopted from another tool did. */
export function ranBefore(item: EvidenceRecord): boolean {
  return ((item.prior ?? {}) as Partial<ForwardPrior>).wasRunning ?? true;
}

/** Returns where the forward pointed before it was redirected, and where to; undefined where that was not recorded. */
export function parseRedirectPrior(item: EvidenceRecord | undefined): Partial<RedirectPrior> {
  return item?.prior ?? {};
}

/** Returns what a throttled permission had before. */
export function parseSpeedPrior(item: EvidenceRecord): SpeedPrior {
  const { speedId, name } = (item.prior ?? {}) as Partial<SpeedPrior>;
  return { speedId: speedId ?? null, name: name ?? '' };
}
