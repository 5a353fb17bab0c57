import type { HeldService, Refresh, RefreshCall, RefreshPlan, TargetState } from '@sluice/panel-kind';
import type { EvidenceRecord, HoldRecord } from '@sluice/quota-core';
import type { Held } from '../account/history/observed-history.js';
import type { FlvxClient, FlvxWrites } from '../client/client.js';
import type { FlvxForward, FlvxTunnel } from '../client/records.js';
import type { RunSnapshot } from './observation.js';

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
  const { speedId, name } = (item.prior ?? {}) as Partial<SpeedPrior>;
  return { speedId: speedId ?? null, name: name ?? '' };
}

/** The panel works on one after the other, and cuts its answer off after 30 s. */
const forwardsPerCall = 50;
/** A redeploy by the customer leaves no trace: every held forward is paused again after this time. */
const pausedForMs = 55 * 60_000;
/** Error of the measured difference between the two clocks. */
const toleranceMs = 1000;
/** Longest duration of a pause, from its call to the answer. */
const longestPauseMs = 60_000;

/** A forward of a service with a hold. */
interface HeldForward {
  row: FlvxForward;
  held: HeldService;
  /** When its last pause ended, by the panel's clock. */
  until: number;
}

/** Creates the refresh of a panel. It pauses held forwards again, since restarts of agents and edits of tunnels start them unnoticed. */
export function createRefresh(client: FlvxClient, snapshot: RunSnapshot): Refresh {
  return {
    async plan(held, options) {
      const closed = held.filter((one) => toRestrictions(one).closed);
      const rows: { row: FlvxForward; held: HeldService }[] = [];
      for (const one of closed) {
        for (const row of await snapshot.listForwards(one.service, options.signal)) rows.push({ row, held: one });
      }
      const known = parseState(options.state);
      if (rows.length === 0) return { calls: [], away: [], stateAfter: () => options.state };
      const [writes, { tunnels }] = await Promise.all([
        client.writes({ signal: options.signal }),
        snapshot.site(options.signal),
      ]);
      const panelTime = (at: string): number => Date.parse(at) + (client.clockDifference()?.ms ?? 0);
      const forwards: HeldForward[] = [];
      for (const one of rows) {
        const until = known.get(one.row.id) ?? panelTime(firstPaused(one.held, one.row));
        const changedAt = writes.forwards.get(one.row.id) ?? 0;
        const own = isAfter(changedAt, until)
          ? (await options.restrictedAt(one.held.service.id)).get(String(one.row.id))
          : undefined;
        forwards.push({ ...one, until: own === undefined ? until : Math.max(until, panelTime(own)) });
      }
      const byId = new Map(tunnels.map((tunnel) => [tunnel.id, tunnel]));
      return planRefresh(forwards, { known, writes, tunnels: byId, panelTime });
    },
    async make({ items }, signal) {
      const ids = items.flatMap(({ targets }) => targets.map(Number));
      const { failed } = await client.forwards.pauseMany(ids, { signal });
      return { failed };
    },
  };
}

/** Input of a refresh plan. */
interface RefreshInput {
  /** When the last pause of each forward ended. */
  known: ReadonlyMap<number, number>;
  writes: FlvxWrites;
  tunnels: ReadonlyMap<number, FlvxTunnel>;
  /** Converts an instant to the panel's clock. */
  panelTime: (at: string) => number;
}

function planRefresh(
  forwards: readonly HeldForward[],
  { known, writes, tunnels, panelTime }: RefreshInput,
): RefreshPlan {
  const due = new Map<string, HeldForward[]>();
  const away = new Set<string>();
  for (const forward of forwards) {
    const tunnel = tunnels.get(forward.row.tunnelId);
    const [entry] = [...(tunnel?.entryNodes ?? [])].sort((a, b) => a.order - b.order);
    const node = entry === undefined ? undefined : writes.nodes.get(entry.nodeId);
    if (tunnel === undefined || node === undefined || !isDue(forward, tunnel, writes)) continue;
    if (!node.online) {
      away.add(node.name);
      continue;
    }
    const list = due.get(node.name);
    if (list) list.push(forward);
    else due.set(node.name, [forward]);
  }
  return {
    calls: [...due].flatMap(([part, list]) => toCalls(part, list)),
    away: [...away].sort(),
    stateAfter: (made) => {
      const untils = new Map(known);
      for (const { row, until } of forwards) untils.set(row.id, until);
      for (const { call, at } of made) {
        for (const target of call.items.flatMap(({ targets }) => targets)) untils.set(Number(target), panelTime(at));
      }
      return toState(untils, writes);
    },
  };
}

/** Whether a write since its pause may have started it, or the pause is too long ago. */
function isDue({ row, until }: HeldForward, tunnel: FlvxTunnel, writes: FlvxWrites): boolean {
  if (writes.at - until >= pausedForMs) return true;
  const written = writes.forwards.get(row.id);
  if (written !== undefined && isAfter(written, until)) return true;
  const paused = pausedAt(until, written);
  const changes = [
    writes.tunnels.get(tunnel.id),
    ...tunnel.entryNodes.map(({ nodeId }) => writes.nodes.get(nodeId)?.changedAt),
  ];
  return changes.some((changedAt) => changedAt !== undefined && changedAt >= paused);
}

/**
 * The pause itself writes to the forward, somewhat later than `until` if the clocks' difference is imprecise. Writes of others
 * within that time can't be distinguished from it: the panel shows a start, and never shows a redeploy.
 */
function isAfter(changedAt: number, until: number): boolean {
  return changedAt > until + toleranceMs;
}

/** When the panel recorded the pause, by its own clock. The same instant may be that of a start after it. */
function pausedAt(until: number, written: number | undefined): number {
  return written !== undefined && written > until - longestPauseMs ? Math.min(written, until) : until;
}

/** Returns when the hold paused the forward. One that was paused before the hold counts as paused by it. */
function firstPaused({ evidence, holds }: HeldService, { id }: FlvxForward): string {
  const own = evidence.filter((item) => item.kind === 'forward' && item.target === String(id));
  return [...own, ...holds].map(({ since }) => since).reduce((newest, since) => (since > newest ? since : newest), '');
}

/** Groups forwards by service, so that a call needs few leases. */
function toCalls(part: string, forwards: readonly HeldForward[]): RefreshCall[] {
  const byService = new Map<string, string[]>();
  for (const { row, held } of forwards) {
    byService.set(held.service.id, [...(byService.get(held.service.id) ?? []), String(row.id)]);
  }
  const calls: RefreshCall[] = [];
  let room = 0;
  for (const [service, all] of byService) {
    for (let from = 0; from < all.length; from += forwardsPerCall) {
      const targets = all.slice(from, from + forwardsPerCall);
      if (targets.length > room) {
        calls.push({ part, items: [] });
        room = forwardsPerCall;
      }
      calls.at(-1)?.items.push({ service, targets });
      room -= targets.length;
    }
  }
  return calls;
}

/** Forwards by the end of their last pause, which most of them share. */
type RefreshState = Record<string, number[]>;

function parseState(state: unknown): Map<number, number> {
  const untils = new Map<number, number>();
  for (const [until, ids] of Object.entries((state ?? {}) as RefreshState)) {
    for (const id of ids) untils.set(id, Number(until));
  }
  return untils;
}

/** Returns the state without forwards that no longer exist. */
function toState(untils: ReadonlyMap<number, number>, writes: FlvxWrites): RefreshState {
  const state: RefreshState = {};
  for (const [id, until] of untils) if (writes.forwards.has(id)) (state[String(until)] ??= []).push(id);
  return state;
}
