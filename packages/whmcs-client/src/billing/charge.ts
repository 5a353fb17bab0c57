import { isPanelError } from '@sluice/panel-http';
import { type Charge, type ChargeRequest, type Credit, type Invoice, SluiceError } from '@sluice/panel-kind';
import type { WhmcsInvoice } from '../index.js';
import { isBookable, isEqual, isLess } from './amounts.js';
import { checkAmount, currencyMismatch, type Progress, TITLE, unclear } from './errors.js';
import { hasMarker, withMarker } from './marker.js';
import { isChangeable, isUntouched, toInvoice, toStatus, type WhmcsBooks, type WriteResult } from './whmcs-books.js';

const DAY_MS = 86_400_000;

/** More changes than one charge needs, also when others change the invoice and the credit meanwhile. */
const MOST_STEPS = 8;

/**
 * Charges a client: the key is searched for before an invoice is made, and every step begins from what WHMCS shows, so that a
 * repeat continues at any stage (docs/whmcs-api.md#charging-once).
 */
export async function charge(books: WhmcsBooks, request: ChargeRequest, progress: Progress): Promise<Charge> {
  checkAmount(request.amount, request.currency);
  const credit = await books.credit(request.client, progress);
  if (credit.currency !== request.currency) throw currencyMismatch(request.client, request.currency, credit.currency);
  let found = await find(books, request, progress);
  if (found.length === 0) {
    // No tax lowers a price: an invoice that would be cancelled at once is not made.
    if (request.whenShort === 'refuse' && isLess(credit.balance, request.amount)) {
      return { state: 'short', needed: request.amount, credit };
    }
    await create(books, request, progress);
    found = await find(books, request, progress);
  }
  const chosen = choose(found);
  if (chosen === undefined) throw unclear(`made an invoice for client ${request.client}`);
  for (const extra of found) if (extra !== chosen) await discard(books, extra, progress);
  return pay(books, request, chosen, progress);
}

/** Returns the invoice of an earlier attempt; changes nothing. */
export async function findCharge(books: WhmcsBooks, sought: Sought, progress: Progress): Promise<Invoice | null> {
  const chosen = choose(await find(books, sought, progress));
  if (chosen === undefined) return null;
  const { currency } = await books.credit(sought.client, progress);
  return toInvoice(chosen, currency ?? '');
}

/** What identifies a charge. */
type Sought = Pick<ChargeRequest, 'key' | 'client' | 'since'>;

/** Reads the client's invoices since the day before the key was stored, newest first, and returns those with its mark. */
async function find(
  { client: whmcs }: WhmcsBooks,
  { client, key, since }: Sought,
  { signal }: Progress,
): Promise<WhmcsInvoice[]> {
  // The server's local day may be the one before.
  const day = new Date(Date.parse(since) - DAY_MS).toISOString().slice(0, 10);
  const rows = await whmcs.invoices.list({ clientId: client, since: day }, { signal });
  const found: WhmcsInvoice[] = [];
  for (const { id } of rows) {
    const invoice = await whmcs.invoices.get(id, { signal }).catch((error: unknown) => {
      // A draft that was deleted since the list was read.
      if (isPanelError(error) && error.panelCode === 'not_found') return null;
      throw error;
    });
    if (invoice?.items.some(({ description }) => hasMarker(description, key)) === true) found.push(invoice);
  }
  return found;
}

/** Two invoices with one key remain after a creation that was completed late, or after two processes charged at once. */
function choose(found: readonly WhmcsInvoice[]): WhmcsInvoice | undefined {
  const oldest = [...found].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  for (const status of ['paid', 'refunded', 'open'] as const) {
    const one = oldest.find((invoice) => toStatus(invoice.status) === status);
    if (one !== undefined) return one;
  }
  return oldest[0];
}

async function create(
  books: WhmcsBooks,
  { client, description, key, amount, taxed }: ChargeRequest,
  progress: Progress,
): Promise<void> {
  const items = [{ description: withMarker(description, key), amount, taxed }];
  const { signal } = progress;
  await books.write(progress, () => books.client.invoices.create({ clientId: client, items }, { signal }));
}

/** Cancels an invoice that nothing was paid on. */
async function discard(books: WhmcsBooks, invoice: WhmcsInvoice, progress: Progress): Promise<WhmcsInvoice> {
  if (!isChangeable(invoice) || !isUntouched(invoice)) return invoice;
  return change(books, invoice, progress, () =>
    books.client.invoices.update(invoice.id, { status: 'Cancelled' }, { signal: progress.signal }),
  );
}

async function pay(
  books: WhmcsBooks,
  request: ChargeRequest,
  chosen: WhmcsInvoice,
  progress: Progress,
): Promise<Charge> {
  const { invoices } = books.client;
  const { signal } = progress;
  let invoice = chosen;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (!isChangeable(invoice)) return toCharge(invoice, request.currency);
    const credit = await books.credit(request.client, progress);
    const shown = toInvoice(invoice, request.currency);
    const isShort = isLess(credit.balance, shown.balance);
    if (isShort && request.whenShort === 'refuse' && isUntouched(invoice)) {
      invoice = await discard(books, invoice, progress);
      if (toStatus(invoice.status) === 'cancelled') return toShort(shown.total, credit);
    } else if (shown.status === 'draft') {
      const { id } = invoice;
      invoice = await change(books, invoice, progress, () => invoices.update(id, { publish: true }, { signal }));
    } else if (isEqual(shown.total, '0')) {
      // No credit can be applied to it.
      const { id } = invoice;
      invoice = await change(books, invoice, progress, () => invoices.update(id, { status: 'Paid' }, { signal }));
    } else if (isShort || isEqual(shown.balance, '0')) {
      return toCharge(invoice, request.currency);
    } else {
      // Exactly the balance: a second one, completed late, is refused by WHMCS itself.
      const { id, balance } = invoice;
      if (!isBookable(balance)) throw notPayable(id, shown);
      invoice = await change(books, invoice, progress, () => invoices.applyCredit(id, balance, { signal }));
    }
  }
  throw unclear(`charged client ${request.client} with invoice ${invoice.id}`);
}

function notPayable(id: string, { balance, currency }: Invoice): SluiceError {
  const message = `${TITLE} shows a balance of ${balance} ${currency} on invoice ${id}, which no credit can pay exactly. Correct the invoice there.`;
  return new SluiceError('billing_unavailable', message, { kind: 'billing', details: { invoice: id } });
}

function toShort(needed: string, credit: Credit): Charge {
  return { state: 'short', needed, credit };
}

function toCharge(invoice: WhmcsInvoice, currency: string): Charge {
  const shown = toInvoice(invoice, currency);
  const { status } = shown;
  return { state: status === 'draft' ? 'open' : status, invoice: shown };
}

/**
 * Sends one change of an invoice and reads the invoice afterwards. A change that has no visible effect may still come: it is not
 * sent again in this call. Refused because of another state than the one that was read, the invoice shows that state.
 */
export async function change(
  books: WhmcsBooks,
  before: WhmcsInvoice,
  progress: Progress,
  send: () => Promise<unknown>,
): Promise<WhmcsInvoice> {
  const result: WriteResult = await books.write(progress, send);
  const after = await books.read(before.id, progress);
  const isSame = after.status === before.status && isEqual(after.balance, before.balance);
  if (isSame && result !== 'refused') throw unclear(`changed invoice ${before.id}`);
  return after;
}
