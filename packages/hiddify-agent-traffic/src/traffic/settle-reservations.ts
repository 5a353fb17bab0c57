import { changeOf, differencesOf, hasDifferences, isHalfMade } from '../client/compare-user.js';
import type { HiddifyUser } from '../client/records.js';
import type { CallOptions } from '../client/types.js';
import { isPanelError } from '@sluice/panel-http';
import { performStep } from '../steps/execute-steps.js';
import type { StepHooks, StepResult } from '../steps/step.js';
import { nowOf, type ManagerContext } from './context.js';
import { settleReservation } from './creation.js';
import { FOUND } from './resume.js';
import type { ReservationRecord } from './records.js';

/** What became of one promise that nobody works on any more. */
export interface SettledReservation {
  reservation: ReservationRecord;
  /** `settled`: the user is there. `not-created`: it is not. `repaired`, `orphan-removed`: the panel had stopped half-way. */
  outcome: 'settled' | 'not-created' | 'repaired' | 'orphan-removed' | 'unknown' | 'would-repair';
  steps: StepResult[];
}

/**
 * Settles promises whose maker is gone or had its time, by looking up the uuid that they were made with: a whole user is
 * settled, none is released, and one that the panel left half-made is completed, or removed where that fails.
 */
export async function settleReservations(
  context: ManagerContext,
  { hooks = {}, dryRun = false, ...call }: { hooks?: StepHooks; dryRun?: boolean } & CallOptions = {},
): Promise<SettledReservation[]> {
  const now = nowOf(context);
  const open = (await context.store.reservations.live()).filter(({ state }) => state === 'open');
  const settled: SettledReservation[] = [];
  for (const reservation of open) {
    const isOrphaned = reservation.holder !== null && context.isHolderAlive(reservation.holder) === false;
    if (now < reservation.expiresAt && !isOrphaned) continue;
    settled.push(await settleOne(context, reservation, isOrphaned, { hooks, dryRun, call }));
  }
  return settled;
}

interface Options {
  hooks: StepHooks;
  dryRun: boolean;
  call: CallOptions;
}

async function settleOne(
  context: ManagerContext,
  reservation: ReservationRecord,
  isOrphaned: boolean,
  options: Options,
): Promise<SettledReservation> {
  const { uuid, wanted } = reservation;
  const { users } = context.client;
  const end = async (outcome: SettledReservation['outcome'], steps: StepResult[] = []): Promise<SettledReservation> => {
    const isThere = outcome === 'settled' || outcome === 'repaired';
    if (!options.dryRun && outcome !== 'unknown') {
      await settleReservation(context, uuid, isThere ? 'settled' : 'closed', isThere ? FOUND : outcome, reservation);
    }
    return { reservation, outcome, steps };
  };
  let seen: HiddifyUser | null;
  try {
    seen = await users.get(uuid, options.call);
    if (seen === null && isOrphaned) {
      // Its last request may still be on its way through the panel.
      await context.clock.sleep(1000, options.call.signal);
      seen = await users.get(uuid, options.call);
    }
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return end('unknown');
  }
  if (seen === null) return end('not-created');
  const due = differencesOf(seen, changeOf(wanted));
  // Whatever else differs was changed by somebody since, as is their right.
  if (!hasDifferences(due) || !isHalfMade(seen, wanted)) return end('settled');
  if (options.dryRun) return { reservation, outcome: 'would-repair', steps: [] };

  const base = { target: uuid, agent: reservation.agent, prior: seen, why: 'half-made' };
  const repair = await performStep({ ...base, type: 'update-user', change: due }, options.hooks, async () => {
    return { state: 'applied', observed: (await users.update(uuid, due, options.call)).user };
  });
  if (repair.state === 'applied') return end('repaired', [repair]);
  if (repair.state === 'in-doubt') return end('unknown', [repair]);
  const removal = await performStep({ ...base, type: 'delete-user' }, options.hooks, async () => {
    await users.remove(uuid, options.call);
    return { state: 'applied', observed: null };
  });
  return end(removal.state === 'applied' ? 'orphan-removed' : 'unknown', [repair, removal]);
}
