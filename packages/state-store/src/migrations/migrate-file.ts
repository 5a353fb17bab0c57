import type { Connection } from '../sqlite/connect.js';
import { retryWhileBusy } from '../sqlite/immediate-sqlite-dialect.js';
import { migrate } from './migrate.js';

/** What a file is migrated with. */
export interface MigrateFileOptions {
  clock: { now(): number };
  /** Milliseconds to wait for a lock of another process. */
  wait: number;
  /** Called with the version before the migration of a file that has tables. */
  beforeMigration?: (version: number) => Promise<void>;
}

/**
 * Brings a file from a version up to the newest one. Where a step removes secrets, the file keeps nothing of them: its free
 * pages are dropped first, and what the step replaces is overwritten. Returns the names of the steps that ran.
 */
export async function migrateFile(
  { db, handle }: Connection,
  from: number,
  { clock, wait, beforeMigration }: MigrateFileOptions,
): Promise<string[]> {
  if (from > 0) await beforeMigration?.(from);
  const { MIGRATIONS } = await import('./migrations.js');
  const removesSecrets = from > 0 && MIGRATIONS.slice(from).some((step) => step.removesSecrets === true);
  if (removesSecrets) {
    handle.pragma('secure_delete = on');
    await retryWhileBusy(wait, () => handle.exec('vacuum'));
  }
  const applied = await migrate(db, new Date(clock.now()).toISOString());
  // The log has the old pages too.
  if (removesSecrets) handle.pragma('wal_checkpoint(truncate)');
  return applied;
}
