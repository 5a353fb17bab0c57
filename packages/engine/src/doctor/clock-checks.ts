import { formatLength } from '../clock/clock-guard.js';
import { WRONG_CLOCK_MS } from '../clock/trusted-clock.js';
import type { Session } from '../session.js';
import type { Check } from './check.js';

/** A clock that is further off would begin and end cycles at the wrong time. */
export const CLOCK_TOLERANCE_MS = 120_000;

/** Checks for runs in the future: the clock was ahead then, or is behind now, which the panels' clocks decide. */
export async function clockChecks(session: Session, panels: string[]): Promise<Check[]> {
  const now = session.deps.clock.now();
  const since = new Date(now + CLOCK_TOLERANCE_MS).toISOString();
  const [last] = await session.store.runs.list({ since, limit: 1 });
  const check = { name: 'clock', object: session.now() };
  if (!last) return [{ ...check, status: 'ok', message: '' }];
  const ahead = formatLength(Date.parse(last.startedAt) - now);
  const differences = panels.map((panel) => session.clockDifference(panel)).filter((ms) => ms !== null);
  const agreed = differences.length > 0 && differences.every((ms) => Math.abs(ms) <= WRONG_CLOCK_MS);
  const known = await session.store.clock.confirmed();
  // The operator may have confirmed the clock.
  const accepted = known !== null && Math.abs(now - Date.parse(known)) <= WRONG_CLOCK_MS;
  const confirmed = agreed || (differences.length === 0 && accepted);
  return [
    confirmed
      ? {
          ...check,
          status: 'warning',
          message: `run ${last.id} is ${ahead} in the future: the clock was ahead then and is correct now`,
        }
      : {
          ...check,
          status: 'failed',
          message: `run ${last.id} is ${ahead} in the future: the clock was set back. Correct it before the next run`,
        },
  ];
}

/** Compares a panel's clock with the local one; returns no check where the panel does not report its time. */
export function panelClockCheck(panel: string, difference: number | null): Check[] {
  if (difference === null) return [];
  const check = { name: 'panel clock', object: panel };
  const size = Math.abs(difference);
  const where = `${formatLength(difference)} ${difference < 0 ? 'behind' : 'ahead of'} the local clock`;
  if (size <= CLOCK_TOLERANCE_MS) return [{ ...check, status: 'ok', message: where }];
  if (size <= WRONG_CLOCK_MS) {
    return [
      {
        ...check,
        status: 'warning',
        message: `the panel's clock is ${where}: cycles, expiry and resets happen at different times. Correct both clocks`,
      },
    ];
  }
  return [
    {
      ...check,
      status: 'failed',
      message: `the panel's clock is ${where}: runs make no decisions for its services until the wrong clock is corrected`,
    },
  ];
}
