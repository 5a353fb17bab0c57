import { printable } from '@sluice/panel-http/printable';
import { ExitCode, itemErrorOf, SluiceError } from '../../errors.js';
import { confirmClock } from '../clock-guard.js';
import { runRow } from '../run-row.js';
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
  exitCode: number;
  totals: unknown;
  error: string | null;
}

/** Runs `work` as a run of its own in the store; a dry run leaves none. */
export async function asRun<T>(
  session: Session,
  command: string,
  dryRun: boolean,
  work: (run: AgentRun) => Promise<{ result: T } & AgentRunEnd>,
): Promise<{ result: T; exitCode: number }> {
  const startedAt = session.now();
  const run: AgentRun = { id: session.id('run'), command, dryRun, observing: [], startedAt, finishedAt: startedAt };
  session.runId = run.id;
  if (!dryRun) await session.store.runs.start(runRow(session, run));
  const finish = async ({ exitCode, totals, error }: AgentRunEnd): Promise<void> => {
    if (dryRun) return;
    const { observing } = run;
    const message = error === null ? null : printable(error);
    await session.store.write(async (tables) => {
      await tables.runs.finish(run.id, { finishedAt: session.now(), exitCode, totals, error: message, observing });
      await confirmClock(session, tables);
    });
  };
  try {
    const { result, ...end } = await work(run);
    const exitCode = session.deps.signal.aborted ? signalExit(session) : end.exitCode;
    await finish({ ...end, exitCode });
    return { result, exitCode };
  } catch (error) {
    const { code, message } = itemErrorOf(error);
    const exitCode = error instanceof SluiceError ? error.exitCode : ExitCode.failed;
    await finish({ exitCode, totals: null, error: `${code}: ${message}` }).catch(() => undefined);
    throw error;
  }
}

function signalExit({ deps }: Session): number {
  return deps.signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}
