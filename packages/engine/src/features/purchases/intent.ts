import type { AutoBuyRecord, HeldLease, PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import { isUnchanged } from '../../kernel/subject/facts.js';
import type { Planned } from '../../kernel/subject/stages.js';
import { isStillWithinLink } from './link-budget.js';
import { noteOrderedBy } from './ordered-by.js';
import { readPreferences } from '../../kernel/subject/auto-buy-rule.js';

/** A service that buys, and what it has paid of that. */
export interface Ordered {
  work: Planned;
  paid: readonly PurchaseRecord[];
  /** Returns whether the service buys this purchase by these preferences, too, as it was read. */
  isWished: (stored: readonly AutoBuyRecord[], row: PurchaseRecord, paid: readonly PurchaseRecord[]) => boolean;
}

/**
 * Returns whether a purchase is still as it was drafted: since then no command changed or held the service, spent the budget of its
 * link, or put it under `observe`, and its preference still buys it.
 */
export async function isStillMeant(
  context: Context,
  tables: StoreTables,
  { work, paid, isWished }: Ordered,
  row: PurchaseRecord,
): Promise<boolean> {
  const { panel, product } = work.service;
  if ((await readEnforcements(context.config, tables)).isObserving(panel, product)) return false;
  // A run may read its panel for long. Meanwhile the client may have switched it off, and a link that set it have ended.
  if (!isWished(await readPreferences(tables, context.now()), row, paid)) return false;
  const drafted = new Set(work.buys.map((each) => each.id));
  const purchases = [...work.purchases.filter((each) => !drafted.has(each.id)), ...paid];
  return (await isUnchanged(tables, { ...work, purchases })) && (await isStillWithinLink(tables, row, context.now()));
}

/** Stores a purchase before its charge, unless it is not meant any more. */
export async function storeIntent(
  context: Context,
  { fences, ...ordered }: Ordered & { fences: HeldLease[] },
  row: PurchaseRecord,
): Promise<boolean> {
  return context.write(fences, async (tables) => {
    if (!(await isStillMeant(context, tables, ordered, row)) || !(await tables.purchases.add(row))) return false;
    await noteOrderedBy(tables, row, ordered.work);
    return true;
  });
}
