import { describeTermination, importKeys, type ImportReport, type ServiceDetail } from '@sluice/engine';
import { printable, printableJson } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind/errors';
import { loadConfig } from '../config/load.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { readTable } from '../files/rows.js';
import { knownKinds } from '../kinds.js';
import { quotaText } from '../output/outcome.js';
import { usedCell } from '../output/run-report.js';
import { allowedCell, bytesCell, type Terminal } from '../output/terminal.js';
import { withSluice } from '../open-sluice.js';
import { withRemedy } from '../remedies.js';
import { confirm, type CommandHandler, type GlobalOptions, type LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

/** Parses `KEY=VALUE…`; the keys are those of the import. */
function parsePairs(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) throw usageError('bad_pair', `"${pair}" is not KEY=VALUE`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Options of commands that store ids of objects on panels. */
interface RefOptions extends LockOptions {
  allowDuplicateRefs?: boolean;
}

/** `sluice service add ID KEY=VALUE…` */
export const add: CommandHandler<RefOptions> = ([id = '', ...pairs], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const detail = await sluice.services.add(id, parsePairs(pairs), {
      allowDuplicateRefs: options.allowDuplicateRefs,
    });
    return show(terminal, detail);
  });

/** `sluice service set SERVICE KEY=VALUE…` */
export const set: CommandHandler<RefOptions> = ([id = '', ...pairs], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const detail = await sluice.services.set(id, parsePairs(pairs), {
      waitMs: parseWait(options),
      allowDuplicateRefs: options.allowDuplicateRefs,
    });
    return show(terminal, detail);
  });

/** `sluice service show SERVICE` */
export const showService: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => show(terminal, await sluice.services.show(id)));

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

/** `sluice service list` */
export const list: CommandHandler<GlobalOptions & { panel?: string; product?: string; client?: string }> = (
  _args,
  options,
  deps,
) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { services } = await sluice.services.list(options);
    terminal.document({ services });
    if (services.length === 0)
      terminal.line('No services. Add one with "sluice service add" or "sluice service import".');
    else {
      terminal.table(
        ['service', 'panel', 'product', 'client', 'lifecycle', 'status', '>used', '>allowed', 'holds'],
        services.map((service) => [
          service.id,
          service.panel,
          service.product,
          service.client,
          terminal.status(service.lifecycle),
          terminal.status(service.status),
          usedCell(service),
          allowedCell(service.allowance),
          service.holds.map((hold) => hold.reason).join(', ') || null,
        ]),
      );
    }
    return ExitCode.done;
  });

/** Prints a file for `service import` with the columns of the config's panels and an example row for each product. */
async function printTemplate(options: GlobalOptions, deps: Deps): Promise<number> {
  const { panels, products } = loadConfig(options.config, deps);
  const kinds = knownKinds(deps);
  const refs = (panel: string) => kinds.find(({ kind }) => kind === panels[panel]?.kind)?.refs ?? [];
  const used = new Set(Object.keys(panels).flatMap((panel) => refs(panel).map(({ name }) => name)));
  const others = new Set(kinds.flatMap((kind) => kind.refs.map(({ name }) => name)));
  const columns = importKeys(kinds).filter((key) => used.has(key) || !others.has(key));
  const rows = Object.entries(products).map(([product, { panel }], index) => ({
    id: `svc-${index + 1}`,
    panel,
    product,
    billing_cycle: 'monthly',
    next_due_date: new Date(deps.clock.now() + 30 * 86_400_000).toISOString().slice(0, 10),
  }));
  const { stringify } = await import('csv-stringify/sync');
  deps.stdout.write(stringify(rows, { header: true, columns }));
  return ExitCode.done;
}

/** `sluice service import FILE`, `sluice service import --template` */
export const importFile: CommandHandler<RefOptions & { template?: boolean }> = async ([file], options, deps) => {
  if (options.template === true) return printTemplate(options, deps);
  if (file === undefined) throw usageError('bad_option', 'Name a file, or print one with --template');
  const { rows, readAs } = await readTable(file, deps);
  const waitMs = parseWait(options);
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const report = await sluice.services.import(rows, {
      waitMs,
      allowDuplicateRefs: options.allowDuplicateRefs,
    });
    terminal.document(report);
    if (readAs !== null) terminal.info(`${file} was read as ${readAs}`);
    printImport(terminal, file, report);
    return report.problems.length > 0 ? ExitCode.usage : ExitCode.done;
  });
};

function printImport(terminal: Terminal, file: string, { totals, problems }: ImportReport): void {
  if (terminal.json) return;
  if (problems.length === 0) {
    terminal.info(
      `${totals.rows} rows: ${totals.added} added, ${totals.changed} changed, ${totals.unchanged} unchanged`,
    );
    return;
  }
  terminal.warn(
    `sluice: ${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was stored:`,
  );
  for (const { line, service, message, code = '' } of problems) {
    const place = [line === null ? '' : `line ${line}`, service ?? ''].filter((part) => part !== '').join(', ');
    terminal.warn(`  ${place}: ${withRemedy({ code, message })}`);
  }
}

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
      const { stringify } = await import('csv-stringify/sync');
      const cast = { string: options.spreadsheet === true ? spreadsheetText : (text: string) => text };
      deps.stdout.write(stringify(rows, { header: true, columns: importKeys(knownKinds(deps)), cast }));
    } else throw usageError('bad_option', `--format: "${format}" is not one of csv, json, yaml`);
    return ExitCode.done;
  });
};

/** What spreadsheets run as a formula: by its first character, full-width ones too. */
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;

/** Puts an apostrophe before text that a spreadsheet would run as a formula; a negative number is not one. */
function spreadsheetText(text: string): string {
  return FORMULA.test(text) && !NEGATIVE_NUMBER.test(text) ? `'${text}` : text;
}

function show(terminal: Terminal, detail: ServiceDetail): number {
  terminal.document(detail);
  if (!terminal.quiet) printDetail(terminal, detail);
  return ExitCode.done;
}

function accountRows({ account }: ServiceDetail): [string, string | null][] {
  if (!account) return [];
  const word = (forward: { status: number; pausedByUs: boolean }): string =>
    forward.status === 1 ? 'running' : forward.pausedByUs ? 'paused by Sluice' : 'paused';
  return [
    ['account', `${account.username} at ${account.url}`],
    ['expires', account.expiresAt],
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
  { package: name, bytes, price, currency, status, at }: ServiceDetail['purchases'][number],
): string {
  return `${name}: ${bytesCell(bytes) ?? ''} for ${price} ${currency}, ${status}, ${terminal.times.at(at, panel) ?? ''}`;
}

/** Prints a service with all its details. */
export function printDetail(terminal: Terminal, detail: ServiceDetail): void {
  const { colors } = terminal;
  const allowance = detail.allowance;
  const rows: [string, string | null][] = [
    ['panel', detail.panel],
    ['product', detail.product],
    ['client', detail.client],
    ['lifecycle', detail.lifecycle],
    ['termination', detail.termination && describeTermination(detail.id, detail.termination)],
    ['status', terminal.status(detail.status) + (detail.observing ? colors.yellow(' OBSERVING') : '')],
    [
      'billing',
      [detail.billingCycle, detail.nextDueDate && `next due ${detail.nextDueDate}`].filter(Boolean).join(', ') || null,
    ],
    ['protected until', detail.protectedUntil],
    ['quota released until', detail.quotaReleasedUntil],
    ['cycle', detail.cycle && `${detail.cycle.start} to ${detail.cycle.end}`],
    [
      'used',
      usedCell(detail) &&
        `${String(usedCell(detail))} (${String(detail.mode)}, read ${terminal.times.ago(detail.usage?.readAt, detail.panel) ?? ''})`,
    ],
    ['mode', `${detail.overrides?.mode ?? detail.trafficMode ?? detail.mode ?? 'TOTAL'} (${modeSource(detail)})`],
    ['quota', `${quotaText(detail)} (${quotaSource(detail)})`],
    ['override', overrideText(terminal, detail)],
    ...detail.purchases.map((bought): [string, string] => ['purchase', purchaseText(terminal, detail, bought)]),
    ['allowed', allowedCell(allowance)],
    ['remaining', bytesCell(allowance?.remainingBytes)],
    ['holds', detail.holds.map((hold) => `${hold.reason} since ${hold.since}`).join(', ') || null],
    ...Object.entries(detail.refs),
    ...accountRows(detail),
    ['error', detail.error && terminal.error(detail.error, { service: detail.id })],
  ];
  terminal.line(colors.bold(detail.id));
  for (const [name, value] of rows) if (value !== null && value !== '') terminal.line(`  ${name.padEnd(22)} ${value}`);
}
