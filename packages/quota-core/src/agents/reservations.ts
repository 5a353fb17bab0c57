import {
  type AccountingMode,
  type AgentRecord,
  type AgentReservationRecord,
  type AgentUserRecord,
  type RaisedLimit,
} from '@sluice/quota-core';
import { AgentChecker } from './checker.js';
import { listChain } from './hierarchy.js';
import { reservedBy } from './reserved.js';
import { countGrowth } from './sums.js';
import type { StoredAgents } from './stored-agents.js';
import type { CreationCheck } from './traffic.js';

/** Returns the raise of a reservation; null for that of a new user. */
export function findRaise({ wanted }: Pick<AgentReservationRecord, 'wanted'>): RaisedLimit | null {
  return typeof wanted === 'object' && wanted !== null && 'raises' in wanted ? (wanted as RaisedLimit) : null;
}

/** Returns whether the panel shows what the raise asked for. */
export function isRaised(
  { limitBytes, packageDays }: RaisedLimit,
  agent: string,
  user: { owner: string | null; limitBytes: number; packageDays?: number | null },
): boolean {
  const hasDays = packageDays === undefined || (user.packageDays ?? 0) >= packageDays;
  return user.owner === agent && user.limitBytes >= limitBytes && hasDays;
}

/**
 * Outcome of a reservation whose user was found by another run than the one that made it, until the command is repeated, or whose command
 * has not ended yet: a repeat of one that was broken off then says what was done, and does it no second time.
 */
export const FOUND = 'found';

/**
 * Applies a list to the reservations of its users. What a user has used is no longer reserved; a reservation ends with the user,
 * with its move to another agent, and with the period.
 *
 * @returns the reservations that change
 */
export function stepReservations(input: {
  reservations: readonly AgentReservationRecord[];
  entries: ReadonlyMap<string, AgentUserRecord>;
  findPeriodStart: (agent: string) => string | null;
  /** When the list was requested. */
  listAt: string;
  at: string;
}): AgentReservationRecord[] {
  const changed: AgentReservationRecord[] = [];
  for (const reservation of input.reservations) {
    const entry = input.entries.get(findRaise(reservation)?.raises ?? reservation.uuid);
    const { state, seenAt, confirmedAt } = reservation;
    if (state === 'open') {
      // Until its holder resolves it, the user must count exactly once.
      const next = isInSum(reservation, entry) ? (seenAt ?? input.at) : null;
      if (next !== seenAt) changed.push({ ...reservation, seenAt: next });
    }
    if (state !== 'settled') continue;
    if (confirmedAt === null || input.listAt <= confirmedAt) {
      // A list requested before the user was created may lack it, or show it half-made under another owner.
      if (seenAt === null && isInSum(reservation, entry)) changed.push({ ...reservation, seenAt: input.at });
      continue;
    }
    const leftBytes = entry === undefined ? reservation.leftBytes : countLeft(reservation, entry);
    const outcome = findOutcome(reservation, entry, leftBytes, input.findPeriodStart(reservation.agent));
    if (outcome !== null) changed.push({ ...reservation, leftBytes, state: 'closed', closedAt: input.at, outcome });
    else if (leftBytes !== reservation.leftBytes || seenAt === null) {
      changed.push({ ...reservation, leftBytes, seenAt: seenAt ?? input.at });
    }
  }
  return changed;
}

/** Returns whether the list has the whole user in the sum of the agent that it was reserved for. */
function isInSum(reservation: AgentReservationRecord, entry: AgentUserRecord | undefined): boolean {
  if (entry === undefined || entry.gone || entry.missingSince !== null) return false;
  const limitBytes = findRaise(reservation)?.limitBytes ?? reservation.bytes;
  return entry.owner === reservation.agent && entry.limitBytes >= limitBytes;
}

/** Returns what the user has not used yet of its limit; of a raise at most what it has added. */
function countLeft(reservation: AgentReservationRecord, { totalBytes, limitBytes }: AgentUserRecord): number {
  const raise = findRaise(reservation);
  if (raise === null) {
    // A limit that was lowered and is raised again has a reservation of its own for that.
    const left = Math.min(reservation.bytes, limitBytes) - totalBytes;
    return Math.max(0, Math.min(reservation.leftBytes, left));
  }
  const lowered = Math.max(0, raise.limitBytes - limitBytes);
  return Math.max(0, Math.min(reservation.bytes - lowered, raise.untilBytes - lowered - totalBytes));
}

/** Returns why a reservation ends; null while it lasts. */
function findOutcome(
  reservation: AgentReservationRecord,
  entry: AgentUserRecord | undefined,
  leftBytes: number,
  periodStart: string | null,
): string | null {
  if (entry === undefined || entry.gone) return 'user-gone';
  if (entry.owner !== reservation.agent) return 'moved';
  const raise = findRaise(reservation);
  const loweredBytes = raise === null ? 0 : raise.limitBytes - entry.limitBytes;
  if (loweredBytes > 0 && loweredBytes >= reservation.bytes) return 'lowered';
  // It counts for nothing any more, but answers a repeated command.
  if (leftBytes === 0 && reservation.outcome !== FOUND) return 'used';
  return periodStart !== null && reservation.createdAt < periodStart ? 'period-over' : null;
}

/** A change of a user that may reserve more of an agent's budget. */
export interface RaiseRequest {
  user: { uuid: string; owner: string | null; limitBytes: number; usedBytes: number };
  /** The agent that owns the user afterwards. */
  owner: string;
  limitBytes: number;
  /** The limit is lifted, not sold: only a user that moves to another agent needs room there, for what is sold. */
  lifted?: boolean;
}

/** What is known of a user before its raise: the reservation of an earlier raise, and its entry in the ledger. */
export interface KnownUser {
  earlier: AgentReservationRecord | null;
  user: AgentUserRecord | null;
}

/**
 * Returns what a raise reserves beyond what the user counts already, and whether the whole user fits. What the user counts now
 * is subtracted from every agent's figures first.
 */
export function checkRaise(
  {
    agents,
    exempt,
    reservations,
    rules: { accounting },
  }: Pick<StoredAgents, 'agents' | 'exempt' | 'reservations' | 'rules'>,
  request: RaiseRequest,
  known: KnownUser,
): { bytes: number; wanted: RaisedLimit; check: CreationCheck } {
  const { user, owner, limitBytes } = request;
  const isOwn = (of: AgentReservationRecord): boolean => (findRaise(of)?.raises ?? of.uuid) === user.uuid;
  const others = reservations.filter((of) => !isOwn(of));
  const made = reservations.find(({ uuid }) => uuid === user.uuid) ?? null;
  const periodStart = agents.get(owner)?.account?.periodStart ?? null;
  const findReserved = (of: AgentReservationRecord | null): number =>
    of?.agent === owner ? reservedBy(of, accounting, periodStart) : 0;
  const { earlier, user: entry } = known;
  const carried = earlier === null ? 0 : stillReserved(earlier, request, findReserved(earlier));
  const wholeBytes = countWhole(request, accounting, findReserved(made) + carried);
  const shown = countShown(entry, accounting);
  const above = new Set(listChain(entry?.owner ?? null, agents));
  const without = new Map([...agents].map(([uuid, agent]) => [uuid, above.has(uuid) ? less(agent, shown) : agent]));
  const raised = { bytes: shown, agents: above, reservations: reservations.filter(isOwn) };
  const checker = new AgentChecker({ accounting, agents: without, reservations: others, exempt, raised });
  const wanted: RaisedLimit = { raises: user.uuid, limitBytes, untilBytes: usedUpAt(entry, request) };
  return {
    bytes: Math.max(0, wholeBytes - findReserved(made) - (above.has(owner) ? shown : 0)),
    wanted,
    check: checker.canCreateUserWithTraffic(listChain(owner, agents), wholeBytes),
  };
}

/** Returns what the user counts after the raise: `reserved` is what it counts now beside the figures. */
function countWhole({ user, owner, limitBytes }: RaiseRequest, accounting: AccountingMode, reserved: number): number {
  const { usedBytes } = user;
  if (accounting === 'allocated') return Math.max(limitBytes, usedBytes);
  const left = Math.max(0, user.limitBytes - usedBytes);
  const leftAfter = Math.max(0, limitBytes - usedBytes);
  const promised = user.owner === owner ? Math.min(left, reserved) + leftAfter - left : leftAfter;
  return accounting === 'panel' ? usedBytes + promised : promised;
}

/** Returns the user's part in the figures of the agents above it. What real traffic counts stays with them. */
function countShown(entry: AgentUserRecord | null, accounting: AccountingMode): number {
  if (entry === null || entry.gone || accounting === 'consumed') return 0;
  const usedBytes = Math.max(0, entry.lastBytes);
  return accounting === 'allocated' ? Math.max(entry.limitBytes, usedBytes) : usedBytes;
}

/** Returns an agent without the part of a user in its figures. */
function less(agent: AgentRecord, bytes: number): AgentRecord {
  if (agent.figures === null) return agent;
  const { allocatedBytes, currentBytes } = agent.figures;
  const figures = { allocatedBytes: allocatedBytes - bytes, currentBytes: currentBytes - bytes };
  return { ...agent, figures: { ...agent.figures, ...figures } };
}

/** Returns what an earlier raise of the user still reserves below the limit that the panel shows now. */
function stillReserved(earlier: AgentReservationRecord, { user }: RaiseRequest, reserved: number): number {
  const raised = findRaise(earlier)?.limitBytes ?? user.limitBytes;
  return Math.max(0, reserved - Math.max(0, raised - user.limitBytes));
}

/** Returns the user's total usage at which the new limit is used up. */
function usedUpAt(entry: AgentUserRecord | null, { user, limitBytes }: RaiseRequest): number {
  const left = Math.max(0, limitBytes - user.usedBytes);
  if (entry === null) return user.usedBytes + left;
  return entry.totalBytes + countGrowth(entry.lastBytes, user.usedBytes) + left;
}
