import { Argument, Option, type Command } from 'commander';
import { SHELLS, type Shell } from '../output/completion/shape.js';
import { lazily, type CommandContext } from './command.js';
import type { ScheduleOptions } from './schedule.js';

/** `init`, `schedule`, `completion`: what one runs once, when Sluice is set up. */
export function declareStart(program: Command, context: CommandContext): void {
  program
    .command('init')
    .argument('[file]', 'default: ./sluice.yaml')
    .description('write a commented config, ask for the panels on a terminal, test them; begins under observe')
    .option('--force', 'replace a file that is there')
    .option(
      '--panel <pairs>',
      'a panel instead of questions, repeatable: name=, kind=, url= and the secret as token-env=, token-file=, token-credential=, token-cmd= or token-stdin= (password, api-key, key, secret likewise)',
      (pairs: string, before: string[] | undefined) => [...(before ?? []), pairs],
    )
    .option('--time-zone <zone>', 'time zone of billing dates, such as Europe/Berlin')
    .option('--currency <code>', 'currency of packages and bills, such as EUR')
    .option('--state <file>', 'the state file (default: sluice.db beside the config)')
    .option('--no-test', 'do not call the panels')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice init\n  $ sluice init /etc/sluice/sluice.yaml --panel name=dcim,kind=easydcim,url=https://dcim.example.com,token-env=DCIM_TOKEN',
    )
    .action(lazily(context, async () => (await import('./init.js')).init));
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
