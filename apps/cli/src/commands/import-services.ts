import { importKeys, type ImportReport } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { formatCount } from '../terminal/words.js';
import type { Terminal } from '../terminal/terminal.js';
import { toCsv } from '../terminal/files/csv.js';
import { describeChange } from '../terminal/reports/outcome.js';
import { readRows } from '../terminal/rows/rows.js';
import { loadConfig } from '../load-config.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { knownKinds } from '../kinds.js';
import { withSluice } from '../open-sluice.js';
import { withRemedy } from '../remedies.js';
import type { CommandHandler, GlobalOptions, LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

/** Options of commands that store ids of objects on panels. */
export interface RefOptions extends LockOptions {
  allowDuplicateRefs?: boolean;
}

/** Options of commands that can show what they would store. */
export interface PreviewOptions extends RefOptions {
  dryRun?: boolean;
  detailedExitcode?: boolean;
}

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
  deps.stdout.write(await toCsv(rows, columns));
  return ExitCode.done;
}

/** `sluice service import FILE`, `sluice service import --template` */
export const importFile: CommandHandler<PreviewOptions & { template?: boolean }> = async ([file], options, deps) => {
  if (options.template === true) return printTemplate(options, deps);
  if (file === undefined) throw usageError('bad_option', 'Name a file, or print one with --template');
  const { rows, readAs } = await readRows(file, deps);
  const waitMs = parseWait(options);
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const { allowDuplicateRefs, dryRun } = options;
    const describe = !terminal.json && (rows.length === 1 || options.verbose === true);
    const report = await sluice.services.import(rows, { waitMs, allowDuplicateRefs, dryRun, describe });
    terminal.document(report);
    if (readAs !== null && report.problems.length === 0) terminal.info(`${file} was read as ${readAs}`);
    printImport(terminal, { file, verbose: options.verbose === true }, report);
    return report.problems.length > 0 ? ExitCode.usage : toChangesExitCode(report, options);
  });
};

/** Prints what an import of rows has stored or would store, or what is wrong with them. */
export function printImport(
  terminal: Terminal,
  { file, verbose }: { file: string; verbose: boolean },
  report: ImportReport,
): void {
  if (terminal.json) return;
  const { totals, problems, enforced = [] } = report;
  if (problems.length === 0) {
    const dryRun = report.dryRun === true;
    if (dryRun) printChanges(terminal, report, verbose);
    else for (const change of report.changes ?? []) terminal.info(describeChange(change));
    const counts = `${totals.added} added, ${totals.changed} changed, ${totals.unchanged} unchanged`;
    const rows = formatCount(totals.rows, 'row');
    terminal.info(dryRun ? `${rows} (dry run, nothing was stored): ${counts}` : `${rows}: ${counts}`);
    if (enforced.length > 0) {
      const are = enforced.length === 1 ? 'is' : 'are';
      terminal.info(`${enforced.length} of the new services ${are} enforced from the next poll`);
    }
    return;
  }
  terminal.warn(
    `sluice: ${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was stored:`,
  );
  for (const { line, service, message, code = '' } of problems) {
    const place = [line === null ? '' : `line ${line}`, service ?? ''].filter((part) => part !== '').join(', ');
    terminal.warn(`  ${place}: ${withRemedy({ code, message, details: { service } })}`);
  }
}

/** Prints what a dry run would store: each key of one service, or, unless `verbose`, a row for each of several. */
export function printChanges(terminal: Terminal, { changes = [] }: ImportReport, verbose = false): void {
  if (terminal.quiet) return;
  if (changes.length > 1 && !verbose) {
    const rows = changes.map(({ service, added, keys }) => [
      service,
      added ? 'new' : 'changed',
      describeKeys(added, keys),
    ]);
    terminal.columns([{ title: 'service', whole: true }, { title: '' }, { title: 'keys' }], rows);
    return;
  }
  for (const { service, added, keys } of changes) {
    terminal.info(added ? `${service}: new` : `${service}:`);
    printFields(
      (text) => {
        terminal.info(text);
      },
      added,
      keys,
    );
  }
}

/** Returns the keys of a service in one line. */
function describeKeys(added: boolean, keys: Parameters<typeof printFields>[2]): string {
  const texts: string[] = [];
  printFields((text) => texts.push(text.trim()), added, keys);
  return texts.join(', ');
}

/** Prints one line for each key of a service that is new or changed. */
export function printFields(
  print: (text: string) => void,
  added: boolean,
  fields: readonly { key: string; before: string | null; after: string | null }[],
): void {
  for (const { key, before, after } of fields) {
    print(added ? `  ${key}: ${after ?? ''}` : `  ${key}: ${before ?? 'none'} → ${after ?? 'none'}`);
  }
}

/** Returns the exit code of a command that stored its changes, or showed them. */
export function toChangesExitCode({ changes = [] }: ImportReport, { detailedExitcode }: PreviewOptions): number {
  return detailedExitcode === true && changes.length > 0 ? ExitCode.changes : ExitCode.done;
}
