import { readFileSync } from 'node:fs';
import path from 'node:path';
import { printable, printableJson } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind/errors';
import { describeTermination, importKeys, type ImportReport, type ServiceDetail } from '@sluice/engine';
import { ExitCode } from '../exit-codes.js';
import { formatOf, readRows } from '../files/rows.js';
import { usedCell } from '../output/pass-report.js';
import { spreadsheetText } from '../output/spreadsheet.js';
import { bytesCell, Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { confirm, waitOf } from './shared.js';
import { withSluice } from '../open-sluice.js';
import { kindsOf } from '../kinds.js';

/** Texts of `KEY=VALUE…`, as the import names them. */
function parsePairs(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) throw usageError('bad_pair', `"${pair}" is no KEY=VALUE`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

interface LockOptions extends GlobalOptions {
  waitLock?: string;
}

/** `sluice service add ID KEY=VALUE…` */
export const add: CommandHandler = ([id = '', ...pairs], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const detail = await sluice.services.add(id, parsePairs(pairs));
    return show(new Terminal(deps, options), detail);
  });

/** `sluice service set SERVICE KEY=VALUE…` */
export const set: CommandHandler<LockOptions> = ([id = '', ...pairs], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const detail = await sluice.services.set(id, parsePairs(pairs), { waitMs: waitOf(options) });
    return show(new Terminal(deps, options), detail);
  });

/** `sluice service show SERVICE` */
export const showService: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => show(new Terminal(deps, options), await sluice.services.show(id)));

/** `sluice service remove SERVICE` */
export const remove: CommandHandler<LockOptions & { yes?: boolean }> = async ([id = ''], options, deps) => {
  await confirm(deps, options, `Remove "${id}" and all that the store knows of it?`);
  return withSluice(deps, options, async (sluice) => {
    const detail = await sluice.services.remove(id, { waitMs: waitOf(options) });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(detail);
    else terminal.info(`${id} is removed`);
    return ExitCode.done;
  });
};

/** `sluice service list` */
export const list: CommandHandler<GlobalOptions & { panel?: string; product?: string; client?: string }> = (
  _args,
  options,
  deps,
) =>
  withSluice(deps, options, async (sluice) => {
    const { services } = await sluice.services.list(options);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ services });
    else if (services.length === 0)
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
          service.allowance?.unlimited === true ? 'unlimited' : bytesCell(service.allowance?.allowedBytes),
          service.holds.map((hold) => hold.reason).join(', ') || null,
        ]),
      );
    }
    return ExitCode.done;
  });

/** `sluice service import FILE` */
export const importFile: CommandHandler<LockOptions> = async ([file = ''], options, deps) => {
  const format = formatOf(file);
  const text = file === '-' ? await deps.readStdin() : readImport(path.resolve(deps.cwd, file));
  const rows = readRows(text, format, file);
  const waitMs = waitOf(options);
  return withSluice(deps, options, async (sluice) => {
    const report = await sluice.services.import(rows, { waitMs });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(report);
    else printImport(terminal, file, report);
    return report.problems.length > 0 ? ExitCode.usage : ExitCode.done;
  });
};

function readImport(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(
      'bad_import',
      `${file} can't be read (${(error as { code?: string }).code ?? 'unknown'}); nothing was stored`,
    );
  }
}

function printImport(terminal: Terminal, file: string, { totals, problems }: ImportReport): void {
  if (problems.length === 0) {
    terminal.info(
      `${totals.rows} rows: ${totals.added} added, ${totals.changed} changed, ${totals.unchanged} unchanged`,
    );
    return;
  }
  terminal.warn(
    `sluice: ${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was stored:`,
  );
  for (const { line, service, message } of problems) {
    const place = [line === null ? '' : `line ${line}`, service ?? ''].filter((part) => part !== '').join(', ');
    terminal.warn(`  ${place}: ${message}`);
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
    throw usageError('bad_option', '--spreadsheet goes with CSV only: leave it out, or --format');
  }
  return withSluice(deps, options, async (sluice) => {
    const services = await sluice.services.export({ panel: options.panel });
    // Bytes are data for a program that reads them from a file or pipe; a terminal would obey them.
    const rows = services.map((row) => (deps.stdout.isTTY === true ? printableRow(row) : row));
    if (format === 'json') deps.stdout.write(`${printableJson({ services: rows }, 2)}\n`);
    else if (format === 'yaml') {
      const { stringify } = await import('yaml');
      deps.stdout.write(stringify({ services: rows }));
    } else if (format === 'csv') {
      const { stringify } = await import('csv-stringify/sync');
      const cast = { string: options.spreadsheet === true ? spreadsheetText : (text: string) => text };
      deps.stdout.write(stringify(rows, { header: true, columns: importKeys(kindsOf(deps)), cast }));
    } else throw usageError('bad_option', `--format: "${format}" is none of csv, json, yaml`);
    return ExitCode.done;
  });
};

function show(terminal: Terminal, detail: ServiceDetail): number {
  if (terminal.json) terminal.document(detail);
  else if (!terminal.quiet) printDetail(terminal, detail);
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

/** A service for people. */
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
    ['cycle', detail.cycle && `${detail.cycle.start} to ${detail.cycle.end}`],
    [
      'used',
      usedCell(detail) && `${String(usedCell(detail))} (${String(detail.mode)}, read ${String(detail.usage?.readAt)})`,
    ],
    ['allowed', allowance?.unlimited === true ? 'unlimited' : bytesCell(allowance?.allowedBytes)],
    ['remaining', bytesCell(allowance?.remainingBytes)],
    ['holds', detail.holds.map((hold) => `${hold.reason} since ${hold.since}`).join(', ') || null],
    ...Object.entries(detail.refs),
    ...accountRows(detail),
    ['error', detail.error && terminal.error(detail.error, { service: detail.id })],
  ];
  terminal.line(colors.bold(detail.id));
  for (const [name, value] of rows) if (value !== null && value !== '') terminal.line(`  ${name.padEnd(22)} ${value}`);
}
