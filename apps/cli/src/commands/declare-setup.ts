import type { Command } from 'commander';
import { lazily, type CommandContext } from './command.js';

/** `config`, `panel`, `log`, `db`, `demo`: setting up and looking after. */
export function declareSetup(program: Command, context: CommandContext): void {
  declareConfig(program, context);
  declarePanels(program, context);
  declareLog(program, context);
  declareStore(program, context);
  declareSwitches(program, context);
  program
    .command('demo')
    .description('the whole story on a fake panel in a temporary folder; leaves nothing behind')
    .addHelpText('after', '\nExample:\n  $ sluice demo')
    .action(lazily(context, async () => (await import('./demo.js')).demoWith(context.run)));
}

function declareConfig(program: Command, context: CommandContext): void {
  const config = program.command('config').description('the config file');
  config
    .command('check')
    .description('check the config file; calls nothing')
    .addHelpText('after', '\nExample:\n  $ sluice config check')
    .action(lazily(context, async () => (await import('./config.js')).configCheck));
  config
    .command('schema')
    .description('print the JSON Schema of the config file')
    .addHelpText('after', '\nExample:\n  $ sluice config schema > sluice.schema.json')
    .action(lazily(context, async () => (await import('./config.js')).configSchema));
}

function declarePanels(program: Command, context: CommandContext): void {
  const panel = program.command('panel').description('the configured panels');
  panel
    .command('list')
    .description('panels and what each kind can do')
    .addHelpText('after', '\nExample:\n  $ sluice panel list')
    .action(lazily(context, async () => (await import('./panels.js')).panelList));
  panel
    .command('test')
    .argument('[names...]')
    .description('a real authenticated read of each panel')
    .addHelpText('after', '\nExample:\n  $ sluice panel test dcim')
    .action(lazily(context, async () => (await import('./panels.js')).panelTest));

  program
    .command('doctor')
    .description('config, store, clock, leases, each panel, last runs, with a remedy for each failure')
    .option('--contract', "one read per endpoint and what was understood of it, and every service's mapping")
    .option('--panel <name>', 'only this panel')
    .option('--accept-clock', 'take the clock as right from now on, where no panel says what time it is')
    .addHelpText('after', '\nExample:\n  $ sluice doctor --contract')
    .action(lazily(context, async () => (await import('./doctor.js')).doctor));
}

function declareLog(program: Command, context: CommandContext): void {
  const log = program.command('log').description('what Sluice did and called');
  const shown = (command: Command): Command =>
    command
      .option('--api', 'calls to panels')
      .option('--actions', 'changes to panels')
      .option('--runs', 'runs')
      .option('--service <id>', 'only this service')
      .option('--since <time>', 'from that local date or instant on');
  shown(log.command('list').description('newest first; everything without a choice of kinds'))
    .option('--limit <count>', 'at most so many entries (default: 200)')
    .option('--follow', 'the last entries, then each new one as it comes, until interrupted; with --json one a line')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice log list --actions --service svc-1\n  $ sluice log list --api --follow',
    )
    .action(lazily(context, async () => (await import('./log.js')).logList));
  shown(log.command('export'))
    .argument('<file>', 'a new file (0600); - is standard output')
    .description('write the log, oldest first, one JSON object a line')
    .addHelpText('after', '\nExample:\n  $ sluice log export sluice-log.jsonl --since 2026-11-01')
    .action(lazily(context, async () => (await import('./log.js')).logExport));
}

function declareStore(program: Command, context: CommandContext): void {
  const db = program.command('db').description('the state store');
  db.command('check')
    .description('integrity, schema version, invariants')
    .addHelpText('after', '\nExample:\n  $ sluice db check')
    .action(lazily(context, async () => (await import('./db.js')).dbCheck));
  db.command('migrate')
    .description('bring the store to the schema of this version')
    .addHelpText('after', '\nExample:\n  $ sluice db migrate')
    .action(lazily(context, async () => (await import('./db.js')).dbMigrate));
  db.command('backup')
    .argument('<file>')
    .description('a consistent copy of the store, also while runs are at work; never over an existing file')
    .addHelpText('after', '\nExample:\n  $ sluice db backup sluice-2026-11-20.db')
    .action(lazily(context, async () => (await import('./db.js')).dbBackup));
  db.command('restore')
    .argument('<file>')
    .description('put a backup in the place of the store; the replaced store is kept beside it')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ sluice db restore sluice-2026-11-20.db --yes')
    .action(lazily(context, async () => (await import('./db.js')).dbRestore));
}

function declareSwitches(program: Command, context: CommandContext): void {
  const load = () => import('./switches.js');
  program
    .command('observe')
    .argument('<panel>')
    .description('stop changing a panel at once, whatever the config says; go on reading and deciding')
    .option('--as-configured', "drop the switch: the config's word counts again")
    .addHelpText('after', '\nExample:\n  $ sluice observe dcim')
    .action(lazily(context, async () => (await load()).observe));
  program
    .command('enforce')
    .argument('<panel>')
    .description('begin (again) to change a panel, after showing what the first run would do')
    .option('--only <product>', 'only the services of this product')
    .option('--as-configured', "drop the switch: the config's word counts again")
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ sluice enforce dcim --only ded-100')
    .action(lazily(context, async () => (await load()).enforce));
  program
    .command('compare')
    .argument('<panel>')
    .description("our usage and holds beside another tool's; exit 4 when some differ")
    .requiredOption('--with <file>', 'CSV with the columns service, used_gb, limited')
    .addHelpText('after', '\nExample:\n  $ sluice compare dcim --with old-tool.csv')
    .action(lazily(context, async () => (await load()).compare));
}
