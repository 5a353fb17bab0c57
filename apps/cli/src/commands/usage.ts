import { usageError } from '@sluice/panel-kind/errors';
import { ExitCode } from '../exit-codes.js';
import { readTable } from '../files/rows.js';
import { allowedCell, bytesCell } from '../output/terminal.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** `sluice usage [SERVICE]` */
export const usage: CommandHandler<GlobalOptions & { refresh?: boolean }> = ([id], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { services } = await sluice.usage.read({ service: id, refresh: options.refresh });
    terminal.document({ services });
    if (services.length === 0) terminal.line('No services.');
    else {
      terminal.table(
        ['service', 'mode', '>in', '>out', '>total', '>allowed', '>remaining', 'read', 'status'],
        services.map((service) => [
          service.id,
          service.mode,
          bytesCell(service.usage?.inBytes),
          bytesCell(service.usage?.outBytes),
          bytesCell(service.usage?.totalBytes),
          allowedCell(service.allowance),
          bytesCell(service.allowance?.remainingBytes),
          terminal.times.ago(service.usage?.readAt, service.panel),
          terminal.status(service.status),
        ]),
      );
    }
    for (const service of services)
      if (service.error) terminal.line(`${service.id}: ${terminal.error(service.error, { service: service.id })}`);
    const wrong = services.filter((service) => service.error !== null).length;
    if (options.refresh !== true || wrong === 0) return ExitCode.done;
    return wrong === services.length ? ExitCode.failed : ExitCode.partial;
  });

/** `sluice usage history SERVICE` */
export const usageHistory: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { cycles } = await sluice.usage.history(id);
    terminal.document({ cycles });
    if (cycles.length === 0) terminal.line('No cycle has been metered yet.');
    else {
      terminal.table(
        ['start', 'end', '>in', '>out', '>total', '>allowed'],
        cycles.map((cycle) => [
          cycle.start,
          cycle.end,
          bytesCell(cycle.usage?.inBytes),
          bytesCell(cycle.usage?.outBytes),
          bytesCell(cycle.usage?.totalBytes),
          allowedCell(cycle.allowance),
        ]),
      );
    }
    return ExitCode.done;
  });

/** `sluice compare PANEL --with FILE` */
export const compare: CommandHandler<GlobalOptions & { with?: string }> = async ([panel = ''], options, deps) => {
  const file = options.with;
  if (file === undefined)
    throw usageError(
      'bad_option',
      "Name the file with the other tool's usage: --with FILE (CSV with the columns service, used_gb, limited)",
    );
  const { rows } = await readTable(file, deps);
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const result = await sluice.usage.compare(panel, rows, { file });
    terminal.document(result);
    terminal.table(
      ['service', '>used', '>used elsewhere', 'held', 'limited elsewhere', 'agrees'],
      result.services.map((row) => [
        row.service,
        bytesCell(row.usedBytes),
        bytesCell(row.theirUsedBytes),
        yesNo(row.held),
        yesNo(row.theirHeld),
        row.agrees ? terminal.colors.green('yes') : terminal.colors.red('no'),
      ]),
    );
    const { agree, differ, onlyOurs, onlyTheirs } = result.totals;
    terminal.line(`${agree} agree, ${differ} differ, ${onlyOurs} only in Sluice, ${onlyTheirs} only in the file`);
    return result.totals.differ > 0 ? ExitCode.changes : ExitCode.done;
  });
};

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}
