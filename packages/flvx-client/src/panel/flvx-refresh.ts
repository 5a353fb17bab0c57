import type { FlvxClient, FlvxForward, FlvxTunnel, FlvxWrites } from '../index.js';
import type { HeldService, Refresh, RefreshCall, RefreshPlan } from '@sluice/panel-kind';
import type { FlvxLists } from './flvx-lists.js';
import { wantsOf } from './flvx-wants.js';

/** Forwards per call: the panel works on one after the other, and cuts an answer that takes longer than 30 s. */
const MOST_FORWARDS = 50;
/** A redeploy by the customer leaves no trace: what nothing shows is paused again this often, at the poll next to the hour. */
const PAUSED_FOR_MS = 55 * 60_000;
/** What the panel's clock and ours may be apart after their difference was measured. */
const TOLERANCE_MS = 1000;
/** A pause takes no longer than this from its call to the answer. */
const LONGEST_PAUSE_MS = 60_000;

/** A forward that has to be paused. */
interface HeldForward {
  row: FlvxForward;
  held: HeldService;
  /** When its last pause was known to be over, by our clock turned into the panel's. */
  until: number;
}

/** Pauses held forwards again: restarts of agents and edits of tunnels start them, and the panel shows them as paused. */
export function flvxRefresh(client: FlvxClient, lists: FlvxLists): Refresh {
  return {
    async plan(held, options) {
      const closed = held.filter((one) => wantsOf(one).closed);
      const rows: { row: FlvxForward; held: HeldService }[] = [];
      for (const one of closed) {
        for (const row of await lists.forwardsOf(one.service, options.signal)) rows.push({ row, held: one });
      }
      const known = untilsIn(options.state);
      if (rows.length === 0) return { calls: [], away: [], stateAfter: () => options.state };
      const [writes, { tunnels }] = await Promise.all([
        client.writes({ signal: options.signal }),
        lists.site(options.signal),
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
      return planOf(forwards, known, writes, new Map(tunnels.map((tunnel) => [tunnel.id, tunnel])), panelTime);
    },
    async make({ items }, signal) {
      const ids = items.flatMap(({ targets }) => targets.map(Number));
      const { failed } = await client.forwards.pauseMany(ids, { signal });
      return { failed };
    },
  };
}

function planOf(
  forwards: HeldForward[],
  known: ReadonlyMap<number, number>,
  writes: FlvxWrites,
  tunnels: ReadonlyMap<number, FlvxTunnel>,
  panelTime: (at: string) => number,
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
    calls: [...due].flatMap(([part, list]) => callsOf(part, list)),
    away: [...away].sort(),
    stateAfter: (made) => {
      const untils = new Map(known);
      for (const { row, until } of forwards) untils.set(row.id, until);
      for (const { call, at } of made) {
        for (const target of call.items.flatMap(({ targets }) => targets)) untils.set(Number(target), panelTime(at));
      }
      return stateOf(untils, writes);
    },
  };
}

/** Has something been written since that may have started it, or has nobody looked for an hour? */
function isDue({ row, until }: HeldForward, tunnel: FlvxTunnel, writes: FlvxWrites): boolean {
  if (writes.at - until >= PAUSED_FOR_MS) return true;
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
 * The pause itself writes to the forward, somewhat later than `until` if the clocks' difference is measured badly. What others
 * write to it within that time can't be told from it: starting it shows on the panel, and a redeploy is never seen.
 */
function isAfter(changedAt: number, until: number): boolean {
  return changedAt > until + TOLERANCE_MS;
}

/** When the panel wrote the pause down, by its own clock as all that it is compared with: the same instant may be a start after it. */
function pausedAt(until: number, written: number | undefined): number {
  return written !== undefined && written > until - LONGEST_PAUSE_MS ? Math.min(written, until) : until;
}

/** When the hold paused it; what was there before the hold is not newer than that. */
function firstPaused({ evidence, holds }: HeldService, { id }: FlvxForward): string {
  const own = evidence.filter((item) => item.kind === 'forward' && item.target === String(id));
  return [...own, ...holds].map(({ since }) => since).reduce((newest, since) => (since > newest ? since : newest), '');
}

/** Services are kept together, so that few of them are leased for a call. */
function callsOf(part: string, forwards: readonly HeldForward[]): RefreshCall[] {
  const byService = new Map<string, string[]>();
  for (const { row, held } of forwards) {
    byService.set(held.service.id, [...(byService.get(held.service.id) ?? []), String(row.id)]);
  }
  const calls: RefreshCall[] = [];
  let room = 0;
  for (const [service, all] of byService) {
    for (let from = 0; from < all.length; from += MOST_FORWARDS) {
      const targets = all.slice(from, from + MOST_FORWARDS);
      if (targets.length > room) {
        calls.push({ part, items: [] });
        room = MOST_FORWARDS;
      }
      calls.at(-1)?.items.push({ service, targets });
      room -= targets.length;
    }
  }
  return calls;
}

/** Forwards by the instant until which they are known to be paused: most share one. */
type RefreshState = Record<string, number[]>;

function untilsIn(state: unknown): Map<number, number> {
  const untils = new Map<number, number>();
  for (const [until, ids] of Object.entries((state ?? {}) as RefreshState)) {
    for (const id of ids) untils.set(id, Number(until));
  }
  return untils;
}

/** What is no forward any more is forgotten. */
function stateOf(untils: ReadonlyMap<number, number>, writes: FlvxWrites): RefreshState {
  const state: RefreshState = {};
  for (const [id, until] of untils) if (writes.forwards.has(id)) (state[String(until)] ??= []).push(id);
  return state;
}
