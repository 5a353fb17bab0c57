import type { Check } from '@sluice/contract/documents';
import { formatLength } from '../../context/clock-guard.js';
import { CLOCK_TOLERANCE_MS, WRONG_CLOCK_MS } from '../../context/panel-answers.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';

/** Checks for runs in the future: the clock was ahead then, or is behind now, which the panels' clocks decide. */
export async function clockChecks(context: Context, panels: string[]): Promise<Check[]> {
  const now = context.deps.clock.now();
  const since = new Date(now + CLOCK_TOLERANCE_MS).toISOString();
  const [last] = await context.store.runs.list({ since, limit: 1 });
  const check = toChecks('clock', context.now());
  if (!last) return [check('ok', '')];
  const ahead = formatLength(Date.parse(last.startedAt) - now);
  const differences = panels.map((panel) => context.clockDifference(panel)).filter((ms) => ms !== null);
  const agreed = differences.length > 0 && differences.every((ms) => Math.abs(ms) <= WRONG_CLOCK_MS);
  const known = await context.store.clock.confirmed();
  // The operator may have confirmed the clock.
  const accepted = known !== null && Math.abs(now - Date.parse(known)) <= WRONG_CLOCK_MS;
  const what = `run ${last.id} is ${ahead} in the future`;
  if (agreed || (differences.length === 0 && accepted))
    return [check('warning', `${what}: the clock was ahead then and is correct now`)];
  return [check('failed', `${what}: the clock was set back. Correct it before the next run`)];
}

/** Compares a panel's clock with the local one; returns no check where the panel does not report its time. */
export function panelClockCheck(panel: string, difference: number | null): Check[] {
  if (difference === null) return [];
  const check = toChecks('panel clock', panel);
  const size = Math.abs(difference);
  const where = `${formatLength(difference)} ${difference < 0 ? 'behind' : 'ahead of'} the local clock`;
  if (size <= CLOCK_TOLERANCE_MS) return [check('ok', where)];
  const what = `the panel's clock is ${where}`;
  if (size <= WRONG_CLOCK_MS)
    return [check('warning', `${what}: cycles, expiry and resets happen at different times. Correct both clocks`)];
  const effect = 'runs make no decisions for its services until the wrong clock is corrected';
  return [check('failed', `${what}: ${effect}`)];
}
