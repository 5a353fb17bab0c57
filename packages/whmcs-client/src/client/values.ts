import { decodeHTMLStrict } from 'entities/lib/decode.js';
import * as z from 'zod/mini';
import type { WhmcsUnreadRow } from './types.js';
import { unflatten } from './unflatten.js';

type Schema<T> = z.ZodMiniType<T>;
type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Creates a schema from a function; `undefined` and a thrown error are refusals. Messages name what was expected, never a value. */
function read<T>(expected: string, parse: (value: unknown) => T | undefined): Schema<T> {
  return z.pipe(
    z.unknown(),
    z.transform((input: unknown, context): T => {
      const value = parse(input);
      if (value !== undefined) return value;
      context.issues.push({ code: 'custom', input, message: `expected ${expected}` });
      return z.NEVER;
    }),
  );
}

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';

const digits = (value: unknown): string | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return typeof value === 'string' && /^\d{1,20}$/.test(value.trim()) ? value.trim() : undefined;
};

/** An id: digits above zero, as text. */
export const id: Schema<string> = read('an id', (value) => {
  const text = digits(value);
  return text === undefined || /^0+$/.test(text) ? undefined : text;
});

/** A reference to another object: digits, as text; null for none and for 0. */
export const reference: Schema<string | null> = read('an id or nothing', (value) => {
  if (isBlank(value)) return null;
  const text = digits(value);
  return text !== undefined && /^0+$/.test(text) ? null : text;
});

/** A whole number, perhaps as text; null for an empty one. */
export const int: Schema<number | null> = read('a whole number', (value) => {
  if (isBlank(value)) return null;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
});

/** A decimal amount as text; numbers are written with two decimals. Localised amounts are refused. */
export const money: Schema<string> = read('a decimal amount with a point', (value) => {
  if (typeof value === 'number') return Math.abs(value) < 1e13 ? value.toFixed(2) : undefined;
  return typeof value === 'string' && /^-?\d{1,24}(\.\d{1,12})?$/.test(value) ? value : undefined;
});

/** A date `YYYY-MM-DD`, perhaps with a time, which is dropped; null for an empty one and for zeros. */
export const date: Schema<string | null> = read('a date YYYY-MM-DD', (value) => {
  if (isBlank(value)) return null;
  const day = typeof value === 'string' ? /^(\d{4}-\d{2}-\d{2})(?: \d{2}:\d{2}:\d{2})?$/.exec(value)?.[1] : undefined;
  if (day === '0000-00-00') return null;
  return day === undefined || Number.isNaN(Date.parse(day)) ? undefined : day;
});

/** A boolean in one of WHMCS's spellings: the text `false` is false, an empty value too. */
export const bool: Schema<boolean> = read('a boolean', (value) => {
  if (typeof value === 'boolean') return value;
  if (isBlank(value)) return false;
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
  if (['1', 'true', 'on', 'yes'].includes(word)) return true;
  return ['0', 'false', 'off', 'no'].includes(word) ? false : undefined;
});

const toText = (value: unknown): string | undefined => {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
};

/** As `date`; a text that is not a date stays as it is, so that it concerns only its row. */
export const dateOrText: Schema<string | null> = read('a date YYYY-MM-DD', (value) => {
  const day = date.safeParse(value);
  return day.success ? day.data : toText(value);
});

/** Text as it is sent; empty when absent. */
export const rawText: Schema<string> = read('text', toText);

/** Text for display, entities decoded once; empty when absent. */
export const text: Schema<string> = read('text', (value) => {
  const raw = toText(value);
  return raw === undefined ? undefined : decodeHTMLStrict(raw);
});

/** Text that is never empty. */
export const word: Schema<string> = read('text that is not empty', (value) => {
  const raw = toText(value)?.trim();
  return raw === '' ? undefined : raw;
});

/** An object with these fields; the others are dropped, absent ones are null before their own schema reads them. */
export function record<Shape extends Record<string, z.ZodMiniType>>(
  shape: Shape,
): Schema<z.output<z.ZodMiniObject<Shape>>> {
  const absent = Object.fromEntries(Object.keys(shape).map((key) => [key, null]));
  return z.pipe(
    read('an object', (value) => (isObject(value) ? { ...absent, ...value } : undefined)),
    z.object(shape),
  );
}

type Names = Record<string, readonly [name: string, schema: z.ZodMiniType]>;

/** An object or answer whose fields have other names in WHMCS: each with that name and its schema. */
export function renamed<Fields extends Names>(
  fields: Fields,
  whole: (shape: Record<string, z.ZodMiniType>) => Schema<Json> = record,
): Schema<{ [Key in keyof Fields]: z.output<Fields[Key][1]> }> {
  return z.pipe(
    whole(Object.fromEntries(Object.values(fields))),
    z.transform((row: Json) => {
      const named = Object.entries(fields).map(([key, [name]]) => [key, row[name]]);
      return Object.fromEntries(named) as { [Key in keyof Fields]: z.output<Fields[Key][1]> };
    }),
  );
}

/** A list inside its wrapper (docs/whmcs-api.md#lists): `{ product: [...] }`, in one of its spellings. */
export function wrapped<T>(inner: string, item: Schema<T>): Schema<T[]> {
  return z.pipe(
    read('a list', (value) => toList(isObject(value) && !hasNumberKeys(value) ? value[inner] : value)),
    z.array(item),
  );
}

function toList(value: unknown): unknown[] | undefined {
  if (isBlank(value)) return [];
  if (Array.isArray(value)) return value as unknown[];
  if (!isObject(value)) return undefined;
  if (Object.keys(value).length === 0) return [];
  return hasNumberKeys(value) ? Object.values(value) : [value];
}

/** PHP writes a list with gaps as an object. */
function hasNumberKeys(value: Json): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
}

/** A whole answer: flattened keys are nested before the fields are read. */
export function answer<Shape extends Record<string, z.ZodMiniType>>(
  shape: Shape,
): Schema<z.output<z.ZodMiniObject<Shape>>> {
  const nested = read<unknown>('an object with keys that fit together', (value) => {
    try {
      return isObject(value) ? unflatten(value) : undefined;
    } catch {
      return undefined;
    }
  });
  return z.pipe(nested, record(shape));
}

/** A row of a list, or why it can't be read. */
export type Readable<Row> = { read: Row; unread: null } | { read: null; unread: WhmcsUnreadRow };

/** A row that has to be readable. */
export function required<Row>(row: Schema<Row>): Schema<Readable<Row>> {
  return z.pipe(
    row,
    z.transform((value: Row): Readable<Row> => ({ read: value, unread: null })),
  );
}

/** A row that may be unreadable. */
export function readable<Row>(row: Schema<Row>): Schema<Readable<Row>> {
  return z.pipe(
    z.unknown(),
    z.transform((value): Readable<Row> => {
      const { data, error } = row.safeParse(value);
      if (error === undefined) return { read: data, unread: null };
      const [issue] = error.issues;
      const at = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
      const own = id.safeParse(isObject(value) ? value['id'] : null);
      return { read: null, unread: { id: own.success ? own.data : null, message: `${at}${issue?.message ?? ''}` } };
    }),
  );
}

/** One page of a list. */
export interface Page<Row> {
  total: number | null;
  start: number | null;
  count: number | null;
  rows: Row[];
}

/** An answer with a list of a kind of object (`client`): its rows, and what it states about all of them. */
export function page<Row>(inner: string, row: Schema<Row>): Schema<Page<Row>> {
  return renamed(
    {
      total: ['totalresults', int],
      start: ['startnumber', int],
      count: ['numreturned', int],
      rows: [`${inner}s`, wrapped(inner, row)],
    },
    answer,
  );
}
