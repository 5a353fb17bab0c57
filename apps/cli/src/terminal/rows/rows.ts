import { LineCounter, parseDocument, isSeq } from 'yaml';
import type { ImportRow } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import type { InputHost } from '../host.js';
import { CsvProblems, readCsv } from './read-csv.js';
import { readInput } from '../files/read-input.js';
import { yamlMessage } from '@sluice/config-file/files';

/** The formats that rows are read from. */
export type ImportFormat = 'csv' | 'json' | 'yaml';

/** Returns the format that a file's extension names; `-` is CSV from standard input. */
export function findFormat(file: string): ImportFormat {
  if (file === '-') return 'csv';
  const ending = /\.([^.]+)$/.exec(file)?.[1]?.toLowerCase();
  if (ending === 'csv' || ending === 'json' || ending === 'yaml') return ending;
  if (ending === 'yml') return 'yaml';
  throw usageError('bad_import', `${file}: unknown format; use .csv, .json, .yaml, or - for CSV from standard input`);
}

/** The rows of a file, and how a CSV file was read, in words; null for other formats. */
export interface Table {
  rows: ImportRow[];
  readAs: string | null;
}

/**
 * Reads the rows of a file that a command names; `-` is CSV from standard input. Encoding and separator are detected.
 *
 * @throws SluiceError `bad_import`
 */
export async function readTable(
  file: string,
  host: InputHost,
  format: ImportFormat = findFormat(file),
): Promise<Table> {
  const table = await readRows(file, host, format);
  const wrong = table.rows.flatMap(({ line, problem }) =>
    problem === undefined ? [] : [`line ${String(line)}: ${problem}`],
  );
  if (wrong.length > 0) throw unreadableCsv(file, wrong);
  return table;
}

function unreadableCsv(file: string, lines: string[]): Error {
  return usageError('bad_import', `${file} can't be read as CSV; nothing was stored:`, {}, lines);
}

/**
 * Reads the rows as {@link readTable} does, but returns those that can't be read too, each with its `problem`.
 *
 * @throws SluiceError `bad_import`
 */
export async function readRows(file: string, host: InputHost, format: ImportFormat = findFormat(file)): Promise<Table> {
  const { text, encoding } = await readInput(file, host);
  try {
    if (format === 'csv') {
      const { rows, separator } = await readCsv(text);
      return { rows, readAs: `${encoding}, separated by ${separator}` };
    }
    if (format === 'yaml') return { rows: readYaml(text), readAs: null };
    const rows = toRows(parseJson(text)).map((values, index) => ({ line: findItemLine(text, index), values }));
    return { rows, readAs: null };
  } catch (error) {
    if (error instanceof CsvProblems) throw unreadableCsv(file, error.lines);
    const [reason = ''] = yamlMessage(error).split('\n');
    throw usageError(
      'bad_import',
      `${file} can't be read as ${format.toUpperCase()}: ${reason.replace(/:$/, '')}; nothing was stored`,
    );
  }
}

/** Parses JSON; of a key that an object repeats, `JSON.parse` would silently use the last. */
function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const lines = new LineCounter();
  const repeated = parseDocument(text, { lineCounter: lines }).errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (repeated !== undefined) throw new Error(`a key is repeated in line ${lines.linePos(repeated.pos[0]).line}`);
  return value;
}

function readYaml(text: string): ImportRow[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw error;
  const rows = toRows(document.toJS());
  const contents = document.get('services') ?? document.contents;
  return rows.map((values, index) => {
    const node = isSeq(contents) ? (contents.items[index] as { range?: [number, number, number] }) : undefined;
    return { line: node?.range ? lines.linePos(node.range[0]).line : null, values };
  });
}

/** Accepts a list of objects, or `{ services: [ … ] }`; scalars become text, null is unset. */
function toRows(value: unknown): Record<string, string>[] {
  const list = Array.isArray(value) ? value : (value as { services?: unknown } | null)?.services;
  if (!Array.isArray(list)) throw new Error('expected a list of services, or an object with "services"');
  return list.map((item: unknown, index) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      throw new Error(`item ${index + 1} is not an object`);
    return Object.fromEntries(Object.entries(item).map(([key, entry]) => [key, toText(entry, key, index)]));
  });
}

function toText(value: unknown, key: string, index: number): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new Error(`item ${index + 1}: "${key}" is too large for a number: write it as text in quotation marks`);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  throw new Error(`item ${index + 1}: "${key}" is neither text nor a number`);
}

/** Finds the line of the n-th object of a JSON list by counting the objects that open at depth one. */
function findItemLine(text: string, index: number): number | null {
  let depth = 0;
  let line = 1;
  let found = -1;
  let inString = false;
  let base: number | null = null;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') line++;
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
      continue;
    }
    if (char === '"') inString = true;
    else if (char === '[') {
      base ??= depth + 1;
      depth++;
    } else if (char === '{') {
      if (depth === base && ++found === index) return line;
      depth++;
    } else if (char === ']' || char === '}') depth--;
  }
  return null;
}
