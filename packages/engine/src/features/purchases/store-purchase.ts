import type { HeldLease, PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { endOrderedBy } from './ordered-by.js';
import { allowancesNow } from '../../kernel/subject/allowance-now.js';

/** A change of a purchase's row. */
export type PurchaseChange = Partial<
  Pick<PurchaseRecord, 'status' | 'invoice' | 'charged' | 'paidAt' | 'refundedAt' | 'refundSentAt' | 'cycle'>
>;

/** Is called once the change is stored. */
type Told = () => unknown;

/** Writes in the transaction of a change what follows from it. */
export type Following = (tables: StoreTables, after: PurchaseRecord) => Promise<Told | undefined>;

/** Returns what follows from a purchase that is paid; nothing follows from any other outcome. */
export function ifPaid(also: Following | undefined): Following {
  return async (tables, after) => (after.status === 'paid' ? also?.(tables, after) : undefined);
}

/**
 * Stores a change of a purchase, and returns its row. Each change by which it counts from now on, or no longer, is stored here: the
 * allowance changes in the same transaction.
 *
 * `also`: writes in that transaction what follows from the change; what it returns is called once that is stored.
 */
export async function storePurchase(
  context: Context,
  fences: HeldLease[],
  { row, change }: { row: PurchaseRecord; change: PurchaseChange },
  also?: Following,
): Promise<PurchaseRecord> {
  const after = { ...row, ...change };
  const told = await context.write(fences, async (tables) => {
    await tables.purchases.update(row.id, change);
    if (row.status === 'pending' && after.status !== 'pending') await endOrderedBy(tables, row.id);
    const stored = await also?.(tables, after);
    if ((after.status === 'paid') !== (row.status === 'paid')) await recordAllowances(context, tables, [row.service]);
    return stored;
  });
  told?.();
  return after;
}

/** Stores the allowances of services with their last decisions: readers need not wait for the next run. */
export async function recordAllowances(context: Context, tables: StoreTables, ids: readonly string[]): Promise<void> {
  const services = await tables.services.list({ ids: [...ids] });
  const now = await allowancesNow(context, services, tables);
  const at = context.now();
  const changed = [...now.values()].flatMap(({ decision, decided }) =>
    decision !== null && !decided ? [{ ...decision, at }] : [],
  );
  if (changed.length > 0) await tables.decisions.record(changed);
}
