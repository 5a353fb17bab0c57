import type { RunRecord } from '@sluice/state-store';
import type { Session } from './session.js';

/** The row of a run that begins. */
export function runRow(
  session: Session,
  run: Pick<RunRecord, 'id' | 'command' | 'dryRun' | 'startedAt'> & { observing?: string[] },
): RunRecord {
  const { id, command, dryRun, startedAt, observing = [] } = run;
  const { host, pid } = session.deps.owner;
  return {
    id,
    command,
    dryRun,
    observing,
    startedAt,
    finishedAt: null,
    exitCode: null,
    totals: null,
    error: null,
    host,
    pid,
  };
}

/** Whether the command that began a run still works, as another process. */
export function isAtWork({ runId, deps }: Session, run: RunRecord): boolean {
  if (run.id === runId) return false;
  return run.finishedAt === null && deps.isAlive({ host: run.host, pid: run.pid, processStart: '' });
}
