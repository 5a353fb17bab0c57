import { stringify } from 'csv-stringify/sync';
import { type CellOptions, type CellType, DIALECTS, formatCell } from './report-cells.js';
import type { CallRecord } from './records.js';
import type { CallTotals } from './call-sum.js';

export interface Column {
  name: string;
  type: CellType;
  value: (call: CallRecord) => string | number | null;
}

/** The columns of a report, in their order, which stays the same. */
export const REPORT_COLUMNS: readonly Column[] = [
  { name: 'data_hora', type: 'datetime', value: (call) => call.startedAt },
  { name: 'direcao', type: 'text', value: (call) => call.direction },
  { name: 'origem', type: 'phone', value: (call) => call.source },
  { name: 'destino', type: 'phone', value: (call) => call.destination },
  { name: 'descricao', type: 'text', value: (call) => call.destinationDescription },
  { name: 'situacao', type: 'text', value: (call) => call.disposition },
  { name: 'duracao_s', type: 'integer', value: (call) => call.talkSeconds },
  { name: 'tarifado_s', type: 'integer', value: (call) => call.billedSeconds },
  { name: 'tarifa_minuto', type: 'money6', value: (call) => call.pricePerMinute },
  { name: 'valor', type: 'money4', value: (call) => call.charge },
  { name: 'assinante', type: 'text', value: (call) => call.username ?? call.subscriberId },
  { name: 'id_chamada', type: 'text', value: (call) => call.id },
];

/** Words of the spreadsheet's format for those of records; others stay as they are. */
export const WORDS_OF_SPREADSHEET: ReadonlyMap<string, string> = new Map([
  ['outbound', 'saida'],
  ['inbound', 'entrada'],
  ['ANSWERED', 'atendida'],
  ['NO ANSWER', 'nao atendida'],
  ['BUSY', 'ocupado'],
  ['FAILED', 'falha'],
  ['CONGESTION', 'congestionamento'],
]);
const TRANSLATED = new Set(['direcao', 'situacao']);

/** Writes the parts of a CSV report of calls, each with its line end. Encode them as UTF-8. */
export interface CallReport {
  /** Returns the start of the file: the byte order mark where the format has one, and the header. */
  header(): string;
  row(call: CallRecord): string;
  /** Returns the last row: `TOTAL`, seconds and the exact sum. */
  total(totals: Pick<CallTotals, 'talkSeconds' | 'billedSeconds' | 'total'>): string;
}

/**
 * Returns the writer of a CSV report of calls, one row at a time, so that its size does not matter. Sort the calls by
 * {@link compareCalls}.
 *
 * @example
 * ```ts
 * const report = createCallReport({ format: 'rfc4180', timeZone: 'America/Sao_Paulo' });
 * const text = report.header() + calls.map((call) => report.row(call)).join('');
 * ```
 */
export function createCallReport(options: CellOptions): CallReport {
  const { format } = options;
  const { bom, delimiter } = DIALECTS[format];
  const line = (fields: readonly string[]): string =>
    stringify([[...fields]], { delimiter, record_delimiter: '\r\n', quoted_match: /^\s|\s$/ });
  const cell = ({ name, type }: Column, value: string | number | null): string => {
    const text = value === null ? null : String(value);
    const word =
      format === 'excel-ptbr' && TRANSLATED.has(name) && text !== null
        ? (WORDS_OF_SPREADSHEET.get(text) ?? text)
        : text;
    return formatCell(type, word, options);
  };
  return {
    header: () => bom + line(REPORT_COLUMNS.map(({ name }) => name)),
    row: (call) => line(REPORT_COLUMNS.map((column) => cell(column, column.value(call)))),
    total: (totals) => {
      const values = new Map<string, string | number | null>([
        ['duracao_s', totals.talkSeconds],
        ['tarifado_s', totals.billedSeconds],
        ['valor', totals.total],
      ]);
      return line(
        REPORT_COLUMNS.map((column, at) => (at === 0 ? 'TOTAL' : cell(column, values.get(column.name) ?? null))),
      );
    },
  };
}

/** Orders calls as the report has them: by start, then id. */
export function compareCalls(a: Pick<CallRecord, 'startedAt' | 'id'>, b: Pick<CallRecord, 'startedAt' | 'id'>): number {
  const byStart = Date.parse(a.startedAt) - Date.parse(b.startedAt);
  if (byStart !== 0) return byStart;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
