import type { TargetState } from '@sluice/panel-kind';
import type { EvidenceRecord, HoldRecord } from '@sluice/quota-core';
import type { Held } from '../account/history/comparison.js';

/** The restrictions of a service, and the holds that need them. */
export interface Restrictions {
  /** Permissions are closed and forwards paused. */
  closed: boolean;
  /** Forwards are redirected in addition. */
  redirected: boolean;
  /** The speed is limited: what a quota hold does under `throttle`. */
  throttled: boolean;
  /** The user is disabled and can't log in. */
  closeUser: boolean;
  /** Holds that need evidence of a kind, oldest first. */
  byKind: Record<string, HoldRecord[]>;
}

/** Kinds of evidence. The target of evidence about a permission is user and tunnel: `12:3`. */
export const EVIDENCE = {
  user: 'user',
  permission: 'permission',
  forward: 'forward',
  redirect: 'redirect',
  speed: 'speed-limit',
} as const;

/** The restriction of billing and manual holds: the user is disabled, and all forwards are paused. */
const SUSPENSION = 'suspend';

/**
 * Returns the restrictions of holds. A suspension also redirects where the product does that for the quota, and pauses under
 * `throttle`: a customer who does not pay is stopped, not slowed down.
 */
export function toRestrictions({ holds, action }: Pick<TargetState, 'holds' | 'action'>): Restrictions {
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

/** State of a user or permission before it was closed. */
export interface ClosedPrior {
  status: number;
}

/** State of a forward before it was paused. */
export interface ForwardPrior {
  name: string;
  wasRunning: boolean;
}

/** State of a forward before it was redirected. */
export interface RedirectPrior {
  remoteAddr: string;
  /** The address of the redirect. */
  to?: string;
}

/** The limit of a permission before it was throttled, and the name of the throttle's limit. */
export interface SpeedPrior {
  speedId: number | null;
  name: string;
  /** Whether Sluice had set the limit; absent for one of others, and in evidence of earlier versions. */
  isOurs?: boolean;
}

/** Returns the target of evidence about a permission. */
export function permissionKey(userId: number, tunnelId: number): string {
  return `${userId}:${tunnelId}`;
}

/** Evidence by kind and target. */
export type EvidenceIndex = Record<keyof typeof EVIDENCE, Map<string, EvidenceRecord>>;

/** Indexes evidence by kind and target. */
export function indexEvidence(evidence: readonly EvidenceRecord[]): EvidenceIndex {
  const byKind = Object.entries(EVIDENCE).map(([name, kind]) => {
    const items = evidence.filter((item) => item.kind === kind);
    return [name, new Map(items.map((item) => [item.target, item]))];
  });
  return Object.fromEntries(byKind) as EvidenceIndex;
}

/** Returns the parts of the account that evidence shows as restricted. */
export function toHeld(evidence: readonly EvidenceRecord[]): Held {
  const index = indexEvidence(evidence);
  return {
    user: (id) => index.user.has(String(id)),
    permission: (userId, tunnelId) => index.permission.has(permissionKey(userId, tunnelId)),
    forward: (id) => index.forward.has(String(id)),
    speed: (userId, tunnelId) => index.speed.has(permissionKey(userId, tunnelId)),
  };
}

/** Returns the status before it was closed; open for evidence that was adopted from another tool. */
export function parseClosedPrior(item: EvidenceRecord): ClosedPrior {
  const { status } = (item.prior ?? {}) as Partial<ClosedPrior>;
  return { status: typeof status === 'number' ? status : 1 };
}

/** Whether the forward ran before it was paused; true for evidence that was adopted from another tool. */
export function ranBefore(item: EvidenceRecord): boolean {
  return ((item.prior ?? {}) as Partial<ForwardPrior>).wasRunning ?? true;
}

/** Returns the addresses before and of a redirect; undefined where they were not recorded. */
export function parseRedirectPrior(item: EvidenceRecord | undefined): Partial<RedirectPrior> {
  return item?.prior ?? {};
}

/** Returns the state of a throttled permission before the throttle. */
export function parseSpeedPrior(item: EvidenceRecord): SpeedPrior {
  const { speedId, name, isOurs = false } = (item.prior ?? {}) as Partial<SpeedPrior>;
  return { speedId: speedId ?? null, name: name ?? '', isOurs };
}
