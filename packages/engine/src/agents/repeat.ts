import { callAgeMs, type WantedUser } from '@sluice/panel-kind';
import type { AgentReservationRecord, LeaseOwner } from '@sluice/state-store';
import type { Session } from '../session.js';

/** Outcome of a settled reservation whose user was found by another run than its maker's. */
export const FOUND = 'found';

/** So long after a command a repeat of it asks for the same user and not for a second one. */
const REPEATED_MS = 86_400_000;

/** Returns the reservation, where it was made for just this user and still stands. */
export function sameOrder(
  reservation: AgentReservationRecord | null,
  agent: string,
  { limitBytes }: WantedUser,
): AgentReservationRecord | null {
  if (reservation === null || reservation.state === 'closed') return null;
  return reservation.agent === agent && reservation.bytes === limitBytes ? reservation : null;
}

/**
 * Returns the reservation of the same command by a process that is gone and has not said how it ended. Going on with its uuid
 * makes one user of both, also when its last request reaches the panel only now.
 */
export function brokenOff(
  { deps }: Session,
  live: readonly AgentReservationRecord[],
  agent: string,
  wanted: WantedUser,
): AgentReservationRecord | null {
  const since = new Date(deps.clock.now() - REPEATED_MS).toISOString();
  const same = live.filter((reservation) => {
    const { state, outcome, createdAt, holder } = reservation;
    if (sameOrder(reservation, agent, wanted) === null || !isSameUser(reservation.wanted, wanted)) return false;
    const owner = ownerIn(holder);
    const isGone = owner !== null && owner.host === deps.owner.host && !deps.isAlive(owner);
    return isGone && (state === 'open' || (outcome === FOUND && createdAt > since));
  });
  same.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  return same[0] ?? null;
}

function isSameUser(stored: unknown, wanted: WantedUser): boolean {
  if (typeof stored !== 'object' || stored === null || 'raises' in stored) return false;
  return contentOf(stored) === contentOf(wanted);
}

/** All that was asked of a user, under any owner and any uuid. */
function contentOf(user: object): string {
  const { uuid: _uuid, owner: _owner, ...asked } = user as Record<string, unknown>;
  return JSON.stringify(Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The panel may still be at work on the request of a process that is gone, until this has passed since the call was begun. */
const LAST_REQUEST_MS = 30_000;

/** Whether the maker of a reservation certainly works on it no more. `begun` as `callsBegun` returns it. */
export function isOrphaned(
  { deps }: Session,
  { holder }: Pick<AgentReservationRecord, 'holder'>,
  begun: ReadonlyMap<string, string>,
): boolean {
  const owner = ownerIn(holder);
  if (owner === null || owner.host !== deps.owner.host || deps.isAlive(owner)) return false;
  const calledAt = begun.get(processKey(owner));
  return calledAt === undefined || callAgeMs(calledAt, deps.clock.now()) >= LAST_REQUEST_MS;
}

/** Returns when the last change of each process was begun that did not end, by process. */
export async function callsBegun(session: Session, panel: string): Promise<Map<string, string>> {
  const begun = new Map<string, string>();
  for (const row of await session.store.actions.unsettled({ panel })) {
    const run = row.calledAt === null ? null : await session.store.runs.get(row.run);
    if (run === null) continue;
    const key = processKey(run);
    const calledAt = row.calledAt ?? '';
    if (calledAt > (begun.get(key) ?? '')) begun.set(key, calledAt);
  }
  return begun;
}

function processKey({ host, pid }: Pick<LeaseOwner, 'host' | 'pid'>): string {
  return `${host}:${pid}`;
}

function ownerIn(holder: string | null): LeaseOwner | null {
  try {
    const { host, pid, processStart } = JSON.parse(holder ?? '') as Partial<LeaseOwner>;
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof processStart !== 'string') return null;
    return { host, pid, processStart };
  } catch {
    return null;
  }
}
