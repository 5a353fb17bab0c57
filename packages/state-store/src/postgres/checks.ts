import { sql } from 'kysely';
import { FINDINGS, type Finding, type OwnChecks } from '../check-store.js';
import { readTables } from '../migrations/read-tables.js';
import type { Session } from '../tables/access.js';
import { toStoreError } from './errors.js';
import { postgresSchema } from './schema.js';
import { serverChecks, type ServerCheckParts } from './server-checks.js';

/** What is checked of a schema beside the rows. */
export function postgresChecks(
  session: Session,
  { settings, schemaVersion, clock }: ServerCheckParts & { schemaVersion: number },
): OwnChecks {
  const { shown, schema } = settings;
  return {
    location: shown,
    toStoreError: (error) => toStoreError(error, shown),
    checks: [
      { name: 'integrity', object: shown, find: () => findUnusable(session, schema) },
      { name: 'foreign-keys', object: shown, find: () => findDangling(session, schema) },
      { name: 'schema', object: `version ${schemaVersion}`, find: () => findAltered(session, schema) },
      ...serverChecks(session, { settings, clock }),
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

/** A column that names a row of another table. */
interface Reference {
  table: string;
  column: string;
  parent: string;
  key: string;
}

/** Rows are checked when they are written, unless that was switched off. */
async function findDangling({ db }: Session, schema: string): Promise<Finding[]> {
  const { rows: references } = await sql<Reference>`
    select t.relname as "table", a.attname as "column", p.relname as "parent", b.attname as "key"
    from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class p on p.oid = c.confrelid
    join pg_namespace n on n.oid = t.relnamespace
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
    where n.nspname = ${schema} and c.contype = 'f' order by 1, 2`.execute(db);
  const findings: Finding[] = [];
  for (const { table, column, parent, key } of references) {
    const own = sql.ref(`own.${column}`);
    const { rows } = await sql<{ value: string }>`select ${own} as "value" from ${sql.table(table)} as "own"
      where ${own} is not null and not exists (
        select 1 from ${sql.table(parent)} as "other" where ${sql.ref(`other.${key}`)} = ${own})
      order by 1 limit ${FINDINGS}`.execute(db);
    for (const { value } of rows)
      findings.push({
        object: table,
        message: `Its ${column} "${value}" names a row of ${parent} that does not exist.`,
      });
  }
  return findings;
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

/** Columns of tables with their types, triggers, and indexes that no constraint has made, by name. */
async function readFound({ db }: Pick<Session, 'db'>, schema: string): Promise<Map<string, string>> {
  const tables = await sql<{ name: string; columns: string }>`
    select c.relname as "name", coalesce(string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.atttypid = 'text'::regtype and a.attcollation <> '"C"'::regcollation then ' otherwise ordered' else '' end,
      ',' order by a.attname collate "C"), '') as "columns"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = ${schema} and c.relkind in ('r', 'p', 'v', 'm', 'f') group by c.relname`.execute(db);
  const triggers = await sql<{ name: string }>`
    select t.tgname as "name" from pg_trigger t join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${schema} and not t.tgisinternal`.execute(db);
  const indexes = await sql<{ name: string; kind: string }>`
    select c.relname as "name", case when i.indisunique then 'unique index' else 'index' end as "kind"
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and not exists (select 1 from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u'))`.execute(
    db,
  );
  return new Map([
    ...tables.rows.map(({ name, columns }) => [name, columns] as const),
    ...triggers.rows.map(({ name }) => [name, 'trigger'] as const),
    ...indexes.rows.map(({ name, kind }) => [name, kind] as const),
  ]);
}
