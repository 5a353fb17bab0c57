import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { toErrno } from '@sluice/config-file/files';
import type { ImportRow } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import { decodeText } from '../terminal/files/decode.js';
import { CsvProblems, readCsvRecords } from '../terminal/rows/read-csv.js';

/** A row of an exported table: null for NULL and for an empty text. */
export interface TableRow {
  line: number;
  values: Record<string, string | null>;
}

/**
 * Reads the exported tables of a folder, by the names of their files: `NAME.csv`, as spreadsheets and phpMyAdmin write it, or `NAME.tsv`, as
 * `mysql --batch` does. A file without a row is a table without rows: `mysql --batch` writes nothing then. Files that can't be tables are
 * left out.
 *
 * @throws SluiceError `bad_import` with every bad line, and files in another format or encoding: names would be misread
 */
export async function readTables(folder: string): Promise<Record<string, TableRow[]>> {
  const tables = new Map<string, TableRow[]>();
  const problems: string[] = [];
  for (const file of listFiles(folder)) {
    const { name, ext } = path.parse(file);
    const format = ext.toLowerCase();
    if (OTHER_FORMATS.test(format))
      problems.push(`${file}: only CSV and TSV are read: save or unpack it as one of them`);
    if (format !== '.csv' && format !== '.tsv') continue;
    const { text, encoding } = decodeText(readFileSync(path.join(folder, file)));
    if (encoding === 'Windows-1252') {
      problems.push(`${file}: it is not in UTF-8, so that names would be misread: ${IN_UTF8}`);
      continue;
    }
    try {
      const rows = text.trim() === '' ? [] : toTable(format === '.tsv' ? readBatch(text) : await readCsvRecords(text));
      const other = tables.get(name);
      if (other !== undefined && rows.length + other.length > 0)
        problems.push(`${file}: the folder has ${name} twice, as .csv and as .tsv`);
      tables.set(name, rows);
    } catch (error) {
      const lines = error instanceof CsvProblems ? error.lines : [(error as Error).message];
      problems.push(...lines.map((line) => `${file}: ${line}`));
    }
  }
  if (problems.length > 0) throw usageError('bad_import', `${folder} can't be read:`, {}, problems);
  return Object.fromEntries(tables);
}

/** Spreadsheets and archives, which tables are exported to by mistake. */
const OTHER_FORMATS = /^\.(?:xlsx?|ods|numbers|gz|bz2|xz|zst|zip|7z|rar)$/;

const IN_UTF8 = 'export it with --default-character-set=utf8mb4, or save it as "CSV UTF-8"';

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => statSync(path.join(folder, file)).isFile())
      .sort();
  } catch (error) {
    throw usageError('bad_import', `${folder} can't be read (${toErrno(error)})`);
  }
}

function toTable(rows: readonly ImportRow[]): TableRow[] {
  const problems = rows.flatMap(({ line, problem }) =>
    problem === undefined ? [] : [`line ${line ?? '?'}: ${problem}`],
  );
  if (problems.length > 0) throw new CsvProblems(problems);
  const [first] = rows;
  refuseRepeated(Object.keys(first?.values ?? {}), first?.headerLine ?? 1);
  return rows.map(({ line, values }) => ({
    line: line ?? 0,
    values: Object.fromEntries(Object.entries(values).map(([key, text]) => [key.toLowerCase(), toValue(text)])),
  }));
}

/** Names of columns are the same in any case. */
function refuseRepeated(columns: readonly string[], line: number): void {
  const keys = columns.map((column) => column.toLowerCase());
  const repeated = new Set(keys.filter((key, index) => keys.indexOf(key) < index));
  const problems = [...repeated].map((key) => `line ${line}: column "${key}" is repeated`);
  if (problems.length > 0) throw new CsvProblems(problems);
}

function toValue(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' || trimmed === 'NULL' || trimmed === String.raw`\N` ? null : trimmed;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '', '\\': '\\' };

/** Parses what `mysql --batch` prints: tabs between the cells, no quotation marks, and escapes for what a cell has of these. */
function readBatch(text: string): ImportRow[] {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const keys = header.split('\t');
  refuseRepeated(keys, 1);
  return lines.flatMap((line, index): ImportRow[] => {
    if (line === '') return [];
    const cells = line.split('\t');
    const at = { line: index + 2, headerLine: 1 };
    if (cells.length !== keys.length)
      return [{ ...at, values: {}, problem: `${cells.length} cells, but the header has ${keys.length}` }];
    const unescaped = cells.map((cell) =>
      cell === String.raw`\N` ? '' : cell.replaceAll(/\\(.)/gs, (_, mark: string) => ESCAPES[mark] ?? mark),
    );
    return [{ ...at, values: Object.fromEntries(keys.map((key, place) => [key, unescaped[place] ?? ''])) }];
  });
}
