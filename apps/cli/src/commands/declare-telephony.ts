import type { TelephonyNoun } from '../terminal/telephony/lists.js';
import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';
import type { STATUSES } from './statuses.js';

const load = () => import('./telephony.js');

/** How the commands of one list are declared; the filters are those of the list's table. */
interface Words {
  noun: TelephonyNoun;
  many: string;
  one: string;
  /** What the group is about; default: `many` of a telephony panel. */
  about?: string;
  filters?: readonly (readonly [flags: string, description: string])[];
  statuses?: keyof typeof STATUSES;
  /** An id, and a KEY=VALUE, for examples. */
  example: readonly [id: string, pair: string];
  verbs?: readonly ('create' | 'set' | 'remove')[];
  /** Declares commands of its own. */
  declare?: (group: LazyCommand) => void;
}

const ALL_VERBS = ['create', 'set', 'remove'] as const;

const LISTS: readonly Words[] = [
  {
    noun: 'customer',
    many: 'customers',
    one: 'a customer, by id or name',
    filters: [
      ['--name <text>', 'only this name'],
      ['--external-ref <text>', 'only this reference'],
      ['--document <digits>', 'only this document (CPF or CNPJ)'],
    ],
    statuses: 'customers',
    example: ['501', 'email=joao@example.com'],
    verbs: ['create', 'set'],
  },
  {
    noun: 'subscriber',
    about: 'lines of a telephony panel; "provision" creates, suspends and terminates them',
    many: 'lines',
    one: 'a line, by id or username',
    filters: [
      ['--username <name>', 'only this username'],
      ['--customer-id <id>', 'only lines of this customer'],
      ['--external-ref <text>', 'only this reference'],
    ],
    statuses: 'lines',
    example: ['joao1042', 'channels=4'],
    verbs: ['set'],
  },
  {
    noun: 'plan-catalog',
    many: 'plans',
    one: 'a plan, by id or name',
    example: ['11', 'monthly_price=99.00'],
    verbs: ALL_VERBS,
  },
  {
    noun: 'carrier',
    many: 'carriers',
    one: 'a carrier, by id or name',
    example: ['3', 'csp=21'],
    verbs: ALL_VERBS,
  },
  {
    noun: 'country',
    about: 'countries of a telephony panel, with their calling codes',
    many: 'countries',
    one: 'a country, by id or name',
    example: ['1', ''],
  },
  {
    noun: 'rate',
    about: 'prices of calls by prefix on a telephony panel',
    many: 'rates',
    one: 'a rate, by id',
    filters: [
      ['--plan-id <id>', 'only rates of this plan'],
      ['--prefix <digits>', 'only this prefix'],
    ],
    example: ['703', 'price_per_minute=0.2900'],
    verbs: ALL_VERBS,
  },
  {
    noun: 'trunk',
    about: 'trunks of a telephony panel; passwords are set from standard input, and never shown',
    many: 'trunks',
    one: 'a trunk, by id or name',
    example: ['5', 'max_channels=30'],
    verbs: ALL_VERBS,
  },
  {
    noun: 'route',
    many: 'routes',
    one: 'a route, by id or name',
    example: ['2', 'priority=10'],
    verbs: ALL_VERBS,
  },
  {
    noun: 'did',
    many: 'numbers',
    one: 'a number',
    filters: [
      ['--number <number>', 'only this number'],
      ['--subscriber-id <id>', 'only numbers of this line'],
      ['--area-code <digits>', 'only numbers of this area code'],
    ],
    statuses: 'numbers',
    example: ['+551140001234', 'channels=2'],
    declare: declareNumbers,
  },
];

/** Declares the commands of the lists that a telephony panel has. */
export function declareTelephony(program: LazyCommand): void {
  for (const words of LISTS) declareFamily(program, words);
}

function declareFamily(program: LazyCommand, words: Words): void {
  const { noun, many, about = `${many} of a telephony panel`, declare } = words;
  const declareAll = (group: LazyCommand): void => {
    declareLookups(group, words);
    declareChanges(group, words);
    declare?.(group);
  };
  program.group(noun, about, declareAll).examples(`sluice ${noun} list`);
}

function declareNumbers(did: LazyCommand): void {
  const change = (name: string): LazyCommand => did.command(name).argument('<number>', 'a number as people write it');
  const handlers = () => import('./dids.js');
  ofAddon(changing(change('link')))
    .description('give a number to the line of a service; one that the panel lacks is created')
    .option('--service <id>', 'the service')
    .option('--carrier <name>', 'for a new number: the carrier, by id, name or code')
    .option('--channels <number>', 'calls at the same time')
    .option('--destination <number>', 'where its calls go: a number, line:ID, or none')
    .examples(
      'sluice did link +551140001234 --service svc-1',
      'sluice did link 33331234 --service whmcs-42 --addon 77 --area-code 11',
    )
    .runs(async () => (await handlers()).didLink);
  changing(change('set').argument('[fields...]', 'KEY=VALUE with the names that "show --json" has'))
    .description('change fields of a number, or end its link to a line')
    .option('--subscriber <none>', 'none: the number belongs to no line any more')
    .examples('sluice did set +551140001234 channels=2', 'sluice did set +551140001234 --subscriber none')
    .runs(async () => (await handlers()).didSet);
  linked(change('suspend'))
    .description('suspend a number, until "did unsuspend"')
    .examples('sluice did suspend +551140001234 --note abuse')
    .runs(async () => (await handlers()).didSuspend);
  linked(change('unsuspend'))
    .description('make a suspended number active again')
    .examples('sluice did unsuspend +551140001234')
    .runs(async () => (await handlers()).didUnsuspend);
  linked(change('release'))
    .description('end a number: it is removed, or goes back to the pool of the panel')
    .option('--yes', 'do not ask')
    .examples('sluice did release +551140001234 --yes')
    .runs(async () => (await handlers()).didRelease);
}

/** Adds how a billing system names a number. */
function ofAddon(command: LazyCommand): LazyCommand {
  return command
    .option('--addon <id>', "the billing system's product addon that the number is for")
    .option('--area-code <digits>', 'the area code that the number has');
}

/** Adds what every change of a number that a line has accepts. */
function linked(command: LazyCommand): LazyCommand {
  return ofAddon(changing(command)).option('--service <id>', 'the service whose line has it');
}

/** Declares `list` and `show` of a noun. */
function declareLookups(group: LazyCommand, { noun, many, one, filters = [], statuses, example }: Words): void {
  const list = group.command('list');
  for (const [flags, description] of filters) list.option(flags, description);
  listOptions(list, ...(statuses === undefined ? [] : ([`status=${statuses}`] as const)))
    .description(`list ${many}`)
    .ofPanel('telephony')
    .examples(`sluice ${noun} list`)
    .runs(async () => (await load()).recordList(noun, statuses));
  group
    .command('show')
    .argument('<id>', one)
    .description(`show ${one}`)
    .ofPanel('telephony')
    .examples(`sluice ${noun} show ${example[0]}`)
    .runs(async () => (await load()).recordShow(noun));
}

function declareChanges(group: LazyCommand, { noun, one, example, verbs = [] }: Words): void {
  const [id, pair] = example;
  if (verbs.includes('create')) {
    changing(group.command('create').argument('<fields...>', 'KEY=VALUE with the names that "show --json" has'))
      .description('create one; what exists already with these values stays as it is')
      .examples(`sluice ${noun} create ${CREATED[noun] ?? 'name=Standard'}`)
      .runs(async () => (await load()).recordCreate(noun));
  }
  if (verbs.includes('set')) {
    changing(
      group
        .command('set')
        .argument('<id>', one)
        .argument(
          '<fields...>',
          'KEY=VALUE with the names that "show --json" has; an empty value clears a field, a password is "-": read from standard input',
        ),
    )
      .description(`change fields of ${one}`)
      .examples(`sluice ${noun} set ${id} ${pair}`)
      .runs(async () => (await load()).recordSet(noun));
  }
  if (!verbs.includes('remove')) return;
  changing(group.command('remove').argument('<id>', one))
    .description(`remove ${one}, from the panel`)
    .option('--yes', 'do not ask')
    .examples(`sluice ${noun} remove ${id} --yes`)
    .runs(async () => (await load()).recordRemove(noun));
}

const CREATED: Partial<Record<TelephonyNoun, string>> = {
  customer: 'name="João da Silva" document=12345678909',
  rate: 'plan_id=11 prefix=5511 price_per_minute=0.2900',
};

/** Adds what every change of a telephony panel has. */
function changing(command: LazyCommand): LazyCommand {
  return command.ofPanel('telephony').previews().waits('the panel').changes();
}
