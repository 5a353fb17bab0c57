import { DEFAULT_WAIT_MS } from './open-store.js';
import { backupFile } from './sqlite/backup.js';
import { toStorePath } from './sqlite/open-handle.js';

/**
 * Copies a store of any schema version, compressed (gzip), to a new file of mode 0600, consistently even while others write to it.
 * Use it before a migration; an open store has `maintenance.backup`.
 *
 * @throws StoreError `store_missing`, `store_exists`, `store_full`, `store_read_only`, `store_damaged`
 *
 * @example
 * ```ts
 * await backupStore({ from: './sluice.db', to: './before-migration.db.gz' });
 * ```
 */
export async function backupStore({
  from,
  to,
  wait = DEFAULT_WAIT_MS,
}: {
  from: string;
  to: string;
  wait?: number;
}): Promise<void> {
  await backupFile(toStorePath(from), to, wait);
}
