import type { StoreTables } from '@sluice/state-store';
import { SluiceError } from '@sluice/panel-kind';
import type { Context } from './context.js';
import { type Moment, moment, isUnconfirmed, WRONG_CLOCK_MS } from './panel-answers.js';

/** Codes of errors after which nothing may be decided by the local clock. */
export const CLOCK_ERRORS: readonly string[] = ['clock_wrong', 'clock_unconfirmed'];

/**
 * Refuses a wrong clock: one that differs from the panel's, or that was set during the run.
 *
 * @throws SluiceError `clock_wrong`
 */
export function refuseWrongClock(context: Context, panel: string, start: Moment): void {
  const difference = findDifference(context, panel);
  if (difference !== null) {
    throw clockWrong(
      panel,
      `the clock of panel "${panel}" is ${formatLength(difference)} ${difference > 0 ? 'ahead of' : 'behind'} the local clock`,
    );
  }
  const jump = findJump(context, start);
  if (jump !== null) {
    throw clockWrong(
      panel,
      `the local clock was set ${jump > 0 ? 'forward' : 'back'} by ${formatLength(jump)} during the run`,
    );
  }
}

/** Returns by how much the clock of a panel differs; null if it agrees or is unknown. */
function findDifference(context: Context, panel: string): number | null {
  const difference = context.clockDifference(panel);
  return difference !== null && Math.abs(difference) > WRONG_CLOCK_MS ? difference : null;
}

/** Returns by how much the clock was set since a moment; null if it was not. */
function findJump(context: Context, start: Moment): number | null {
  const now = moment(context);
  const jump = now.clock - start.clock - (now.steady - start.steady);
  return Math.abs(jump) > WRONG_CLOCK_MS ? jump : null;
}

function clockWrong(panel: string, what: string): SluiceError {
  return new SluiceError('clock_wrong', `${what}: no decisions were made for the services of the panel`, {
    kind: 'panel',
    details: { panel },
  });
}

/** Returns the newest instant at which the local clock was confirmed, in this context or in the store; null before the first. */
export async function confirmedInstant(context: Context): Promise<string | null> {
  return context.agreedAt() ?? (await context.store.clock.confirmed());
}

/**
 * Refuses a clock that is far from the newest confirmed instant, unless a panel agrees with it. Panels that have not answered in
 * this context are called for that.
 *
 * @throws SluiceError `clock_unconfirmed`, or `clock_wrong` if the panel's clock differs
 */
export async function refuseUnconfirmedClock(context: Context, panel: string, start: Moment): Promise<void> {
  if (!isUnconfirmed(context, await confirmedInstant(context))) return;
  const others = Object.keys(context.config.panels).filter((name) => name !== panel);
  await askForTheTime(context, [panel, ...others]);
  refuseWrongClock(context, panel, start);
  const confirmed = await confirmedInstant(context);
  if (confirmed === null || !isUnconfirmed(context, confirmed)) return;
  const now = context.now();
  throw new SluiceError(
    'clock_unconfirmed',
    `the local clock was last confirmed at ${confirmed} and is at ${now} now, and no panel returned its time: no decisions were made for panel "${panel}"`,
    { kind: 'panel', details: { panel, confirmed, now } },
  );
}

async function askForTheTime(context: Context, panels: readonly string[]): Promise<void> {
  for (const name of panels) {
    if (context.agreedAt() !== null) return;
    await askPanel(context, name);
  }
}

/** Calls a panel that has not returned its time. */
async function askPanel(context: Context, name: string): Promise<void> {
  const isSilent = (context.panelFailures().get(name) ?? null) !== null;
  if (isSilent || context.clockDifference(name) !== null) return;
  // Errors of a panel are reported by its own run.
  await context
    .panel(name)
    .then((panel) => panel.test())
    .catch(() => undefined);
}

/**
 * Returns whether the clock may be believed outside the decisions about a panel: by one that differs from any panel's, was set in
 * this context, or is unconfirmed, nothing is deleted, ended or dated. Panels are called as for `refuseUnconfirmedClock`.
 */
export function isClockBelieved(context: Context): Promise<boolean> {
  const panels = Object.keys(context.config.panels);
  return isBelieved(context, context.start, () => panels);
}

/**
 * The same for what is about one panel, since the `start` of the run over it: the clocks of others do not count, as for the
 * decisions about it. The panel is called for its time; where it does not return it, those of all count.
 */
export async function isClockBelievedOn(context: Context, panel: string, start: Moment): Promise<boolean> {
  await askPanel(context, panel);
  const panels = Object.keys(context.config.panels);
  return isBelieved(context, start, () => (context.clockDifference(panel) === null ? panels : [panel]));
}

async function isBelieved(context: Context, start: Moment, listCounted: () => readonly string[]): Promise<boolean> {
  const isWrong = (): boolean =>
    findJump(context, start) !== null || listCounted().some((panel) => findDifference(context, panel) !== null);
  if (isWrong()) return false;
  if (!isUnconfirmed(context, await confirmedInstant(context))) return true;
  await askForTheTime(context, Object.keys(context.config.panels));
  return !isWrong() && !isUnconfirmed(context, await confirmedInstant(context));
}

/**
 * Moves the newest confirmed instant forward at the end of a run: to the last agreement with a panel's clock or, if no panel
 * returns its time, to now unless that is too far. The first confirmation needs an answer from a panel.
 */
export async function confirmClock(context: Context, tables: Pick<StoreTables, 'clock'>): Promise<void> {
  const agreed = context.agreedAt();
  if (agreed !== null) return tables.clock.confirm(agreed);
  if (context.sawPanelClock()) return;
  const confirmed = await tables.clock.confirmed();
  const isCertain = confirmed === null ? context.wasAnswered() : !isUnconfirmed(context, confirmed);
  if (isCertain) await tables.clock.confirm(context.now());
}

/** Returns a rounded length of time: `90 s`, `45 min`, `3 h`, `365 d`. */
export function formatLength(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ];
  const size = Math.abs(ms);
  const [unit, length] = units.find(([, least]) => size >= 2 * least) ?? ['s', 1000];
  return `${Math.round(size / length)} ${unit}`;
}
