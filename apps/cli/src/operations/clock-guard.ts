import { SluiceError } from '../errors.js';
import type { Session } from './session.js';

/**
 * A clock that is further off than this is wrong, ours or the panel's: cycles would begin and end at the wrong time,
 * and a panel asked about a time that has not come yet answers nothing used.
 */
export const WRONG_CLOCK_MS = 30 * 60_000;

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
      'set the wrong one right, then run again; "sluice doctor" shows both',
    );
  }
  const now = moment(session);
  const jump = now.clock - start.clock - (now.steady - start.steady);
  if (Math.abs(jump) > WRONG_CLOCK_MS) {
    throw clockWrong(
      panel,
      `our clock was set ${jump > 0 ? 'forward' : 'back'} by ${lengthOf(jump)} during the run`,
      'see that it is right now, then run again',
    );
  }
}

function clockWrong(panel: string, what: string, remedy: string): SluiceError {
  return new SluiceError('clock_wrong', `${what}: nothing was decided about its services; ${remedy}`, {
    details: { panel },
  });
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
