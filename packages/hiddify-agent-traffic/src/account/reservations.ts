import type { AgentMemory, PanelAgents, RaiseOrder } from '@sluice/panel-kind';
import { type AgentRules, chainOf, knownAgents } from './agents.js';
import { AgentTrafficChecker } from './checker.js';
import { growthOf } from './counter.js';
import type { AccountingMode, AgentRecord, LedgerEntry, RaisedLimit, ReservationRecord } from './records.js';
import type { HiddifyUser } from '../client/records.js';

/** Returns the key of a user's raise: one at a time, apart from the reservation that it was made with. */
export function raiseKey(user: string): string {
  return `raise:${user}`;
}

/** Returns what a reservation raises; null for that of a new user. */
export function raisedIn({ wanted }: Pick<ReservationRecord, 'wanted'>): RaisedLimit | null {
  return typeof wanted === 'object' && wanted !== null && 'raises' in wanted ? (wanted as RaisedLimit) : null;
}

/** Returns whether the panel shows the user as the raise wanted it. */
export function isRaised(
  { limitBytes }: RaisedLimit,
  agent: string,
  user: Pick<HiddifyUser, 'owner' | 'limitBytes'>,
): boolean {
  return user.owner === agent && user.limitBytes >= limitBytes;
}

/**
 * What a reservation takes from an agent's limit.
 *
 * `allocated` counts it until a list has the user in its sum. `consumed` and `panel` count all of it while it is `open`, and then
 * what the user has not used yet, as long as the period lasts: a budget can be promised once only.
 */
export function reservedBy(
  reservation: ReservationRecord,
  accounting: AccountingMode,
  periodStart: string | null,
): number {
  if (reservation.state === 'closed') return 0;
  if (accounting === 'allocated') return reservation.seenAt === null ? reservation.bytes : 0;
  if (reservation.state === 'open') return reservation.bytes;
  return accounting === 'consumed' && periodStart !== null && reservation.createdAt < periodStart
    ? 0
    : reservation.leftBytes;
}

/** Everything that is promised under an agent's limit. */
export function reservedBytes(
  agent: Pick<AgentRecord, 'uuid' | 'account'>,
  reservations: readonly ReservationRecord[],
  accounting: AccountingMode,
): number {
  let sum = 0;
  for (const reservation of reservations) {
    if (!reservation.chain.includes(agent.uuid)) continue;
    sum += reservedBy(reservation, accounting, agent.account?.periodStart ?? null);
  }
  return sum;
}

/**
 * What one look at the users does to the promises of those that are there: what a user has used is promised no longer, and the
 * promise ends with the user, with its move to somebody else, and with the period.
 *
 * @returns the reservations that change
 */
export function stepReservations(input: {
  reservations: readonly ReservationRecord[];
  entries: ReadonlyMap<string, LedgerEntry>;
  periodStartOf: (agent: string) => string | null;
  /** When the list was asked for. */
  listAt: string;
  at: string;
}): ReservationRecord[] {
  const changed: ReservationRecord[] = [];
  for (const reservation of input.reservations) {
    const raise = raisedIn(reservation);
    const entry = input.entries.get(raise?.raises ?? reservation.uuid);
    if (reservation.state === 'open') {
      // Its maker may be about to settle it; until then the user must not count twice, nor not at all.
      const seenAt = isInSum(reservation, entry) ? (reservation.seenAt ?? input.at) : null;
      if (seenAt !== reservation.seenAt) changed.push({ ...reservation, seenAt });
    }
    if (reservation.state !== 'settled') continue;
    if (reservation.settledAt === null || input.listAt <= reservation.settledAt) {
      // A list that was asked for before the user was made may lack it, or show it half-made and of another owner.
      if (reservation.seenAt === null && isInSum(reservation, entry))
        changed.push({ ...reservation, seenAt: input.at });
      continue;
    }
    if (entry === undefined) {
      changed.push({ ...reservation, state: 'closed', closedAt: input.at, outcome: 'user-gone' });
      continue;
    }
    const leftBytes = leftOf(reservation, entry);
    const outcome = outcomeOf(reservation, entry, leftBytes, input.periodStartOf(reservation.agent));
    if (outcome !== null) changed.push({ ...reservation, leftBytes, state: 'closed', closedAt: input.at, outcome });
    else if (leftBytes !== reservation.leftBytes || reservation.seenAt === null) {
      changed.push({ ...reservation, leftBytes, seenAt: reservation.seenAt ?? input.at });
    }
  }
  return changed;
}

/** Does the list have the user, whole, in the sum of the agent that it was promised for? */
function isInSum(reservation: ReservationRecord, entry: LedgerEntry | undefined): boolean {
  if (entry === undefined || entry.gone || entry.missingSince !== null) return false;
  const limitBytes = raisedIn(reservation)?.limitBytes ?? reservation.bytes;
  return entry.owner === reservation.agent && entry.limitBytes >= limitBytes;
}

/** What is still promised: what the user has not used yet of its limit, of a raise no more than that has added. */
function leftOf(reservation: ReservationRecord, { totalBytes, limitBytes }: LedgerEntry): number {
  const raise = raisedIn(reservation);
  if (raise === null) return Math.max(0, reservation.bytes - totalBytes);
  const lowered = Math.max(0, raise.limitBytes - limitBytes);
  return Math.max(0, Math.min(reservation.bytes - lowered, raise.untilBytes - lowered - totalBytes));
}

function outcomeOf(
  reservation: ReservationRecord,
  entry: LedgerEntry,
  leftBytes: number,
  periodStart: string | null,
): string | null {
  if (entry.gone) return 'user-gone';
  if (entry.owner !== reservation.agent) return 'moved';
  const raise = raisedIn(reservation);
  if (raise !== null && raise.limitBytes - entry.limitBytes >= reservation.bytes) return 'lowered';
  if (leftBytes === 0) return 'used';
  return periodStart !== null && reservation.createdAt < periodStart ? 'period-over' : null;
}

/** Returns what a raise reserves beside what an earlier one of the same user still does, and whether that fits. */
export function checkRaise(
  memory: AgentMemory,
  settings: AgentRules,
  order: RaiseOrder,
  { earlier, user: entry }: { earlier: ReservationRecord | null; user: LedgerEntry | null },
): ReturnType<PanelAgents['raise']> {
  const { agents, exempt, reservations } = knownAgents(memory, settings);
  const { accounting } = settings;
  const { user, owner, limitBytes } = order;
  const key = raiseKey(user.uuid);
  const periodStart = agents.get(owner)?.account?.periodStart ?? null;
  const carried =
    earlier?.agent === owner ? stillReserved(earlier, order, reservedBy(earlier, accounting, periodStart)) : 0;
  const bytes = carried + (user.owner === owner ? limitBytes - user.limitBytes : limitBytes);
  const others = reservations.filter(({ uuid }) => uuid !== key);
  const checker = new AgentTrafficChecker({ accounting, agents, reservations: others, exempt });
  const wanted: RaisedLimit = { raises: user.uuid, limitBytes, untilBytes: usedUpAt(entry, order) };
  return { bytes, wanted, check: checker.canCreateUserWithTraffic(chainOf(owner, memory), bytes) };
}

/** What an earlier raise of the user still reserves below the limit that the panel shows now. */
function stillReserved(earlier: ReservationRecord, { user }: RaiseOrder, reserved: number): number {
  const raised = raisedIn(earlier)?.limitBytes ?? user.limitBytes;
  return Math.max(0, reserved - Math.max(0, raised - user.limitBytes));
}

function usedUpAt(entry: LedgerEntry | null, { user, limitBytes }: RaiseOrder): number {
  const left = Math.max(0, limitBytes - user.usedBytes);
  if (entry === null) return user.usedBytes + left;
  return entry.totalBytes + growthOf(entry.lastBytes, user.usedBytes) + left;
}
