import type { HiddifyUser } from '../client/records.js';
import type { CallOptions, NewHiddifyUser } from '../client/types.js';
import { nowOf, type ManagerContext } from './context.js';
import type { ReservationRecord } from './records.js';

/** Outcome of a settled reservation whose user was found by somebody else than its maker. */
export const FOUND = 'found';

/** So long after an order a repeat of it asks for the same user and not for a second one, milliseconds. */
const repeatedWithin = 86_400_000;

const compared = ['name', 'limitBytes', 'packageDays', 'mode', 'comment', 'startDate', 'telegramId'] as const;

function isSameUser(promised: ReservationRecord['wanted'], wanted: NewHiddifyUser): boolean {
  if ('raises' in promised) return false;
  return compared.every((field) => (promised[field] ?? null) === (wanted[field] ?? null));
}

/** The reservation, where it was made for just this order and still stands. */
export function sameOrder(
  reservation: ReservationRecord | null,
  agent: string,
  wanted: NewHiddifyUser,
): ReservationRecord | null {
  if (reservation === null || reservation.state === 'closed') return null;
  return reservation.agent === agent && reservation.bytes === wanted.limitBytes ? reservation : null;
}

/**
 * The same order by a process that is gone and has not told how it ended. Going on with its uuid makes one user of both, also
 * when its last request reaches the panel only now.
 */
export function brokenOff(
  context: ManagerContext,
  live: readonly ReservationRecord[],
  agent: string,
  wanted: NewHiddifyUser,
): ReservationRecord | null {
  const since = new Date(context.clock.now() - repeatedWithin).toISOString();
  const same = live.filter(
    (reservation) =>
      sameOrder(reservation, agent, wanted) !== null &&
      (reservation.state === 'open' || (reservation.outcome === FOUND && reservation.createdAt > since)) &&
      isSameUser(reservation.wanted, wanted) &&
      reservation.holder !== null &&
      context.mayResume(reservation.holder),
  );
  same.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  return same[0] ?? null;
}

/** The user that a broken-off order was found to have made, told once; null when it is not there any more. */
export async function tellFound(
  context: ManagerContext,
  { uuid, agent }: ReservationRecord,
  call: CallOptions,
): Promise<HiddifyUser | null> {
  const seen = await context.client.users.get(uuid, call);
  const user = seen?.owner === agent ? seen : null;
  await context.store.write(async (tables) => {
    const reservation = await tables.reservations.get(uuid);
    if (reservation?.outcome !== FOUND) return;
    const end = { state: 'closed' as const, closedAt: nowOf(context), outcome: seen === null ? 'user-gone' : 'moved' };
    await tables.reservations.put([{ ...reservation, ...(user === null ? end : { outcome: null }) }]);
  });
  return user;
}
