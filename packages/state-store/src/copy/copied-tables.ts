import Sqlite from 'better-sqlite3';
import { expectedSchema } from '../expected-schema.js';

/** A value as both databases read and write it. */
export type Value = string | number | Buffer | null;

/** A table as it is copied. */
export interface CopiedTable {
  name: string;
  columns: readonly { name: string; isText: boolean }[];
  /** Positions of the key in `columns`; rows are read in its order, texts by their bytes. */
  key: readonly number[];
  /** Whether the database numbers its rows. */
  isNumbered: boolean;
}

/** Values of a row in the order of the columns. */
export type Row = readonly Value[];

/** Steps of the schema that ran. They are in a new store before it is copied to. */
export const HISTORY = 'schema_migrations';

interface ColumnInfo {
  name: string;
  type: string;
  pk: number;
}

/** Lists all tables of the newest schema, those first that others refer to; the history of the schema is the last. */
export async function listCopiedTables(): Promise<CopiedTable[]> {
  const schema = await expectedSchema();
  const handle = new Sqlite(':memory:');
  try {
    const tables = [...schema]
      .filter(([, text]) => /^create table/i.test(text))
      .map(([name, text]) => ({ name, text }));
    for (const { text } of tables) handle.exec(text);
    const names = tables.map(({ name }) => name).filter((name) => name !== HISTORY);
    return [...byReferences(names, handle), HISTORY].map((name) => toTable(name, handle));
  } finally {
    handle.close();
  }
}

function toTable(name: string, handle: Sqlite.Database): CopiedTable {
  const info = handle
    .prepare<[string], ColumnInfo>('select name, type, pk from pragma_table_info(?) order by cid')
    .all(name);
  const key = info.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return {
    name,
    columns: info.map((column) => ({ name: column.name, isText: column.type.toLowerCase() === 'text' })),
    key: key.map((column) => info.indexOf(column)),
    isNumbered: key.length === 1 && key[0]?.name === 'seq',
  };
}

function byReferences(names: readonly string[], handle: Sqlite.Database): string[] {
  const parents = (name: string): string[] =>
    handle.prepare<[string], string>('select distinct "table" from pragma_foreign_key_list(?)').pluck().all(name);
  const ordered: string[] = [];
  const add = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const parent of parents(name)) if (parent !== name) add(parent);
    ordered.push(name);
  };
  for (const name of names) add(name);
  return ordered;
}

/** Returns the key of a row. */
export function toKey({ key }: CopiedTable, row: Row): Row {
  return key.map((position) => row[position] ?? null);
}

/** Names a row in messages. */
export function describeRow(table: CopiedTable, row: Row): string {
  const parts = toKey(table, row).map((value, index) => {
    const { name = '' } = table.columns[table.key[index] ?? -1] ?? {};
    return `${name} ${JSON.stringify(value)}`;
  });
  return `${table.name}, ${parts.join(', ')}`;
}
