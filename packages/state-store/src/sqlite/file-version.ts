import type Sqlite from 'better-sqlite3';
import { StoreError } from '../store-error.js';

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
  const version: unknown = handle.prepare('select max(version) from schema_migrations').pluck().get();
  return typeof version === 'number' ? version : 0;
}
