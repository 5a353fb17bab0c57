import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../output/completion/shape.js';
import { type CommandContext } from './command.js';

/** `completion`: what one runs once, when Sluice is set up. */
export function declareStart(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell that it is for').choices(SHELLS))
    .description('print the completion of commands and options for a shell')
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(sluice completion bash)\n  $ sluice completion fish > ~/.config/fish/completions/sluice.fish',
    )
    .action(async (shell: Shell) => {
      const { completion } = await import('./completion.js');
      context.exit(completion(program, shell, context.deps));
    });
}
