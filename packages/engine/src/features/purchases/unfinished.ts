import { findLink } from './link-preferences.js';
import type { Panel } from '@sluice/panel-kind';
import { addMoney, autoBuy, fewestToLift } from '@sluice/quota-core';
import type { HeldLease, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { readStoppedByPanel } from '../../kernel/run/alarms.js';
import type { Decided, Loaded } from '../../kernel/subject/stages.js';
import { unplanned } from '../../kernel/subject/to-stage.js';
import { findEntry } from '../../base/config/find-entry.js';
import { refKey } from '../../base/purchase-keys.js';
import { decideLast } from '../../loop/decide.js';
import { findSkipped } from '../../loop/load.js';
import { observeServices } from '../../loop/observe.js';
import { findSharers } from '../../loop/sharing.js';
import type { Context } from '../../context/context.js';
import { findCycle } from '../../kernel/subject/find-cycle.js';
import { isAutomatic, listOwnPurchases } from '../preferences/preferences.js';
import { findWish, highestCharge, listBought } from './auto-buy.js';
import { readBudgetLeft } from './budget-left.js';
import { storeShown } from './charge.js';
import { findCycleToBuy } from './cycle-to-buy.js';
import { endForFormerPayer, isForPayer } from './former-payer.js';
import { findBudget } from './link-budget.js';
import { loadService } from './load-service.js';
import { withOrderedBy } from './ordered-by.js';
import type { Following } from './store-purchase.js';
import { readPreferences } from '../../kernel/subject/auto-buy-rule.js';

/** Returns whether a pending purchase without an invoice is still to be charged: what it was ordered for may have ended. */
export async function isWanted(context: Context, row: PurchaseRecord, service: ServiceRecord): Promise<boolean> {
  if (row.client !== service.client || (await isCycleOver(context, row))) return false;
  if (!(await isForPayer(context, row, service))) return false;
  const loaded = await loadService(context, service);
  return row.actor === 'auto' ? isStillAutomatic(context, row, loaded) : isStillSold(context, row, loaded);
}

/** Whether what was ordered by hand has an effect and would be sold now; an unknown product says nothing of that. */
function isStillSold({ config }: Context, row: PurchaseRecord, loaded: Loaded): boolean {
  if (findCycleToBuy(loaded).refused?.code === 'no_quota') return false;
  return findEntry(config.products, loaded.service.product)?.packages.includes(row.package) !== false;
}

export async function isCycleOver(
  context: { store: Pick<StoreTables, 'cycles'>; now(): string },
  row: PurchaseRecord,
): Promise<boolean> {
  const cycle = await findCycle(context.store, row);
  return cycle === undefined || cycle.closedAt !== null || cycle.end <= context.now();
}

/** Whether auto-buy would still buy this package, by the last reading: the one that it was ordered by, or that of a later run. */
async function isStillAutomatic(context: Context, row: PurchaseRecord, loaded: Loaded): Promise<boolean> {
  const { service, enforcement } = loaded;
  if (enforcement.value === 'observe') return false;
  const panel = await context.panel(service.panel);
  if (findSkipped(loaded, { panel, config: context.config, now: context.now() }) !== null) return false;
  const read = await withOrderedBy(context.store, row, loaded);
  const decided = decideLast(context, panel, read, context.now());
  if (decided === null) return false;
  const wish = findWish({ context, panel }, await readPreferences(context.store, context.now()), decided);
  if (wish === null || 'refused' in wish || wish.package.id !== row.package) return false;
  const bought = await listBought(context, decided);
  const others = listOwnPurchases(row.client, bought).filter((one) => isAutomatic(one) && one.id !== row.id);
  if (others.length >= wish.maxPerCycle) return false;
  // What others that wait would add is of use, too; one that was refunded adds nothing, and counts towards the maximum.
  const boughtThisCycle = others.filter(({ status }) => status !== 'pending').length;
  const facts = { ...wish, packageBytes: wish.package.bytes, boughtThisCycle };
  const isOfUse = (price: string, credit: string): boolean => autoBuy({ ...facts, price, credit }).count > 0;
  if (!isOfUse('0.00', '0.00') || (await needsRun({ context, panel }, decided))) return false;
  // The charge shows whether the credit reaches for one.
  if (fewestToLift(facts) === 1) return true;
  const { balance } = await (await context.billing()).credit(wish.client, context.deps.signal);
  if (!isOfUse(highestCharge(wish.package, listOwnPurchases(row.client, bought)), balance)) return false;
  const link = await findLink(context.store, service.id, context.now());
  const budget = link === null ? null : await findBudget(context.store, link);
  if (budget === null) return true;
  // It counts as spent already, with the link that it was ordered by.
  const own = row.key.startsWith(refKey(budget.refs)) ? row.price : '0.00';
  return isOfUse(row.price, addMoney(await readBudgetLeft(context.store, budget), own));
}

/** Whether the purchase is left to a run: only that finds what else stops the service, and decides for all that share. */
async function needsRun({ context, panel }: { context: Context; panel: Panel }, decided: Decided): Promise<boolean> {
  const { service, holds } = decided;
  if ((await readStoppedByPanel(context.store, [service.id])).has(service.id)) return true;
  if (holds.length === 0) return false;
  const on = { context, panel, run: '', scope: 'command' as const, resources: new Map<string, never>() };
  const observation = (await observeServices(on, [service])).get(service.id) ?? null;
  if (observation === null || observation.error !== null) return true;
  const [shared] = await findSharers(on, [{ ...unplanned(decided), observation }]);
  return shared === undefined || shared.sharers.length > 0;
}

/**
 * Ends a pending purchase that is not wanted any more, with the invoice that an interrupted attempt left. What was paid meanwhile
 * is stored as paid while its client has the service, else returned.
 */
export async function endUnwanted(
  context: Context,
  fences: HeldLease[],
  { row, service }: { row: PurchaseRecord; service: ServiceRecord },
  also?: Following,
): Promise<PurchaseRecord> {
  if (!(await isForPayer(context, row, service))) return endForFormerPayer(context, fences, row);
  // Nobody is meant to pay a draft any more, or one that was made to be paid from credit at once.
  return storeShown(context, fences, { row, cancels: row.actor === 'auto' ? 'any' : 'draft' }, also);
}
