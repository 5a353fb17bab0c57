import { describeTermination, importKeys, type ServiceDetail } from '@sluice/engine';
import { printable, printableJson } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind/errors';
import { ExitCode } from '../exit-codes.js';
import { spreadsheetText, toCsv } from '../files/csv.js';
import { knownKinds } from '../kinds.js';
import { allowed, allowedBytes, bytes, shares, state, text, usedBytes } from '../output/columns.js';
import { limitText } from '../output/limits.js';
import { findObserved, type ObservedService, printObserved, serviceStatus, withoutObserved } from './observed.js';
import { STATUSES } from './statuses.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { quotaText } from '../output/outcome.js';
import { usedCell } from '../output/run-report.js';
import { allowedCell, bytesCell, type Terminal } from '../output/terminal.js';
import { withSluice } from '../open-sluice.js';
import { confirm, type CommandHandler, type GlobalOptions, type LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

/** `sluice service show SERVICE` */
export const showService: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const detail = await sluice.services.show(id);
    terminal.document(detail);
    if (!terminal.quiet) printDetail(terminal, detail);
    return ExitCode.done;
  });

/** `sluice service remove SERVICE` */
export const remove: CommandHandler<LockOptions & { yes?: boolean }> = async ([id = ''], options, deps) => {
  await confirm(deps, options, `Remove "${id}" and all its records from the store?`);
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const detail = await sluice.services.remove(id, { waitMs: parseWait(options) });
    terminal.document(detail);
    terminal.info(`${id} was removed`);
    return ExitCode.done;
  });
};

const HOLDS = text<ObservedService>('holds', ({ holds }) => holds.map(({ reason }) => reason).join(', ') || null);

const SERVICES: List<ObservedService> = {
  key: 'services',
  statuses: STATUSES.services,
  document: withoutObserved,
  empty: 'No services. Add one with "sluice service add" or "sluice service import".',
  columns: [
    text('service', ({ id }) => id),
    text('panel', ({ panel }) => panel, { priority: 4 }),
    text('product', ({ product }) => product, { priority: 2 }),
    text('client', ({ client }) => client, { priority: 6 }),
    state('lifecycle', ({ lifecycle }) => lifecycle, { priority: 5 }),
    serviceStatus(),
    bytes('used', usedBytes, { priority: 1 }),
    allowed(({ allowance }) => allowance, { priority: 3 }),
    ...shares<ObservedService>(usedBytes, allowedBytes, { extra: true, priority: 8 }),
    HOLDS,
    text('due', ({ nextDueDate }) => nextDueDate, { extra: true, priority: 9 }),
  ],
};

/** `sluice service list` */
export const list: CommandHandler<ListOptions> = listCommand(
  SERVICES,
  async ({ sluice }, _args, { panel, product, client }) =>
    findObserved(sluice, (await sluice.services.list({ panel, product, client })).services),
  (terminal, services, { csv }) => {
    if (csv === undefined) printObserved(terminal, services);
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
      const { toYaml } = await import('../files/to-yaml.js');
      deps.stdout.write(toYaml({ services: rows }));
    } else if (format === 'csv') {
      const cell = options.spreadsheet === true ? spreadsheetText : undefined;
      deps.stdout.write(await toCsv(rows, importKeys(knownKinds(deps)), cell));
    } else throw usageError('bad_option', `--format: "${format}" is not one of csv, json, yaml`);
    return ExitCode.done;
  });
};

function accountRows(terminal: Terminal, { account, panel }: ServiceDetail): [string, string | null][] {
  if (!account) return [];
  const word = (forward: { status: number; pausedByUs: boolean }): string =>
    forward.status === 1 ? 'running' : forward.pausedByUs ? 'paused by Sluice' : 'paused';
  return [
    ['account', `${account.username} at ${account.url}`],
    ['expires', terminal.times.at(account.expiresAt, panel)],
    ['tunnels', account.tunnels.map(({ name, nodes }) => `${name} (${nodes.join(', ')})`).join(', ')],
    ['forwards', account.forwards.map((forward) => `${forward.name} ${word(forward)}`).join(', ')],
  ];
}

function modeSource({ overrides, trafficMode, product }: ServiceDetail): string {
  if (overrides?.mode != null) return 'override';
  return trafficMode === null ? `product ${product}` : 'traffic_mode of the service';
}

function quotaSource({ quota, product }: ServiceDetail): string {
  if (quota === null) return 'unmanaged';
  if (quota.source === 'override') return 'override';
  return quota.source === 'service' ? 'base_quota_override_gb of the service' : `product ${product}`;
}

function overrideText(terminal: Terminal, { overrides, panel }: ServiceDetail): string | null {
  if (overrides === null) return null;
  const { quotaBytes, unlimited, mode, action, since } = overrides;
  const quota = quotaBytes === null ? (unlimited ? 'unlimited' : null) : `quota ${bytesCell(quotaBytes) ?? ''}`;
  const parts = [quota, mode && `mode ${mode}`, action && `action ${action}`].filter(Boolean).join(', ');
  return `${parts} since ${terminal.times.at(since, panel) ?? ''}`;
}

function purchaseText(
  terminal: Terminal,
  { panel }: ServiceDetail,
  { package: name, bytes, price, currency, status, at, current }: ServiceDetail['purchases'][number],
): string {
  const cycle = current ? '' : ' (earlier cycle)';
  return `${name}: ${bytesCell(bytes) ?? ''} for ${price} ${currency}, ${status}, ${terminal.times.at(at, panel) ?? ''}${cycle}`;
}

/** The limits besides the quota, which has rows of its own. */
function limitRows({ times }: Terminal, { limits, panel }: ServiceDetail): [string, string][] {
  return limits
    .filter(({ id }) => id !== 'quota')
    .map((limit) => [`limit ${limit.id}`, limitText(limit, times, panel)]);
}

/** Prints a service with all its details. */
export function printDetail(terminal: Terminal, detail: ServiceDetail): void {
  const { colors, times } = terminal;
  const allowance = detail.allowance;
  const rows: [string, string | null][] = [
    ['panel', detail.panel],
    ['product', detail.product],
    ['client', detail.client],
    ['lifecycle', detail.lifecycle],
    ['termination', detail.termination && times.text(describeTermination(detail.id, detail.termination), detail.panel)],
    ['status', terminal.status(detail.status) + (detail.observing ? colors.yellow(' OBSERVING') : '')],
    [
      'billing',
      [detail.billingCycle, detail.nextDueDate && `next due ${detail.nextDueDate}`].filter(Boolean).join(', ') || null,
    ],
    ['protected until', detail.protectedUntil && `${detail.protectedUntil}${detail.protected ? '' : ' (past)'}`],
    ['limits released until', detail.quotaReleasedUntil],
    ['cycle', detail.cycle && times.span(detail.cycle, detail.panel)],
    [
      'used',
      usedCell(detail) &&
        `${String(usedCell(detail))} (${String(detail.mode)}, read ${times.ago(detail.usage?.readAt, detail.panel) ?? ''})`,
    ],
    ['mode', `${detail.overrides?.mode ?? detail.trafficMode ?? detail.mode ?? 'TOTAL'} (${modeSource(detail)})`],
    ['quota', `${quotaText(detail)} (${quotaSource(detail)})`],
    ['override', overrideText(terminal, detail)],
    ...detail.purchases.map((bought): [string, string] => ['purchase', purchaseText(terminal, detail, bought)]),
    ['allowed', allowedCell(allowance)],
    ['remaining', bytesCell(allowance?.remainingBytes)],
    ...limitRows(terminal, detail),
    [
      'holds',
      detail.holds.map((hold) => `${hold.reason} since ${times.at(hold.since, detail.panel) ?? ''}`).join(', ') || null,
    ],
    ...Object.entries(detail.refs),
    ...accountRows(terminal, detail),
    ['error', detail.error && terminal.error(detail.error, { service: detail.id })],
  ];
  terminal.line(colors.bold(detail.id));
  for (const [name, value] of rows) if (value !== null && value !== '') terminal.line(`  ${name.padEnd(22)} ${value}`);
}
