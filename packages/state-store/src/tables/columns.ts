import { compareMoney, QuotaCoreError } from '@sluice/quota-core';
import type { RunOutcome } from '../run-records.js';
import { StoreError } from '../store-error.js';

/** Values that every supported database can store. */
export type Stored = string | number | null;

/** One column: its name, and how its values are encoded and decoded. */
export interface Column<Name extends string, S extends Stored, Value> {
  readonly name: Name;
  readonly encode: (value: Value) => S;
  readonly decode: (stored: S) => Value;
}

/** The column type for a value type. */
interface ColumnFor<Value> {
  readonly name: string;
  readonly encode: (value: Value) => Stored;
  readonly decode: (stored: never) => Value;
}

/** A column for each member of a record. */
export type RecordColumns<Rec> = { readonly [Key in keyof Rec]-?: ColumnFor<Rec[Key]> };

/** The row type of a set of columns. */
export type ColumnsRow<Columns> = {
  [
    Key in keyof Columns as Columns[Key] extends { readonly name: infer Name extends string } ? Name : never
  ]: Columns[Key] extends { readonly encode: (value: never) => infer S } ? S : never;
};

/** Stores a value unchanged. */
export const same = <T>(value: T): T => value;

/** Text, never null. */
export function text<Name extends string>(name: Name): Column<Name, string, string> {
  return { name, encode: same, decode: same };
}

/** Text or null. */
export function textOrNull<Name extends string>(name: Name): Column<Name, string | null, string | null> {
  return { name, encode: same, decode: same };
}

/** Text or null in a key column, which can't be NULL: null is stored as empty text. */
export function textOrEmpty<Name extends string>(name: Name): Column<Name, string, string | null> {
  return { name, encode: (value) => value ?? '', decode: (stored) => (stored === '' ? null : stored) };
}

/** One of a set of words. */
export function word<Word extends string>() {
  return <Name extends string>(name: Name): Column<Name, string, Word> => ({
    name,
    encode: same,
    decode: same as (stored: string) => Word,
  });
}

/** One of a set of words, or null. */
export function wordOrNull<Word extends string>() {
  return <Name extends string>(name: Name): Column<Name, string | null, Word | null> => ({
    name,
    encode: same,
    decode: same as (stored: string | null) => Word | null,
  });
}

/** Refuses fractions and NaN, which would be stored as something else (SQLite turns NaN into NULL). */
function whole(name: string, value: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new StoreError('store_invalid', `${name} has to be a whole number, but is ${value}. Nothing was written.`);
  }
  return value;
}

/** A whole number. */
export function int<Name extends string>(name: Name): Column<Name, number, number> {
  return { name, encode: (value) => whole(name, value), decode: same };
}

/** A whole number or null. */
export function intOrNull<Name extends string>(name: Name): Column<Name, number | null, number | null> {
  return { name, encode: (value) => (value === null ? null : whole(name, value)), decode: same };
}

/** A decimal amount. */
export function money<Name extends string>(name: Name): Column<Name, string, string> {
  return {
    name,
    encode: (value) => {
      try {
        compareMoney(value, '0');
      } catch (error) {
        if (!(error instanceof QuotaCoreError)) throw error;
        throw new StoreError('store_invalid', `${name}: ${error.message}. Nothing was written.`, { cause: error });
      }
      return value;
    },
    decode: (stored) => {
      compareMoney(stored, '0');
      return stored;
    },
  };
}

/** Milliseconds, rounded to whole ones. */
export function duration<Name extends string>(name: Name): Column<Name, number, number> {
  return { name, encode: (value) => whole(name, Math.round(value)), decode: same };
}

/** A boolean, as 1 or 0. */
export function flag<Name extends string>(name: Name): Column<Name, number, boolean> {
  return { name, encode: (value) => (value ? 1 : 0), decode: (stored) => stored !== 0 };
}

/** A boolean, as 1 or 0, or null. */
export function flagOrNull<Name extends string>(name: Name): Column<Name, number | null, boolean | null> {
  return {
    name,
    encode: (value) => (value === null ? null : value ? 1 : 0),
    decode: (stored) => (stored === null ? null : stored !== 0),
  };
}

/** Any JSON value; null is stored as NULL. */
export function json<Name extends string>(name: Name): Column<Name, string | null, unknown> {
  return {
    name,
    encode: (value) => (value === null || value === undefined ? null : JSON.stringify(value)),
    decode: (stored) => (stored === null ? null : (JSON.parse(stored) as unknown)),
  };
}

/** JSON that only this package writes; not validated. */
export function jsonColumn<Value>() {
  return <Name extends string>(name: Name) => json(name) as Column<Name, string | null, Value | null>;
}

/** JSON of a fixed shape; a row with another shape is damaged. */
function shaped<Name extends string, Value>(
  name: Name,
  shape: string,
  fits: (value: unknown) => value is Value,
): Column<Name, string, Value> {
  return {
    name,
    encode: (value) => JSON.stringify(value),
    decode: (stored) => {
      const value: unknown = JSON.parse(stored);
      if (!fits(value)) throw new TypeError(`${name} is not ${shape}`);
      return value;
    },
  };
}

/** Names with texts, as a JSON object. */
export function textMap<Name extends string>(name: Name): Column<Name, string, Record<string, string>> {
  return shaped(
    name,
    'an object with string values',
    (value): value is Record<string, string> =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((entry) => typeof entry === 'string'),
  );
}

/** Texts, as a JSON list. */
export function textList<Name extends string>(name: Name): Column<Name, string, string[]> {
  return shaped(
    name,
    'a list of strings',
    (value): value is string[] => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
  );
}

/** Numbers, as a JSON list. */
export function numberList<Name extends string>(name: Name): Column<Name, string, number[]> {
  return shaped(
    name,
    'a list of numbers',
    (value): value is number[] => Array.isArray(value) && value.every((entry) => typeof entry === 'number'),
  );
}

/** How a run ended, as the number that the column has always held. */
const OUTCOMES: readonly (readonly [RunOutcome, number])[] = [
  ['done', 0],
  ['failed', 1],
  ['usage', 2],
  ['partial', 3],
  ['busy', 5],
  ['brake', 6],
  ['interrupted', 130],
  ['terminated', 143],
];

/** How a run ended; a number that no version has written reads as a failure. */
export function outcomeOrNull<Name extends string>(name: Name): Column<Name, number | null, RunOutcome | null> {
  const numbers = new Map(OUTCOMES);
  const words = new Map(OUTCOMES.map(([word, number]) => [number, word]));
  return {
    name,
    encode: (value) => (value === null ? null : (numbers.get(value) ?? null)),
    decode: (stored) => (stored === null ? null : (words.get(stored) ?? 'failed')),
  };
}

/**
 * Returns a record with these members, all null. A copy of it can be filled without the growth, member by member, that makes
 * large results slow.
 */
export function emptyRecord(names: readonly string[]): Readonly<Record<string, null>> {
  // Parsed, since V8 would make a dictionary of an object that gets its members one after the other.
  const members = names.map((name) => `${JSON.stringify(name)}:null`);
  return JSON.parse(`{${members.join()}}`) as Record<string, null>;
}
