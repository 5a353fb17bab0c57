import { rateText } from '@sluice/charts';
import type { CycleView, ServiceDetail, TopTraffic } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { formatBytes } from '@sluice/quota-core';
import { printRows } from '../terminal/columns.js';
import { COMPARED, CYCLES, TOP, type TopRow, USAGE } from '../terminal/lists/services.js';
import { groupFailures } from '../terminal/reports/run-report.js';
import { readTable } from '../terminal/rows/rows.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/words.js';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import { parseRange } from './parse-range.js';
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

type TopOptions = ListOptions & { since?: string; by?: string; top?: string };

const GROUPS = ['service', 'panel', 'product', 'client'] as const;

/** `sluice usage top` */
export const usageTop: CommandHandler<TopOptions> = listCommand<TopRow, TopOptions, Omit<TopTraffic, 'rows'>>(
  {
    key: 'rows',
    empty: 'No services.',
    keepsOrder: true,
    document: ({ by: _by, share: _share, ...row }) => row,
    columns: TOP,
  },
  async ({ sluice }, _args, { since, by = 'service', top = '20', panel, product, client }) => {
    const group = GROUPS.find((each) => each === by);
    if (group === undefined) throw usageError('bad_option', `--by: "${by}" is not one of ${GROUPS.join(', ')}`);
    const limit = parseWhole('--top', top);
    const range = parseRange('--since', since ?? '24h');
    const { rows, ...also } = await sluice.usage.top({ range, by: group, limit, panel, product, client });
    const all = also.total.totalBytes;
    const share = (bytes: number | null): number | null => (bytes === null || !all ? null : bytes / all);
    return { rows: rows.map((row) => ({ ...row, by: group, share: share(row.totalBytes) })), also };
  },
  ({ terminal }, rows, { csv }, also) => {
    if (csv === undefined && also !== null && rows.length > 0) printTotal(terminal, also, rows.length);
    return ExitCode.done;
  },
);

function printTotal(terminal: Terminal, { total, groups, by, range }: Omit<TopTraffic, 'rows'>, shown: number): void {
  const { totalBytes, bitsPerSecond, services, unknown } = total;
  const sum = totalBytes === null ? 'unknown' : formatBytes(totalBytes);
  const rate = bitsPerSecond === null ? '' : `, ${rateText(bitsPerSecond)} in the mean`;
  const time = range === 'cycle' ? 'in their cycles' : `in the last ${range}`;
  terminal.line(`${formatCount(services, 'service')} ${time}: ${sum}${rate}`);
  if (groups > shown) terminal.line(`${formatCount(groups - shown, `other ${by}`)}: --top ${groups} shows all`);
  if (unknown > 0) terminal.line(`${formatCount(unknown, 'service')} without a reading in this time: not in the sums`);
}

function parseWhole(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw usageError('bad_option', `${option}: "${text}" is not a whole number from 1 on`);
  return Number(text);
}

/** `sluice usage history SERVICE` */
export const usageHistory: CommandHandler<ListOptions> = listCommand<CycleView & { panel: string }>(
  {
    key: 'cycles',
    empty: 'No cycle has been metered yet.',
    keepsOrder: true,
    document: ({ panel: _panel, ...cycle }) => cycle,
    columns: CYCLES,
  },
  async ({ sluice }, [id = '']) => {
    const [{ cycles }, { panel }] = await Promise.all([sluice.usage.history(id), sluice.services.show(id)]);
    return cycles.map((cycle) => ({ ...cycle, panel }));
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
