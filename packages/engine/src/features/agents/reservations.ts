import type { ReservationOutcome } from '@sluice/panel-kind';
import type { AgentReservationRecord } from '@sluice/state-store';
import { changeUsers, type UserChanges } from './change-users.js';
import { findRaise, FOUND } from '@sluice/quota-core/agents';
import { callsBegun, isOrphaned } from './repeated-creation.js';
import { endReservation } from './reserve.js';

/** How an abandoned reservation was resolved. */
export type ResolvedReservation =
  | Exclude<ReservationOutcome['state'], 'half-made'>
  | 'repaired'
  | 'orphan-removed'
  | 'would-repair';

/**
 * Resolves reservations that expired or whose process ended, by reading the panel. A half-made user is completed, or removed
 * where that fails.
 */
export async function resolveReservations(
  on: UserChanges,
  { dryRun }: { dryRun: boolean },
): Promise<ResolvedReservation[]> {
  const { context, name } = on;
  const now = context.now();
  const open = (await context.store.agentReservations.live(name)).filter(({ state }) => state === 'open');
  const started = open.length === 0 ? new Map<string, never>() : await callsBegun(context, name);
  const resolved: ResolvedReservation[] = [];
  for (const reservation of open) {
    const orphaned = isOrphaned(context, reservation, started);
    if (now >= reservation.expiresAt || orphaned) resolved.push(await resolve(on, reservation, { orphaned, dryRun }));
  }
  return resolved;
}

/** Returns whether resolved reservations leave more of a budget than before. */
export function isFreed(resolved: readonly ResolvedReservation[]): boolean {
  return resolved.some((outcome) => outcome.startsWith('not-') || outcome === 'orphan-removed');
}

async function resolve(
  on: UserChanges,
  reservation: AgentReservationRecord,
  { orphaned, dryRun }: { orphaned: boolean; dryRun: boolean },
): Promise<ResolvedReservation> {
  const { state, repair } = await on.agents.readReservation(reservation, orphaned);
  const outcome = state !== 'half-made' ? state : dryRun ? 'would-repair' : await mend(on, repair);
  if (dryRun || outcome === 'unknown' || outcome === 'would-repair') return outcome;
  const raise = findRaise(reservation);
  // Runs repeat the raises of services by themselves.
  const isRepeated = raise === null || raise.asked !== undefined;
  if (outcome === 'settled' || outcome === 'repaired') {
    const found = isRepeated ? FOUND : null;
    await endReservation(on, reservation.uuid, { state: 'settled', outcome: found }, reservation);
  } else {
    await endReservation(on, reservation.uuid, { state: 'closed', outcome }, reservation);
  }
  return outcome;
}

async function mend(on: UserChanges, repair: ReservationOutcome['repair']): Promise<ResolvedReservation> {
  if (repair === null) return 'unknown';
  const [complete, remove] = repair;
  const perform = async (step: typeof complete) =>
    (await changeUsers(on, { steps: [step], moves: [], endedEvidence: [] }))[0]?.state;
  const completed = await perform(complete);
  if (completed === 'unneeded') return 'would-repair';
  if (completed !== 'failed') return completed === 'applied' ? 'repaired' : 'unknown';
  return (await perform(remove)) === 'applied' ? 'orphan-removed' : 'unknown';
}
