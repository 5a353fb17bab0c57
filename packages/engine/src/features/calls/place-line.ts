import { type CallBilling, type CallInvoice, type CallLine, SluiceError } from '@sluice/panel-kind';
import type { CallBillRecord } from '@sluice/state-store';
import { nullIfUnknown } from '../billing/refusals.js';
import { isAskerEnded } from '../../context/asker.js';
import type { Context } from '../../context/context.js';
import type { Billed } from './bill-until-ended.js';
import { keptNote } from './bill-refusals.js';
import { beginSending, changeBill, failBill, type HeldBill } from './change-bill.js';
import { isInDoubt } from './due.js';
import { findOnly, type Found, refusal } from './find-only.js';
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
/** A line that was sent is not sent again before. */
const RESEND_AFTER_MS = 10 * 60_000;
const READ_BACKS = 3;
const READ_BACK_MS = 2_000;
/** Refusals after which the line is there. */
const SEEN = ['amount_differs', 'bill_doubled'];

/**
 * Makes sure that the line of a bill is on one invoice once, and stores it as confirmed. Every step begins from what the
 * billing system shows, and a line that may have been sent is never sent again by itself.
 *
 * @throws SluiceError `outcome_unknown` while that is not known; `bill_doubled`, `amount_differs`, `invoice_closed`,
 *   `wrong_invoice`, `currency_mismatch`, `other_writer`, `period_overlaps` that need a person; nothing was changed by those;
 *   `billed_before`: the next run bills what is left
 */
export async function placeLine(context: Context, placing: Placing): Promise<{ bill: CallBillRecord; added: boolean }> {
  const { calls } = await context.billing();
  const line = toLine(placing.bill);
  const invoices = await search(context, calls, placing);
  const found = findOnly(invoices, line);
  if (found !== null) return { bill: await confirm(context, calls, placing, found), added: false };
  refuseDoubt(context, calls, placing);
  await takeBilledBefore(context, placing, invoices);
  const target = choose(calls, placing, invoices);
  if (target !== null) refuseOtherWriter(calls.settings().lookFor, target);
  else calls.settings();
  const sent = { ...placing };
  const there = await send(context, calls, sent, target).catch((error: unknown) =>
    findAfterFailure(context, calls, sent, error),
  );
  // Until it is confirmed the bill stays in doubt: the next run finds the line.
  return { bill: await confirm(context, calls, sent, there), added: true };
}

/** Sends the line; the bill of `placing` is stored as `sending` right before. */
async function send(
  context: Context,
  calls: CallBilling,
  placing: Placing,
  target: CallInvoice | null,
): Promise<Found> {
  const { client, bill } = placing;
  const line = toLine(bill);
  const how = {
    signal: context.deps.signal,
    sending: async () => {
      placing.bill = await beginSending(context, placing, target?.id ?? null);
    },
  };
  const after =
    target === null
      ? await calls.open({ client, currency: bill.currency, line, since: daysAgo(context, 1) }, how)
      : await calls.addLine(target.id, line, how);
  const found = findOnly([after], line);
  if (found === null) throw unknown(bill, 'the answer does not have it');
  return found;
}

/** Stores what a failed attempt ended with; returns the line where it is found after all. */
async function findAfterFailure(
  context: Context,
  calls: CallBilling,
  placing: Placing,
  error: unknown,
): Promise<Found> {
  if (!(error instanceof SluiceError) || isAskerEnded(error) || error.kind === 'store' || error.kind === 'internal')
    throw error;
  if (SEEN.includes(error.code)) throw error;
  const { bill } = placing;
  if (error.code !== 'outcome_unknown') {
    // Refused before a change was made: the next run begins again.
    await failBill(context, placing, keptNote(bill) ?? error.message);
    throw error;
  }
  for (let attempt = 0; attempt < READ_BACKS && !context.deps.signal.aborted; attempt += 1) {
    await context.deps.clock.sleep(READ_BACK_MS, context.deps.signal);
    const found = findOnly(await search(context, calls, placing).catch(() => []), toLine(bill));
    if (found !== null) return found;
  }
  await changeBill(context, placing, { state: 'unknown', note: error.message });
  throw error;
}

/** Stores a bill whose line is there; a draft that was made for it is shown to the client first. */
async function confirm(
  context: Context,
  calls: CallBilling,
  placing: Placing,
  { invoice }: Found,
): Promise<CallBillRecord> {
  const isOwnDraft = invoice.status === 'draft' && invoice.lines.every(({ markers }) => markers.length > 0);
  if (isOwnDraft) await calls.publish(invoice.id, context.deps.signal);
  return changeBill(context, placing, {
    state: 'confirmed',
    invoice: invoice.id,
    note: null,
    endedAt: context.now(),
  });
}

/** The line as it is sent: the stored text and amount, also on a repeat. */
function toLine({ key, description, amount }: CallBillRecord): CallLine {
  return { key, description, amount };
}

/** Reads the invoices that may have the line. */
async function search(
  context: Context,
  calls: CallBilling,
  { client, invoice, bill }: Placing,
): Promise<CallInvoice[]> {
  const { signal } = context.deps;
  const found = await calls.invoices({ client, since: searchedSince(context, bill) }, signal);
  for (const id of new Set([invoice, bill.invoice])) {
    if (id === null || found.some((one) => one.id === id)) continue;
    const read = calls.invoice(id, signal);
    // Where the line was may be deleted; what the operator named may not.
    const one = id === invoice ? await read : await read.catch(nullIfUnknown);
    if (one !== null) found.push(one);
  }
  return found;
}

/** An invoice that was made for the line may be as old as its bill. */
function searchedSince(context: Context, { sentAt }: CallBillRecord): string {
  const since = daysAgo(context, SEARCHED_DAYS);
  if (sentAt === null) return since;
  const sent = new Date(Date.parse(sentAt) - DAY_MS).toISOString().slice(0, 10);
  return sent < since ? sent : since;
}

function daysAgo({ deps }: Context, days: number): string {
  return new Date(deps.clock.now() - days * DAY_MS).toISOString().slice(0, 10);
}

function unknown({ id }: CallBillRecord, why: string): SluiceError {
  return new SluiceError('outcome_unknown', `It is not known whether the line of bill ${id} was added: ${why}`, {
    kind: 'billing',
    details: { bill: id },
  });
}

/** Refuses to send a line again that may have been sent and may still come. */
function refuseDoubt(context: Context, { isTransactional }: CallBilling, { bill, resend }: Placing): void {
  if (!isInDoubt(bill) || isTransactional) return;
  const sentMs = Date.parse(bill.sentAt ?? context.now());
  const isLongAgo = context.deps.clock.now() - sentMs >= RESEND_AFTER_MS;
  if (resend && isLongAgo) return;
  throw unknown(
    bill,
    resend
      ? 'it was sent less than 10 minutes ago'
      : 'it was sent, and no invoice has it; it is sent again only on request',
  );
}

/** Returns the invoice for the line; null where one has to be made. */
function choose(calls: CallBilling, placing: Placing, invoices: readonly CallInvoice[]): CallInvoice | null {
  const { invoice: named, service, client, bill } = placing;
  const own = calls.serviceRef === null ? null : (service.refs[calls.serviceRef] ?? '');
  const holds = (one: CallInvoice): boolean => own === null || one.lines.some((line) => line.service === own);
  const fits = (one: CallInvoice): boolean => one.acceptsLines && one.client === client && holds(one);
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

function isPayable({ status }: CallInvoice): boolean {
  return status === 'draft' || status === 'open';
}

function refuseCurrency(invoice: CallInvoice, { currency }: CallBillRecord): void {
  if (invoice.currency === currency) return;
  const message = `Invoice ${invoice.id} is in ${invoice.currency}, and the calls are in ${currency}`;
  throw refusal('currency_mismatch', message, { invoice });
}

/** Refuses an invoice that has lines which may be another writer's consumption. */
function refuseOtherWriter(words: readonly string[], invoice: CallInvoice): void {
  const other = invoice.lines.find(
    ({ description, generated, markers }) =>
      !generated && markers.length === 0 && words.some((word) => fold(description).includes(word)),
  );
  if (other === undefined) return;
  throw refusal(
    'other_writer',
    `Line ${other.id} of invoice ${invoice.id} may be calls that another writer has added`,
    { invoice },
    { line: other.id },
  );
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
