import { importKeys, type ImportReport } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { toCsv } from '../terminal/files/csv.js';
import { readRows } from '../terminal/rows/rows.js';
import { loadConfig } from '../load-config.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { knownKinds } from '../kinds.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions, LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';
import { printImport } from './import-rows.js';

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

/** Returns the exit code of a command that stored its changes, or showed them. */
export function toChangesExitCode({ changes = [] }: ImportReport, { detailedExitcode }: PreviewOptions): number {
  return detailedExitcode === true && changes.length > 0 ? ExitCode.changes : ExitCode.done;
}
