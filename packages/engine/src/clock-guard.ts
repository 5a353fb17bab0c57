import type { StoreTables } from '@sluice/state-store';
import { SluiceError } from '@sluice/panel-kind';
import type { Session } from './session.js';
import { isUnconfirmed, WRONG_CLOCK_MS } from './trusted-clock.js';

/** Codes of a panel's error that say that nothing may be decided by our clock. */
export const CLOCK_ERRORS: readonly string[] = ['clock_wrong', 'clock_unconfirmed'];

/** A moment by the clock and by the processor's own count, which no setting of the clock moves. */
export interface Moment {
  clock: number;
  steady: number;
}

export function moment(session: Session): Moment {
  return { clock: session.deps.clock.now(), steady: performance.now() };
}

/**
 * Refuses to decide anything about a panel by a wrong clock: one that differs from the panel's own, or that was set
 * while the run was at work.
 *
 * @throws SluiceError `clock_wrong`
 */
export function refuseWrongClock(session: Session, panel: string, start: Moment): void {
  const difference = session.clockDifference(panel);
  if (difference !== null && Math.abs(difference) > WRONG_CLOCK_MS) {
    throw clockWrong(
      panel,
      `the clock of panel "${panel}" is ${lengthOf(difference)} ${difference > 0 ? 'ahead of' : 'behind'} ours`,
    );
  }
  const now = moment(session);
  const jump = now.clock - start.clock - (now.steady - start.steady);
  if (Math.abs(jump) > WRONG_CLOCK_MS) {
    throw clockWrong(panel, `our clock was set ${jump > 0 ? 'forward' : 'back'} by ${lengthOf(jump)} during the run`);
  }
}

function clockWrong(panel: string, what: string): SluiceError {
  return new SluiceError('clock_wrong', `${what}: nothing was decided about its services`, {
    kind: 'panel',
    details: { panel },
  });
}

/** Returns the newest instant at which our clock was known to be right: in this session, else as stored; null before the first. */
export async function confirmedInstant(session: Session): Promise<string | null> {
  return session.agreedAt() ?? (await session.store.clock.confirmed());
}

/**
 * Refuses to decide anything by a clock that is far from the newest confirmed instant, unless a panel says that it is
 * right. Panels that were not heard in this session are asked for the time before that.
 *
 * @throws SluiceError `clock_unconfirmed`, or `clock_wrong` where the panel says another time
 */
export async function refuseUnconfirmedClock(session: Session, panel: string, start: Moment): Promise<void> {
  if (!isUnconfirmed(session, await confirmedInstant(session))) return;
  await askForTheTime(session, panel);
  refuseWrongClock(session, panel, start);
  const confirmed = await confirmedInstant(session);
  if (confirmed === null || !isUnconfirmed(session, confirmed)) return;
  const now = session.now();
  throw new SluiceError(
    'clock_unconfirmed',
    `our clock was last confirmed at ${confirmed} and now says ${now}, and no panel says what time it is: nothing was decided about panel "${panel}"`,
    { kind: 'panel', details: { panel, confirmed, now } },
  );
}

async function askForTheTime(session: Session, first: string): Promise<void> {
  const others = Object.keys(session.config.panels).filter((name) => name !== first);
  for (const name of [first, ...others]) {
    if (session.agreedAt() !== null) return;
    if (session.clockDifference(name) !== null) continue;
    // A panel that can't be asked says nothing about the clock; why it can't, its own run reports.
    await session
      .panel(name)
      .then((panel) => panel.test())
      .catch(() => undefined);
  }
}

/**
 * Moves the newest confirmed instant forward at the end of a run: to where a panel agreed with the clock, or, where no
 * panel says the time, to now, if that is not far from it. The first run of all needs an answer of a panel for that.
 */
export async function confirmClock(session: Session, tables: Pick<StoreTables, 'clock'>): Promise<void> {
  const agreed = session.agreedAt();
  if (agreed !== null) return tables.clock.confirm(agreed);
  if (session.sawPanelClock()) return;
  const confirmed = await tables.clock.confirmed();
  const isCertain = confirmed === null ? session.wasAnswered() : !isUnconfirmed(session, confirmed);
  if (isCertain) await tables.clock.confirm(session.now());
}

/** `90 s`, `45 min`, `3 h`, `365 d`: rounded, in the unit that fits. */
export function lengthOf(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ];
  const size = Math.abs(ms);
  const [unit, length] = units.find(([, least]) => size >= 2 * least) ?? ['s', 1000];
  return `${Math.round(size / length)} ${unit}`;
}
