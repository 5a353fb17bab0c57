import { printable, printableJson } from '@sluice/panel-http/printable';
import { toItemError, SluiceError } from '@sluice/panel-kind/errors';
import { CommanderError } from 'commander';
import { buildProgram } from './cli.js';
import type { Deps } from './context.js';
import { ExitCode, signalExitCode, toErrorExitCode } from './exit-codes.js';
import { usageText } from './output/usage-text.js';
import { withRemedy } from './remedies.js';

/** Runs a command line (without the program's name), prints its error, and returns the exit code; never throws. */
export async function run(argv: string[], deps: Deps): Promise<number> {
  const outcome = { exitCode: 0, printed: false };
  const { stdout } = deps;
  const watched: Deps = {
    ...deps,
    stdout: {
      write: (text) => {
        outcome.printed = true;
        return stdout.write(text);
      },
      isTTY: stdout.isTTY,
      get columns() {
        return stdout.columns;
      },
    },
  };
  const exit = (code: number): void => {
    outcome.exitCode = code;
  };
  const program = buildProgram({ deps: watched, exit, run });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return signalExitCode(deps.signal) ?? outcome.exitCode;
  } catch (error) {
    // An error after the document was printed must not print a second one.
    const asDocument = argv.includes('--json') && !outcome.printed;
    const exitCode = report(error, argv, deps, asDocument);
    return signalExitCode(deps.signal) ?? exitCode;
  }
}

function report(error: unknown, argv: string[], deps: Deps, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return ExitCode.done;
    if (json) writeJson(deps, { code: 'usage', message: usageText(error.message), details: {} });
    return ExitCode.usage;
  }
  const known = error instanceof SluiceError;
  const { code, message } = toItemError(error);
  const details = known ? error.details : {};
  const isReported = code === 'unexpected' && argv.includes('--verbose');
  if (json) writeJson(deps, { code, message, details });
  else deps.stderr.write(`sluice: ${isReported ? message : withRemedy({ code, message, details })}\n`);
  if (argv.includes('--verbose')) {
    const { stack } = error as { stack?: unknown };
    if (typeof stack === 'string') deps.stderr.write(`${stackFrames(stack)}\n`);
  }
  return toErrorExitCode(error);
}

/** Returns the frames of a stack without the message, whose lines could be mistaken for lines of the command. */
function stackFrames(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.map(printable).join('\n');
}

function writeJson(deps: Deps, error: { code: string; message: string; details: unknown }): void {
  deps.stdout.write(`${printableJson({ error }, 2)}\n`);
}
