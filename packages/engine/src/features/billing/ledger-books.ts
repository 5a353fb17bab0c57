import {
  type Charge,
  type Credit,
  type Invoice,
  isOnlyLine,
  type LineSearch,
  type NewLine,
  type OwnInvoice,
  type Payment,
  type RefundRequest,
} from '@sluice/contract/ports';
import { addMoney, compareMoney, formatMoney, lineMarker, negateMoney, subtractMoney } from '@sluice/quota-core';
import { SluiceError } from '@sluice/panel-kind';
import type { InvoiceRecord, StoreTables } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { isKnownClient, toAccount } from './known-client.js';
import { checkCurrency, toAmount } from './money.js';
import { keyUsed, noCredit, refuseOtherCurrency } from './refusals.js';

/** What every booking needs besides the tables. */
export interface Booking {
  now: string;
  id: (prefix: string) => string;
  actor: string;
}

/** Returns the credit of a known client. */
export async function readCredit(tables: StoreTables, client: string): Promise<Credit> {
  const [entry] = await tables.ledger.balances(toAccount(client));
  if (entry !== undefined) return { client, currency: entry.currency, balance: entry.balance };
  if (await isKnownClient(tables, client)) return { client, currency: null, balance: '0' };
  throw notFound('unknown_client', `There is no client "${client}": no service and no booking names it`, { client });
}

/** Returns an invoice as the billing port shows it. */
export async function readInvoice(tables: StoreTables, id: string): Promise<Invoice> {
  const { client, currency, status, total, createdAt } = await requireInvoice(tables, id);
  const lines = (await tables.invoices.lines([id])).map(({ key, description, amount }) => {
    return { id: key, description, amount, service: null, generated: false, markers: [lineMarker(key)] };
  });
  const balance = toBalance({ currency, status, total });
  const acceptsLines = status === 'open';
  return { id, client, currency, status, date: createdAt, acceptsLines, total, balance, lines };
}

/** Returns the invoices that may have a line, the newest first. */
export async function findInvoices(tables: StoreTables, { client, since, key }: LineSearch): Promise<Invoice[]> {
  if (key !== undefined) {
    const line = await tables.invoices.findLine(key);
    return line === null ? [] : [await readInvoice(tables, line.invoice)];
  }
  const rows = await tables.invoices.list({ client });
  const wanted = rows.filter(({ createdAt, status }) => status === 'open' || createdAt.slice(0, 10) >= since);
  const found: Invoice[] = [];
  for (const { id } of wanted.reverse()) found.push(await readInvoice(tables, id));
  return found;
}

/** Refuses an invoice that does not have the line with this key alone. */
export function requireOnlyLine(invoice: Invoice, key: string): void {
  if (isOnlyLine(invoice, key)) return;
  const message = `Invoice "${invoice.id}" does not have the line of "${key}" alone; nothing was changed`;
  throw new SluiceError('invoice_closed', message, { details: { invoice: invoice.id } });
}

/** Returns what is left to pay of an invoice. */
export function toBalance({ status, total, currency }: Pick<InvoiceRecord, 'status' | 'total' | 'currency'>): string {
  return status === 'open' ? total : toAmount('0', currency);
}

/** Returns the record of an invoice. */
export async function requireInvoice(tables: StoreTables, id: string): Promise<InvoiceRecord> {
  const invoice = await tables.invoices.get(id);
  if (invoice !== null) return invoice;
  throw notFound('unknown_invoice', `There is no invoice "${id}"`, { invoice: id });
}

/** Puts a line on an open invoice or on one of its own, once per key; returns the invoice that has it. */
export async function putLine(
  tables: StoreTables,
  line: Pick<NewLine, 'key' | 'description' | 'amount'>,
  into: Invoice | OwnInvoice,
  booking: Booking,
): Promise<Invoice> {
  const { key, description } = line;
  const { client, currency } = into;
  checkCurrency(currency);
  const amount = toAmount(line.amount, currency);
  const known = await tables.invoices.findLine(key);
  if (known !== null) {
    if ('id' in into && known.invoice !== into.id) throw keyUsed(key, known.invoice);
    return readInvoice(tables, known.invoice);
  }
  // The client may have got another currency since the invoice was opened.
  refuseOtherCurrency(await readCredit(tables, client), currency);
  const id = 'id' in into ? into.id : booking.id('inv');
  if (!('id' in into)) await tables.invoices.open({ id, client, currency, createdAt: booking.now });
  const { status } = await requireInvoice(tables, id);
  if (status !== 'open') throw invoiceClosed(id, status);
  await tables.invoices.addLine({ key, invoice: id, description, amount, at: booking.now });
  if ('pay' in into && into.pay !== null) {
    const short = await payInvoice(tables, id, booking);
    if (short !== null && into.pay === 'refuse')
      throw noCredit({ client, what: 'it', amount, currency }, short.balance);
  }
  return readInvoice(tables, id);
}

/** Pays the invoice of a line from credit where that covers it. */
export async function payLine(
  tables: StoreTables,
  id: string,
  { key, whenShort }: Payment,
  booking: Booking,
): Promise<Charge> {
  const before = await readInvoice(tables, id);
  if (before.status === 'open' && isOnlyLine(before, key)) {
    const short = await payInvoice(tables, id, booking);
    if (short !== null && whenShort === 'refuse') {
      await cancelInvoice(tables, id, booking);
      return { state: 'short', needed: before.total, credit: short };
    }
  }
  const invoice = await readInvoice(tables, id);
  if (invoice.status === 'draft') throw new Error('the ledger has no drafts');
  return { state: invoice.status, invoice };
}

/** Pays an open invoice from the credit of its client; returns that, and pays nothing, where it does not cover the invoice. */
export async function payInvoice(tables: StoreTables, id: string, booking: Booking): Promise<Credit | null> {
  const { client, currency, total } = await requireInvoice(tables, id);
  const credit = await readCredit(tables, client);
  refuseOtherCurrency(credit, currency);
  if (compareMoney(credit.balance, total) < 0) return credit;
  if (compareMoney(total, '0') !== 0) {
    const row = { id: booking.id('bk'), kind: 'payment', ref: id, invoice: id, note: null } as const;
    const booked = await tables.ledger.book(
      { ...row, description: `Invoice ${id}`, at: booking.now, actor: booking.actor },
      [
        { account: toAccount(client), currency, amount: negateMoney(total) },
        { account: 'income', currency, amount: total },
      ],
    );
    if (booked === null) throw new Error(`invoice ${id} was paid before`);
  }
  await tables.invoices.update(id, { status: 'paid', paidAt: booking.now });
  return null;
}

/** Cancels an open invoice; returns false for one that is cancelled. */
export async function cancelInvoice(tables: StoreTables, id: string, { now }: Booking): Promise<boolean> {
  const { status } = await requireInvoice(tables, id);
  if (status === 'cancelled') return false;
  if (status !== 'open') throw invoiceClosed(id, status);
  await tables.invoices.update(id, { status: 'cancelled', closedAt: now });
  return true;
}

/** Returns the error for an invoice that can't be changed any more. */
export function invoiceClosed(id: string, status: string): SluiceError {
  return new SluiceError('invoice_closed', `Invoice "${id}" is ${status}; nothing was changed`, {
    details: { invoice: id, status },
  });
}

/** Returns an amount of a paid invoice to its client, once per key; returns the credit then. */
export async function refund(
  tables: StoreTables,
  id: string,
  request: RefundRequest,
  booking: Booking,
): Promise<Credit> {
  const { key } = request;
  const { client, currency, total, status } = await requireInvoice(tables, id);
  const known = await tables.ledger.find('refund', key);
  if (known !== null) {
    if (known.booking.invoice !== id) throw keyUsed(key, known.booking.invoice ?? '');
    return readCredit(tables, client);
  }
  if (status !== 'paid') throw invoiceClosed(id, status);
  requireOnlyLine(await readInvoice(tables, id), request.charge);
  refuseOtherCurrency({ client, currency, balance: '0' }, request.currency);
  const amount = toAmount(request.amount, currency);
  const left = subtractMoney(await creditTaken(tables, id), amount);
  if (left.startsWith('-')) {
    const message = `Of invoice "${id}" (${formatMoney(total, currency)}) less than ${formatMoney(amount, currency)} is left to be returned`;
    throw new SluiceError('invoice_closed', `${message}; nothing was changed`, { details: { invoice: id, status } });
  }
  if (compareMoney(amount, '0') === 0) return readCredit(tables, client);
  const row = { id: booking.id('bk'), kind: 'refund', ref: key, invoice: id, note: null } as const;
  await tables.ledger.book({ ...row, description: `Refund of invoice ${id}`, at: booking.now, actor: booking.actor }, [
    { account: 'income', currency, amount: negateMoney(amount) },
    { account: toAccount(client), currency, amount },
  ]);
  if (compareMoney(left, '0') === 0) await tables.invoices.update(id, { status: 'refunded', closedAt: booking.now });
  return readCredit(tables, client);
}

/** Returns what was taken for an invoice, less what was returned. */
async function creditTaken(tables: StoreTables, invoice: string): Promise<string> {
  const entries = await tables.ledger.entries({ invoice });
  const income = entries.filter(({ account }) => account === 'income');
  return income.reduce((sum, { amount }) => addMoney(sum, amount), '0');
}
