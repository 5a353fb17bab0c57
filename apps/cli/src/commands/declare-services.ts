import type { Command, Option } from 'commander';
import { choice, lazily, type CommandContext } from './command.js';

const WAIT = ['--wait-lock <duration>', 'wait so long for another run that works on it (default: 30s)'] as const;
const REASONS = ['quota', 'billing', 'manual', 'agent-limit'];
const asOption = (): Option => choice('--as <reason>', 'default: billing', ['billing', 'manual']);
const KEYS = 'keys as in the import: panel, product, client, billing_cycle, next_due_date, easydcim_service_id, …';

/** `service`, `override`, `hold`, `provision`: what is about single services. */
export function declareServices(program: Command, context: CommandContext): void {
  declareService(program.command('service').description('the services that Sluice looks after'), context);
  declareOverride(
    program.command('override').description("an operator's own quota, mode or action of a service"),
    context,
  );
  declareHold(program.command('hold').description('what keeps services restricted'), context);
  declareAction(program.command('action').description('single changes to panels'), context);
  declareProvision(
    program.command('provision').description('provisioning actions; each may be repeated without harm'),
    context,
  );
}

function declareService(service: Command, context: CommandContext): void {
  const load = () => import('./services.js');
  service
    .command('add')
    .argument('<id>')
    .argument('<pairs...>', KEYS)
    .description('add a service')
    .addHelpText(
      'after',
      '\nExample:\n  $ sluice service add svc-1 panel=dcim product=ded-100 billing_cycle=monthly next_due_date=2026-12-15 easydcim_service_id=501',
    )
    .action(lazily(context, async () => (await load()).add));
  service
    .command('import')
    .argument('<file>', '.csv, .json or .yaml; - is CSV from standard input')
    .description('add and change services from a file: all rows or none')
    .option(...WAIT)
    .addHelpText('after', '\nExample:\n  $ sluice service import services.csv')
    .action(lazily(context, async () => (await load()).importFile));
  service
    .command('export')
    .description('write all services to standard output, as import reads them')
    .addOption(choice('--format <format>', 'default: csv', ['csv', 'json', 'yaml']))
    .option('--panel <name>', 'only this panel')
    .option(
      '--spreadsheet',
      "CSV for a spreadsheet: an apostrophe goes before what it would run as a formula (= + - @). Don't import that file",
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice service export > services.csv\n  $ sluice service export --spreadsheet > for-excel.csv',
    )
    .action(lazily(context, async () => (await load()).exportServices));
  declareSingleService(service, context);
}

/** What is about services that are known. */
function declareSingleService(service: Command, context: CommandContext): void {
  const load = () => import('./services.js');
  service
    .command('list')
    .description('services as the last run left them')
    .option('--panel <name>', 'only this panel')
    .option('--product <name>', 'only this product')
    .option('--client <id>', 'only this client')
    .addHelpText('after', '\nExample:\n  $ sluice service list --panel dcim')
    .action(lazily(context, async () => (await load()).list));
  service
    .command('show')
    .argument('<service>')
    .description('all that the store knows of a service')
    .addHelpText('after', '\nExample:\n  $ sluice service show svc-1')
    .action(lazily(context, async () => (await load()).showService));
  service
    .command('set')
    .argument('<service>')
    .argument('<pairs...>', KEYS)
    .description('change keys of a service; an empty value unsets')
    .option(...WAIT)
    .addHelpText('after', '\nExample:\n  $ sluice service set svc-1 next_due_date=2027-01-15')
    .action(lazily(context, async () => (await load()).set));
  service
    .command('remove')
    .argument('<service>')
    .description('forget a service; refused while it is held')
    .option('--yes', 'do not ask')
    .option(...WAIT)
    .addHelpText('after', '\nExample:\n  $ sluice service remove svc-1 --yes')
    .action(lazily(context, async () => (await load()).remove));
}

function declareOverride(override: Command, context: CommandContext): void {
  const load = () => import('./overrides.js');
  override
    .command('set')
    .argument('<service>')
    .description('set quota (of the mode in force), mode or action; takes effect at the next poll')
    .option('--quota <size>', 'such as 500GB')
    .option('--unlimited', 'no limit')
    .addOption(choice('--mode <mode>', 'what counts', ['IN', 'OUT', 'TOTAL']))
    .option('--action <action>', 'disable-ports, suspend-order, both, …')
    .option(...WAIT)
    .addHelpText('after', '\nExample:\n  $ sluice override set svc-1 --quota 12TB')
    .action(lazily(context, async () => (await load()).overrideSet));
  override
    .command('clear')
    .argument('<service>')
    .description('drop the override')
    .option(...WAIT)
    .addHelpText('after', '\nExample:\n  $ sluice override clear svc-1')
    .action(lazily(context, async () => (await load()).overrideClear));
  override
    .command('list')
    .argument('[service]')
    .description('open and past overrides')
    .addHelpText('after', '\nExample:\n  $ sluice override list')
    .action(lazily(context, async () => (await load()).overrideList));
}

function declareHold(hold: Command, context: CommandContext): void {
  const load = () => import('./holds.js');
  hold
    .command('list')
    .argument('[service]')
    .description('open and past holds, with what was done for each')
    .addHelpText('after', '\nExample:\n  $ sluice hold list svc-1')
    .action(lazily(context, async () => (await load()).holdList));
  const note = ['--note <text>', 'why'] as const;
  const dryRun = (command: Command): Command =>
    command
      .option('--dry-run', 'make no changing call and store nothing')
      .option('--detailed-exitcode', 'with --dry-run: exit 4 when there is something to change')
      .option(...WAIT);
  dryRun(
    hold
      .command('add')
      .argument('<service>')
      .description('hold a service by hand; enforced at once')
      .option(...note),
  )
    .addHelpText('after', '\nExample:\n  $ sluice hold add svc-1 --note "abuse report 4711"')
    .action(lazily(context, async () => (await load()).holdAdd));
  dryRun(
    hold
      .command('release')
      .argument('[service]')
      .description(
        'release the manual hold; undone at once. --all gives back everything and puts the panels under observe',
      )
      .option(...note)
      .option('--all', 'everything that Sluice restricted')
      .option('--panel <name>', 'with --all: only on this panel')
      .addOption(
        choice('--reason <reason>', 'with --all: only holds of this reason; of one service only manual', REASONS),
      )
      .option('--from <file>', 'with --all: from the file of open holds, when the store is gone')
      .option('--yes', 'with --all: do not ask'),
  )
    .addHelpText('after', '\nExamples:\n  $ sluice hold release svc-1\n  $ sluice hold release --all --yes')
    .action(lazily(context, async () => (await load()).holdRelease));
  hold
    .command('adopt')
    .argument('<service>')
    .description('take over what another tool shut, as evidence of a hold; changes nothing on the panel')
    .addOption(choice('--reason <reason>', 'default: quota', ['quota', 'billing', 'manual']))
    .option('--ports <ids>', 'ports that it disabled, separated by commas')
    .option('--order', 'it suspended the order')
    .option('--forwards <ids>', 'forwards that it paused, separated by commas')
    .option(...note)
    .option(...WAIT)
    .addHelpText('after', '\nExample:\n  $ sluice hold adopt svc-1 --reason quota --ports 7001,7002')
    .action(lazily(context, async () => (await load()).holdAdopt));
}

function declareAction(action: Command, context: CommandContext): void {
  action
    .command('resolve')
    .argument('<id>', 'as in "sluice log list --actions"')
    .description("say how a change ended whose outcome can't be read from the panel; calls nothing")
    .option('--done', 'it was done: a release undoes it')
    .option('--not-done', 'it was not done: there is nothing to undo')
    .option(...WAIT)
    .addHelpText('after', '\nExample:\n  $ sluice action resolve act-01K9Z3 --done')
    .action(lazily(context, async () => (await import('./actions.js')).actionResolve));
}

function declareProvision(provision: Command, context: CommandContext): void {
  const load = () => import('./provision.js');
  const verb = (name: string, description: string, example: string): Command =>
    provision
      .command(name)
      .argument('<service>')
      .description(description)
      .option('--dry-run', 'make no changing call and store nothing')
      .option('--detailed-exitcode', 'with --dry-run: exit 4 when there is something to change')
      .option(...WAIT)
      .addHelpText('after', `\nExample:\n  $ sluice provision ${name} ${example}`);
  verb('create', 'make the account with all that the product asks for', 'relay-1 --password-file relay-1.txt')
    .option('--adopt', "take over an existing account that is provably this service's")
    .option('--password-file <file>', 'write the generated password there (0600, never over an existing file)')
    .action(lazily(context, async () => (await load()).create));
  verb('suspend', 'add a billing hold and enforce it', 'svc-1 --reason "unpaid"')
    .addOption(asOption())
    .option('--reason <text>', 'why, kept as the note of the hold')
    .action(lazily(context, async () => (await load()).suspend));
  verb('unsuspend', 'release the billing hold; a quota hold that is still due stays', 'svc-1')
    .addOption(asOption())
    .action(lazily(context, async () => (await load()).unsuspend));
  verb('renew', 'move the due date one period on, or to a date', 'svc-1 --until 2027-01-15')
    .option('--until <date>', 'the new due date')
    .action(lazily(context, async () => (await load()).renew));
  verb('change-package', "another product's quota, limits and speed", 'relay-1 relay-200')
    .argument('<product>')
    .action(lazily(context, async () => (await load()).changePackage));
  verb('change-password', 'only the password changes', 'relay-1 --password-file new.txt')
    .option('--password-file <file>', 'take the new password from that file, or write the generated one there')
    .option('--password-stdin', 'take the new password from standard input')
    .action(lazily(context, async () => (await load()).changePassword));
  verb('terminate', 'remove everything that Sluice made for it from the panel', 'relay-1 --yes')
    .option('--yes', 'do not ask')
    .action(lazily(context, async () => (await load()).terminate));
}
