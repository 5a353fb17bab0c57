import type { ImportRow } from '@sluice/engine/options';

/** The rows of a CSV file, and the name of its separator. */
export interface CsvTable {
  rows: ImportRow[];
  separator: string;
}

/** Problems of a CSV file, each with its line. */
export class CsvProblems extends Error {
  constructor(readonly lines: string[]) {
    super(lines.join('; '));
  }
}

const SEPARATORS = new Map([
  [',', 'commas'],
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'pipes'],
]);

/**
 * Parses a CSV file with a header; the separator is the one that the header has most of. A row with a wrong number of cells
 * has a `problem` and no values.
 */
export async function readCsv(text: string): Promise<CsvTable> {
  const rows = await readCsvRecords(text);
  if (rows.length === 0) throw new Error('it has a header but no rows');
  return { rows, separator: SEPARATORS.get(findSeparator(text)) ?? '' };
}

/** Parses a CSV file as `readCsv` does; one with a header alone has no rows. */
export async function readCsvRecords(text: string): Promise<ImportRow[]> {
  const [header, ...records] = await parseRecords(text, findSeparator(text));
  if (header === undefined) throw new Error('it is empty; the first line names the columns');
  const keys = header.cells.map((cell) => cell.trim());
  refuseUnclearColumns(keys, header.line);
  return records.map(({ line, cells }): ImportRow => {
    const at = { line, headerLine: header.line };
    if (cells.length !== keys.length)
      return { ...at, values: {}, problem: `${count(cells)}, but the header has ${count(keys)}` };
    return { ...at, values: Object.fromEntries(keys.map((key, index) => [key, cells[index] ?? ''])) };
  });
}

function refuseUnclearColumns(keys: readonly string[], line: number): void {
  const problems = keys.flatMap((key, index) => {
    if (key === '') return [`column ${index + 1} has no name`];
    return keys.indexOf(key) < index ? [`column "${key}" is repeated`] : [];
  });
  if (problems.length > 0) throw new CsvProblems(problems.map((problem) => `line ${line}: ${problem}`));
}

function count({ length }: readonly unknown[]): string {
  return length === 1 ? '1 cell' : `${length} cells`;
}

function findSeparator(text: string): string {
  const [header = ''] = text.trimStart().split(/\r?\n/, 1);
  const plain = header.replaceAll(/"[^"]*"/g, '');
  const found = [...SEPARATORS.keys()].map((separator) => ({ separator, times: plain.split(separator).length }));
  return found.reduce((best, one) => (one.times > best.times ? one : best)).separator;
}

async function parseRecords(text: string, delimiter: string): Promise<{ line: number; cells: string[] }[]> {
  const { parse } = await import('csv-parse/sync');
  try {
    const records = parse(text, {
      delimiter,
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    // The parser counts up to the end of a record.
    return records.map(({ record, info }) => ({
      line: info.lines - record.join('').split('\n').length + 1,
      cells: record,
    }));
  } catch (error) {
    throw toProblem(error, text, delimiter);
  }
}

const NOT_CLOSED = 'CSV_QUOTE_NOT_CLOSED';

const REASONS: Record<string, string> = {
  [NOT_CLOSED]: 'the quotation mark that opens here is never closed',
  INVALID_OPENING_QUOTE: 'a quotation mark inside a cell: put the cell into quotation marks and double this one',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quotation mark',
};

function toProblem(error: unknown, text: string, delimiter: string): unknown {
  const { code = '', message } = error as { code?: string; message: string };
  const reason = REASONS[code];
  const line = code === NOT_CLOSED ? findOpenQuote(text, delimiter) : /at line (\d+)/.exec(message)?.[1];
  return reason === undefined || line === undefined ? error : new CsvProblems([`line ${line}: ${reason}`]);
}

/** Returns the line of the quotation mark that is never closed: the parser names the last line. */
function findOpenQuote(text: string, delimiter: string): number {
  let [line, openedAt, isOpen, isStart] = [1, 1, false, true];
  let before = '';
  for (const character of text) {
    if (character === '\n') line += 1;
    if (isOpen) isOpen = character !== '"';
    else if (character === '"' && (isStart || before === '"')) {
      if (isStart) openedAt = line;
      isOpen = true;
    }
    isStart = !isOpen && (character === delimiter || character === '\n' || (isStart && /\s/.test(character)));
    before = character;
  }
  return openedAt;
}
