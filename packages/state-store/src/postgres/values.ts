import type { CustomTypesConfig } from 'pg';
import { StoreError } from '../store-error.js';

/** Object numbers of types whose values are not read as text. */
const OIDS = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, oid: 26, float4: 700, float8: 701, numeric: 1700 };

/** Returns what reads the values of a type: as SQLite returns them, truth as 1 or 0. */
export const getTypeParser = ((oid: number) => {
  switch (oid) {
    case OIDS.bool:
      return (text: string) => (text === 't' ? 1 : 0);
    case OIDS.int2:
    case OIDS.int4:
    case OIDS.int8:
    case OIDS.oid:
      return readWhole;
    case OIDS.float4:
    case OIDS.float8:
    case OIDS.numeric:
      return Number;
    case OIDS.bytea:
      return (text: string) => Buffer.from(text.slice(2), 'hex');
    default:
      return (text: string) => text;
  }
}) as CustomTypesConfig['getTypeParser'];

function readWhole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new StoreError('store_damaged', `The store has the number ${text}, which is too large for it.`);
}

/** PostgreSQL has no text with the character 0. */
const ZERO = String.fromCodePoint(0);
const ESCAPED_ZERO = /(?<!\\)((?:\\\\)*)\\u0000/g;

/** Returns a value as PostgreSQL can store it. */
export function storable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'string') return value;
  const text = value.includes(ZERO) ? value.replaceAll(ZERO, '\ufffd') : value;
  return text.includes('\\u0000') ? text.replaceAll(ESCAPED_ZERO, '$1\\ufffd') : text;
}
