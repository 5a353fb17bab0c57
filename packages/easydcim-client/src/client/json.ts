import { ParseProblem } from './parse-problem.js';

/** A JSON object, as it came. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a key, or an empty one. */
export function objectAt(row: JsonObject, key: string): JsonObject {
  const value = row[key];
  return isObject(value) ? value : {};
}

/** An id as text, whether it came as a number or as text; `null` for anything else. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** The first of the keys that holds an id. */
export function firstId(row: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const id = idOf(row[key]);
    if (id !== null) return id;
  }
  return null;
}

/** The first of the keys that holds text or a number, as text. */
export function firstText(row: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = row[key];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  }
  return null;
}

/** A whole number of at least 0, as a number or as decimal digits; `null` for anything else. */
export function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** One record, bare or under one of the wrappers, at most two of them deep. It has to have one of the id keys. */
export function oneRecord(
  json: unknown,
  wrappers: readonly string[],
  idKeys: readonly string[],
  what: string,
): JsonObject {
  let value = json;
  for (let depth = 0; depth <= 2 && isObject(value); depth += 1) {
    const current: JsonObject = value;
    if (firstId(current, idKeys) !== null) return current;
    const inner = wrappers.map((key) => current[key]).filter(isObject);
    if (inner.length !== 1) break;
    value = inner[0];
  }
  throw new ParseProblem(`no ${what} with an id, found ${describeShape(json)}`);
}

/** What an answer consists of, for messages: key names only. */
export function describeShape(json: unknown): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return json.length === 0 ? 'an empty list' : `a list of ${json.length}`;
  if (!isObject(json)) return `a ${typeof json}`;
  const keys = Object.keys(json);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 8).map((key) => key.slice(0, 40));
  return `the keys ${shown.join(', ')}${keys.length > shown.length ? ', ...' : ''}`;
}
