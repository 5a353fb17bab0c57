import { readJsonBody } from './json-body.js';

/** What a field of a strict request may be; an object means a list of such objects. */
export type StrictField = 'text' | 'integer' | 'integer?' | 'integers' | 'texts' | StrictShape;
export interface StrictShape {
  readonly [field: string]: StrictField;
}

/** The values that a strict request of a shape holds; what was not sent is "", 0, null or an empty list. */
export type StrictValues<S extends StrictShape> = {
  [K in keyof S]: S[K] extends 'text'
    ? string
    : S[K] extends 'integer'
      ? number
      : S[K] extends 'integer?'
        ? number | null
        : S[K] extends 'integers'
          ? number[]
          : S[K] extends 'texts'
            ? string[]
            : S[K] extends StrictShape
              ? StrictValues<S[K]>[]
              : never;
};

const refused = Symbol('refused');

function toZero(field: StrictField): unknown {
  if (field === 'text') return '';
  if (field === 'integer') return 0;
  return field === 'integer?' ? null : [];
}

function readScalar(value: unknown, kind: 'string' | 'number'): unknown {
  if (value === null) return kind === 'string' ? '' : 0;
  if (kind === 'number') return Number.isInteger(value) ? value : refused;
  return typeof value === 'string' ? value : refused;
}

function readField(field: StrictField, value: unknown): unknown {
  if (value === null) return toZero(field);
  if (field === 'text') return readScalar(value, 'string');
  if (field === 'integer' || field === 'integer?') return readScalar(value, 'number');
  if (!Array.isArray(value)) return refused;
  const items = value.map((item: unknown) => {
    if (typeof field === 'object') return item === null ? readObject(field, {}) : readObject(field, item);
    return readScalar(item, field === 'texts' ? 'string' : 'number');
  });
  return items.includes(refused) ? refused : items;
}

function readObject(shape: StrictShape, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused;
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) out[name] = toZero(field);
  for (const [sent, inner] of Object.entries(value)) {
    // The panel's reader of JSON matches names without regard to case.
    const name = Object.hasOwn(shape, sent)
      ? sent
      : Object.keys(shape).find((known) => known.toLowerCase() === sent.toLowerCase());
    const field = name === undefined ? undefined : shape[name];
    if (name === undefined || field === undefined) return refused;
    const read = readField(field, inner);
    if (read === refused) return refused;
    out[name] = read;
  }
  return out;
}

/**
 * Reads a request of a strict endpoint: an unknown field or a wrong JSON type is an error (docs/panels/flvx.md, 1.3).
 * `null` is an empty object. Returns 'bad' for an error and 'empty' for no body.
 */
export function readStrict<S extends StrictShape>(body: Buffer, shape: S): StrictValues<S> | 'bad' | 'empty' {
  const read = readJsonBody(body);
  if (read.kind !== 'value') return read.kind;
  const values = readObject(shape, read.value ?? {});
  return values === refused ? 'bad' : (values as StrictValues<S>);
}
