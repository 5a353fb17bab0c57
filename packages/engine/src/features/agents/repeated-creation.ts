import { callAgeMs, type UserExtension, type WantedUser } from '@sluice/panel-kind';
import { findRaise, FOUND } from '@sluice/quota-core/agents';
import { type ActionRecord, type AgentReservationRecord, hasOwnerEnded, type LeaseOwner } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** Within this time, a repeated command means the same user, or the same extension, instead of a second one. */
const REPEATED_MS = 86_400_000;

/** Returns the reservation if it is still open and was made for this user. */
export function sameOrder(
  reservation: AgentReservationRecord | null,
  agent: string,
  { limitBytes }: WantedUser,
): AgentReservationRecord | null {
  if (reservation === null || reservation.state === 'closed') return null;
  return reservation.agent === agent && reservation.bytes === limitBytes ? reservation : null;
}

/** Returns this process as reservations name it; `gaveUp`: it does not work on the reservation any more. */
export function toHolder({ deps }: Pick<Context, 'deps'>, gaveUp = false): string {
  return JSON.stringify(gaveUp ? { ...deps.owner, gaveUp } : deps.owner);
}

/**
 * Returns the reservation of the same command that has expired, or whose process ended or gave up without resolving it. Continuing with its
 * uuid creates one user only, even if its last request reaches the panel now.
 */
export function brokenOff(
  context: Context,
  live: readonly AgentReservationRecord[],
  agent: string,
  wanted: WantedUser,
): AgentReservationRecord | null {
  const now = context.now();
  const since = new Date(context.deps.clock.now() - REPEATED_MS).toISOString();
  const same = live.filter((reservation) => {
    const { state, outcome, createdAt, expiresAt, holder } = reservation;
    if (sameOrder(reservation, agent, wanted) === null || !isSameUser(reservation.wanted, wanted)) return false;
    const isGone = now >= expiresAt || isLeft(context, holder);
    return isGone && (state === 'open' || (outcome === FOUND && createdAt > since));
  });
  same.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  return same[0] ?? null;
}

/** Returns whether a reservation is that of the same extension, which was broken off: it is open, or another run has found it done. */
export function isSameExtension(
  { deps }: Pick<Context, 'deps'>,
  reservation: AgentReservationRecord,
  agent: string,
  { bytes, days, ref }: UserExtension & { ref?: string | undefined },
): boolean {
  const { state, outcome, createdAt } = reservation;
  const { asked, ref: known } = findRaise(reservation) ?? {};
  // Two references are two extensions, and a repeat without one is that of either.
  if (ref !== undefined && known !== undefined && ref !== known) return false;
  if (reservation.agent !== agent || asked?.bytes !== bytes || asked.days !== days) return false;
  const since = new Date(deps.clock.now() - REPEATED_MS).toISOString();
  return state === 'open' || (state === 'settled' && outcome === FOUND && createdAt > since);
}

function isSameUser(stored: unknown, wanted: WantedUser): boolean {
  if (typeof stored !== 'object' || stored === null || 'raises' in stored) return false;
  return toText(stored) === toText(wanted);
}

/** Returns a requested user as text, without owner and uuid. */
function toText(user: object): string {
  const { uuid: _uuid, owner: _owner, ...asked } = user as Record<string, unknown>;
  return JSON.stringify(Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How long the panel may still process the last request of an ended process. */
const LAST_REQUEST_MS = 30_000;

/** Returns whether the process that made a reservation has certainly ended, or given up. `begun` is the result of `callsBegun`. */
export function isOrphaned(
  context: Context,
  { holder }: Pick<AgentReservationRecord, 'holder'>,
  started: ReadonlyMap<string, ActionRecord>,
): boolean {
  const owner = ownerIn(holder);
  if (owner === null || !isLeft(context, holder)) return false;
  const row = started.get(processKey(owner));
  return row === undefined || callAgeMs(row, context.deps.clock.now()) >= LAST_REQUEST_MS;
}

/** Returns the last unfinished call of each process. */
export async function callsBegun(context: Context, panel: string): Promise<Map<string, ActionRecord>> {
  const started = new Map<string, ActionRecord>();
  for (const row of await context.store.actions.unresolved({ panel })) {
    const run = row.calledAt === null ? null : await context.store.runs.get(row.run);
    if (run === null) continue;
    const key = processKey(run);
    if ((row.calledAt ?? '') > (started.get(key)?.calledAt ?? '')) started.set(key, row);
  }
  return started;
}

function processKey({ host, pid }: Pick<LeaseOwner, 'host' | 'pid'>): string {
  return `${host}:${pid}`;
}

function isLeft({ deps }: Context, holder: string | null): boolean {
  const owner = ownerIn(holder);
  return owner !== null && (owner.gaveUp || hasOwnerEnded(deps, owner));
}

function ownerIn(holder: string | null): (LeaseOwner & { gaveUp: boolean }) | null {
  try {
    const { host, pid, processStart, gaveUp } = JSON.parse(holder ?? '') as Partial<LeaseOwner> & { gaveUp?: unknown };
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof processStart !== 'string') return null;
    return { host, pid, processStart, gaveUp: gaveUp === true };
  } catch {
    return null;
  }
}
