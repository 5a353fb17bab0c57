import { changeOf, differencesOf, hasDifferences, isHalfMade } from '../client/compare-user.js';
import type { HiddifyUser } from '../client/records.js';
import type { CallOptions, NewHiddifyUser } from '../client/types.js';
import { isPanelError } from '@sluice/panel-http';
import { performStep } from '../steps/perform-step.js';
import { StepsStopped, type StepHooks, type StepResult } from '../steps/step.js';
import { nowOf, type ManagerContext } from './context.js';
import { settleReservation, type ReservationEnd } from './creation.js';
import { FOUND } from './resume.js';
import { isRaised } from './raised-limit.js';
import type { RaisedLimit, ReservationRecord } from './records.js';

/** What became of one promise that nobody works on any more. */
export interface SettledReservation {
  reservation: ReservationRecord;
  /** `settled`: the user is there, or raised. `not-created`, `not-raised`: it is not. `repaired`, `orphan-removed`: the panel had stopped half-way. */
  outcome: 'settled' | 'not-created' | 'not-raised' | 'repaired' | 'orphan-removed' | 'unknown' | 'would-repair';
  steps: StepResult[];
}

/**
 * Settles promises whose maker is gone or had its time, by looking up the uuid that they were made with: a whole user is
 * settled, none is released, and one that the panel left half-made is completed, or removed where that fails. Of a raise the
 * limit that the panel shows decides.
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
    settled.push(
      await settleOne(context, reservation, isOrphaned, { hooks, dryRun, call }).catch((error: unknown) => {
        if (!(error instanceof StepsStopped)) throw error;
        return { reservation, outcome: 'would-repair' as const, steps: [] };
      }),
    );
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
  const { wanted } = reservation;
  if ('raises' in wanted) return settleRaise(context, reservation, wanted, { isOrphaned, ...options });
  return settleCreation(context, reservation, wanted, { isOrphaned, ...options });
}

/** Looks for a user; one that is not as wanted yet is looked at once more, since the last request may be on its way. */
async function look(
  context: ManagerContext,
  uuid: string,
  {
    isOrphaned,
    call,
    isDone,
  }: { isOrphaned: boolean; call: CallOptions; isDone: (user: HiddifyUser | null) => boolean },
): Promise<{ user: HiddifyUser | null } | null> {
  const { users } = context.client;
  try {
    const user = await users.get(uuid, call);
    if (isDone(user) || !isOrphaned) return { user };
    await context.clock.sleep(1000, call.signal);
    return { user: await users.get(uuid, call) };
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return null;
  }
}

type Settling = Options & { isOrphaned: boolean };

async function settleRaise(
  context: ManagerContext,
  reservation: ReservationRecord,
  raise: RaisedLimit,
  { isOrphaned, dryRun, call }: Settling,
): Promise<SettledReservation> {
  const isDone = (user: HiddifyUser | null): boolean => user !== null && isRaised(raise, reservation.agent, user);
  const seen = await look(context, raise.raises, { isOrphaned, call, isDone });
  if (seen === null) return { reservation, outcome: 'unknown', steps: [] };
  const outcome = isDone(seen.user) ? 'settled' : 'not-raised';
  if (!dryRun) {
    const end: ReservationEnd =
      outcome === 'settled' ? { state: 'settled', outcome: null } : { state: 'closed', outcome };
    await settleReservation(context, reservation.uuid, end, reservation);
  }
  return { reservation, outcome, steps: [] };
}

async function settleCreation(
  context: ManagerContext,
  reservation: ReservationRecord,
  wanted: NewHiddifyUser,
  { isOrphaned, ...options }: Settling,
): Promise<SettledReservation> {
  const { uuid } = reservation;
  const { users } = context.client;
  const end = async (outcome: SettledReservation['outcome'], steps: StepResult[] = []): Promise<SettledReservation> => {
    const isThere = outcome === 'settled' || outcome === 'repaired';
    if (!options.dryRun && outcome !== 'unknown') {
      const fate: ReservationEnd = isThere ? { state: 'settled', outcome: FOUND } : { state: 'closed', outcome };
      await settleReservation(context, uuid, fate, reservation);
    }
    return { reservation, outcome, steps };
  };
  const looked = await look(context, uuid, { isOrphaned, call: options.call, isDone: (user) => user !== null });
  if (looked === null) return end('unknown');
  const seen = looked.user;
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
