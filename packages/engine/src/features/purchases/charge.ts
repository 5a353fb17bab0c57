import { type BillingSystem, type Charge, type Invoice, isOnlyLine } from '@sluice/contract/ports';
import { type ItemError, SluiceError, toItemError } from '@sluice/panel-kind';
import type { HeldLease, PurchaseRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { MOVED } from '../billing/billing-address.js';
import { charge, type ChargeRequest } from '../billing/charge.js';
import { purchaseLine } from '../billing/line-texts.js';
import { cancelledKey } from '../billing/missing-key.js';
import { cancelOwn, findInvoice } from './find-invoice.js';
import { findCycle } from '../../kernel/subject/find-cycle.js';
import type { Package } from './packages.js';
import { type Following, ifPaid, type PurchaseChange, storePurchase } from './store-purchase.js';

/** What a purchase is made of, beside its package. */
interface Ordered {
  service: string;
  client: string;
  cycle: string;
  actor: PurchaseRecord['actor'];
  /** Unique; null for a key that no other purchase has. */
  key: string | null;
  /** The key of its invoice; absent for one that no other purchase has. */
  id?: string;
}

/** Returns the row of a purchase that is not charged yet. It is stored before the billing system is called. */
export function newPurchase(context: Context, bought: Package, order: Ordered): PurchaseRecord {
  const { key, id = context.id('pur'), ...ordered } = order;
  const { bytes, price, currency, taxed } = bought;
  return {
    id,
    ...ordered,
    package: bought.id,
    bytes,
    price,
    currency,
    taxed,
    status: 'pending',
    invoice: null,
    charged: null,
    billing: context.config.billing,
    run: context.runId,
    note: context.deps.note,
    key: key ?? `purchase:${id}`,
    at: context.now(),
    paidAt: null,
    refundedAt: null,
    refundSentAt: null,
  };
}

/**
 * Charges the client for a stored purchase, and stores the outcome. Repeatable: the purchase's id is the key of its invoice.
 *
 * `isNew`: it was not tried before. `also`: writes what follows from the outcome in the transaction that stores it.
 *
 * @throws SluiceError of the billing system; a refused charge ends the purchase once none of its invoices is left to be paid, any other leaves it pending.
 * None where an earlier attempt's invoice turns out to be paid.
 */
export async function chargePurchase(
  context: Context,
  fences: HeldLease[],
  row: PurchaseRecord,
  { isNew = false, also }: { isNew?: boolean; also?: Following | undefined } = {},
): Promise<PurchaseRecord> {
  const billing = await context.billing();
  // A refusal is the error of its service.
  try {
    const charged = await charge(billing, await toRequest(context, row, billing), context.deps.signal);
    return await changePurchase(context, fences, { row, change: afterCharge(row, charged, context.now()) }, also);
  } catch (error) {
    // An earlier attempt may have charged a client who was merged into another one since: it is not known then.
    const isNobody = isNew && error instanceof SluiceError && error.code === 'unknown_client';
    if (isNobody) await changePurchase(context, fences, { row, change: { status: 'failed' } });
    else if (isRefusal(error)) {
      // The invoice of an earlier attempt is cancelled first: where that is not known to be done, the purchase stays open.
      const ended = await storeShown(context, fences, { row, cancels: 'any' }, ifPaid(also)).catch(nullIfSluice);
      if (ended?.status === 'paid') return ended;
    }
    throw error;
  }
}

/** Returns since when a purchase may have its invoice: that of an automatic one may be older than its row, in a restored store. */
async function findSince({ store }: Context, row: PurchaseRecord): Promise<string> {
  const { actor, at } = row;
  if (actor !== 'auto') return at;
  const cycle = await findCycle(store, row);
  return cycle === undefined || cycle.start > at ? at : cycle.start;
}

async function toRequest(context: Context, row: PurchaseRecord, { clientsPay }: BillingSystem): Promise<ChargeRequest> {
  const { id, price, currency, taxed, actor } = row;
  const service = await context.store.services.get(row.service);
  return {
    key: id,
    client: row.client ?? '',
    description: purchaseLine(context.config, row, service?.client === row.client ? service : null),
    amount: price,
    currency,
    taxed,
    since: await findSince(context, row),
    whenShort: actor === 'manual' && clientsPay ? 'leave-open' : 'refuse',
  };
}

function afterCharge(row: PurchaseRecord, charged: Charge, now: string): PurchaseChange {
  if (charged.state === 'short') return { status: 'failed', charged: charged.needed };
  return afterInvoice(row, charged.invoice, now);
}

/** Returns what an invoice says about its purchase. */
export function afterInvoice(row: PurchaseRecord, found: Invoice, now: string): PurchaseChange {
  const { id: invoice, status, total, currency } = found;
  // The total of an invoice with other lines is not the price of the purchase.
  const isPrice = isOnlyLine(found, row.id) && currency === row.currency;
  const known = isPrice ? { invoice, charged: total } : { invoice };
  if (status === 'paid') return { ...known, status, paidAt: now };
  if (status === 'cancelled') return { ...known, status };
  if (status === 'refunded') return { ...known, status, refundedAt: now };
  return known;
}

/** Stores a change of a purchase, since when one is cancelled, and `also` what follows from the change; returns its row. */
export async function changePurchase(
  context: Context,
  fences: HeldLease[],
  { row, change }: { row: PurchaseRecord; change: PurchaseChange },
  also?: Following,
): Promise<PurchaseRecord> {
  return storePurchase(context, fences, { row, change }, async (tables, after) => {
    const { conditions } = tables;
    const key = cancelledKey(row.id);
    if (after.status === row.status) return undefined;
    if (after.status === 'cancelled') await conditions.put({ key, since: context.now(), runs: 1, details: null });
    if (row.status === 'cancelled') await conditions.end(key);
    return also?.(tables, after);
  });
}

/**
 * Stores what the invoice of a purchase shows now, where that changed. `cancels`: which one of its own that is open is cancelled first.
 */
export async function storeShown(
  context: Context,
  fences: HeldLease[],
  { row, cancels }: { row: PurchaseRecord; cancels: 'any' | 'draft' | 'none' },
  also?: Following,
): Promise<PurchaseRecord> {
  const shown = await findInvoice(context, row);
  const found = cancels === 'any' || cancels === shown?.status ? await cancelOwn(context, row, shown) : shown;
  const change = found === null ? withoutInvoice(row) : afterInvoice(row, found, context.now());
  return storeState(context, fences, { row, change }, also);
}

/** Returns what becomes of a purchase whose invoice can't be found: a paid one stays paid. */
export function withoutInvoice({ status, invoice }: PurchaseRecord): PurchaseChange {
  return { status: status === 'paid' ? status : invoice === null ? 'failed' : 'cancelled' };
}

/** Stores the state and the invoice of a purchase as the billing system shows them, where they changed. */
export async function storeState(
  ...[context, fences, { row, change }, also]: Parameters<typeof changePurchase>
): Promise<PurchaseRecord> {
  const isSame = (change.status ?? row.status) === row.status && (change.invoice ?? row.invoice) === row.invoice;
  return isSame ? row : changePurchase(context, fences, { row, change }, also);
}

/** Returns the error of a service whose purchase is still open: the next run asks again. */
export function toProblem(error: unknown): ItemError {
  const { code, message } = toItemError(error);
  return isRefusal(error) || code === MOVED ? { code, message } : { code: 'billing_unavailable', message };
}

function nullIfSluice(error: unknown): null {
  if (error instanceof SluiceError) return null;
  throw error;
}

const REFUSALS = ['unknown_client', 'client_closed', 'currency_mismatch', 'bad_amount', 'invoice_closed'];

/** Returns whether the billing system refused, so that nothing was made and a repetition would be refused too. */
export function isRefusal(error: unknown): boolean {
  return error instanceof SluiceError && REFUSALS.includes(error.code);
}
