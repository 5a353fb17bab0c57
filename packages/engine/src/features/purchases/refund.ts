import type { Invoice } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney, subtractMoney } from '@sluice/quota-core';
import type { HeldLease, PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { attempt, isSentLately } from '../billing/attempt.js';
import { dueRefundKey, endRefund, mergedRefundKey } from '../billing/missing-key.js';
import { changePurchase, isRefusal } from './charge.js';
import { findInvoice } from './find-invoice.js';
import { isRefunding } from '../billing/refund-state.js';
import { type Following, type PurchaseChange, storePurchase } from './store-purchase.js';

/** Refuses, by throwing, what may not begin. */
type Refuse = (tables: StoreTables) => Promise<void>;

/** How a refund is sent. */
interface RefundHow {
  /** A person knows that one that was sent before a merge of clients was not made; without it that one is only searched for. */
  resend: boolean;
  /** It begins now: of a client who is not in the billing system it is refused, and does not wait. */
  isNew?: boolean;
  /** Throws in the transaction before it is sent where it may not be sent. */
  refuse?: Refuse;
  /** Writes what follows from it once it is made, in the transaction that stores that. */
  also?: Following | undefined;
}

/**
 * Returns what was paid for a purchase to its client as credit, once, and stores that it was confirmed.
 *
 * @throws SluiceError `outcome_unknown` while it is not known whether an earlier attempt was made; a refused refund leaves the purchase
 *   paid, any other error leaves it to the next run
 */
export async function refundPurchase(
  context: Context,
  fences: HeldLease[],
  row: PurchaseRecord,
  how: RefundHow = { resend: false },
): Promise<PurchaseRecord> {
  const found = row.invoice === null ? null : await findInvoice(context, row);
  // Nothing was charged without an invoice, and what a person has returned is not returned again.
  const isDue = row.invoice !== null && found?.status !== 'refunded';
  if (isDue) await send(context, fences, { row, found, how });
  return end(context, fences, { row, change: { refundedAt: context.now(), refundSentAt: null } }, how.also);
}

/** Stores that the price of a purchase is to be returned, before it is. */
export async function beginRefund(
  context: Context,
  fences: HeldLease[],
  row: PurchaseRecord,
  { known = {}, refuse }: { known?: PurchaseChange; refuse?: Refuse } = {},
): Promise<PurchaseRecord> {
  const change = { ...known, status: 'refunded' } as const;
  return storePurchase(context, fences, { row, change }, async (tables) => {
    await refuse?.(tables);
    await tables.conditions.put({ key: dueRefundKey(row.id), since: context.now(), runs: 1, details: null });
    return undefined;
  });
}

/** Stores how a refund ended. */
async function end(
  context: Context,
  fences: HeldLease[],
  { row, change }: { row: PurchaseRecord; change: PurchaseChange },
  also?: Following,
): Promise<PurchaseRecord> {
  return storePurchase(context, fences, { row, change }, async (tables, after) => {
    await endRefund(tables, row.id);
    return also?.(tables, after);
  });
}

/** A refund to send. */
interface Sending {
  row: PurchaseRecord;
  found: Invoice | null;
  how: RefundHow;
}

async function send(context: Context, fences: HeldLease[], { row, found, how }: Sending): Promise<void> {
  const { id, currency } = row;
  const billing = await context.billing();
  const request = {
    key: `refund:${id}`,
    charge: id,
    client: row.client ?? found?.client ?? '',
    amount: found === null ? (row.charged ?? row.price) : toPaid(found),
    currency,
  };
  await attempt({
    begin: () => storeSent(context, fences, row, how),
    send: (sending) =>
      billing.refund(found?.id ?? row.invoice ?? '', request, { signal: context.deps.signal, sending }),
    async unknown(error) {
      // Counted from when its call was given up.
      await changePurchase(context, fences, { row, change: { refundSentAt: context.now() } });
      throw error;
    },
    async refused(error, isSent) {
      if (!isSent) return refuse(context, fences, { row, how }, error);
      await changePurchase(context, fences, { row, change: { refundSentAt: null } });
      return error;
    },
  });
}

/** Returns what was paid on an invoice, at most its total. */
function toPaid({ total, balance }: Invoice): string {
  if (balance.startsWith('-')) return total;
  const paid = subtractMoney(total, balance);
  return compareMoney(paid, '0') < 0 ? subtractMoney(total, total) : paid;
}

/** Stores that a refund is being sent. Refuses while an earlier one may still be made, and while another run sends it. */
async function storeSent(
  context: Context,
  fences: HeldLease[],
  row: PurchaseRecord,
  { resend, refuse }: RefundHow,
): Promise<void> {
  await context.write(fences, async (tables) => {
    const { purchases, conditions } = tables;
    await refuse?.(tables);
    const key = mergedRefundKey(row.id);
    if (!resend && (await conditions.get(key)) !== null) throw inDoubt(row, OF_MERGED);
    await conditions.end(key);
    const stored = await purchases.get(row.id);
    const isSame = stored !== null && stored.status === row.status && isRefunding(stored);
    if (!isSame || stored.refundSentAt !== row.refundSentAt || isSentLately(context, row.refundSentAt))
      throw inDoubt(stored ?? row, whyNot(context, row));
    await purchases.update(row.id, { refundSentAt: context.now() });
  });
}

/**
 * Ends a refund that is refused: the purchase stays paid, or ends where it never counted. What says nothing of a refund ends none: the
 * log of a client who is not there any more is another client's, after a merge. Returns the error.
 */
async function refuse(
  context: Context,
  fences: HeldLease[],
  { row, how }: Pick<Sending, 'row' | 'how'>,
  error: SluiceError,
): Promise<SluiceError> {
  const { kind, code, message, cause, details } = error;
  if (!isRefusal(error) && code !== 'unknown_invoice') return error;
  const isOfMerged = !how.resend && (await context.store.conditions.get(mergedRefundKey(row.id))) !== null;
  if (isOfMerged) return inDoubt(row, OF_MERGED);
  if (code === 'unknown_client' && how.isNew !== true)
    return row.refundSentAt === null ? waiting(row, error) : inDoubt(row, ` ${message}`);
  if (isSentLately(context, row.refundSentAt)) return inDoubt(row, whyNot(context, row));
  const counted = row.paidAt !== null;
  await end(context, fences, { row, change: { status: counted ? 'paid' : 'cancelled', refundSentAt: null } });
  const reason = message.replace(/[.;:]?$/, '.');
  const after = counted ? 'the purchase stays paid' : 'return it by hand';
  const outcome = `The price of purchase ${row.id} was not returned; ${after}.`;
  return new SluiceError(code, `${reason} ${outcome}`, { kind, cause, details: { ...details, purchase: row.id } });
}

/** Whether a refund waits for a person: its purchase does not count, and its service is decided as if it were made. */
export function waitsForPerson({ status }: Pick<PurchaseRecord, 'status'>, { code, details }: SluiceError): boolean {
  return status === 'refunded' && (code === 'unknown_client' || details['waits'] === true);
}

const OF_MERGED =
  ' its client was merged into another one since, whose credit log does not show it. Where it was not made, cancel the purchase with its refund again.';

const OF_FAST_CLOCK =
  ' the clock was ahead then. Where it was not made, return the price in the billing system and set the invoice to Refunded there.';

/** Returns why a refund waits longer than a call can last; empty where it does not. */
function whyNot(context: Context, { refundSentAt }: PurchaseRecord): string {
  return refundSentAt !== null && refundSentAt > context.now() ? OF_FAST_CLOCK : '';
}

function waiting({ id }: PurchaseRecord, { kind, code, message, cause, details }: SluiceError): SluiceError {
  const reason = message.replace(/[.;:]?$/, '.');
  const what = `The price of purchase ${id} is not returned yet.`;
  return new SluiceError(code, `${reason} ${what}`, {
    kind,
    cause,
    details: { ...details, purchase: id, waits: true },
  });
}

function inDoubt({ id, refundSentAt }: PurchaseRecord, why = ''): SluiceError {
  const sent = refundSentAt === null ? 'is being sent' : `was sent at ${refundSentAt}`;
  const next = why === '' ? '; the next run finds it out.' : `:${why}`;
  const message = `The refund of purchase ${id} ${sent}, and it is not known yet whether it was made. It was not sent again${next}`;
  const details = { purchase: id, ...(why !== '' && { waits: true }) };
  return new SluiceError('outcome_unknown', message, { kind: 'billing', details });
}
