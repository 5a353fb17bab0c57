import { addMoney, compareMoney, formatMoney, lineMarker, negateMoney, subtractMoney } from '@sluice/quota-core';
import {
  type Charge,
  type ChargeRequest,
  type Credit,
  type Invoice,
  type InvoiceLine,
  isOnlyLine,
  type RefundRequest,
  SluiceError,
} from '@sluice/panel-kind';
import type { InvoiceRecord, StoreTables } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { isKnownClient, toAccount } from './known-client.js';
import { checkCurrency, toAmount } from './money.js';
import { refuseOtherCurrency } from './refusals.js';

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
  const { client, currency, status, total } = await requireInvoice(tables, id);
  const lines = (await tables.invoices.lines([id])).map(({ key, description, amount }) => {
    return { description, amount, markers: [lineMarker(key)] };
  });
  return { id, client, currency, status, total, balance: toBalance({ currency, status, total }), lines };
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

/** Makes an invoice and pays it from credit, or continues an earlier attempt. */
export async function charge(tables: StoreTables, request: ChargeRequest, booking: Booking): Promise<Charge> {
  const { key, client, currency, description } = request;
  checkCurrency(currency);
  const amount = toAmount(request.amount, currency);
  const known = await tables.invoices.findLine(key);
  if (known !== null) return resume(tables, await requireInvoice(tables, known.invoice), request, booking);
  const credit = await readCredit(tables, client);
  refuseOtherCurrency(credit, currency);
  const isShort = compareMoney(credit.balance, amount) < 0;
  if (isShort && request.whenShort === 'refuse') return { state: 'short', needed: amount, credit };
  const id = booking.id('inv');
  await tables.invoices.open({ id, client, currency, createdAt: booking.now });
  await tables.invoices.addLine({ key, invoice: id, description, amount, at: booking.now });
  if (!isShort) await payInvoice(tables, await requireInvoice(tables, id), booking);
  return { state: isShort ? 'open' : 'paid', invoice: await readInvoice(tables, id) };
}

/** Continues a charge whose invoice exists. */
async function resume(
  tables: StoreTables,
  invoice: InvoiceRecord,
  { client, currency, key, whenShort }: ChargeRequest,
  booking: Booking,
): Promise<Charge> {
  const { id } = invoice;
  if (invoice.client !== client || invoice.currency !== currency) throw keyUsed(key, id);
  const answer = async (): Promise<Charge> => {
    const now = await readInvoice(tables, id);
    if (now.status === 'draft') throw new Error('the ledger has no drafts');
    return { state: now.status, invoice: now };
  };
  if (invoice.status !== 'open' || !isOnlyLine(await readInvoice(tables, id), key)) return answer();
  const credit = await readCredit(tables, client);
  refuseOtherCurrency(credit, currency);
  if (compareMoney(credit.balance, invoice.total) >= 0) await payInvoice(tables, invoice, booking);
  else if (whenShort === 'refuse') {
    await cancelInvoice(tables, id, booking);
    return { state: 'short', needed: invoice.total, credit };
  }
  return answer();
}

/** Pays an open invoice from the credit of its client, which must cover it. */
export async function payInvoice(tables: StoreTables, invoice: InvoiceRecord, booking: Booking): Promise<void> {
  const { id, client, currency, total } = invoice;
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

function keyUsed(key: string, invoice: string): SluiceError {
  return new SluiceError('ref_used', `"${key}" belongs to invoice "${invoice}"; nothing was changed`, {
    details: { ref: key, invoice },
  });
}

/** Adds a line to an open invoice, once per key; returns the invoice. */
export async function addLine(
  tables: StoreTables,
  id: string,
  line: Omit<InvoiceLine, 'taxed'>,
  { now }: Booking,
): Promise<Invoice> {
  const { key, description } = line;
  const { status, currency } = await requireInvoice(tables, id);
  const known = await tables.invoices.findLine(key);
  if (known !== null && known.invoice !== id) throw keyUsed(key, known.invoice);
  if (known === null) {
    if (status !== 'open') throw invoiceClosed(id, status);
    const amount = toAmount(line.amount, currency);
    await tables.invoices.addLine({ key, invoice: id, description, amount, at: now });
  }
  return readInvoice(tables, id);
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
