import { createReadStream, existsSync } from 'node:fs';

/** A row of a bill's report. */
export interface ReportedCall {
  id: string;
  /** Decimal text; null: not rated. */
  charge: string | null;
}

/** Reads the calls of a report that Sluice wrote, in either format, row by row; null where the file is gone. */
export async function readCallReport(file: string | null): Promise<AsyncIterable<ReportedCall> | null> {
  if (file === null || !existsSync(file)) return null;
  const { parse } = await import('csv-parse');
  const parser = parse({ bom: true, columns: true, delimiter: await findDelimiter(file), relax_column_count: true });
  const input = createReadStream(file);
  input.on('error', (error) => parser.destroy(error));
  return toCalls(input.pipe(parser) as AsyncIterable<Record<string, string>>);
}

async function findDelimiter(file: string): Promise<string> {
  const head = createReadStream(file, { end: 200, encoding: 'utf8' });
  let text = '';
  for await (const part of head) text += String(part);
  return text.split('\r\n')[0]?.includes(';') === true ? ';' : ',';
}

async function* toCalls(rows: AsyncIterable<Record<string, string>>): AsyncGenerator<ReportedCall> {
  for await (const row of rows) {
    if (row['data_hora'] === 'TOTAL') continue;
    const charge = (row['valor'] ?? '').replace(',', '.');
    yield { id: withoutGuard(row['id_chamada'] ?? ''), charge: charge === '' ? null : charge };
  }
}

/** Removes the apostrophe that keeps a spreadsheet from running a cell. */
function withoutGuard(cell: string): string {
  return /^'[\s\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u.test(cell) ? cell.slice(1) : cell;
}
