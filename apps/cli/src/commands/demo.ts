import { ExitCode } from '../exit-codes.js';
import { runDemo } from '../demo/story.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler } from './command.js';

/** `sluice demo` */
export const demo: CommandHandler = async (_args, options, deps) => {
  const steps = await runDemo(deps, new Terminal(deps, options));
  if (options.json === true) new Terminal(deps, options).document({ steps });
  return steps.every((step) => step.asExpected) ? ExitCode.done : ExitCode.failed;
};
