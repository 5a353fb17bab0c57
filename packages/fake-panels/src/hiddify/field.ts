import { adminModes, languages, userModes } from './rows.js';
import { isCanonicalUuid } from './uuid.js';

/** The result of parsing one field: its value, or why it was refused. */
export type Loaded = { readonly value: unknown } | { readonly problem: string };

/** How one field of a body is read (docs/panels/hiddify.md, 3.2, 3.3 and 3.4). */
export interface Field {
  readonly load: (value: unknown) => Loaded;
  readonly required?: boolean;
  readonly nullable?: boolean;
}

const truths: ReadonlySet<unknown> = new Set([
  't',
  'T',
  'true',
  'True',
  'TRUE',
  'on',
  'On',
  'ON',
  'y',
  'Y',
  'yes',
  'Yes',
  'YES',
  '1',
  1,
  true,
]);
const falsehoods: ReadonlySet<unknown> = new Set([
  'f',
  'F',
  'false',
  'False',
  'FALSE',
  'off',
  'Off',
  'OFF',
  'n',
  'N',
  'no',
  'No',
  'NO',
  '0',
  0,
  false,
]);
const floatText = /^\s*[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?\s*$/;
const specialText = /^\s*[+-]?(nan|inf|infinity)\s*$/i;
const wholeText = /^\s*[+-]?\d[\d_]*\s*$/;

const special = 'Special numeric values (nan or infinity) are not permitted.';

export function text(value: unknown): Loaded {
  return typeof value === 'string' ? { value } : { problem: 'Not a valid string.' };
}

/** Numbers and numeric texts; no booleans, no special values. */
export function float(value: unknown): Loaded {
  if (typeof value === 'string' && specialText.test(value)) return { problem: special };
  const number = typeof value === 'string' && floatText.test(value) ? Number(value.replaceAll('_', '').trim()) : value;
  if (typeof number !== 'number') return { problem: 'Not a valid number.' };
  return Number.isFinite(number) ? { value: number } : { problem: special };
}

/** Whole numbers and their texts; decimals are dropped. */
export function whole(value: unknown): Loaded {
  const number = typeof value === 'string' && wholeText.test(value) ? Number(value.replaceAll('_', '').trim()) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) return { problem: 'Not a valid integer.' };
  return Number.isFinite(number) ? { value: Math.trunc(number) + 0 } : { problem: 'Number too large.' };
}

export function bool(value: unknown): Loaded {
  if (truths.has(value)) return { value: true };
  return falsehoods.has(value) ? { value: false } : { problem: 'Not a valid boolean.' };
}

/** One of a list of words. */
export function oneOf(words: readonly string[]): (value: unknown) => Loaded {
  return (value) => {
    if (typeof value !== 'string') return { problem: 'Not a valid string.' };
    return words.includes(value) ? { value } : { problem: `Must be one of: ${words.join(', ')}.` };
  };
}

/** `YYYY-MM-DD`; leading zeros may be missing. */
export function date(value: unknown): Loaded {
  const found = typeof value === 'string' ? calendarDay(value) : undefined;
  return found === undefined ? { problem: 'Not a valid date.' } : { value: found };
}

/** The panel parses what it can and passes anything else to the database, which refuses it. */
export function looseTime(value: unknown): Loaded {
  if (typeof value !== 'string') return { value: { junk: value } };
  if (value === '') return { value: '' };
  const parts = /^(\d{1,4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(value);
  if (parts !== null) {
    const day = calendarDay(value.slice(0, value.indexOf(' ')));
    const [hour, minute, second] = parts.slice(4).map(Number);
    if (day !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60) {
      return { value: `${day} ${two(hour)}:${two(minute)}:${two(second)}` };
    }
  }
  const day = calendarDay(value);
  return { value: day === undefined ? { junk: value } : `${day} 00:00:00` };
}

/** Anything but a canonical uuid is dropped silently. */
export function uuid(value: unknown): Loaded {
  return { value: isCanonicalUuid(value) ? value : null };
}

export const userMode = oneOf(userModes);
export const adminMode = oneOf(adminModes);
export const language = oneOf(languages);

/** The value of a text that is not a calendar day is `undefined`. */
function calendarDay(value: string): string | undefined {
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value);
  if (parts === null) return undefined;
  const day = `${String(parts[1])}-${two(Number(parts[2]))}-${two(Number(parts[3]))}`;
  const instant = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== day ? undefined : day;
}

function two(number: number | undefined): string {
  return String(number).padStart(2, '0');
}
