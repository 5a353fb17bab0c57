import type { Check } from '@sluice/contract/documents';
import { liesAhead } from '@sluice/quota-core';
import { confirmedInstant, formatLength } from '../../context/clock-guard.js';
import { isUnconfirmed } from '../../context/panel-answers.js';
import { withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';
import { isLiving } from '../../base/lifecycle.js';

/** The confirmed instant, and the one before. */
export interface AcceptedClock {
  at: string;
  before: string | null;
}

/** Confirms the clock for the operator: sets the confirmed instant to now, even backwards, and logs it as a run. */
export async function acceptClock(context: Context): Promise<AcceptedClock> {
  // oxlint-disable-next-line sluice/syntax -- the name of such runs in the log
  return withRun(context, { command: 'doctor --accept-clock', dryRun: false }, (run) =>
    context.write([], async (tables) => {
      const before = await tables.clock.confirmed();
      const at = run.view.startedAt;
      await tables.clock.accept(at);
      await run.start(tables);
      await run.end({ outcome: 'done', changes: false }, tables);
      return { at, before };
    }),
  );
}

/** Compares the clock with the last confirmed instant, and finds what a clock that was ahead left in the store of these panels. */
export async function confirmedClockChecks(
  context: Context,
  { accepted, panels }: { accepted: AcceptedClock | null; panels: readonly string[] },
): Promise<Check[]> {
  const stored = await context.store.clock.confirmed();
  const check = clockCheck(context, stored, accepted);
  if (isUnconfirmed(context, await confirmedInstant(context))) return [check];
  return [check, ...(await cyclesAhead(context, panels)), ...(await periodsAhead(context, panels))];
}

function clockCheck(context: Context, stored: string | null, accepted: AcceptedClock | null): Check {
  const check = toChecks('confirmed clock', context.now());
  if (accepted !== null) {
    const before =
      accepted.before === null ? 'no instant was confirmed before' : `the instant before was ${accepted.before}`;
    return check('ok', `${accepted.at} is confirmed now; ${before}`);
  }
  if (stored === null) return check('ok', 'no instant is confirmed yet; the first run confirms one');
  const gap = context.deps.clock.now() - Date.parse(stored);
  const where = `last confirmed at ${stored}, ${formatLength(gap)} ${gap < 0 ? 'in the future' : 'ago'}`;
  if (!isUnconfirmed(context, stored)) return check('ok', where);
  if (context.agreedAt() === null)
    return check('failed', `${where}, and no panel agrees with the clock`, 'clock_unconfirmed');
  const agreed = 'the panels agree with the clock now';
  if (gap >= 0) return check('ok', `${where}; ${agreed}`);
  return check('warning', `${where}: until then a wrong clock can't be detected; ${agreed}`, 'clock_unconfirmed');
}

/** Finds cycles in the future: nothing would be metered in them until they begin. */
async function cyclesAhead(context: Context, panels: readonly string[]): Promise<Check[]> {
  const now = context.now();
  const ahead = (await context.store.cycles.newest()).filter((cycle) => liesAhead(cycle, now));
  const services = await context.store.services.list({ ids: ahead.map((cycle) => cycle.service) });
  // A panel that the config lacks has cycles, too.
  const isOther = ({ panel }: { panel: string }): boolean => panel in context.config.panels && !panels.includes(panel);
  const metered = new Set(services.filter((one) => isLiving(one) && !isOther(one)).map(({ id }) => id));
  return ahead
    .filter((cycle) => metered.has(cycle.service))
    .map(({ service, start }) =>
      toChecks('cycle', service)(
        'failed',
        `its cycle does not begin until ${start}: the cycle was opened while the clock was ahead; the next poll of the service continues with the correct cycle`,
      ),
    );
}

async function periodsAhead(context: Context, panels: readonly string[]): Promise<Check[]> {
  const now = context.now();
  const checks: Check[] = [];
  for (const panel of panels) {
    for (const { name, account } of await context.store.agents.list(panel)) {
      const start = (account as { periodStart?: string } | null)?.periodStart;
      if (start === undefined || !liesAhead({ start }, now)) continue;
      const message = `its period does not begin until ${start}: the period was opened while the clock was ahead`;
      checks.push(toChecks('agent period', `${panel} ${name}`)('failed', message, 'period_ahead'));
    }
  }
  return checks;
}
