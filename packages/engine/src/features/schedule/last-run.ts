import type { OverviewReport } from '@sluice/contract/documents';
import type { RunRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { isAtWork } from '../../kernel/run/bracket.js';
import { CLOCK_TOLERANCE_MS } from '../../context/panel-answers.js';

/** Numbers of runs among which the last one is searched, one after the other. */
const NEWEST = [20, 1000];
/** A run is late after this many intervals. */
const LATE_INTERVALS = 3;

/**
 * Returns the last run of a command that read something: one that was refused for the lease of another one has not, and one at work
 * has not ended yet. Without any, returns the newest; null where there is none. One over a part proves nothing about the schedule.
 */
export async function findLastRun(context: Context, command: string): Promise<RunRecord | null> {
  // A run in the future, by a clock that was ahead, must not hide that runs have stopped.
  const until = new Date(context.deps.clock.now() + CLOCK_TOLERANCE_MS).toISOString();
  let newest: RunRecord | null = null;
  for (const limit of NEWEST) {
    const runs = await context.store.runs.list({ command, whole: true, until, limit });
    newest ??= runs[0] ?? null;
    for (const run of runs) if (run.outcome !== 'busy' && !(await isAtWork(context, run))) return run;
    if (runs.length < limit) break;
  }
  return newest;
}

/** Returns whether the last run of a command is too long ago for the time between its runs. */
export function isLate({ deps }: Context, { startedAt }: Pick<RunRecord, 'startedAt'>, intervalMs: number): boolean {
  return deps.clock.now() - Date.parse(startedAt) > LATE_INTERVALS * intervalMs;
}

/** Returns the last poll over all panels where it is too long ago: the runs have stopped. */
export async function findLatePoll(context: Context): Promise<OverviewReport['late']> {
  const last = await findLastRun(context, 'poll');
  if (last === null || !isLate(context, last, context.config.poll.interval)) return undefined;
  return { command: 'poll', at: last.startedAt };
}

/** Returns that the runs have stopped, without a full stop; `since` is the instant as the reader's times are. */
export function describeLate({ command }: NonNullable<OverviewReport['late']>, since: string): string {
  return `No ${command} over all panels has begun since ${since}: nothing is read, held or released before the next one`;
}
