import { type LazyCommand, repeated } from './command.js';
import { columnLines, IMPORT_COLUMNS } from './import-columns.js';
import { listOptions } from './list-options.js';

const DUPLICATES = ['--allow-duplicate-refs', 'store an id that another service of the panel has'] as const;
/** Of all kinds of panels. */
const ACTIONS = ['disable-ports', 'suspend-order', 'both', 'pause', 'redirect', 'throttle', 'disable'];
const REASONS = ['quota', 'billing', 'manual', 'agent-limit'];
const AS = ['--as <reason>', 'default: billing', ['billing', 'manual']] as const;
const KEYS = 'KEY=VALUE; the keys are below';
const KEY_LINES = columnLines(IMPORT_COLUMNS.slice(1));

/** Declares `service`, `override`, `hold`, `action` and `provision`. */
export function declareServices(program: LazyCommand): void {
  program
    .group('service', 'the services that Sluice manages', declareService)
    .examples('sluice service list --status held', 'sluice service import services.csv');
  program
    .group('override', "an operator's quota, mode or action for one service", declareOverride)
    .examples('sluice override set svc-1 --quota 12TB');
  program.group('hold', 'reasons to keep services restricted', declareHold).examples('sluice hold list --status open');
  program.group('action', 'changes to panels', declareAction).examples('sluice action resolve act-01K9Z3 --done');
  program
    .group('provision', 'provision services; each command can be repeated safely', declareProvision)
    .examples('sluice provision create relay-1 --password-file relay-1.txt');
}

function declareService(service: LazyCommand): void {
  const load = () => import('./services.js');
  service
    .command('add <id>')
    .argument('<pairs...>', KEYS)
    .description('add a service')
    .option(...DUPLICATES)
    .changes()
    .explains('Keys', KEY_LINES)
    .examples(
      'sluice service add svc-1 panel=dcim product=ded-100 billing_cycle=monthly next_due_date=2026-12-15 easydcim_service_id=501',
    )
    .runs(async () => (await import('./set-services.js')).add);
  service
    .command('import')
    .argument('[file]', '.csv, .json or .yaml; - is CSV from standard input')
    .description('add and change services from a file; stores all rows or none')
    .option('--template', 'print a CSV file with the columns and a row for each product instead')
    .previews('store nothing, and show what would be changed')
    .option(...DUPLICATES)
    .waits()
    .changes()
    .explains('Columns', columnLines())
    .examples(
      'sluice service import --template > services.csv',
      'sluice service import services.csv --dry-run',
      'sluice service import services.csv',
    )
    .runs(async () => (await import('./import-services.js')).importFile);
  service
    .command('export')
    .description('write all services to standard output in the import format')
    .choice('--format <format>', 'default: csv', ['csv', 'json', 'yaml'])
    .option('--panel <name>', 'only this panel')
    .option(
      '--spreadsheet',
      "CSV for spreadsheets: puts an apostrophe before formulas (= + - @). Don't import this file",
    )
    .examples('sluice service export > services.csv', 'sluice service export --spreadsheet > for-excel.csv')
    .runs(async () => (await load()).exportServices);
  declareSync(service);
  declareSingleService(service);
}

function declareSync(service: LazyCommand): void {
  service
    .command('sync')
    .description('take the services over from WHMCS: adds and changes them, and marks those that ended')
    .previews('store nothing, and show what would be changed')
    .option('--service <id>', 'only this service, by its id in WHMCS')
    .option('--product <name>', 'with --service: its product, where no product of the config claims it')
    .option('--allow-mass', 'accept a list that lacks more than half of the known services')
    .option(...DUPLICATES)
    .waits()
    .changes()
    .examples('sluice service sync --dry-run', 'sluice service sync', 'sluice service sync --service 42')
    .runs(async () => (await import('./sync-services.js')).sync);
}

function declareSingleService(service: LazyCommand): void {
  const load = () => import('./services.js');
  listOptions(service.command('list'), 'panel', 'product', 'client', 'status=services', 'over')
    .description('list services with their state after the last run')
    .option(
      '--search <text>',
      'only those with this in their id, client, product, name or address, however it is written',
    )
    .examples(
      'sluice service list --panel dcim --status held',
      'sluice service list --search "sao paulo"',
      'sluice service list --csv services.csv',
    )
    .runs(async () => (await load()).list);
  service
    .command('show <service>')
    .description('show everything stored about a service')
    .examples('sluice service show svc-1')
    .runs(async () => (await load()).showService);
  service
    .command('set [service]')
    .argument('[pairs...]', KEYS)
    .description('change keys of a service, or with --where of many, all or none; an empty value removes the key')
    .option('--where <pair>', 'change all services that have this KEY=VALUE; several must all match', repeated)
    .previews('store nothing, and show what would be changed')
    .option(...DUPLICATES)
    .waits()
    .changes()
    .explains('Keys', KEY_LINES)
    .examples(
      'sluice service set svc-1 next_due_date=2027-01-15',
      'sluice service set --where product=old product=new --dry-run',
    )
    .runs(async () => (await import('./set-services.js')).set);
  service
    .command('remove <service>')
    .description('remove a service from the store; refused while it is held')
    .option('--yes', 'do not ask')
    .waits()
    .changes()
    .examples('sluice service remove svc-1 --yes')
    .runs(async () => (await load()).remove);
}

function declareOverride(override: LazyCommand): void {
  const load = () => import('./overrides.js');
  override
    .command('set <service>')
    .description('set the quota (for the current mode), the mode or the action; effective from the next poll')
    .option('--quota <size>', 'such as 500GB')
    .option('--unlimited', 'allow unlimited traffic')
    .choice('--mode <mode>', 'which direction counts', ['IN', 'OUT', 'TOTAL'])
    .choice('--action <action>', 'what is restricted when the quota is exceeded', ACTIONS)
    .waits()
    .changes()
    .examples('sluice override set svc-1 --quota 12TB')
    .runs(async () => (await load()).overrideSet);
  override
    .command('clear <service>')
    .description('remove the override')
    .waits()
    .changes()
    .examples('sluice override clear svc-1')
    .runs(async () => (await load()).overrideClear);
  listOptions(override.command('list [service]'), 'panel', 'product', 'client', 'status=records')
    .description('list open and past overrides')
    .examples('sluice override list')
    .runs(async () => (await load()).overrideList);
}

function declareHold(hold: LazyCommand): void {
  const load = () => import('./holds.js');
  listOptions(hold.command('list [service]'), 'panel', 'product', 'client', 'status=records')
    .description(
      'list open holds of services and agents with their restrictions, and holds that would begin; --status past lists those that ended',
    )
    .examples('sluice hold list svc-1', 'sluice hold list --status open --sort since')
    .runs(async () => (await load()).holdList);
  changing(hold.command('add <service>').description('add a manual hold and enforce it immediately, under observe too'))
    .examples('sluice hold add svc-1 --note "abuse report 4711"')
    .runs(async () => (await load()).holdAdd);
  changing(
    hold
      .command('release [service]')
      .description(
        'release the manual hold and lift its restriction immediately, under observe too; --all releases every hold and switches the panels to observe',
      )
      .option(
        '--until <date>',
        'lift all limits of the service, the quota too, until this date instead (none: end that now)',
      )
      .option('--all', 'release all holds')
      .option('--panel <name>', 'with --all: only on this panel')
      .choice(
        '--reason <reason>',
        'with --all: only holds with this reason, or of the limit with this id; for a single service only manual is allowed, and quota with --until',
        REASONS,
      )
      .option('--from <file>', 'with --all: read the open holds from this file if the store is lost')
      .option('--yes', 'with --all: do not ask'),
  )
    .examples(
      'sluice hold release svc-1',
      'sluice hold release svc-1 --until 2026-12-01 --note "paid by transfer"',
      'sluice hold release --all --yes',
    )
    .runs(async () => (await load()).holdRelease);
  hold
    .command('adopt')
    .argument('[service]')
    .description('adopt restrictions of another tool as evidence of a hold; changes nothing on the panel')
    .choice('--reason <reason>', 'default: quota', ['quota', 'billing', 'manual'])
    .option('--ports <ids>', 'ports that the other tool disabled, separated by commas')
    .option('--order', 'the other tool suspended the order')
    .option('--forwards <ids>', 'forwards that the other tool paused, separated by commas')
    .option('--from <file>', 'CSV with service,reason,ports,order,forwards,note,seen_on; adopts all rows or none')
    .dryRun('with --from: store nothing, and show what would be adopted')
    .changes()
    .waits()
    .examples(
      'sluice hold adopt svc-1 --reason quota --ports 7001,7002',
      'sluice hold adopt --from holds.csv --dry-run',
    )
    .runs(async () => (await load()).holdAdopt);
}

function declareAction(action: LazyCommand): void {
  action
    .command('resolve')
    .argument('<id>', 'see "sluice log list --actions"')
    .description("record the outcome of an action in doubt that can't be read from the panel; calls no panel")
    .option('--done', 'the change was made; a release undoes it')
    .option('--not-done', 'the change was not made; there is nothing to undo')
    .waits()
    .changes()
    .examples('sluice action resolve act-01K9Z3 --done')
    .runs(async () => (await import('./log.js')).actionResolve);
}

/** Adds the options of a command that changes the panel and the store at once. */
function changing(command: LazyCommand): LazyCommand {
  return command.previews('change nothing on the panel or in the store').changes().waits();
}

/** Adds where the password of an account comes from, and where a generated one goes. */
function withPassword(command: LazyCommand): LazyCommand {
  return command
    .option('--password-file <file>', 'new file for the generated password (0600); never overwrites')
    .option('--password-from <file>', 'read the password from this file')
    .option('--password-stdin', 'read the password from standard input')
    .option('--show-password', 'print the generated password once instead of writing it to a file');
}

function declareProvision(provision: LazyCommand): void {
  const load = () => import('./provision.js');
  const verb = (name: string, description: string, example: string): LazyCommand =>
    changing(provision.command(name).argument('<service>'))
      .description(description)
      .examples(`sluice provision ${name} ${example}`);
  const create = verb(
    'create',
    'create the account with everything that the product defines',
    'relay-1 --password-file relay-1.txt',
  );
  create
    .option('--adopt', 'adopt an existing account that provably belongs to this service')
    .option(
      '--message',
      'print the text of a mail to the customer, its password included, and everything else on stderr',
    );
  withPassword(create)
    .option('--customer-id <id>', 'of a line: the customer on the panel that it belongs to')
    .runs(async () => (await load()).create);
  verb('suspend', 'add a billing hold and enforce it', 'svc-1 --reason "unpaid"')
    .choice(...AS)
    .option('--reason <text>', 'the note of the hold (default: --note)')
    .option('--with-dids', 'of a line: suspend its active numbers, too')
    .runs(async () => (await load()).suspend);
  verb(
    'unsuspend',
    'release the billing hold, of a service from a billing system until its next sync; other holds stay',
    'svc-1',
  )
    .choice(...AS)
    .option('--force', 'of a line: reactivate it also if somebody else suspended it')
    .runs(async () => (await load()).unsuspend);
  verb('renew', 'move the due date by one period, or to a date', 'svc-1 --until 2027-01-15')
    .option('--until <date>', 'the new due date')
    .option('--ref <key>', 'renew once for this key, however often the command is repeated')
    .runs(async () => (await load()).renew);
  verb('change-package', "change to another product's quota, limits and speed", 'relay-1 relay-200')
    .argument('<product>')
    .runs(async () => (await load()).changePackage);
  withPassword(verb('change-password', 'change only the password', 'relay-1 --password-file new.txt')).runs(
    async () => (await load()).changePassword,
  );
  verb('terminate', 'remove everything that Sluice created for the service from the panel', 'relay-1 --yes')
    .option('--yes', 'do not ask')
    .option('--final-invoice', 'of a line: bill the calls that are not billed first')
    .option('--forfeit-unbilled', 'of a line: never bill them')
    .runs(async () => (await load()).terminate);
}
