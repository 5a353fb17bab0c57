import { printable } from '@sluice/panel-http/printable';
import type { RunOutcome } from '@sluice/state-store';
import { itemErrorOf } from '@sluice/panel-kind';
import { confirmClock } from '../clock-guard.js';
import { outcomeOfError, runRow } from '../run-row.js';
import type { Session } from '../session.js';

/** `run` of a document (docs/json.md). */
export interface AgentRun {
  id: string;
  command: string;
  dryRun: boolean;
  observing: string[];
  startedAt: string;
  finishedAt: string;
}

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
): Promise<{ result: T; outcome: RunOutcome }> {
  const startedAt = session.now();
  const run: AgentRun = { id: session.id('run'), command, dryRun, observing: [], startedAt, finishedAt: startedAt };
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
    const outcome = session.deps.signal.aborted ? 'interrupted' : end.outcome;
    await finish({ ...end, outcome });
    return { result, outcome };
  } catch (error) {
    const { code, message } = itemErrorOf(error);
    await finish({ outcome: outcomeOfError(error), totals: null, error: `${code}: ${message}` }).catch(() => undefined);
    throw error;
  }
}
