import type { LazyCommand } from './command.js';
import { STATUSES } from './statuses.js';

const FILTERS = {
  panel: ['--panel <name>', 'only this panel'],
  product: ['--product <name>', 'only this product'],
  client: ['--client <id>', 'only this client'],
  status: ['--status <status>', 'only this status; several are separated by commas'],
  over: ['--over <percent>', 'only where at least this share of the allowance is used, such as 80%'],
} as const;

type Statuses = keyof typeof STATUSES;
type Filter = keyof typeof FILTERS;

/** Declares the options of a list: its filters, `--sort`, `--columns` and `--csv`. */
export function listOptions(command: LazyCommand, ...filters: (Filter | `status=${Statuses}`)[]): LazyCommand {
  for (const filter of filters) {
    const [name = '', statuses] = filter.split('=');
    const [flags, description] = FILTERS[name as Filter];
    if (statuses === undefined) command.option(flags, description);
    else command.choice(flags, description, STATUSES[statuses as Statuses]);
  }
  return command
    .option('--sort <column>', 'sort by this column; -COLUMN or COLUMN:desc sorts the other way round')
    .option('--columns <names>', 'show these columns, separated by commas')
    .option('--csv <file>', 'write CSV instead, with bytes and ISO times; - is standard output');
}
