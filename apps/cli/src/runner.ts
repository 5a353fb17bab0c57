import { printable, printableJson } from '@sluice/panel-http/printable';
import { CommanderError } from 'commander';
import type { Zones } from './terminal/times.js';
import { Times } from './terminal/times.js';
import { usageText } from './terminal/usage-text.js';
import { writeLine } from './terminal/wrap.js';
import { buildProgram } from './cli.js';
import type { Deps } from './context.js';
import { ExitCode, signalExitCode, toErrorExitCode } from './exit-codes.js';

/** How a command line ended. */
interface Outcome {
  exitCode: number;
  /** Whether anything was printed on stdout. */
  printed: boolean;
  /** Zones of the config, once it was read. */
  zones: Zones | null;
}

/** Returns the width that the environment asks for; undefined for none. */
function readColumns({ COLUMNS = '' }: Deps['env']): number | undefined {
  return /^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : undefined;
}

/** Runs a command line (without the program's name), prints its error, and returns the exit code; never throws. */
export async function run(argv: string[], deps: Deps): Promise<number> {
  const outcome: Outcome = { exitCode: 0, printed: false, zones: null };
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
      asked: readColumns(deps.env),
      once: (event, listener) => {
        if (stdout.once) stdout.once(event, listener);
        else listener();
      },
    },
  };
  watched.onConfig = (config) => {
    outcome.zones = config;
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
    const times = new Times(deps.clock, outcome.zones, argv.includes('--utc'));
    const exitCode = await (asDocument ? reportDocument(error, deps) : reportText(error, { argv, deps, times }));
    printStack(error, argv, deps);
    return signalExitCode(deps.signal) ?? exitCode;
  }
}

async function reportDocument(error: unknown, deps: Deps): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return ExitCode.done;
    writeJson(deps, { code: 'usage', message: toText(error), details: {} });
    return ExitCode.usage;
  }
  const { toRemediable } = await import('./remedies.js');
  writeJson(deps, toRemediable(error));
  return toErrorExitCode(error);
}

/** Commander names the help that it printed after no command by a word of its own. */
function toText({ code, message }: CommanderError): string {
  return code.startsWith('commander.help') ? 'Name a command; --help lists them' : usageText(message);
}

async function reportText(
  error: unknown,
  { argv, deps, times }: { argv: string[]; deps: Deps; times: Times },
): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  const { toRemediable, withRemedy } = await import('./remedies.js');
  const thrown = toRemediable(error);
  const isDefect = thrown.code === 'unexpected' && argv.includes('--verbose');
  const text = isDefect ? thrown.message : withRemedy(thrown);
  const { panel } = thrown.details;
  writeLine(deps.stderr, times.text(`sluice: ${text}`, typeof panel === 'string' ? panel : null));
  return toErrorExitCode(error);
}

function printStack(error: unknown, argv: string[], deps: Deps): void {
  const { stack } = error as { stack?: unknown };
  if (!argv.includes('--verbose') || error instanceof CommanderError || typeof stack !== 'string') return;
  deps.stderr.write(`${stackFrames(stack)}\n`);
}

/** Returns the frames of a stack without the message, whose lines could be mistaken for lines of the command. */
function stackFrames(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.map(printable).join('\n');
}

function writeJson(deps: Deps, error: { code: string; message: string; details: unknown }): void {
  deps.stdout.write(`${printableJson({ error }, 2)}\n`);
}
