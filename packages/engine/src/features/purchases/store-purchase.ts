import type { HeldLease, PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { endOrderedBy } from './ordered-by.js';
import { allowancesNow } from '../services/allowance-now.js';

/** A change of a purchase's row. */
export type PurchaseChange = Partial<
  Pick<PurchaseRecord, 'status' | 'invoice' | 'charged' | 'paidAt' | 'refundedAt' | 'refundSentAt' | 'cycle'>
>;

/** Writes in the transaction of a change what follows from it. */
export type Following = (tables: StoreTables, after: PurchaseRecord) => Promise<void>;

/**
 * Stores a change of a purchase, and returns its row. Each change by which it counts from now on, or no longer, is stored here: the
 * allowance changes in the same transaction.
 *
 * `also`: writes in that transaction what follows from the change.
 */
export async function storePurchase(
  context: Context,
  fences: HeldLease[],
  { row, change }: { row: PurchaseRecord; change: PurchaseChange },
  also?: Following,
): Promise<PurchaseRecord> {
  const after = { ...row, ...change };
  await context.write(fences, async (tables) => {
    await tables.purchases.update(row.id, change);
    if (row.status === 'pending' && after.status !== 'pending') await endOrderedBy(tables, row.id);
    await also?.(tables, after);
    if ((after.status === 'paid') !== (row.status === 'paid')) await recordAllowance(context, tables, row.service);
  });
  return after;
}

/** Stores the allowance of a service with its last decision: readers need not wait for the next run. */
export async function recordAllowance(context: Context, tables: StoreTables, id: string): Promise<void> {
  const service = await tables.services.get(id);
  if (service === null) return;
  const { decision = null, decided = true } = (await allowancesNow(context, [service], tables)).get(id) ?? {};
  if (decision !== null && !decided) await tables.decisions.record([{ ...decision, at: context.now() }]);
}
