import { ParseProblem } from './parse-problem.js';

/** A JSON object of an answer. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object under a key, or an empty one. */
export function objectAt(row: JsonObject, key: string): JsonObject {
  const value = row[key];
  return isObject(value) ? value : {};
}

/** Converts an id, a number or text, to text; `null` for anything else. */
export function toId(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** Returns the id of the first key that has one. */
export function firstId(row: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const id = toId(row[key]);
    if (id !== null) return id;
  }
  return null;
}

/** Returns the value of the first key with text or a number, as text. */
export function firstText(row: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = row[key];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  }
  return null;
}

/** Parses a whole number of at least 0 from a number or decimal digits; `null` for anything else. */
export function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** Finds one record, bare or under at most two of the wrappers. It must have one of the id keys. */
export function findRecord(
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

/** Describes an answer for messages, by key names only. */
export function describeShape(json: unknown): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return json.length === 0 ? 'an empty list' : `a list of ${json.length}`;
  if (!isObject(json)) return `a ${typeof json}`;
  const keys = Object.keys(json);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 8).map((key) => key.slice(0, 40));
  return `the keys ${shown.join(', ')}${keys.length > shown.length ? ', ...' : ''}`;
}

const deepest = 6;
const mostElements = 50;
const mostPaths = 200;

/** Returns the sorted key paths of an answer, without values: `data.ports[].id`. Their number is limited. */
export function toShape(json: unknown): string[] {
  const paths = new Set<string>();
  collect(json, '', 0, paths);
  return [...paths].sort();
}

function collect(value: unknown, path: string, depth: number, paths: Set<string>): void {
  if (depth > deepest || paths.size >= mostPaths) return;
  if (Array.isArray(value)) {
    const here = `${path}[]`;
    paths.add(here);
    for (const element of value.slice(0, mostElements)) collect(element, here, depth + 1, paths);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      if (paths.size >= mostPaths) return;
      const here = path === '' ? key : `${path}.${key}`;
      paths.add(here);
      collect(value[key], here, depth + 1, paths);
    }
  }
}
