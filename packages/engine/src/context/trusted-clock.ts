import type { Clock } from '@sluice/panel-kind';

/**
 * Clocks that differ by more are wrong: cycles would start and end at the wrong time, and a panel reports no usage for a window
 * in its future.
 */
export const WRONG_CLOCK_MS = 30 * 60_000;

const DAY = 86_400_000;
/** How far the clock may be from the newest confirmed instant: daily runs start at different hours. */
const FURTHEST_MS = DAY + 2 * 3_600_000;

/** The part of a session that concerns time. */
interface KnownTime {
  readonly deps: { readonly clock: Clock };
  now(): string;
  clockDifference(panel: string): number | null;
  agreedAt(): string | null;
}

/** Returns whether the clock is too far from the newest confirmed instant. */
export function isUnconfirmed({ deps }: Pick<KnownTime, 'deps'>, confirmed: string | null): boolean {
  if (confirmed === null) return false;
  const gap = deps.clock.now() - Date.parse(confirmed);
  return Math.abs(gap) > FURTHEST_MS;
}

/** Returns the clock's instant, or the newest confirmed one if the clock is wrong or unconfirmed. */
export function trustedNow(session: KnownTime, panel: string, stored: string | null): string {
  const difference = session.clockDifference(panel);
  const isWrong = difference !== null && Math.abs(difference) > WRONG_CLOCK_MS;
  const confirmed = session.agreedAt() ?? stored;
  return confirmed !== null && (isWrong || isUnconfirmed(session, confirmed)) ? confirmed : session.now();
}
