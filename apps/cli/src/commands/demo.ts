import { ExitCode } from '../exit-codes.js';
import { runDemo } from '../demo/story.js';
import { Terminal } from '../output/terminal.js';
import type { CommandContext, CommandHandler } from './command.js';

/** `sluice demo` */
export function demoWith(run: CommandContext['run']): CommandHandler {
  return async (_args, options, deps) => {
    const terminal = new Terminal(deps, options);
    const steps = await runDemo(run, deps, terminal);
    if (options.json === true) terminal.document({ steps });
    return steps.every((step) => step.asExpected) ? ExitCode.done : ExitCode.failed;
  };
}
