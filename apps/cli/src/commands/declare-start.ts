import { Argument, Option, type Command } from 'commander';
import { SHELLS, type Shell } from '../output/completion/shape.js';
import type { CommandContext } from './command.js';
import type { ScheduleOptions } from './schedule.js';

/** `schedule`, `completion`: what one runs once, when Sluice is set up. */
export function declareStart(program: Command, context: CommandContext): void {
  program
    .command('schedule')
    .description('what the machine should run by itself')
    .command('show')
    .description('lines for a crontab or units for systemd: poll, reconcile, agent check, call billing')
    .addOption(new Option('--format <format>', 'what to print (default: crontab)').choices(['crontab', 'systemd']))
    .option('--absolute', 'name the running node and command by their absolute paths')
    .addHelpText('after', '\nExamples:\n  $ sluice schedule show\n  $ sluice schedule show --format systemd --absolute')
    .action(async (_options: unknown, command: Command) => {
      const { scheduleShow } = await import('./schedule.js');
      context.exit(scheduleShow(program, command.optsWithGlobals<ScheduleOptions>(), context.deps));
    });
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
