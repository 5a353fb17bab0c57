import type { ScheduledJob } from './schedule/run-schedule.js';
import { previousDue } from './schedule/timing.js';

/** One run of a job that is due: over a panel, or as a whole. */
export interface DueRun {
  job: string;
  panel: string | null;
}

/** The queue asks once a minute: a run that is due within half of one is due now. */
const EARLY_MS = 30_000;

/**
 * Returns the runs that are due: those whose last start is an interval ago, or before the last time of day of the job. What was missed
 * is due once.
 */
export async function listDue(
  jobs: readonly ScheduledJob[],
  { now, timeZone }: { now: number; timeZone: string },
): Promise<DueRun[]> {
  const due: DueRun[] = [];
  for (const job of jobs) {
    const starts = (await job.lastStarts?.()) ?? new Map([[null, await job.lastStart()]]);
    for (const [panel, last] of starts) {
      // A start in the future is that of a clock that was ahead.
      if (last === null || last > now || last < latestStart(job, { now, timeZone })) due.push({ job: job.name, panel });
    }
  }
  return due;
}

/** Returns the instant at or after which the last run must have started for the job not to be due. */
function latestStart({ timing }: ScheduledJob, { now, timeZone }: { now: number; timeZone: string }): number {
  const at = now + EARLY_MS;
  return 'everyMs' in timing ? at - timing.everyMs : previousDue({ timing, timeZone }, now);
}
