import type { Scalar } from '../profile/value-forms.js';

/**
 * Writes a form with every byte except `A-Z a-z 0-9 - _ .` as `%XX` in capitals and a blank as `+`: the bytes that PHP makes again
 * of what it parsed, so that a signature over them fits (docs/profiles.md#signatures).
 */
export function writeForm(fields: readonly (readonly [string, unknown])[]): string {
  return fields
    .flatMap(([name, value]) => flatten([toFormName(name), value]))
    .map(([name, value]) => `${escapeByte(name)}=${escapeByte(value)}`)
    .join('&');
}

/** Dots descend: `a.b` is `a[b]`. */
function toFormName(name: string): string {
  const [first = '', ...rest] = name.split('.');
  return first + rest.map((part) => `[${part}]`).join('');
}

/** Returns a parameter as texts, with one name for each part of a list or an object; null is an empty text. */
export function flatten([name, value]: readonly [string, unknown]): [string, string][] {
  if (value === undefined) return [];
  if (value === null) return [[name, '']];
  if (Array.isArray(value)) return value.flatMap((item, index) => flatten([`${name}[${index}]`, item]));
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) => flatten([`${name}[${key}]`, item]));
  }
  const scalar = value as Scalar;
  return [[name, String(scalar)]];
}

function escapeByte(text: string): string {
  // A lone surrogate has no bytes; a buffer replaces it.
  return encodeURIComponent(Buffer.from(text).toString())
    .replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** Writes JSON; dots in names descend. */
export function writeJson(fields: readonly (readonly [string, unknown])[]): string {
  const body: Record<string, unknown> = {};
  for (const [name, value] of fields) if (value !== undefined) put(body, name.split('.'), value);
  return JSON.stringify(body);
}

function put(target: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  const before = Object.hasOwn(target, key) ? target[key] : undefined;
  const inner = typeof before === 'object' && before !== null ? (before as Record<string, unknown>) : {};
  if (rest.length > 0) put(inner, rest, value);
  Object.defineProperty(target, key, {
    value: rest.length > 0 ? inner : value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
