import { isPanelError } from '@sluice/panel-http';
import type { RunOutcome, RunRecord } from '@sluice/state-store';
import { SluiceError, type ErrorKind } from '@sluice/panel-kind';
import type { Session } from './session.js';

/** `run` of a document (docs/json.md). */
export interface RunView {
  id: string;
  command: string;
  dryRun: boolean;
  startedAt: string;
  finishedAt: string;
  outcome: RunOutcome;
  /** Whether anything was changed, or would be (a dry run, `observe`). */
  changes: boolean;
}

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
    outcome: null,
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

const BY_KIND: Partial<Record<ErrorKind, RunOutcome>> = {
  usage: 'usage',
  busy: 'busy',
  brake: 'brake',
  interrupted: 'interrupted',
};

/** Returns how a run ended that this was thrown in. */
export function outcomeOfError(error: unknown): RunOutcome {
  return error instanceof SluiceError ? (BY_KIND[error.kind] ?? 'failed') : 'failed';
}

/** Whether an error is about one panel: a run over several goes on with the others. */
export function concernsPanelAlone(error: unknown): boolean {
  return isPanelError(error) || (error instanceof SluiceError && outcomeOfError(error) === 'failed');
}
