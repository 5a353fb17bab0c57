import { isAmount } from './amounts.js';
import { instantMs, formatLocalTime } from './local-time.js';
import { formatNumber, isCanonicalNumber } from './numbers.js';

/** The two forms of a report: for spreadsheets in Brazil, and for programs. */
export type ReportFormat = 'excel-ptbr' | 'rfc4180';

/** What a cell has, which decides how it is written. */
export type CellType = 'text' | 'integer' | 'money4' | 'money6' | 'phone' | 'datetime';

/** The shape of a format. */
export const DIALECTS = {
  'excel-ptbr': { bom: '\uFEFF', delimiter: ';', decimal: ',' },
  rfc4180: { bom: '', delimiter: ',', decimal: '.' },
} as const;

/** What spreadsheets run as a formula: by its first visible character, full-width ones too. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** How cells are written. */
export interface CellOptions {
  format: ReportFormat;
  /** IANA name; times are local. */
  timeZone: string;
}

/**
 * Returns a cell's text, before quotes. What does not have the form of its type is text; text that a spreadsheet would
 * run as a formula gets an apostrophe in front.
 *
 * @throws QuotaCoreError `invalid_time_zone`
 */
export function formatCell(type: CellType, value: string | null, options: CellOptions): string {
  if (value === null) return '';
  return formatTyped(type, value, options) ?? guard(value);
}

function formatTyped(type: CellType, value: string, { format, timeZone }: CellOptions): string | null {
  switch (type) {
    case 'text':
      return null;
    case 'integer':
      return /^-?\d{1,15}$/.test(value) ? value : null;
    case 'money4':
    case 'money6':
      return isAmount(value)
        ? padPlaces(value, type === 'money4' ? 4 : 6).replace('.', DIALECTS[format].decimal)
        : null;
    case 'phone':
      if (!isCanonicalNumber(value)) return null;
      return format === 'rfc4180' ? value : formatNumber(value);
    case 'datetime':
      return formatTime(value, format, timeZone);
  }
}

function formatTime(value: string, format: ReportFormat, timeZone: string): string | null {
  const ms = instantMs(value);
  if (ms === null) return null;
  const local = formatLocalTime(ms, timeZone);
  if (format === 'rfc4180') return local;
  return `${local.slice(8, 10)}/${local.slice(5, 7)}/${local.slice(0, 4)} ${local.slice(11, 19)}`;
}

function padPlaces(amount: string, places: number): string {
  const [whole = '', fraction = ''] = amount.split('.');
  return `${whole}.${fraction.padEnd(places, '0')}`;
}

/** Characters that are not seen and change how others are shown, such as U+202E; joiners belong to Persian names. */
const INVISIBLE = /(?![\u200C\u200D])\p{Cf}/gu;

function guard(text: string): string {
  const line = text.replace(INVISIBLE, '').replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  return FORMULA.test(line) ? `'${line}` : line;
}
