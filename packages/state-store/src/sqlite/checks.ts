import { statSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { FINDINGS, type Finding, type OwnChecks } from '../check-store.js';
import { expectedSchema } from '../expected-schema.js';
import type { Session } from '../tables/access.js';
import type { Database } from '../tables/database.js';
import { IN_MEMORY } from './open-handle.js';
import { toStoreError } from './to-store-error.js';

/** What is checked of a file beside the rows. */
export function sqliteChecks(
  { db }: Session,
  { location, schemaVersion }: { location: string; schemaVersion: number },
): OwnChecks {
  return {
    location,
    toStoreError: (error) => toStoreError(error, location),
    checks: [
      { name: 'integrity', object: location, find: () => damage(db) },
      { name: 'foreign-keys', object: location, find: () => danglingKeys(db) },
      { name: 'schema', object: `version ${schemaVersion}`, find: () => findAlteredSchema(db) },
      { name: 'permissions', object: location, find: () => findOpenPermissions(location), severity: 'warning' },
    ],
  };
}

async function damage(db: Kysely<Database>): Promise<Finding[]> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(${sql.lit(FINDINGS)})`.execute(db);
  return rows
    .filter((row) => row.integrity_check !== 'ok')
    .map((row) => ({ object: 'file', message: `${row.integrity_check}. Restore a backup.` }));
}

async function danglingKeys(db: Kysely<Database>): Promise<Finding[]> {
  const { rows } = await sql<{ table: string; rowid: number; parent: string }>`pragma foreign_key_check`.execute(db);
  return rows.map((row) => ({
    object: row.table,
    message: `Row ${row.rowid} refers to a row of ${row.parent} that does not exist.`,
  }));
}

async function findAlteredSchema(db: Kysely<Database>): Promise<Finding[]> {
  const expected = await expectedSchema();
  const { rows } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where sql is not null`.execute(db);
  const found = new Map(rows.map((row) => [row.name, row.sql]));
  const foreign = rows.filter(({ name }) => !expected.has(name) && !name.startsWith('sqlite_'));
  const differing = [...expected]
    .filter(([name, text]) => found.get(name) !== text)
    .map(([name]) => ({
      object: name,
      message: found.has(name) ? 'Its definition differs from the schema of this version.' : 'It is missing.',
    }));
  return [...differing, ...foreign.map(({ name }) => ({ object: name, message: 'Sluice did not create it.' }))];
}

function findOpenPermissions(location: string): Finding[] {
  if (location === IN_MEMORY) return [];
  const mode = statSync(location).mode & 0o777;
  if ((mode & 0o077) === 0) return [];
  return [
    {
      object: location,
      message: `Other users of this host can access it (mode ${mode.toString(8)}). Run: chmod 600 ${location}`,
    },
  ];
}
