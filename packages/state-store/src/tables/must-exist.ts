import { StoreError } from '../store-error.js';

/** Throws when no row was changed: the row does not exist. */
export function mustExist(table: string, id: string, changed: bigint): void {
  if (changed === 0n) throw missingRow(table, id);
}

/** The error for a missing row. */
export function missingRow(table: string, id: string): StoreError {
  return new StoreError('store_not_found', `The table ${table} has no row "${id}"; nothing was changed.`, {
    row: { table, id },
  });
}
