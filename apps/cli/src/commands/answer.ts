import type { Terminal } from '../terminal/terminal.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { type Opened, type OpenOptions, withSluice } from '../open-sluice.js';

/** How a command shows what the engine answered. */
interface Shown<Answer> {
  /** Returns the document of `--json`; default: the answer. */
  document?: (answer: Answer) => unknown;
  /** Returns what was done as one line, which `--quiet` leaves out. */
  info?: (answer: Answer, terminal: Terminal) => string;
  /** Prints the answer, below that line. */
  print?: (terminal: Terminal, answer: Answer) => void;
  /** Prints what follows the answer, where texts are printed. */
  after?: (opened: Opened, answer: Answer) => Promise<void> | void;
  /** Default: done. */
  exitCode?: (answer: Answer) => number;
}

/** Opens the engine, asks it, prints the document of `--json` or the text, and returns the exit code. */
export function answer<Answer>(
  deps: Deps,
  options: OpenOptions,
  ask: (opened: Opened) => Promise<Answer>,
  { document = (found) => found, info, print, after, exitCode }: Shown<Answer>,
): Promise<number> {
  return withSluice(deps, options, async (opened) => {
    const { terminal } = opened;
    const found = await ask(opened);
    terminal.document(document(found));
    if (info !== undefined) terminal.info(info(found, terminal));
    print?.(terminal, found);
    if (!terminal.json) await after?.(opened, found);
    return exitCode?.(found) ?? ExitCode.done;
  });
}
