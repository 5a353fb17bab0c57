import { stringify } from 'csv-stringify/sync';
import { formatCell } from './report-cells.js';
import { REPORT_COLUMNS, WORDS_OF_SPREADSHEET } from './report.js';

/** How a report is written for a reader: words of a language, and figures that spreadsheets of its country calculate with. */
export interface ReportStyle {
  /** Titles of the columns, in the order of a report's columns. */
  titles: readonly string[];
  /** Words for directions and outcomes, by the words of records; others stay as they are. */
  words: ReadonlyMap<string, string>;
  /** Begins the row of sums. */
  total: string;
  delimiter: ',' | ';';
  decimal: '.' | ',';
  /** Whether dates are `05/10/2026` instead of `2026-10-05`. */
  isDayFirst: boolean;
}

const RECORD_WORDS = new Map([...WORDS_OF_SPREADSHEET].map(([word, translated]) => [translated, word]));
const SUMS = 'TOTAL';

/**
 * Returns the rows of a report, of either format, as a file for a reader: UTF-8 with a byte order mark, digits as in `0123456789`, local times
 * without offset. Null where they are not those of a report. Text that a spreadsheet would run as a formula has an apostrophe in front.
 */
export function rewriteReport(rows: readonly (readonly string[])[], style: ReportStyle): string | null {
  const [head = [], ...others] = rows;
  const isReport = head.length === REPORT_COLUMNS.length && REPORT_COLUMNS.every(({ name }, at) => head[at] === name);
  if (!isReport) return null;
  const written = others.map((row) =>
    REPORT_COLUMNS.map(({ name }, at) => {
      const text = row[at] ?? '';
      if (at === 0 && text === SUMS && row[1] === '') return guard(style.total);
      return toCell(name, text, style);
    }),
  );
  const options = { delimiter: style.delimiter, record_delimiter: '\r\n', quoted_match: /^\s|\s$/ } as const;
  return `\uFEFF${stringify([style.titles.map(guard), ...written], options)}`;
}

const guard = (text: string): string => formatCell('text', text, { format: 'rfc4180', timeZone: 'UTC' });

function toCell(name: string, text: string, style: ReportStyle): string {
  const { type } = REPORT_COLUMNS.find((column) => column.name === name) ?? { type: 'text' };
  if (type === 'datetime') return toLocal(text, style) ?? guard(text);
  if (type === 'money4' || type === 'money6')
    return /^-?\d+[.,]\d+$/.test(text) ? text.replace(/[.,]/, style.decimal) : guard(text);
  if (type === 'phone') return formatCell('phone', text, { format: 'excel-ptbr', timeZone: 'UTC' });
  if (type === 'integer') return formatCell('integer', text, { format: 'rfc4180', timeZone: 'UTC' });
  if (name !== 'direcao' && name !== 'situacao') return guard(text);
  return guard(style.words.get(RECORD_WORDS.get(text) ?? text) ?? text);
}

const SPREADSHEET_TIME = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)$/;
const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)[+-]\d\d:\d\d$/;

function toLocal(text: string, { isDayFirst }: ReportStyle): string | null {
  const [, ofDay, ofMonth, ofYear, ofTime] = SPREADSHEET_TIME.exec(text) ?? [];
  const [, year = ofYear, month = ofMonth, day = ofDay, time = ofTime] = LOCAL_TIME.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined || time === undefined) return null;
  return isDayFirst ? `${day}/${month}/${year} ${time}` : `${year}-${month}-${day} ${time}`;
}
