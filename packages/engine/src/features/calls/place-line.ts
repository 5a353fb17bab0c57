import type { BillingSystem, Invoice } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { toComparable } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import { isSentLately } from '../billing/attempt.js';
import { dayBefore, readCreditIn } from '../billing/charge.js';
import { place } from '../billing/place.js';
import { nullIfUnknown, refuseClosedClient } from '../billing/refusals.js';
import type { Context } from '../../context/context.js';
import type { Billed } from './bill-until-ended.js';
import { keptNote } from './bill-refusals.js';
import { beginSending, changeBill, failBill, type HeldBill } from './change-bill.js';
import { isInDoubt } from './due.js';
import { findOnly, refusal } from './find-only.js';
import { takeBilledBefore } from './billed-before.js';

/** A bill whose line is to be on an invoice. */
export interface Placing extends HeldBill {
  client: string;
  /** The invoice that the operator named. */
  invoice: string | null;
  /** Send a line again that may have been sent, once it is long enough ago. */
  resend: boolean;
  begin: Billed['begin'];
}

const DAY_MS = 86_400_000;
/** Days of the client's invoices that are searched for a line: three months. */
const SEARCHED_DAYS = 93;
const READ_BACKS = 3;
const READ_BACK_MS = 2_000;
/** Refusals after which the line is there. */
const SEEN = ['amount_differs', 'bill_doubled'];

/**
 * Makes sure that the line of a bill is on one invoice once, and stores it as confirmed. A line that may have been sent is never sent
 * again by itself: it may be on an invoice of others, where no line is deleted.
 *
 * @throws SluiceError `outcome_unknown` while that is not known; `bill_doubled`, `amount_differs`, `invoice_closed`,
 *   `wrong_invoice`, `currency_mismatch`, `other_writer`, `period_overlaps` that need a person; nothing was changed by those;
 *   `billed_before`: the next run bills what is left
 */
export async function placeLine(context: Context, placing: Placing): Promise<{ bill: CallBillRecord; added: boolean }> {
  const billing = await context.billing();
  const { clock, signal } = context.deps;
  const { key, description, amount, currency } = placing.bill;
  const { client } = placing;
  const search = (): Promise<Invoice[]> => readInvoices(context, billing, placing);
  // The bill is stored as `sending` right before its line is sent.
  const sent = { ...placing };
  const pause = (): Promise<void> => clock.sleep(READ_BACK_MS, signal);
  const { invoice, added } = await place(
    {
      ...{ billing, signal, search },
      pick: (invoices) => findOnly(invoices, { key, amount })?.invoice ?? null,
      async choose(invoices) {
        refuseDoubt(context, billing, placing);
        await takeBilledBefore(context, placing, invoices);
        const target = choose(billing, placing, invoices);
        const { taxed, lookFor } = billing.callLines();
        if (target !== null) refuseOtherWriter(lookFor, target);
        refuseClosedClient(await readCreditIn(billing, { client, currency }, signal));
        // The stored text and amount, also on a repeat.
        return { line: { key, description, amount, taxed }, into: target ?? { client, currency, pay: null } };
      },
      async begin(into) {
        sent.bill = await beginSending(context, sent, 'id' in into ? into.id : null);
      },
      pauses: Array.from({ length: READ_BACKS }, () => pause),
      async unknown(error) {
        await changeBill(context, sent, { state: 'unknown', note: error.message });
      },
      async refused(error) {
        // The next run begins again.
        if (!SEEN.includes(error.code)) await failBill(context, sent, keptNote(sent.bill) ?? error.message);
      },
    },
    await search(),
  );
  // Until it is confirmed the bill stays in doubt: the next run finds the line.
  return { bill: await confirm(context, billing, sent, invoice), added };
}

/** Stores a bill whose line is there; a draft that was made for it is shown to the client first. */
async function confirm(
  context: Context,
  billing: BillingSystem,
  placing: Placing,
  invoice: Invoice,
): Promise<CallBillRecord> {
  const isOwnDraft = invoice.status === 'draft' && invoice.lines.every(({ markers }) => markers.length > 0);
  if (isOwnDraft) await billing.publish(invoice, context.deps.signal);
  return changeBill(context, placing, {
    state: 'confirmed',
    invoice: invoice.id,
    note: null,
    endedAt: context.now(),
  });
}

/** Reads the invoices that may have the line. */
async function readInvoices(
  context: Context,
  billing: BillingSystem,
  { client, invoice, bill }: Placing,
): Promise<Invoice[]> {
  const { signal } = context.deps;
  const found = await billing.find({ client, since: searchedSince(context, bill) }, signal);
  for (const id of new Set([invoice, bill.invoice])) {
    if (id === null || found.some((one) => one.id === id)) continue;
    const read = billing.invoice(id, signal);
    // Where the line was may be deleted; what the operator named may not.
    const one = id === invoice ? await read : await read.catch(nullIfUnknown);
    if (one !== null) found.push(one);
  }
  return found;
}

/** An invoice that was made for the line may be as old as its bill. */
function searchedSince({ deps }: Context, { sentAt }: CallBillRecord): string {
  const since = new Date(deps.clock.now() - SEARCHED_DAYS * DAY_MS).toISOString().slice(0, 10);
  const sent = sentAt === null ? since : dayBefore(sentAt);
  return sent < since ? sent : since;
}

function unknown({ id }: CallBillRecord, why: string): SluiceError {
  return new SluiceError('outcome_unknown', `It is not known whether the line of bill ${id} was added: ${why}`, {
    kind: 'billing',
    details: { bill: id },
  });
}

/** Refuses to send a line again that may have been sent and may still come. */
function refuseDoubt(context: Context, { isTransactional }: BillingSystem, { bill, resend }: Placing): void {
  if (!isInDoubt(bill) || isTransactional) return;
  if (resend && !isSentLately(context, bill.sentAt ?? context.now())) return;
  throw unknown(
    bill,
    resend
      ? 'it was sent less than 10 minutes ago'
      : 'it was sent, and no invoice has it; it is sent again only on request',
  );
}

/** Returns the invoice for the line; null where one has to be made. */
function choose(billing: BillingSystem, placing: Placing, invoices: readonly Invoice[]): Invoice | null {
  const { invoice: named, service, client, bill } = placing;
  const own = billing.serviceRef === null ? null : (service.refs[billing.serviceRef] ?? '');
  const holds = (one: Invoice): boolean => own === null || one.lines.some((line) => line.service === own);
  const fits = (one: Invoice): boolean => one.acceptsLines && one.client === client && holds(one);
  if (named === null) {
    // The invoice of the month after the period, else the newest.
    const candidates = invoices.filter((one) => fits(one) && (own !== null || one.currency === bill.currency));
    const later = candidates.filter(({ date }) => date.slice(0, 10) >= bill.end.slice(0, 10));
    const chosen = later.at(-1) ?? candidates[0] ?? null;
    if (chosen !== null) refuseCurrency(chosen, bill);
    return chosen;
  }
  const chosen = invoices.find(({ id }) => id === named);
  if (chosen === undefined) throw new Error(`invoice ${named} was not read`);
  if (chosen.client !== client || !holds(chosen)) {
    throw refusal('wrong_invoice', `Invoice ${named} is not for service "${service.id}"`, { invoice: chosen });
  }
  if (!chosen.acceptsLines) {
    const why = isPayable(chosen) ? 'is being paid or collected' : `is ${chosen.status}`;
    throw refusal('invoice_closed', `Invoice ${named} ${why}`, { invoice: chosen });
  }
  refuseCurrency(chosen, bill);
  return chosen;
}

function isPayable({ status }: Invoice): boolean {
  return status === 'draft' || status === 'open';
}

function refuseCurrency(invoice: Invoice, { currency }: CallBillRecord): void {
  if (invoice.currency === currency) return;
  const message = `Invoice ${invoice.id} is in ${invoice.currency}, and the calls are in ${currency}`;
  throw refusal('currency_mismatch', message, { invoice });
}

/** Refuses an invoice that has lines which may be another writer's consumption. */
function refuseOtherWriter(words: readonly string[], invoice: Invoice): void {
  const other = invoice.lines.find(
    ({ description, generated, markers }) =>
      !generated && markers.length === 0 && words.some((word) => toComparable(description).includes(word)),
  );
  if (other === undefined) return;
  throw refusal(
    'other_writer',
    `Line ${other.id} of invoice ${invoice.id} may be calls that another writer has added`,
    { invoice },
    { line: other.id },
  );
}
