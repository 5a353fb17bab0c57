import type { RunOutcome } from '@sluice/state-store';
import { SluiceError, type ErrorKind } from '@sluice/panel-kind/errors';

/** Exit codes of the command (docs/exit-codes.md). */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  changes: 4,
  busy: 5,
  brake: 6,
  interrupted: 130,
  terminated: 143,
} as const;

const BY_KIND: Partial<Record<ErrorKind, number>> = {
  usage: ExitCode.usage,
  busy: ExitCode.busy,
  brake: ExitCode.brake,
  interrupted: ExitCode.interrupted,
};

/** Codes of errors that the store throws. */
const BY_CODE: Record<string, number> = { lease_lost: ExitCode.busy };

/** Returns the exit code of a run's outcome. */
export function toExitCode(outcome: RunOutcome): number {
  return ExitCode[outcome];
}

/** Returns the exit code of a run; with `--detailed-exitcode`, 4 for a dry run that found something to change. */
export function toRunExitCode(
  run: { outcome: RunOutcome; changes: boolean; dryRun: boolean },
  { detailedExitcode }: { detailedExitcode?: boolean },
): number {
  const found = run.dryRun && run.changes && detailedExitcode === true;
  return run.outcome === 'done' && found ? ExitCode.changes : toExitCode(run.outcome);
}

/** Returns the exit code of anything thrown. */
export function toErrorExitCode(error: unknown): number {
  if (error instanceof SluiceError) return BY_KIND[error.kind] ?? ExitCode.failed;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' ? BY_CODE[code] : undefined) ?? ExitCode.failed;
}

/** Returns 130 after SIGINT, 143 after SIGTERM, and null where no signal came. */
export function signalExitCode({ aborted, reason }: AbortSignal): number | null {
  if (!aborted) return null;
  return reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}
