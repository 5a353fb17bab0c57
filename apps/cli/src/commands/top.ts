import { rateText } from '@sluice/charts';
import type { TopTraffic } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { formatBytes } from '@sluice/quota-core';
import { ExitCode } from '../exit-codes.js';
import { describeLeftOut, TOP, type TopRow } from '../terminal/lists/top.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/words.js';
import type { CommandHandler } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { parseGroup } from './parse-group.js';
import { parsePercentile, printRates } from './parse-percentile.js';
import { parseRange } from './parse-range.js';

type TopOptions = ListOptions & { since?: string; by?: string; top?: string; percentile?: string };

/** `sluice usage top` */
export const usageTop: CommandHandler<TopOptions> = listCommand<TopRow, TopOptions, Omit<TopTraffic, 'rows'>>(
  {
    key: 'rows',
    empty: 'No services whose bytes are counted.',
    keepsOrder: true,
    document: ({ by: _by, share: _share, ...row }) => row,
    columns: TOP,
  },
  async ({ sluice }, _args, { since, by = 'service', top = '20', percentile: percent, panel, product, client }) => {
    const group = parseGroup(by);
    const limit = parseWhole('--top', top);
    const range = parseRange('--since', since ?? '24h');
    const percentile = parsePercentile(percent);
    const asked = { range, by: group, limit, percentile, panel, product, client };
    const { rows, ...also } = await sluice.usage.top(asked);
    const all = also.total.totalBytes;
    const share = (bytes: number | null): number | null => (bytes === null || !all ? null : bytes / all);
    return { rows: rows.map((row) => ({ ...row, by: group, share: share(row.totalBytes) })), also };
  },
  ({ terminal }, rows, { csv }, also) => {
    if (csv !== undefined || also === null) return ExitCode.done;
    if (rows.length > 0) printTotal(terminal, also, rows.length);
    for (const line of describeLeftOut({ ...also.total, ...also })) terminal.line(line);
    if (rows.length > 0) printRates(terminal, 'services', rows);
    return ExitCode.done;
  },
);

function printTotal(terminal: Terminal, { total, groups, by, range }: Omit<TopTraffic, 'rows'>, shown: number): void {
  const { totalBytes, bitsPerSecond, services } = total;
  const sum = totalBytes === null ? 'unknown' : formatBytes(totalBytes);
  const rate = bitsPerSecond === null ? '' : `, ${rateText(bitsPerSecond)} in the mean`;
  const time = range === 'cycle' ? 'in their cycles' : `in the last ${range}`;
  terminal.line(`${formatCount(services, 'service')} ${time}: ${sum}${rate}`);
  if (groups > shown) terminal.line(`${formatCount(groups - shown, `other ${by}`)}: --top ${groups} shows all`);
}

function parseWhole(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw usageError('bad_option', `${option}: "${text}" is not a whole number from 1 on`);
  return Number(text);
}
