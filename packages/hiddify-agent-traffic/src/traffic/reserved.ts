import type { AccountingMode, AgentRecord, LedgerEntry, ReservationRecord, SnapshotRecord } from './records.js';

/**
 * What a reservation takes from an agent's limit.
 *
 * `open`: all of it, in every accounting. Afterwards `allocated` counts it until a list that was asked for later has the user
 * in its sum; `consumed` and `panel` count what the user has not used yet, as long as the period lasts: a budget can be promised
 * once only.
 */
export function reservedBy(
  reservation: ReservationRecord,
  accounting: AccountingMode,
  snapshot: SnapshotRecord | null,
  periodStart: string | null,
): number {
  if (reservation.state === 'closed') return 0;
  if (reservation.state === 'open') return reservation.bytes;
  if (accounting === 'allocated') {
    const counted = snapshot !== null && reservation.settledAt !== null && snapshot.at > reservation.settledAt;
    return counted ? 0 : reservation.bytes;
  }
  return accounting === 'consumed' && periodStart !== null && reservation.createdAt < periodStart
    ? 0
    : reservation.leftBytes;
}

/** Everything that is promised under an agent's limit. */
export function reservedBytes(
  agent: AgentRecord,
  reservations: readonly ReservationRecord[],
  accounting: AccountingMode,
  snapshot: SnapshotRecord | null,
): number {
  let sum = 0;
  for (const reservation of reservations) {
    if (!reservation.chain.includes(agent.uuid)) continue;
    sum += reservedBy(reservation, accounting, snapshot, agent.account?.periodStart ?? null);
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
  at: string;
}): ReservationRecord[] {
  const changed: ReservationRecord[] = [];
  for (const reservation of input.reservations) {
    if (reservation.state !== 'settled') continue;
    const entry = input.entries.get(reservation.uuid);
    // Made after the list was asked for: not in it, and no sign of anything.
    if (entry === undefined) continue;
    const leftBytes = Math.max(0, reservation.bytes - entry.totalBytes);
    const outcome = outcomeOf(reservation, entry, leftBytes, input.periodStartOf(reservation.agent));
    if (outcome !== null) changed.push({ ...reservation, leftBytes, state: 'closed', closedAt: input.at, outcome });
    else if (leftBytes !== reservation.leftBytes) changed.push({ ...reservation, leftBytes });
  }
  return changed;
}

function outcomeOf(
  reservation: ReservationRecord,
  entry: LedgerEntry,
  leftBytes: number,
  periodStart: string | null,
): string | null {
  if (entry.gone) return 'user-gone';
  if (entry.owner !== reservation.agent) return 'moved';
  if (leftBytes === 0) return 'used';
  return periodStart !== null && reservation.createdAt < periodStart ? 'period-over' : null;
}
