import type { CreditHistory, CreditView, InvoiceView } from '@sluice/contract/documents';
import type { Credit } from '@sluice/contract/ports';
import { printable } from '@sluice/panel-http/printable';
import { compareMoney, formatMoney, negateMoney, withoutMarkers } from '@sluice/quota-core';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { InvoiceRecord, StoreTables } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { readNames } from '../../context/names.js';
import { suggestId, suggestion } from '../../base/suggestion.js';
import {
  type Booking,
  cancelInvoice,
  invoiceClosed,
  payInvoice,
  readCredit,
  requireInvoice,
  toBalance,
} from './ledger-books.js';
import { toAccount } from './known-client.js';
import { checkCurrency, toAmount } from './money.js';
import type { Reader } from '../../context/reader.js';
import { noCredit, refuseOtherCurrency } from './refusals.js';

/** Credit to add. */
export interface CreditRequest {
  /** Plain decimal text above zero, with no more decimals than the currency has. */
  amount: string;
  /** ISO 4217. */
  currency: string;
  /** Identifies the payment: one reference is booked once. */
  ref?: string | undefined;
  /** What the client reads of it; default `Credit`. The note of the call is for operators. */
  description?: string | undefined;
}

/** Refuses calls about the ledger where another system bills. */
function requireLedger({ config }: Context): void {
  const billing: string = config.billing;
  if (billing === 'ledger') return;
  throw new SluiceError('unsupported', `Credit and invoices are in ${billing}: the local ledger is not used`, {
    kind: 'unsupported',
    details: { billing },
  });
}

function toBooking(context: Context): Booking {
  const { now, deps } = { now: context.now(), deps: context.deps };
  return { now, id: (prefix) => context.id(prefix), actor: printable(deps.actor()) };
}

/** Returns the credit of a client in the billing system that the config names; one without credit has the currency of its invoices. */
export async function showCredit(context: Context, client: string): Promise<CreditView> {
  return named(context.store, await findCredit(context, client));
}

async function readNamed(tables: StoreTables, client: string): Promise<CreditView> {
  return named(tables, await readCredit(tables, client));
}

async function named(tables: StoreTables, credit: Credit): Promise<CreditView> {
  const names = await readNames(tables, [credit]);
  return { ...credit, clientName: names.toClient(credit.client) };
}

async function findCredit(context: Context, client: string): Promise<Credit> {
  const billing: string = context.config.billing;
  if (billing !== 'ledger') return (await context.billing()).credit(client, context.deps.signal);
  try {
    const credit = await readCredit(context.store, client);
    if (credit.currency !== null) return credit;
    const newest = (await context.store.invoices.list({ client })).at(-1);
    return { ...credit, currency: newest?.currency ?? null };
  } catch (error) {
    throw await withSimilarClient(context, client, error);
  }
}

/** Adds the most similar client to the error for an unknown one. */
async function withSimilarClient({ store }: Context, client: string, error: unknown): Promise<unknown> {
  if (!(error instanceof SluiceError) || error.code !== 'unknown_client') return error;
  const named = (await store.services.list()).flatMap((service) => service.client ?? []);
  const hint = suggestion(client, [...new Set([...(await store.invoices.clients()), ...named])].slice(0, 2000));
  const { kind, details } = error;
  return new SluiceError(error.code, error.message, { kind, details, hint: hint.length > 200 ? '' : hint });
}

/** Lists the changes of a client's credit, oldest first. */
export async function creditHistory(context: Context, client: string, reader?: Reader): Promise<CreditHistory> {
  const isOperator = reader === undefined;
  requireLedger(context);
  const { clientName } = await showCredit(context, client);
  const booked = await context.store.ledger.entries({ account: toAccount(client) });
  const entries = booked.map(({ amount, balance, currency, of: { id, at, kind, description, note, ref, actor } }) => {
    const own = isOperator ? { note, actor } : { note: null, actor: null };
    return { id, at, amount, balance, currency, kind, description, ref, ...own };
  });
  return { client, clientName, entries };
}

/** Adds credit; `booked` is false where the reference was booked before. */
export async function addCredit(
  context: Context,
  client: string,
  request: CreditRequest,
): Promise<{ credit: CreditView; booked: boolean }> {
  requireLedger(context);
  checkText('client', client);
  if (request.ref !== undefined) checkText('reference', request.ref);
  const { currency, ref = null, description = 'Credit' } = request;
  checkText('description', description);
  checkCurrency(currency);
  const amount = toAmount(request.amount, currency);
  if (compareMoney(amount, '0') === 0) throw usageError('bad_amount', 'The amount is 0; nothing was changed');
  const wanted = { client, amount, currency, ref, description };
  if (await isBooked(context.store, wanted)) return { credit: await readNamed(context.store, client), booked: false };
  return withRun(context, { command: 'credit add', dryRun: false }, (run) => {
    run.totals = { client, amount, currency, ref };
    return run.store(async (tables) => {
      // Another process may have booked it meanwhile.
      const booked = !(await isBooked(tables, wanted)) && (await book(context, tables, wanted));
      return { credit: await readNamed(tables, client), booked };
    });
  });
}

/** A booking of credit. */
interface Wanted {
  client: string;
  amount: string;
  currency: string;
  ref: string | null;
  description: string;
}

/** Returns whether a reference is booked with these figures; refuses one that is booked with others. */
async function isBooked(tables: StoreTables, { client, amount, currency, ref }: Wanted): Promise<boolean> {
  const known = ref === null ? null : await tables.ledger.find('credit', ref);
  if (known === null) return false;
  const entry = known.entries.find(({ account }) => account.startsWith('client:'));
  if (entry?.account === toAccount(client) && entry.currency === currency && compareMoney(entry.amount, amount) === 0)
    return true;
  const what = `${formatMoney(entry?.amount ?? '', entry?.currency ?? '')} for client "${entry?.account.slice(7) ?? ''}"`;
  throw new SluiceError('ref_used', `Reference "${ref ?? ''}" is booked with ${what}; nothing was changed`, {
    details: { ref },
  });
}

async function book(context: Context, tables: StoreTables, wanted: Wanted): Promise<true> {
  const { client, amount, currency, ref, description } = wanted;
  const [before] = await tables.ledger.balances(toAccount(client));
  if (before !== undefined) refuseOtherCurrency({ ...before, client }, currency);
  const { now, id, actor } = toBooking(context);
  const note = context.deps.note === null ? null : printable(context.deps.note);
  await tables.ledger.book({ id: id('bk'), kind: 'credit', ref, invoice: null, description, note, at: now, actor }, [
    { account: toAccount(client), currency, amount },
    { account: 'cash', currency, amount: negateMoney(amount) },
  ]);
  return true;
}

/** Refuses text that can't be shown as it is. */
function checkText(what: string, text: string): void {
  const problem =
    text.trim() === ''
      ? 'is empty'
      : text.length > 100
        ? 'has more than 100 characters'
        : text !== text.trim()
          ? 'begins or ends with a blank'
          : printable(text) !== text
            ? 'contains control characters'
            : null;
  if (problem !== null) throw usageError('bad_credit', `The ${what} ${problem}; nothing was changed`);
}

/** Lists invoices, oldest first. */
export async function listInvoices(context: Context, client?: string): Promise<InvoiceView[]> {
  requireLedger(context);
  const records = await context.store.invoices.list(client === undefined ? {} : { client });
  return toViews(context.store, records);
}

/** Returns an invoice, to a client only its own; the error for an unknown one names the most similar id that the reader may see. */
export async function showInvoice(context: Context, id: string, reader?: Reader): Promise<InvoiceView> {
  requireLedger(context);
  const { invoices } = context.store;
  const invoice = await invoices.get(id);
  if (invoice !== null && (reader === undefined || invoice.client === reader))
    return toReader(await toView(context.store, invoice), reader);
  const known = reader === null ? [] : await invoices.list(reader === undefined ? {} : { client: reader });
  const hint = suggestId(
    id,
    known.map((one) => one.id),
  );
  throw notFound('unknown_invoice', `There is no invoice "${id}"`, { invoice: id }, hint);
}

/** Returns an invoice as its reader sees it: what marks the lines for programs is nothing to clients. */
function toReader(invoice: InvoiceView, reader: Reader): InvoiceView {
  if (reader === undefined) return invoice;
  const lines = invoice.lines.map((line) => ({ ...line, description: withoutMarkers(line.description) }));
  return { ...invoice, lines };
}

/** Pays an open invoice from the credit of its client; `changed` is false for one that is paid. */
export async function payFromCredit(
  context: Context,
  id: string,
  reader?: Reader,
): Promise<{ invoice: InvoiceView; credit: CreditView; changed: boolean }> {
  const before = await showInvoice(context, id, reader);
  const { client } = before;
  if (before.status === 'paid') {
    return { invoice: before, credit: await readNamed(context.store, client), changed: false };
  }
  return withRun(context, { command: 'invoice pay', dryRun: false }, (run) => {
    run.totals = { invoice: id, client };
    return run.store(async (tables) => {
      const record = await requireInvoice(tables, id);
      const changed = record.status !== 'paid';
      if (changed) await requirePayment(tables, record, toBooking(context));
      const credit = await readNamed(tables, client);
      const paid = toReader(await toView(tables, await requireInvoice(tables, id)), reader);
      return { invoice: paid, credit, changed };
    });
  });
}

async function requirePayment(tables: StoreTables, invoice: InvoiceRecord, booking: Booking): Promise<void> {
  const { id, client, currency, total, status } = invoice;
  if (status !== 'open') throw invoiceClosed(id, status);
  const short = await payInvoice(tables, id, booking);
  if (short !== null) throw noCredit({ client, what: `invoice "${id}"`, amount: total, currency }, short.balance);
}

/** Cancels an open invoice; `changed` is false for one that is cancelled. */
export async function cancelOpenInvoice(
  context: Context,
  id: string,
): Promise<{ invoice: InvoiceView; changed: boolean }> {
  const before = await showInvoice(context, id);
  if (before.status === 'cancelled') return { invoice: before, changed: false };
  return withRun(context, { command: 'invoice cancel', dryRun: false }, (run) => {
    run.totals = { invoice: id, client: before.client };
    return run.store(async (tables) => {
      const changed = await cancelInvoice(tables, id, toBooking(context));
      return { invoice: await toView(tables, await requireInvoice(tables, id)), changed };
    });
  });
}

async function toView(tables: StoreTables, record: InvoiceRecord): Promise<InvoiceView> {
  const [view] = await toViews(tables, [record]);
  if (view === undefined) throw new Error('one record has one view');
  return view;
}

async function toViews(tables: StoreTables, records: InvoiceRecord[]): Promise<InvoiceView[]> {
  const names = await readNames(tables, records);
  const lines = new Map<string, InvoiceView['lines']>();
  for (const { key, invoice, description, amount } of await tables.invoices.lines(records.map(({ id }) => id))) {
    const own = lines.get(invoice) ?? [];
    own.push({ id: key, description, amount });
    lines.set(invoice, own);
  }
  return records.map((record) => ({
    ...record,
    clientName: names.toClient(record.client),
    balance: toBalance(record),
    lines: lines.get(record.id) ?? [],
  }));
}
