import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandContext } from '../commands/command.js';
import type { Deps } from '../context.js';
import type { Output } from '../terminal/host.js';
import type { Terminal } from '../terminal/terminal.js';

/** One command of a demo and whether it ended as expected. */
export interface DemoStep {
  command: string;
  exitCode: number;
  asExpected: boolean;
}

/** What a demo is played on: real commands in a folder of their own. */
export interface Stage {
  /** A temporary folder, in which the commands run. */
  readonly folder: string;
  /** Prints a sentence between two commands. */
  say: (text: string) => void;
  /** Prints a command line, and runs it where it is one of `sluice`. */
  sluice: (command: string, expectedExit: number) => Promise<void>;
  /** Prints lines as the output of a command that is not one of `sluice`. */
  show: (command: string, lines: readonly string[]) => void;
}

/** What a demo is played with. */
export interface StageSettings {
  run: CommandContext['run'];
  deps: Deps;
  terminal: Terminal;
  /** Variables for the commands. */
  env: Record<string, string>;
  /** The clock of the commands, milliseconds since 1970. */
  now: () => number;
  /** Up to how many lines of each command are shown. Default: all. */
  most?: number;
}

/** Plays a demo in a temporary folder, which is removed at the end, and warns of commands that ended otherwise than expected. */
export async function playOnStage(
  { run, deps, terminal, env, now, most = Infinity }: StageSettings,
  play: (stage: Stage) => Promise<void>,
): Promise<DemoStep[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-demo-'));
  const steps: DemoStep[] = [];
  const inside: Deps = {
    ...deps,
    env: { ...deps.env, ...env, SLUICE_CONFIG: '' },
    cwd: folder,
    clock: { now, sleep: (ms, signal) => deps.clock.sleep(ms, signal) },
  };
  const stage: Stage = {
    folder,
    say: (text) => {
      terminal.line();
      terminal.line(terminal.colors.bold(`# ${text}`));
    },
    sluice: async (command, expectedExit) => {
      terminal.verbatim(terminal.colors.dim(`$ sluice ${command}`));
      const { output, end } = shorten(deps.stdout, terminal, most);
      const exitCode = await run(command.split(' '), { ...inside, stdout: output });
      end();
      if (exitCode !== 0) terminal.line(terminal.colors.dim(`(exit code ${exitCode})`));
      steps.push({ command, exitCode, asExpected: exitCode === expectedExit });
    },
    show: (command, lines) => {
      terminal.verbatim(terminal.colors.dim(`$ ${command}`));
      for (const line of lines) terminal.line(line);
    },
  };
  try {
    await play(stage);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const failed = steps.filter((step) => !step.asExpected);
  if (failed.length > 0)
    terminal.warn(
      `The demo did not end as expected. Commands with an unexpected exit code: ${failed.map((step) => step.command).join(', ')}`,
    );
  return steps;
}

/** How many of the last lines are shown of an output that is too long: they sum it up. */
const LAST = 2;

/** Returns an output that shows the first and the last lines of what a command prints; with `--json` it shows nothing. */
function shorten(stdout: Output, terminal: Terminal, most: number): { output: Output; end: () => void } {
  const { isTTY, columns, asked } = stdout;
  if (!terminal.json && most === Infinity) return { output: stdout, end: () => undefined };
  const lines: string[] = [];
  const write = (text: string): boolean => {
    lines.push(...toLines(text));
    return true;
  };
  const end = (): void => {
    if (terminal.json) return;
    const isLong = lines.length > most;
    for (const line of isLong ? lines.slice(0, most - LAST - 1) : lines) stdout.write(line);
    if (!isLong) return;
    terminal.line(terminal.colors.dim(`… ${lines.length - most + 1} more lines`));
    for (const line of lines.slice(-LAST)) stdout.write(line);
  };
  return { output: { write, isTTY, columns, asked }, end };
}

/** Splits what was written at once into lines; what a terminal breaks stays one, since its further lines are indented. */
function toLines(text: string): string[] {
  return text.split(/(?<=\n)(?! )/).filter((line) => line !== '');
}
