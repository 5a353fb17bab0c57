import { type AccountingMode, addBytes, type AgentRecord, type AgentReservationRecord } from '@sluice/quota-core';

/**
 * Returns how much of an agent's limit a reservation uses. `allocated` counts it until a list has the user in its sum. `consumed`
 * and `panel` count all of it while it is `open`, and then what the user has not used yet until the period ends.
 */
export function reservedBy(
  reservation: AgentReservationRecord,
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

/** Returns the sum of what is reserved under an agent's limit. */
export function reservedBytes(...under: Parameters<typeof listReserved>): number {
  return listReserved(...under).reduce((sum, { bytes }) => addBytes(sum, bytes), 0);
}

/** Returns the reservations that use an agent's limit, each with how much. */
export function listReserved(
  { uuid, account }: Pick<AgentRecord, 'uuid' | 'account'>,
  reservations: readonly AgentReservationRecord[],
  accounting: AccountingMode,
): { reservation: AgentReservationRecord; bytes: number }[] {
  return reservations
    .filter(({ chain }) => chain.includes(uuid))
    .map((reservation) => ({
      reservation,
      bytes: reservedBy(reservation, accounting, account?.periodStart ?? null),
    }))
    .filter(({ bytes }) => bytes > 0);
}
