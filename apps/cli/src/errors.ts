import { printable } from '@sluice/panel-http/printable';

/** Exit codes of the command (docs/exit-codes). */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  changes: 4,
  leaseHeld: 5,
  brake: 6,
  interrupted: 130,
  terminated: 143,
} as const;

/**
 * A failure of the command as a whole: a stable code, a message that names the object and the remedy, an exit code. The
 * message is one line whatever names it quotes; `lines` follow it, indented.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: string;
  readonly exitCode: number;
  readonly details: Record<string, unknown>;

  constructor(
    code: string,
    message: string,
    options: { exitCode?: number; details?: Record<string, unknown>; cause?: unknown; lines?: string[] } = {},
  ) {
    super(
      [message, ...(options.lines ?? [])].map(printable).join('\n  '),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.details = options.details ?? {};
  }
}

/** Wrong usage or wrong config: nothing was called. */
export function usageError(
  code: string,
  message: string,
  details: Record<string, unknown> = {},
  lines: string[] = [],
): SluiceError {
  return new SluiceError(code, message, { exitCode: ExitCode.usage, details, lines });
}

/** What an item carries in `--json`: null or a code and a message. */
export interface ItemError {
  code: string;
  message: string;
}

/** Code and message of anything thrown, without its stack. */
export function itemErrorOf(error: unknown): ItemError {
  if (error instanceof SluiceError) return { code: error.code, message: error.message };
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? printable(code) : 'unexpected',
    message: printable(typeof message === 'string' ? message : String(error)),
  };
}

/** Of several exit codes that hold, the one that counts: the first of 2, 1, 5, 6, 3, 4. */
export function worstExitCode(codes: number[]): number {
  for (const code of [
    ExitCode.terminated,
    ExitCode.interrupted,
    ExitCode.usage,
    ExitCode.failed,
    ExitCode.leaseHeld,
    ExitCode.brake,
    ExitCode.partial,
    ExitCode.changes,
  ]) {
    if (codes.includes(code)) return code;
  }
  return ExitCode.done;
}
