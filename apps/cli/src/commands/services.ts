import { importKeys } from '@sluice/engine';
import { printable, printableJson } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind/errors';
import { spreadsheetText, toCsv } from '../terminal/files/csv.js';
import { SERVICES } from '../terminal/lists/services.js';
import { printService } from '../terminal/reports/service.js';
import { ExitCode } from '../exit-codes.js';
import { knownKinds } from '../kinds.js';
import { answer } from './answer.js';
import { printFileBeside, printKept, printLate, printOutages } from './observed.js';
import { STATUSES } from './statuses.js';
import { listCommand, type ListOptions } from './list.js';
import { withSluice } from '../open-sluice.js';
import { confirm, type CommandHandler, type GlobalOptions, type LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

/** `sluice service show SERVICE` */
export const showService: CommandHandler = ([id = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.services.show(id), {
    print: (terminal, detail) => {
      if (!terminal.quiet) printService(terminal, detail);
    },
  });

/** `sluice service remove SERVICE` */
export const remove: CommandHandler<LockOptions & { yes?: boolean }> = async ([id = ''], options, deps) => {
  await confirm(deps, options, `Remove "${id}" and all its records from the store?`);
  const how = { waitMs: parseWait(options) };
  return answer(deps, options, ({ sluice }) => sluice.services.remove(id, how), { info: () => `${id} was removed` });
};

/** `sluice service list` */
export const list: CommandHandler<ListOptions> = listCommand(
  {
    key: 'services',
    statuses: STATUSES.services,
    empty: 'No services. Add one with "sluice service add" or "sluice service import".',
    columns: SERVICES,
  },
  async ({ sluice }, _args, { panel, product, client, search }) =>
    (await sluice.services.list({ panel, product, client, search })).services,
  async ({ sluice, terminal }, services, { csv, panel }) => {
    if (csv === undefined) {
      const beside = await sluice.standing();
      printOutages(terminal, services);
      printLate(terminal, beside, panel);
      printFileBeside(terminal, beside);
      await printKept({ sluice, terminal }, services, beside);
    }
    return ExitCode.done;
  },
);

function printableRow(row: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([key, text]) => [key, printable(text)]));
}

interface ExportOptions extends GlobalOptions {
  format?: string;
  panel?: string;
  spreadsheet?: boolean;
}

/** `sluice service export` */
export const exportServices: CommandHandler<ExportOptions> = (_args, options, deps) => {
  const format = options.json === true ? 'json' : (options.format ?? 'csv');
  if (options.spreadsheet === true && format !== 'csv') {
    throw usageError('bad_option', '--spreadsheet requires CSV: remove --spreadsheet, or remove --format and --json');
  }
  return withSluice(deps, options, async ({ sluice }) => {
    const services = await sluice.services.export({ panel: options.panel });
    // A terminal would execute control characters; in a file or pipe they are data.
    const rows = services.map((row) => (deps.stdout.isTTY === true ? printableRow(row) : row));
    if (format === 'json') deps.stdout.write(`${printableJson({ services: rows }, 2)}\n`);
    else if (format === 'yaml') {
      const { toYaml } = await import('../terminal/rows/to-yaml.js');
      deps.stdout.write(toYaml({ services: rows }));
    } else if (format === 'csv') {
      const cell = options.spreadsheet === true ? spreadsheetText : undefined;
      deps.stdout.write(await toCsv(rows, importKeys(knownKinds(deps)), cell));
    } else throw usageError('bad_option', `--format: "${format}" is not one of csv, json, yaml`);
    return ExitCode.done;
  });
};
