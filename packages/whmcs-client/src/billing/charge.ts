import { type Charge, type ChargeRequest, type Invoice, isOnlyLine, SluiceError } from '@sluice/panel-kind';
import { compareMoney, formatMoney, lineMarker, markLine } from '@sluice/quota-core';
import type { WhmcsInvoice, WhmcsInvoiceChange, WhmcsInvoiceRow } from '../index.js';
import { isBookable } from './amounts.js';
import { checkAmount, currencyMismatch, type Progress, refuseClosed, TITLE, unclear } from './errors.js';
import { isMarked } from './marker.js';
import { isChangeable, isUntouched, toInvoice, toStatus, type WhmcsBooks } from './whmcs-books.js';

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
    refuseClosed(credit);
    // No tax lowers a price: an invoice that would be cancelled at once is not made.
    if (request.whenShort === 'refuse' && compareMoney(credit.balance, request.amount) < 0) {
      return { state: 'short', needed: request.amount, credit };
    }
    await create(books, request, progress);
    found = await find(books, request, progress);
  }
  const chosen = choose(found);
  if (chosen === undefined) throw unclear(`made an invoice for client ${request.client}`);
  for (const extra of found) if (extra !== chosen) await discard(books, extra, request.key, progress);
  return pay(books, request, chosen, progress);
}

/** Returns the invoice of an earlier attempt; changes nothing. */
export async function findCharge(books: WhmcsBooks, sought: Sought, progress: Progress): Promise<Invoice | null> {
  const chosen = choose(await find(books, sought, progress));
  // WHMCS lists no invoices of a client that it does not have: they may be another one's.
  const { currency } = await books.credit(sought.client, progress);
  if (chosen === undefined) return null;
  return toInvoice(chosen, currency ?? '');
}

/** What identifies a charge. */
type Sought = Pick<ChargeRequest, 'key' | 'client' | 'since'>;

/** Reads the client's invoices that may have the line of a key, and returns those with its mark. */
async function find(books: WhmcsBooks, { client, key, since }: Sought, progress: Progress): Promise<WhmcsInvoice[]> {
  // The server's local day may be the one before.
  const day = new Date(Date.parse(since) - DAY_MS).toISOString().slice(0, 10);
  const rows = await books.client.invoices.list({ clientId: client }, { signal: progress.signal });
  const invoices = await books.readAll(
    rows.filter((row) => mayHaveLine(row, day)).map(({ id }) => id),
    progress,
  );
  const marker = lineMarker(key);
  return invoices.filter(({ items }) => items.some((item) => isMarked(item, marker)));
}

/** Lines are also moved to older invoices, as long as these are not paid. */
function mayHaveLine({ date, datePaid, status }: WhmcsInvoiceRow, day: string): boolean {
  const isNew = date === null || date >= day || (datePaid !== null && datePaid >= day);
  return isNew || !['paid', 'cancelled', 'refunded'].includes(status.toLowerCase());
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
  const items = [{ description: markLine(description, key), amount, taxed }];
  const { signal } = progress;
  await books.write(progress, () => books.client.invoices.create({ clientId: client, items }, { signal }));
}

/** Cancels an invoice of this line alone that nothing was paid on. */
async function discard(
  books: WhmcsBooks,
  invoice: WhmcsInvoice,
  key: string,
  progress: Progress,
): Promise<WhmcsInvoice> {
  if (!isChangeable(invoice) || !isUntouched(invoice) || !isOnlyLine(toInvoice(invoice, ''), key)) return invoice;
  return change(books, invoice, { status: 'Cancelled' }, progress);
}

async function pay(
  books: WhmcsBooks,
  request: ChargeRequest,
  chosen: WhmcsInvoice,
  progress: Progress,
): Promise<Charge> {
  let invoice = chosen;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const shown = toInvoice(invoice, request.currency);
    if (!isChangeable(invoice) || !isOnlyLine(shown, request.key)) return toCharge(shown);
    const credit = await books.credit(request.client, progress);
    refuseClosed(credit);
    const isShort = compareMoney(credit.balance, shown.balance) < 0;
    if (isShort && request.whenShort === 'refuse' && isUntouched(invoice)) {
      invoice = await discard(books, invoice, request.key, progress);
      if (toStatus(invoice.status) === 'cancelled') return { state: 'short', needed: shown.total, credit };
    } else if (shown.status === 'draft') {
      // Publishing succeeds once, so that the mail of an invoice that is left open is sent once, whatever is interrupted.
      const isLeft = isShort && request.whenShort === 'leave-open';
      invoice = await change(books, invoice, isLeft ? { publishAndSendEmail: true } : { publish: true }, progress);
    } else if (isShort || (compareMoney(shown.balance, '0') === 0 && compareMoney(shown.total, '0') !== 0)) {
      return toCharge(shown);
    } else if (shown.lines.some(({ amount }) => compareMoney(amount, request.amount) !== 0)) {
      throw otherPrice(request, shown);
    } else if (compareMoney(shown.total, '0') === 0) {
      // No credit can be applied to it.
      invoice = await change(books, invoice, { status: 'Paid' }, progress);
    } else {
      // Exactly the balance: a second one, completed late, is refused by WHMCS itself.
      const { id, balance } = invoice;
      if (!isBookable(balance)) throw notPayable(id, shown);
      invoice = await change(books, invoice, { applyCredit: balance }, progress);
    }
  }
  throw unclear(`charged client ${request.client} with invoice ${invoice.id}`);
}

function otherPrice({ amount, currency }: ChargeRequest, { id, lines }: Invoice): SluiceError {
  const own = lines.map((line) => line.amount).join(', ');
  const message = `${TITLE} shows a price of ${formatMoney(own, currency)} on invoice ${id}, where ${formatMoney(amount, currency)} was agreed. Correct its line there.`;
  return new SluiceError('billing_unavailable', message, { kind: 'billing', details: { invoice: id } });
}

function notPayable(id: string, { balance, currency }: Invoice): SluiceError {
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
  before: WhmcsInvoice,
  what: WhmcsInvoiceChange | { applyCredit: string },
  progress: Progress,
): Promise<WhmcsInvoice> {
  const result = await ('applyCredit' in what
    ? books.applyCredit(before.id, what.applyCredit, progress)
    : books.update(before.id, what, progress));
  const after = await books.read(before.id, progress);
  const isSame = after.status === before.status && compareMoney(after.balance, before.balance) === 0;
  if (isSame && result !== 'refused') throw unclear(`changed invoice ${before.id}`);
  return after;
}
