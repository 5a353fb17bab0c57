import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { AdoptionReport } from '@sluice/engine';
import type { ImportRow } from '@sluice/engine/options';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { includeFiles, type WithFiles } from '../moving/include-files.js';
import { INCLUDED_FILES, ROW_FILES } from '../moving/write-folder.js';
import { withSluice } from '../open-sluice.js';
import { readInput } from '../terminal/files/read-input.js';
import { CsvProblems, readCsvRecords } from '../terminal/rows/read-csv.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount, shellWords } from '../terminal/words.js';
import { type CommandHandler, confirm, type LockOptions } from './command.js';
import { printImport } from './import-rows.js';
import { parseWait } from './parse-wait.js';

interface ApplyOptions extends LockOptions {
  dryRun?: boolean;
  yes?: boolean;
}

/** `sluice adopt apply FOLDER` */
export const adoptApply: CommandHandler<ApplyOptions> = async ([name = ''], options, deps) => {
  const folder = path.resolve(deps.cwd, name);
  const { rows, problems } = await readFolder(folder, deps);
  const how = { waitMs: parseWait(options), confirm: (question: string) => confirm(deps, options, question) };
  const dryRun = options.dryRun === true;
  const changed: { files: WithFiles | null } = { files: null };
  const toConfig = (config: Parameters<typeof includeFiles>[0]) => {
    changed.files = includeReadable(config, folder, { deps, problems });
    return changed.files.config;
  };
  return withSluice(deps, { ...options, toConfig }, async ({ sluice, terminal }) => {
    const report = await apply(changed.files, (beforeStore) =>
      sluice.adoption.apply(rows, { ...how, dryRun, beforeStore }),
    );
    const added = changed.files?.added ?? [];
    terminal.document({ ...report, folder, included: added });
    printReport(terminal, report, folder);
    if (report.stored || dryRun)
      for (const file of added)
        terminal.info(dryRun ? `The config would include ${file}.` : `The config includes ${file} now.`);
    if (report.stored)
      terminal.info(`Next: sluice plan, then sluice enforce ${shellWords(listPanels(rows)).trim() || 'PANEL'}`);
    return report.files.some(({ problems }) => problems.length > 0) ? ExitCode.usage : ExitCode.done;
  });
};

type Rows = Partial<Record<(typeof ROW_FILES)[number], readonly ImportRow[]>>;

const listPanels = ({ services = [] }: Rows): string[] => [
  ...new Set(services.map(({ values }) => values['panel'] ?? '').filter((panel) => panel !== '')),
];

/** The config gets its files in the transaction that stores the rows, which need them; where nothing is stored, it gets its text of before back. */
async function apply(
  files: WithFiles | null,
  store: (beforeStore: () => void) => Promise<AdoptionReport>,
): Promise<AdoptionReport> {
  const written: { restore: () => void }[] = [];
  try {
    return await store(() => {
      if (files !== null) written.push(files.write());
    });
  } catch (error) {
    for (const { restore } of written) restore();
    throw error;
  }
}

/**
 * Adds the files of a folder to the config.
 *
 * @throws SluiceError `bad_import` with what is wrong with its tables, and with the config that has its files; `config_invalid`
 */
function includeReadable(
  config: Parameters<typeof includeFiles>[0],
  folder: string,
  { deps, problems }: { deps: Deps; problems: readonly string[] },
): WithFiles {
  const lines = [...problems];
  try {
    const files = includeFiles(config, folder, deps);
    if (problems.length === 0) return files;
  } catch (error) {
    if (problems.length === 0 || !(error instanceof SluiceError) || error.code !== 'config_invalid') throw error;
    const [, ...others] = error.message.split('\n');
    lines.push(...others.map((line) => line.trim()));
  }
  throw usageError('bad_import', `${folder} can't be read; nothing was stored:`, {}, lines);
}

/** Reads the tables of a folder; `problems` is what is wrong with those that are not tables. */
async function readFolder(folder: string, deps: Deps): Promise<{ rows: Rows; problems: string[] }> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw usageError('bad_import', `${folder} is not a folder: name the one that "sluice adopt" has written`);
  const rows: Rows = {};
  const problems: string[] = [];
  for (const name of ROW_FILES) {
    const file = path.join(folder, `${name}.csv`);
    if (!existsSync(file)) continue;
    const { text } = await readInput(file, deps);
    try {
      rows[name] = text.trim() === '' ? [] : await readCsvRecords(text);
    } catch (error) {
      const lines = error instanceof CsvProblems ? error.lines : [(error as Error).message];
      problems.push(...lines.map((line) => `${name}.csv: ${line}`));
    }
  }
  const has = problems.length > 0 || Object.values(rows).some((own) => own.length > 0);
  if (!has && !INCLUDED_FILES.some((name) => existsSync(path.join(folder, name))))
    throw usageError('bad_import', `${folder} has none of the files of an adoption, such as services.csv`);
  return { rows, problems };
}

function printReport(terminal: Terminal, { files, dryRun }: AdoptionReport, folder: string): void {
  if (terminal.json) return;
  for (const { file, ...report } of files) {
    if (report.problems.length > 0)
      printImport(terminal, { file: path.join(folder, `${file}.csv`), verbose: false }, report);
    else {
      const { rows, added, changed, unchanged } = report.totals;
      terminal.info(`${file}: ${formatCount(rows, 'row')}: ${added} added, ${changed} changed, ${unchanged} unchanged`);
      printKept(terminal, report.kept);
    }
  }
  if (dryRun) terminal.info('Dry run: nothing was stored.');
}

/** The most rows that are shown; the document has all. */
const MOST_KEPT = 10;

function printKept(terminal: Terminal, kept: AdoptionReport['files'][number]['kept']): void {
  for (const { line, service, message } of kept.slice(0, MOST_KEPT)) {
    const place = [line === null ? '' : `line ${line}`, service ?? ''].filter((part) => part !== '').join(', ');
    terminal.info(`  left as it is: ${place === '' ? '' : `${place}: `}${message}`);
  }
  const others = kept.length - MOST_KEPT;
  if (others > 0) terminal.info(`  and ${formatCount(others, 'other row', 'other rows')}: --json lists all`);
}
