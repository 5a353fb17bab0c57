import type { RunCommand } from '../../kernel/run/bracket.js';
import type { RunOutcome, RunRecord } from '@sluice/state-store';
import { isPanelRemoved } from '../../base/config/find-entry.js';
import { scheduledCommands } from '../schedule/jobs.js';
import { findOverAll } from '../schedule/last-run.js';
import type { Context } from '../../context/context.js';
import { listUndecided } from '../../kernel/run/left-elsewhere.js';
import type { MetricTable } from './families.js';

/** All but `busy`: a run that was refused for the lease of another one has read nothing. */
const OUTCOMES: readonly RunOutcome[] = ['done', 'partial', 'failed', 'usage', 'brake', 'interrupted', 'terminated'];
/** Some items of the run failed; the others are done. */
const SUCCESSES: readonly RunOutcome[] = ['done', 'partial'];

/** Commands that decide on the panels. */
const OVER_PANELS: readonly string[] = ['poll', 'reconcile'];

/** Adds the last runs of the scheduled commands, and the number of purchases. */
export async function addRunMetrics(context: Context, table: MetricTable): Promise<void> {
  const { store, config, deps } = context;
  for (const { command, intervalMs } of scheduledCommands(config, deps)) {
    table.add('sluice_run_interval_seconds', { command }, intervalMs / 1000);
    // A run that began while the clock was ahead would stay the last one until the clock gets there.
    const ofAll = { command, whole: true, until: context.now(), limit: 1 };
    const success = await findSuccess(context, command, ofAll);
    if (success?.finishedAt != null)
      table.add('sluice_run_last_success_timestamp_seconds', { command }, Date.parse(success.finishedAt) / 1000);
    const [last] = await store.runs.list({ ...ofAll, outcomes: OUTCOMES });
    if (last?.finishedAt == null) continue;
    const durationMs = Date.parse(last.finishedAt) - Date.parse(last.startedAt);
    table.add('sluice_run_duration_seconds', { command }, Math.max(0, durationMs) / 1000);
    for (const outcome of OUTCOMES)
      table.add('sluice_run_outcome', { command, outcome }, Number(outcome === last.outcome));
  }
  const paid = await store.purchases.countPaid();
  for (const actor of ['manual', 'auto'] as const) table.add('sluice_purchases_total', { actor }, paid[actor]);
}

/** Returns the last success over all panels: where workers run them one by one, the oldest of the last ones of each panel. */
async function findSuccess(
  context: Context,
  command: RunCommand,
  ofAll: { command: string; whole: boolean; until: string; limit: number },
): Promise<RunRecord | null> {
  const { until = ofAll.until } = await lastDecided(context, command);
  const isSuccess = ({ outcome, startedAt }: RunRecord): boolean =>
    startedAt <= until && outcome !== null && SUCCESSES.includes(outcome);
  if (context.deps.queue !== null) return findOverAll(context, command, isSuccess);
  const [success] = await context.store.runs.list({ ...ofAll, outcomes: SUCCESSES, until });
  return success ?? null;
}

/** A run that decided nothing on a panel has not succeeded, whatever it did on the others: returns before when one did. */
async function lastDecided({ store, config }: Context, command: RunCommand): Promise<{ until?: string }> {
  if (!OVER_PANELS.includes(command)) return {};
  const lasting = (await listUndecided(store)).filter(({ panel }) => !isPanelRemoved(config, panel));
  const [since] = lasting.map((one) => one.since).sort();
  return since === undefined ? {} : { until: new Date(Date.parse(since) - 1).toISOString() };
}
