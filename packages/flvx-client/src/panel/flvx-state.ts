import type { FlvxAccount } from '../account/index.js';
import type { FlvxNode, FlvxTunnelGroup } from '../index.js';
import type { EvidenceRecord } from '@sluice/quota-core';

/** What the panel shows of one service. */
export interface FlvxState {
  observed: FlvxAccount;
  /** The same as the operator's word would have it: the only account of the name, whoever made it. */
  adoptable: FlvxAccount | null;
  /** Groups of tunnels and nodes; null where they were not read. */
  groups: readonly FlvxTunnelGroup[] | null;
  nodes: readonly FlvxNode[] | null;
  /** When each forward was last written to; read only where that tells what the panel has stopped. */
  changes: ReadonlyMap<number, number> | null;
  /** Names of speed limits that bear the service's id, as earlier versions gave them, and that this store's journal shows as made for it. */
  madeLimits: readonly string[];
  /** Only users, permissions and forwards were read: tunnels and speed limits are not known. */
  light: boolean;
  /** How many accounts the panel listed; null where only this one was looked for. */
  listed: number | null;
  /** Other services that name the same user, as far as this run has come across them. */
  sharers: readonly string[];
}

/** Kinds of evidence. A permission is found again by user and tunnel: `12:3`. */
export const EVIDENCE = {
  user: 'user',
  permission: 'permission',
  forward: 'forward',
  redirect: 'redirect',
  speed: 'speed-limit',
} as const;

/** Prior state of a user or permission that was closed. */
export interface ClosedPrior {
  status: number;
}

/** Prior state of a forward that was paused. */
export interface ForwardPrior {
  name: string;
  wasRunning: boolean;
}

/** Where a redirected forward pointed. */
export interface RedirectPrior {
  remoteAddr: string;
  /** Where it was pointed then. */
  to?: string;
}

/** The limit that a permission had before it was throttled, and the one that it was given. */
export interface SpeedPrior {
  speedId: number | null;
  name: string;
}

/** Target of evidence about a permission. */
export function permissionKey(userId: number, tunnelId: number): string {
  return `${userId}:${tunnelId}`;
}

/** Evidence of one kind, by target. */
export function evidenceOf(evidence: readonly EvidenceRecord[], kind: string): Map<string, EvidenceRecord> {
  return new Map(evidence.filter((item) => item.kind === kind).map((item) => [item.target, item]));
}

/** Status before we closed it; what was taken over from another tool was open. */
export function closedPrior(item: EvidenceRecord): ClosedPrior {
  const { status } = (item.prior ?? {}) as Partial<ClosedPrior>;
  return { status: typeof status === 'number' ? status : 1 };
}

/** Whether the forward ran before we paused it; what was taken over from another tool did. */
export function ranBefore(item: EvidenceRecord): boolean {
  return ((item.prior ?? {}) as Partial<ForwardPrior>).wasRunning ?? true;
}

/** Where the forward pointed before we redirected it. */
export function addressBefore(item: EvidenceRecord): string | null {
  return ((item.prior ?? {}) as Partial<RedirectPrior>).remoteAddr ?? null;
}

/** Where the forward was pointed when its redirect began; unknown of one that an earlier version has begun. */
export function redirectedTo(item: EvidenceRecord): string | undefined {
  return ((item.prior ?? {}) as Partial<RedirectPrior>).to;
}

/** What a throttled permission had before. */
export function speedPrior(item: EvidenceRecord): SpeedPrior {
  const { speedId, name } = (item.prior ?? {}) as Partial<SpeedPrior>;
  return { speedId: speedId ?? null, name: name ?? '' };
}
