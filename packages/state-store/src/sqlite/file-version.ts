import type Sqlite from 'better-sqlite3';
import { MARK_VERSION } from '../copy/move-mark.js';
import { StoreError } from '../store-error.js';

/** Without the row of a mark. */
const SCHEMA_VERSION = `select max(version) from schema_migrations where version < ${MARK_VERSION}`;

/**
 * Returns the schema version of an open file; 0 for an empty one. Fails with `store_unsupported` for another program's
 * database.
 */
export function fileVersion(handle: Sqlite.Database, path: string): number {
  const tables = handle.prepare("select name from sqlite_master where type = 'table'").pluck().all();
  if (tables.length === 0) return 0;
  if (!tables.includes('schema_migrations')) {
    throw new StoreError(
      'store_unsupported',
      `The file ${path} is the database of another program. Name another file.`,
    );
  }
  const version: unknown = handle.prepare(SCHEMA_VERSION).pluck().get();
  return typeof version === 'number' ? version : 0;
}
