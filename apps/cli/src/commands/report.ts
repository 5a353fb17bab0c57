import path from 'node:path';
import { describeProjection } from '@sluice/charts';
import type { Report, ReportOutlook, ReportService } from '@sluice/dashboard/report';
import { usageError } from '@sluice/panel-kind/errors';
import {
  bytes,
  clientColumns,
  type Column,
  printRows,
  serviceColumns,
  shares,
  state,
  text,
  bound,
} from '../terminal/columns.js';
import { bytesCell, type Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/words.js';
import { writeParts } from '../terminal/files/new-file.js';
import { describeMarked } from '../terminal/reports/status.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler } from './command.js';
import { printFileBeside, printLate, printOutages } from './observed.js';
import type { ShareOptions } from './share.js';

/** Options of `report`. */
export interface ReportOptions extends ShareOptions {
  html?: string;
}

/** Services in the terminal: those with an outlook are among them. */
const SHOWN = 40;

/** Names the limit of a share, where that is not the quota. */
const OF_LIMIT = 'of limit';

type Row = ReportService & { outlook: ReportOutlook | undefined };

const isOfLimit = ({ fullest }: Row): boolean => fullest !== null && fullest !== 'quota';

const COLUMNS: readonly Column<Row>[] = [
  ...serviceColumns<Row>(({ id }) => id),
  ...clientColumns<Row>({ extra: true, priority: 9 }),
  text('product', ({ product }) => product, { extra: true, priority: 10 }),
  bytes('used', ({ usedBytes }) => usedBytes, { priority: 5 }),
  {
    ...bytes<Row>('allowed', ({ allowedBytes }) => allowedBytes, { priority: 4 }),
    cell: ({ unlimited, allowedBytes }) => (unlimited ? 'unlimited' : bytesCell(allowedBytes)),
  },
  ...shares<Row>(
    ({ share }) => share,
    ({ share }) => (share === null ? null : 1),
  ),
  { ...text<Row>(OF_LIMIT, ({ fullest }) => fullest), cell: (row) => (isOfLimit(row) ? row.fullest : null) },
  bytes('remaining', ({ remainingBytes }) => remainingBytes, { priority: 6 }),
  bound('cycle ends', ({ cycle }) => cycle?.end, { priority: 8 }),
  state('status', ({ status }) => status, {
    priority: 2,
    cell: (service, ink) => ink.paint(service.status, describeMarked({ ...service, holds: toMarks(service) })),
  }),
  {
    ...text<Row>('outlook', ({ outlook }) => outlook?.outlook ?? null, { priority: 7 }),
    cell: ({ outlook, panel }, { times }) => times.within(panel, (zone) => describeProjection(outlook ?? null, zone)),
  },
];

function toMarks({ holds, releasing, restricting, partly }: Row) {
  return holds.map((reason) => ({
    releasing: releasing.includes(reason),
    restricting: restricting.includes(reason),
    partly: partly.includes(reason),
  }));
}

/** `sluice report` */
export const report: CommandHandler<ReportOptions> = async (args, options, deps) => {
  const { shareLink, shareMisuse } = await import('./share.js');
  if (options.share !== undefined) return shareLink(args, options, deps);
  const misuse = shareMisuse(options);
  if (misuse !== null) throw usageError('bad_option', misuse);
  return listReport(args, options, deps);
};

const listReport: CommandHandler<ReportOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { readReport, reportHtml } = await import('@sluice/dashboard/report');
    const found = await readReport(sluice, { client: options.client, now: deps.clock.now() });
    if (options.html !== undefined) {
      const file = path.resolve(deps.cwd, options.html);
      await writeParts(file, reportHtml(sluice, found));
      terminal.info(`${file} was written`);
    } else if (!terminal.json) {
      const beside = await sluice.standing();
      printLate(terminal, beside);
      printFileBeside(terminal, beside);
      show(terminal, found);
      printExceeded(terminal, found.exceeded);
    }
    terminal.document({ report: found });
    return ExitCode.done;
  });

function show(terminal: Terminal, { services, outlooks, totals }: Report): void {
  if (services.length === 0) {
    terminal.line('No services.');
    return;
  }
  printOutages(terminal, services);
  const byService = new Map(outlooks.map((outlook) => [outlook.service, outlook]));
  const rows = services.slice(0, SHOWN).map((service) => ({ ...service, outlook: byService.get(service.id) }));
  printRows(
    terminal,
    COLUMNS.filter((column) => column.name !== OF_LIMIT || rows.some(isOfLimit)),
    rows,
  );
  const more = services.length - rows.length;
  if (more > 0) terminal.line(`${formatCount(more, 'other service')} with a smaller share: --html FILE has them all`);
  const { usedUp, nearLimit, held, unknown } = totals;
  terminal.line(
    `${formatCount(services.length, 'service')}: ${usedUp} used up, ${nearLimit} at 80% or more, ${held} held, ${unknown} unknown`,
  );
}

/** Names the services that exceeded a limit by more than the config permits. */
function printExceeded(terminal: Terminal, exceeded: Report['exceeded']): void {
  if (exceeded === undefined) return;
  if (exceeded.length === 0)
    terminal.line('In the last 31 days no limit was exceeded by more than poll.maxOvershoot permits.');
  for (const { at, message, panel } of exceeded)
    terminal.line(
      terminal.colors.yellow(
        `${terminal.times.at(at, panel) ?? at}: ${terminal.times.text(message, panel ?? undefined)}`,
      ),
    );
}
