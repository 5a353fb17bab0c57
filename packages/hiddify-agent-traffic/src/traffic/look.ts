import { isPanelError } from '@sluice/panel-http';
import { AGENT_STEPS, type Clock, itemErrorOf, type ReservationLook, type Step } from '@sluice/panel-kind';
import { changeOf, differencesOf, hasDifferences, isHalfMade } from '../client/compare-user.js';
import type { HiddifyUser } from '../client/records.js';
import type { HiddifyClient, NewHiddifyUser } from '../client/types.js';
import { ACTION_TYPES, observedOf } from '../steps/user-actions.js';
import { isRaised, raisedIn } from './raised-limit.js';
import type { ReservationRecord } from './records.js';

/**
 * Finds out what became of a reservation by the uuid that it was made with: a whole user is settled, none is released, and one
 * that the panel left half-made is to be completed, or removed where that fails. Of a raise the limit that the panel shows
 * decides.
 */
export async function lookUp(
  { client, clock }: { client: HiddifyClient; clock: Clock },
  reservation: ReservationRecord,
  again: boolean,
): Promise<ReservationLook> {
  const raise = raisedIn(reservation);
  const isDone = (user: HiddifyUser | null): boolean =>
    user !== null && (raise === null || isRaised(raise, reservation.agent, user));
  const uuid = raise?.raises ?? reservation.uuid;
  let user: HiddifyUser | null;
  try {
    user = await client.users.get(uuid);
    // The last request may be on its way.
    if (again && !isDone(user)) {
      await clock.sleep(1000);
      user = await client.users.get(uuid);
    }
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return { state: 'unknown', repair: null, error: itemErrorOf(error) };
  }
  if (raise !== null) return found(isDone(user) ? 'settled' : 'not-raised');
  if (user === null) return found('not-created');
  const wanted = reservation.wanted as NewHiddifyUser;
  const change = differencesOf(user, changeOf(wanted));
  // Whatever else differs was changed by somebody since, as is their right.
  if (!hasDifferences(change) || !isHalfMade(user, wanted)) return found('settled');
  const base: Omit<Step, 'type' | 'payload'> = {
    target: uuid,
    hold: null,
    prior: { name: user.name, ...observedOf(user) },
    ends: [],
    begins: null,
  };
  const payload = { agent: reservation.agent, why: 'half-made' };
  return {
    state: 'half-made',
    repair: [
      { ...base, type: ACTION_TYPES.update, payload: { ...payload, change } },
      { ...base, type: AGENT_STEPS.delete, payload },
    ],
    error: null,
  };
}

function found(state: ReservationLook['state']): ReservationLook {
  return { state, repair: null, error: null };
}
