import { type Credit, isOnlyLine, type RefundRequest, type Sending } from '@sluice/contract/ports';
import { compareMoney, findMarkers, formatMoney, lineMarker, markLine, subtractMoney } from '@sluice/quota-core';
import { checkAmount, currencyMismatch, invoiceClosed, type Progress, SHARED, unclear } from './errors.js';
import { toInvoice, type WhmcsBooks } from './whmcs-books.js';

/** Returns an amount of an invoice as credit, once per key (docs/whmcs-api.md#refunds). */
export async function refund(
  books: WhmcsBooks,
  id: string,
  request: RefundRequest & Pick<Sending, 'sending'>,
  progress: Progress,
): Promise<Credit> {
  const { key, client, amount, sending } = request;
  if (!(await isRefunded(books, request, progress))) {
    checkAmount(amount, request.currency);
    await requireRefundable(books, id, request, progress);
    // No credit of zero can be added.
    if (compareMoney(amount, '0') !== 0) {
      await sending();
      const entry = { clientId: client, description: markLine(`Refund of invoice ${id}`, key), amount };
      await books.write(progress, () => books.client.credits.add(entry, { signal: progress.signal }));
      if (!(await isRefunded(books, request, progress))) throw unclear(`refunded invoice ${id}`);
    }
  }
  return books.credit(client, progress);
}

async function isRefunded(
  books: WhmcsBooks,
  { client, key }: Pick<RefundRequest, 'client' | 'key'>,
  progress: Progress,
): Promise<boolean> {
  const marker = lineMarker(key);
  return (await books.credits(client, progress)).some(({ description }) => findMarkers(description).includes(marker));
}

/** Refuses an invoice that does not show that this amount was paid for the charge by this client in this currency. */
async function requireRefundable(
  books: WhmcsBooks,
  id: string,
  { charge, client, amount, currency }: RefundRequest,
  progress: Progress,
): Promise<void> {
  const credit = await books.credit(client, progress);
  if (credit.currency !== currency) throw currencyMismatch(client, currency, credit.currency);
  const shown = toInvoice(await books.read(id, progress), currency);
  if (shown.client !== client) throw invoiceClosed(id, `it is of client ${shown.client}`);
  if (shown.status !== 'paid') throw invoiceClosed(id, `it is ${shown.status}, not paid`);
  if (!isOnlyLine(shown, charge)) throw invoiceClosed(id, SHARED);
  if (compareMoney(subtractMoney(shown.total, shown.balance), amount) < 0 || compareMoney(shown.total, amount) < 0) {
    throw invoiceClosed(id, `less than ${formatMoney(amount, currency)} was paid on it`);
  }
  // GetInvoice does not name the currency of an invoice, which may be older than that of its client.
  const rows = await books.client.invoices.list({ clientId: client }, { signal: progress.signal });
  const own = rows.find((row) => row.id === id)?.currency ?? '';
  if (own !== '' && own !== currency) throw currencyMismatch(client, currency, own);
}
