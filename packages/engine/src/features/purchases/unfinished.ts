import { readPreferences } from './link-preferences.js';
import { type Invoice, isOnlyLine } from '@sluice/panel-kind';
import type { HeldLease, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import type { Allowance } from '@sluice/quota-core';
import type { Decided, Loaded } from '../../kernel/subject/stages.js';
import { findEntry } from '../../base/config/find-entry.js';
import { decideLast } from '../../loop/decide.js';
import type { Context } from '../../context/context.js';
import { findCycle } from '../../kernel/subject/find-cycle.js';
import { isAutomatic, listOwnPurchases } from '../preferences/preferences.js';
import { findRuleInForce, findWish } from './auto-buy.js';
import { afterInvoice, changePurchase } from './charge.js';
import { findCycleToBuy } from './cycle-to-buy.js';
import { findInvoice } from './find-invoice.js';
import { endForFormerPayer, isForPayer } from './former-payer.js';
import { loadService } from './load-service.js';

/** Returns whether a pending purchase without an invoice is still to be charged: what it was ordered for may have ended. */
export async function isWanted(context: Context, row: PurchaseRecord, service: ServiceRecord): Promise<boolean> {
  if (row.client !== service.client || !isForPayer(row, service) || (await isCycleOver(context, row))) return false;
  const loaded = await loadService(context, service);
  return row.actor === 'auto' ? isStillAutomatic(context, row, loaded) : isStillSold(context, row, loaded);
}

/** Whether what was ordered by hand has an effect and would be sold now; an unknown product says nothing of that. */
function isStillSold({ config }: Context, row: PurchaseRecord, loaded: Loaded): boolean {
  if (findCycleToBuy(loaded).refused?.code === 'no_quota') return false;
  return findEntry(config.products, loaded.service.product)?.packages.includes(row.package) !== false;
}

export async function isCycleOver(context: Context, row: PurchaseRecord): Promise<boolean> {
  const cycle = await findCycle(context.store, row);
  return cycle === undefined || cycle.closedAt !== null || cycle.end <= context.now();
}

/** Whether auto-buy would still buy this package. */
async function isStillAutomatic(context: Context, row: PurchaseRecord, loaded: Loaded): Promise<boolean> {
  const { service } = loaded;
  if (loaded.enforcement.value === 'observe') return false;
  const decided = decideLast(context, await context.panel(service.panel), loaded, context.now());
  if (decided === null) return false;
  const preferences = await readPreferences(context.store, context.now());
  const rule = findRuleInForce(context, preferences, decided);
  if (rule?.package !== row.package) return false;
  const bought = await context.store.purchases.list({ service: service.id, cycles: [row.cycle] });
  const others = listOwnPurchases(row.client, bought).filter((one) => isAutomatic(one) && one.id !== row.id);
  if (others.length >= rule.maxPerCycle) return false;
  // The reading that it was ordered by went with its run: it stands while no more is allowed than then.
  const isReadBefore = (decided.cycle?.readAt ?? '') < row.at;
  if (isReadBefore && !(await allowsMore(context, decided, bought))) return true;
  const wish = findWish({ context }, preferences, decided);
  return wish !== null && !('refused' in wish);
}

/** Whether a service is allowed more than at the last decision, apart from what was bought since. */
async function allowsMore(
  { store }: Context,
  { service, allowance }: Decided,
  bought: readonly PurchaseRecord[],
): Promise<boolean> {
  const [latest] = await store.decisions.latest([service.id]);
  const before = (latest?.allowance ?? null) as Allowance | null;
  if (allowance?.kind !== 'limited' || before?.kind !== 'limited') return allowance?.kind !== before?.kind;
  const since = bought.filter(({ status, paidAt }) => status === 'paid' && (paidAt ?? '') >= (latest?.at ?? ''));
  return allowance.allowedBytes - since.reduce((sum, { bytes }) => sum + bytes, 0) > before.allowedBytes;
}

/**
 * Ends a pending purchase that is not wanted any more, with the invoice that an interrupted attempt left. What was paid meanwhile
 * is stored as paid while its client has the service, else returned.
 */
export async function endUnwanted(
  context: Context,
  fences: HeldLease[],
  row: PurchaseRecord,
  service: ServiceRecord,
): Promise<PurchaseRecord> {
  if (!isForPayer(row, service)) return endForFormerPayer(context, fences, row);
  const shown = await findInvoice(context, row);
  const isLeft = shown !== null && isUnpayable(row, shown);
  const found = isLeft ? await (await context.billing()).cancel(shown.id, row.id, context.deps.signal) : shown;
  const change = found === null ? ({ status: 'failed' } as const) : afterInvoice(row, found, context.now());
  return changePurchase(context, fences, row, change);
}

/** Whether nobody is meant to pay an invoice any more: a draft, or one that was made to be paid from credit at once. */
function isUnpayable({ id, actor }: PurchaseRecord, invoice: Invoice): boolean {
  const { status } = invoice;
  return (status === 'draft' || (status === 'open' && actor === 'auto')) && isOnlyLine(invoice, id);
}
