import type { FakeResponse } from '../../core/fake-response.js';
import { atScale } from '../decimal.js';
import type { CatalogueRow } from '../model.js';
import { type PhpArray, readText } from '../php-form.js';
import type { AstWorld, Catalogue } from '../world.js';
import { inUse, type Json } from './answers.js';
import { type MagnusModule, refuseTaken } from './module.js';
import { checkFields, type Rules } from './rules.js';

/** How one column lies in the shared state. */
export interface Column {
  /** Its canonical name; absent: only MagnusBilling has it. */
  readonly field?: string;
  /** What reads show without a value. A text of digits after a point is a decimal of that many digits. */
  readonly initial: string | number | null;
  /** Canonical value to wire value, and back. */
  readonly show?: (value: unknown) => unknown;
  readonly store?: (text: string) => unknown;
}

export interface CatalogueSpec {
  readonly kind: Catalogue;
  readonly table: string;
  readonly columns: Readonly<Record<string, Column>>;
  readonly rules: Rules;
  /** The column that must be unique. */
  readonly unique?: string;
  /** Joined columns, and their names. */
  readonly joinedNames?: readonly string[];
  readonly joined?: (world: AstWorld, row: CatalogueRow) => Json;
  /** Refuses more, before anything is written. */
  readonly check?: (world: AstWorld, form: PhpArray, creating: boolean) => void;
  /** After writing, for what is more than a column. */
  readonly after?: (world: AstWorld, row: CatalogueRow, form: PhpArray) => void;
  /** The module that still needs a row. */
  readonly neededBy?: (world: AstWorld, id: string) => string | undefined;
}

export const status: Column = {
  field: 'status',
  initial: 1,
  show: (value) => (value === 'inactive' ? 0 : 1),
  store: (text) => (text === '0' ? 'inactive' : 'active'),
};
/** An id: a number on the wire, a text in the state. */
export const id = (field: string): Column => ({
  field,
  initial: null,
  show: (value) => (value === null ? null : Number(value)),
  store: (text) => (text === '' ? null : text),
});
export const decimal = (field: string | undefined, digits: number): Column => ({
  ...(field === undefined ? {} : { field }),
  initial: atScale('0', digits),
  show: (value) => atScale(String(value), digits),
  store: (text) => atScale(text === '' ? '0' : text.trim(), digits),
});
export const whole = (field: string | undefined, initial: number | null): Column => ({
  ...(field === undefined ? {} : { field }),
  initial,
  show: (value) => (value === null ? initial : Number(value)),
  store: (text) => Number(text),
});
export const plain = (field: string | undefined, initial: string | null = ''): Column => ({
  ...(field === undefined ? {} : { field }),
  initial,
});

/** Builds the module of a catalogue. */
export function catalogueModule(spec: CatalogueSpec): MagnusModule {
  const joined = spec.joined ?? (() => ({}));
  const listRows = (world: AstWorld): Map<string, CatalogueRow> => world.catalogue[spec.kind];
  const columns = new Set(['id', ...Object.keys(spec.columns), ...(spec.joinedNames ?? [])]);
  return {
    columns,
    list: spec.kind,
    rows: (world) =>
      [...listRows(world).values()].map((row) => ({ id: Number(row.id), ...shown(spec, row), ...joined(world, row) })),
    save: (world, form, rowId) => {
      checkFields(spec.rules, form, { creating: rowId === null, table: spec.table });
      spec.check?.(world, form, rowId === null);
      refuseDouble(world, spec, form, rowId);
      const row = listRows(world).get(rowId ?? world.addCatalogueRow(spec.kind, {}));
      if (row === undefined) throw new RangeError('a row was not made');
      write(world, spec, row, form);
      spec.after?.(world, row, form);
      return row.id;
    },
    destroy: (world, rowId): boolean | FakeResponse => {
      const needed = listRows(world).has(rowId) ? spec.neededBy?.(world, rowId) : undefined;
      return needed === undefined ? listRows(world).delete(rowId) : inUse(needed);
    },
  };
}

function shown(spec: CatalogueSpec, row: CatalogueRow): Json {
  const entries = Object.entries(spec.columns).map(([name, column]): [string, unknown] => {
    const value = column.field === undefined ? row.extra[name] : row.fields[column.field];
    if (value === undefined) return [name, column.initial];
    return [name, column.show === undefined ? value : column.show(value)];
  });
  return Object.fromEntries(entries);
}

function refuseDouble(world: AstWorld, spec: CatalogueSpec, form: PhpArray, rowId: string | null): void {
  const { unique } = spec;
  if (unique === undefined) return;
  const field = spec.columns[unique]?.field ?? unique;
  const others = [...world.catalogue[spec.kind].values()]
    .filter((row) => row.id !== rowId)
    .map((row) => String(row.fields[field]));
  refuseTaken(world, others, { name: unique, value: readText(form, unique) });
}

function write(world: AstWorld, spec: CatalogueSpec, row: CatalogueRow, form: PhpArray): void {
  for (const [name, column] of Object.entries(spec.columns)) {
    const text = readText(form, name);
    if (text === undefined) continue;
    const value = column.store === undefined ? text : column.store(text);
    if (column.field === undefined) row.extra[name] = value as string | number | null;
    else row.fields[column.field] = value;
  }
  row.extra.at ??= world.now();
}
