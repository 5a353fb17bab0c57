import type { ImportReport, Sluice } from '@sluice/engine';
import type { ImportRow } from '@sluice/engine/options';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { withRemedy } from '../remedies.js';
import { describeChange } from '../terminal/reports/outcome.js';
import { readRows } from '../terminal/rows/rows.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/words.js';
import type { LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

/** Answers a command that imports the rows of a file, all or none. */
export async function importRows(
  file: string,
  options: LockOptions & { dryRun?: boolean },
  deps: Deps,
  store: (
    sluice: Sluice,
    rows: ImportRow[],
    how: { waitMs: number; dryRun?: boolean | undefined },
  ) => Promise<ImportReport>,
): Promise<number> {
  const { rows } = await readRows(file, deps);
  const how = { waitMs: parseWait(options), dryRun: options.dryRun };
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const report = await store(sluice, rows, how);
    terminal.document(report);
    printImport(terminal, { file, verbose: false }, report);
    return report.problems.length > 0 ? ExitCode.usage : ExitCode.done;
  });
}

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
