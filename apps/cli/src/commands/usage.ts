import type { ServiceDetail } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { printRows } from '../terminal/columns.js';
import { COMPARED, USAGE } from '../terminal/lists/services.js';
import { groupFailures } from '../terminal/reports/run-report.js';
import { readTable } from '../terminal/rows/rows.js';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import { printFileBeside, printKept, printLate, printOutages } from './observed.js';
import { STATUSES } from './statuses.js';
import { listCommand, type ListOptions } from './list.js';
import type { CommandHandler, GlobalOptions } from './command.js';

type UsageOptions = ListOptions & { refresh?: boolean };

/** `sluice usage [SERVICE]` */
export const usage: CommandHandler<UsageOptions> = listCommand<ServiceDetail, UsageOptions>(
  {
    key: 'services',
    statuses: STATUSES.services,
    empty: 'No services.',
    columns: USAGE,
  },
  async ({ sluice }, [service], { refresh, panel, product, client }) =>
    (await sluice.usage.read({ service, refresh, panel, product, client })).services,
  async ({ sluice, terminal }, services, { refresh, csv, panel }) => {
    if (csv === undefined) {
      const beside = await sluice.standing();
      printOutages(terminal, services);
      printLate(terminal, beside, panel);
      printFileBeside(terminal, beside);
      await printKept({ sluice, terminal }, services, beside);
    }
    for (const { objects, error, details } of groupFailures(services.map(({ id, error }) => ({ object: id, error })))) {
      const line = `${objects}: ${terminal.error(error, details)}`;
      if (csv === undefined) terminal.line(line);
      else terminal.warn(line);
    }
    const wrong = services.filter((service) => service.error !== null).length;
    if (refresh !== true || wrong === 0) return ExitCode.done;
    return wrong === services.length ? ExitCode.failed : ExitCode.partial;
  },
);

/** `sluice compare PANEL --with FILE` */
export const compare: CommandHandler<GlobalOptions & { with?: string }> = async ([panel = ''], options, deps) => {
  const file = options.with;
  if (file === undefined)
    throw usageError(
      'bad_option',
      "Name the file with the other tool's usage: --with FILE (CSV with the columns service, used_gb, limited)",
    );
  const { rows } = await readTable(file, deps);
  return answer(deps, options, ({ sluice }) => sluice.usage.compare(panel, rows, { file }), {
    print: (terminal, { services, totals: { agree, differ, onlyOurs, onlyTheirs } }) => {
      printRows(terminal, COMPARED, services);
      terminal.line(`${agree} agree, ${differ} differ, ${onlyOurs} only in Sluice, ${onlyTheirs} only in the file`);
    },
    exitCode: ({ totals }) => (totals.differ > 0 ? ExitCode.changes : ExitCode.done),
  });
};
