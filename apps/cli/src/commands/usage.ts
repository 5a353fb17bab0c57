import type { Comparison, CycleView } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { allowed, bytes, type Column, printRows, shares, text, time } from '@sluice/terminal';
import { allowedBytes, groupFailures, usedBytes } from '@sluice/terminal/reports';
import { readTable } from '@sluice/terminal/rows';
import { ExitCode } from '../exit-codes.js';
import { findObserved, type ObservedService, printObserved, serviceStatus, withoutObserved } from './observed.js';
import { STATUSES } from './statuses.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';

const USAGE: List<ObservedService> = {
  key: 'services',
  statuses: STATUSES.services,
  document: withoutObserved,
  empty: 'No services.',
  columns: [
    text('service', ({ id }) => id),
    text('panel', ({ panel }) => panel, { extra: true, priority: 9 }),
    text('product', ({ product }) => product, { extra: true, priority: 10 }),
    text('client', ({ client }) => client, { extra: true, priority: 11 }),
    text('mode', ({ mode }) => mode, { priority: 8 }),
    bytes('in', ({ usage: read }) => read?.inBytes, { priority: 7 }),
    bytes('out', ({ usage: read }) => read?.outBytes, { priority: 7 }),
    bytes('total', ({ usage: read }) => read?.totalBytes, { priority: 5 }),
    allowed(({ allowance }) => allowance, { priority: 1 }),
    bytes('remaining', ({ allowance }) => allowance?.remainingBytes, { priority: 4 }),
    ...shares<ObservedService>(usedBytes, allowedBytes),
    {
      ...time<ObservedService>('read', ({ usage: read }) => read?.readAt, { priority: 2 }),
      cell: ({ usage: read, panel }, { times }) => times.ago(read?.readAt, panel),
    },
    serviceStatus(),
  ],
};

type UsageOptions = ListOptions & { refresh?: boolean };

/** `sluice usage [SERVICE]` */
export const usage: CommandHandler<UsageOptions> = listCommand<ObservedService, UsageOptions>(
  USAGE,
  async ({ sluice }, [service], { refresh, panel, product, client }) =>
    findObserved(sluice, (await sluice.usage.read({ service, refresh, panel, product, client })).services),
  (terminal, services, { refresh, csv }) => {
    if (csv === undefined) printObserved(terminal, services);
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

type PastCycle = CycleView & { panel: string };

const HISTORY: List<PastCycle> = {
  key: 'cycles',
  empty: 'No cycle has been metered yet.',
  keepsOrder: true,
  document: ({ panel: _panel, ...cycle }) => cycle,
  columns: [
    time('start', ({ start }) => start),
    time('end', ({ end }) => end, { priority: 3 }),
    bytes('in', ({ usage: used }) => used?.inBytes, { priority: 2 }),
    bytes('out', ({ usage: used }) => used?.outBytes, { priority: 2 }),
    bytes('total', ({ usage: used }) => used?.totalBytes),
    allowed(({ allowance }) => allowance),
  ],
};

/** `sluice usage history SERVICE` */
export const usageHistory: CommandHandler<ListOptions> = listCommand(HISTORY, async ({ sluice }, [id = '']) => {
  const [{ cycles }, { panel }] = await Promise.all([sluice.usage.history(id), sluice.services.show(id)]);
  return cycles.map((cycle) => ({ ...cycle, panel }));
});

const COMPARED: Column<Comparison['services'][number]>[] = [
  text('service', ({ service }) => service),
  bytes('used', ({ usedBytes: used }) => used),
  bytes('used elsewhere', ({ theirUsedBytes }) => theirUsedBytes),
  text('held', ({ held }) => yesNo(held), { priority: 1 }),
  text('limited elsewhere', ({ theirHeld }) => yesNo(theirHeld), { priority: 1 }),
  {
    name: 'agrees',
    value: ({ agrees }) => yesNo(agrees),
    cell: ({ agrees }, { colors }) => (agrees ? colors.green('yes') : colors.red('no')),
  },
];

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
    printRows(terminal, COMPARED, result.services);
    const { agree, differ, onlyOurs, onlyTheirs } = result.totals;
    terminal.line(`${agree} agree, ${differ} differ, ${onlyOurs} only in Sluice, ${onlyTheirs} only in the file`);
    return result.totals.differ > 0 ? ExitCode.changes : ExitCode.done;
  });
};

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}
