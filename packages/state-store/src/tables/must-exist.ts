import { StoreError } from '../store-error.js';

/** A change of a row that is not there is a mistake of the caller, and never passes for done. */
export function mustExist(table: string, id: string, changed: bigint): void {
  if (changed === 0n) throw missingRow(table, id);
}

/** There is no such row to change. */
export function missingRow(table: string, id: string): StoreError {
  return new StoreError('store_not_found', `The table ${table} has no row "${id}"; nothing was changed.`, {
    row: { table, id },
  });
}
