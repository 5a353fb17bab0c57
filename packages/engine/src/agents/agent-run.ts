import { printable } from '@sluice/panel-http/printable';
import type { RunOutcome } from '@sluice/state-store';
import { itemErrorOf } from '@sluice/panel-kind';
import { confirmClock } from '../clock-guard.js';
import { outcomeOfError, runRow, type RunView } from '../run-row.js';
import type { Session } from '../session.js';

/** `run` of a document (docs/json.md). */
export type AgentRun = RunView & { observing: string[] };

/** How a run ended. */
export interface AgentRunEnd {
  outcome: RunOutcome;
  totals: unknown;
  error: string | null;
}

/** Runs `work` as a run of its own in the store; a dry run leaves none. */
export async function asRun<T>(
  session: Session,
  command: string,
  dryRun: boolean,
  work: (run: AgentRun) => Promise<{ result: T } & AgentRunEnd>,
): Promise<T> {
  const startedAt = session.now();
  const run: AgentRun = {
    id: session.id('run'),
    command,
    dryRun,
    observing: [],
    startedAt,
    finishedAt: startedAt,
    outcome: 'done',
    changes: false,
  };
  session.runId = run.id;
  if (!dryRun) await session.store.runs.start(runRow(session, run));
  const finish = async ({ outcome, totals, error }: AgentRunEnd): Promise<void> => {
    if (dryRun) return;
    const { observing } = run;
    const message = error === null ? null : printable(error);
    await session.store.write(async (tables) => {
      await tables.runs.finish(run.id, { finishedAt: session.now(), outcome, totals, error: message, observing });
      await confirmClock(session, tables);
    });
  };
  try {
    const { result, ...end } = await work(run);
    const outcome = interruption(session) ?? end.outcome;
    run.outcome = outcome;
    await finish({ ...end, outcome });
    return result;
  } catch (error) {
    const { code, message } = itemErrorOf(error);
    await finish({ outcome: outcomeOfError(error), totals: null, error: `${code}: ${message}` }).catch(() => undefined);
    throw error;
  }
}

function interruption({ deps }: Session): RunOutcome | null {
  if (!deps.signal.aborted) return null;
  return deps.signal.reason === 'SIGTERM' ? 'terminated' : 'interrupted';
}
