import { compareMoney, subtractMoney } from '@sluice/quota-core';
import type { PurchaseRecord, StoreTables } from '@sluice/state-store';
import { refKey } from '../../base/purchase-keys.js';
import { isRefunding } from '../billing/refund-state.js';

/** What may be spent in total on the purchases whose reference begins with the same text. */
export interface PurchaseBudget {
  refs: string;
  /** Prices without tax; decimal text, in the currency of the client. */
  amount: string;
}

/**
 * Returns what may still be spent of a budget, in the client's currency. Purchases that failed or were returned don't count; those
 * for a service that has become another client's do, and those whose price is not returned yet.
 */
export async function readBudgetLeft(
  tables: Pick<StoreTables, 'purchases'>,
  { refs, amount }: PurchaseBudget,
): Promise<string> {
  const all = await tables.purchases.list({ keyPrefix: refKey(refs) });
  const own = all.filter((row) => COUNTED.includes(row.status) || isRefunding(row));
  return own.reduce((left, { price }) => subtractMoney(left, price), amount);
}

/** Returns whether a purchase that is not stored yet is within what is left of a budget. */
export async function fitsBudget(
  tables: Pick<StoreTables, 'purchases'>,
  { price }: Pick<PurchaseRecord, 'price'>,
  budget: PurchaseBudget,
): Promise<boolean> {
  return compareMoney(price, await readBudgetLeft(tables, budget)) <= 0;
}

const COUNTED: readonly PurchaseRecord['status'][] = ['pending', 'paid'];
