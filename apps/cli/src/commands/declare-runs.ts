import { Option, type Command } from 'commander';
import { lazily, type CommandContext } from './command.js';

/** `poll`, `reconcile`, `plan`, `explain`, `usage`: what cron runs and what one looks at afterwards. */
export function declareRuns(program: Command, context: CommandContext): void {
  const runs: [string, string][] = [
    ['poll', 'read usage, decide, enforce'],
    ['reconcile', 'everything poll does, for every service: drift, cycle rollover, actions in doubt, retention'],
  ];
  for (const [name, description] of runs) {
    program
      .command(name)
      .description(description)
      .option('--panel <name>', 'only this panel')
      .option('--service <id>', 'only this service')
      .option('--dry-run', 'make no changing call and store nothing but the API log')
      .option('--detailed-exitcode', 'with --dry-run: exit 4 when there is something to change')
      .option('--allow-mass', 'go through although the mass-change brake would stop the run')
      .addHelpText('after', `\nExample:\n  $ sluice ${name} --quiet`)
      .action(
        lazily(context, async () =>
          name === 'poll' ? (await import('./pass.js')).poll : (await import('./pass.js')).reconcile,
        ),
      );
  }
  program
    .command('plan')
    .description('what reconcile would change, as a diff; exit 4 when there is something to do')
    .option('--panel <name>', 'only this panel')
    .option('--service <id>', 'only this service')
    .addHelpText('after', '\nExample:\n  $ sluice plan --panel dcim')
    .action(lazily(context, async () => (await import('./pass.js')).plan));
  program
    .command('explain')
    .argument('<service>')
    .description('why a service is in its state, from the store alone')
    .option('--at <time>', 'as it was at that local date or instant')
    .addHelpText('after', '\nExample:\n  $ sluice explain svc-1 --at 2026-11-01')
    .action(lazily(context, async () => (await import('./explain.js')).explain));
  declareUsage(program, context);
}

function declareUsage(program: Command, context: CommandContext): void {
  const usage = program
    .command('usage')
    .argument('[service]')
    .description('the last reading of each service')
    .option('--refresh', 'read the panel now; changes nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice usage\n  $ sluice usage svc-1 --refresh\n  $ sluice usage history svc-1',
    )
    .action(lazily(context, async () => (await import('./usage.js')).usage));
  usage
    .command('history')
    .argument('<service>')
    .description('usage and allowance of each cycle')
    .addHelpText('after', '\nExample:\n  $ sluice usage history svc-1')
    .action(lazily(context, async () => (await import('./usage.js')).usageHistory));
  usage
    .command('graph')
    .argument('<service>')
    .description('usage as a chart in the terminal, or as an SVG file')
    .addOption(new Option('--range <range>', 'how far back (default: cycle)').choices(['cycle', '24h', '7d']))
    .option('--svg <file>', 'write an SVG instead; an earlier one is replaced')
    .option('--from-panel', "the panel's own graph; kept for graphCache")
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice usage graph svc-1\n  $ sluice usage graph svc-1 --range 7d --svg svc-1.svg',
    )
    .action(lazily(context, async () => (await import('./graph.js')).usageGraph));
}
