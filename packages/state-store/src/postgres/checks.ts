import { sql } from 'kysely';
import { FINDINGS, type Finding, type OwnChecks } from '../check-store.js';
import { readTables } from '../migrations/read-tables.js';
import type { Session } from '../tables/access.js';
import { toStoreError } from './errors.js';
import { postgresSchema } from './schema.js';
import type { PostgresSettings } from './url.js';

/** What is checked of a schema beside the rows. */
export function postgresChecks(
  session: Session,
  { settings, schemaVersion }: { settings: PostgresSettings; schemaVersion: number },
): OwnChecks {
  const { shown, schema } = settings;
  return {
    toStoreError: (error) => toStoreError(error, shown),
    checks: [
      { name: 'integrity', object: shown, find: () => findUnusable(session, schema) },
      { name: 'foreign-keys', object: shown, find: () => findUnchecked(session, schema) },
      { name: 'schema', object: `version ${schemaVersion}`, find: () => findAltered(session, schema) },
    ],
  };
}

/** The server keeps its files itself; an index can be unusable where its making was ended. */
async function findUnusable({ db }: Session, schema: string): Promise<Finding[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as "name" from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and not (i.indisvalid and i.indisready) order by 1 limit ${FINDINGS}`.execute(db);
  return rows.map(({ name }) => ({ object: name, message: 'This index is not valid. Run: reindex index' }));
}

/** Rows are checked when they are written, by constraints that were not added unchecked. */
async function findUnchecked({ db }: Session, schema: string): Promise<Finding[]> {
  const { rows } = await sql<{ name: string; table: string }>`
    select c.conname as "name", t.relname as "table" from pg_constraint c join pg_class t on t.oid = c.conrelid
    join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = ${schema} and not c.convalidated order by 1 limit ${FINDINGS}`.execute(db);
  return rows.map(({ name, table }) => ({ object: table, message: `The rows are not checked by ${name}.` }));
}

async function findAltered({ db }: Session, schema: string): Promise<Finding[]> {
  const definitions = postgresSchema();
  const expected = new Map<string, string>();
  for (const [name, { columns }] of readTables(definitions))
    expected.set(
      name,
      columns
        .map((column) => `${column.name} ${column.type}`)
        .sort()
        .join(),
    );
  for (const definition of definitions) {
    const [, unique = '', index] = /^create (unique )?index "(\w+)"/i.exec(definition) ?? [];
    if (index !== undefined) expected.set(index, `${unique.toLowerCase()}index`);
  }
  expected.set('schema_migrations', 'applied_at text,name text,version bigint');
  const found = await readFound({ db }, schema);
  const differing = [...expected]
    .filter(([name, text]) => found.get(name) !== text)
    .map(([name]) => ({
      object: name,
      message: found.has(name) ? 'Its definition differs from the schema of this version.' : 'It is missing.',
    }));
  const foreign = [...found.keys()].filter((name) => !expected.has(name));
  return [...differing, ...foreign.map((name) => ({ object: name, message: 'Sluice did not create it.' }))];
}

/** Columns of tables with their types, and indexes that no constraint has made, by name. */
async function readFound({ db }: Pick<Session, 'db'>, schema: string): Promise<Map<string, string>> {
  const tables = await sql<{ name: string; columns: string }>`
    select c.relname as "name", coalesce(string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.atttypid = 'text'::regtype and a.attcollation <> '"C"'::regcollation then ' otherwise ordered' else '' end,
      ',' order by a.attname collate "C"), '') as "columns"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = ${schema} and c.relkind in ('r', 'p', 'v', 'm', 'f') group by c.relname`.execute(db);
  const indexes = await sql<{ name: string; kind: string }>`
    select c.relname as "name", case when i.indisunique then 'unique index' else 'index' end as "kind"
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and not exists (select 1 from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u'))`.execute(
    db,
  );
  return new Map([
    ...tables.rows.map(({ name, columns }) => [name, columns] as const),
    ...indexes.rows.map(({ name, kind }) => [name, kind] as const),
  ]);
}
