import { type Charge, type Invoice, isOnlyLine, type Payment } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney, formatMoney } from '@sluice/quota-core';
import type { WhmcsInvoiceChange } from '../index.js';
import { isBookable } from './amounts.js';
import { type Progress, refuseClosed, TITLE, unclear } from './errors.js';
import { isUntouched, toInvoice, type WhmcsBooks } from './whmcs-books.js';

/** More changes than one payment needs, also when others change the invoice and the credit meanwhile. */
const MOST_STEPS = 8;

/**
 * Pays an invoice from credit. Every step begins from what WHMCS shows, so that a repeat continues at any stage
 * (docs/whmcs-api.md#charging-once).
 */
export async function pay(
  books: WhmcsBooks,
  chosen: Invoice,
  { key, amount, whenShort }: Payment,
  progress: Progress,
): Promise<Charge> {
  let invoice = chosen;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { status, total, balance, lines } = invoice;
    if (!invoice.acceptsLines || !isOnlyLine(invoice, key)) return toCharge(invoice);
    const credit = await books.credit(invoice.client, progress);
    refuseClosed(credit);
    const isShort = compareMoney(credit.balance, balance) < 0;
    if (isShort && whenShort === 'refuse' && isUntouched(invoice)) {
      invoice = await change(books, invoice, { status: 'Cancelled' }, progress);
      if (invoice.status === 'cancelled') return { state: 'short', needed: total, credit };
    } else if (status === 'draft') {
      // Publishing succeeds once, so that the mail of an invoice that is left open is sent once, whatever is interrupted.
      const isLeft = isShort && whenShort === 'leave-open';
      invoice = await change(books, invoice, isLeft ? { publishAndSendEmail: true } : { publish: true }, progress);
    } else if (isShort || (compareMoney(balance, '0') === 0 && compareMoney(total, '0') !== 0)) {
      return toCharge(invoice);
    } else if (lines.some((line) => compareMoney(line.amount, amount) !== 0)) {
      throw otherPrice(amount, invoice);
    } else if (compareMoney(total, '0') === 0) {
      // No credit can be applied to it.
      invoice = await change(books, invoice, { status: 'Paid' }, progress);
    } else {
      // Exactly the balance: a second one, completed late, is refused by WHMCS itself.
      if (!isBookable(balance)) throw notPayable(invoice);
      invoice = await change(books, invoice, { applyCredit: balance }, progress);
    }
  }
  throw unclear(`charged client ${invoice.client} with invoice ${invoice.id}`);
}

function otherPrice(amount: string, { id, lines, currency }: Invoice): SluiceError {
  const own = lines.map((line) => line.amount).join(', ');
  const message = `${TITLE} shows a price of ${formatMoney(own, currency)} on invoice ${id}, where ${formatMoney(amount, currency)} was agreed. Correct its line there.`;
  return new SluiceError('billing_unavailable', message, { kind: 'billing', details: { invoice: id } });
}

function notPayable({ id, balance, currency }: Invoice): SluiceError {
  const message = `${TITLE} shows a balance of ${formatMoney(balance, currency)} on invoice ${id}, which no credit can pay exactly. Correct the invoice there.`;
  return new SluiceError('billing_unavailable', message, { kind: 'billing', details: { invoice: id } });
}

function toCharge(invoice: Invoice): Charge {
  const { status } = invoice;
  return { state: status === 'draft' ? 'open' : status, invoice };
}

/**
 * Sends one change of an invoice and reads the invoice afterwards. A change that has no visible effect may still come: it is not
 * sent again in this call. Refused because of another state than the one that was read, the invoice shows that state.
 */
export async function change(
  books: WhmcsBooks,
  before: Invoice,
  what: WhmcsInvoiceChange | { applyCredit: string },
  progress: Progress,
): Promise<Invoice> {
  const { id } = before;
  const result = await ('applyCredit' in what
    ? books.applyCredit(id, what.applyCredit, progress)
    : books.update(id, what, progress));
  const after = toInvoice(await books.read(id, progress), before.currency);
  const isSame = after.status === before.status && compareMoney(after.balance, before.balance) === 0;
  if (isSame && result !== 'refused') throw unclear(`changed invoice ${id}`);
  return after;
}
