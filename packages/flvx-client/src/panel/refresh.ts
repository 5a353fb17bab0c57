import type { HeldService, Refresh, RefreshCall, RefreshPlan } from '@sluice/panel-kind';
import type { FlvxClient, FlvxWrites } from '../client/client.js';
import type { FlvxForward, FlvxTunnel } from '../client/records.js';
import type { RunSnapshot } from './run-snapshot.js';
import { toRestrictions } from './restrictions.js';

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
