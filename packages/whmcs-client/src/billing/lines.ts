import {
  hasLine,
  type Invoice,
  type LineSearch,
  type NewLine,
  type OwnInvoice,
  type Sending,
} from '@sluice/contract/ports';
import { lineMarker, markLine } from '@sluice/quota-core';
import type { WhmcsInvoiceRow } from '../index.js';
import { checkAmount, notChangeable, type Progress, unclear } from './errors.js';
import { readMarkers } from './marker.js';
import { checkId, toInvoice, type WhmcsBooks } from './whmcs-books.js';

/** Reads a client's invoices that may have a line, the newest first. */
export async function findInvoices(
  books: WhmcsBooks,
  { client, since, key }: LineSearch,
  progress: Progress,
): Promise<Invoice[]> {
  checkId('client', client);
  const rows = await books.client.invoices.list({ clientId: client }, { signal: progress.signal });
  const wanted = rows.filter((row) => mayHaveLine(row, since)).sort((a, b) => (BigInt(a.id) > BigInt(b.id) ? -1 : 1));
  // WHMCS lists no invoices of a client that it does not have: they may be another one's.
  const isKnown = rows.length > 0 && wanted.every(({ currency }) => currency !== '');
  const own = isKnown ? '' : ((await books.credit(client, progress)).currency ?? '');
  const currencies = new Map(wanted.map(({ id, currency }) => [id, currency === '' ? own : currency]));
  const read = await books.readAll([...currencies.keys()], progress);
  const marker = key === undefined ? null : lineMarker(key);
  const found = read.filter(({ items }) => marker === null || items.some((item) => readMarkers(item).includes(marker)));
  return found.map((invoice) => toInvoice(invoice, currencies.get(invoice.id) ?? ''));
}

/** Lines are also moved to older invoices, as long as these are not paid. */
function mayHaveLine({ date, datePaid, status }: WhmcsInvoiceRow, day: string): boolean {
  const isNew = date === null || date >= day || (datePaid !== null && datePaid >= day);
  return isNew || !['paid', 'cancelled', 'refunded'].includes(status.toLowerCase());
}

/** A line, where it goes, and how. */
interface PutRequest {
  line: NewLine;
  into: Invoice | OwnInvoice;
  sending: Sending['sending'];
}

/** Puts a line on an invoice or on a new draft, once; the caller searches for what was made without an answer. */
export async function putLine(books: WhmcsBooks, put: PutRequest, progress: Progress): Promise<Invoice> {
  const { line, into, sending } = put;
  const { key, description, amount, taxed } = line;
  checkAmount(amount, into.currency);
  // The text may have a user name that a client chose.
  const item = { description: markLine(toNarrow(description), key), amount, taxed };
  const show = async (id: string): Promise<Invoice> => toInvoice(await books.read(id, progress), into.currency);
  if ('id' in into) {
    const before = await show(into.id);
    if (hasLine(before, key)) return before;
    if (!before.acceptsLines) throw notChangeable(before);
    await sending();
    const result = await books.update(into.id, { newItems: [item] }, progress);
    const after = await show(into.id);
    if (hasLine(after, key)) return after;
    throw result === 'refused' ? notChangeable(after) : unclear(`added a line to invoice ${into.id}`);
  }
  const made: string[] = [];
  await sending();
  await books.write(progress, async () => {
    const invoice = { clientId: into.client, items: [item] };
    made.push(await books.client.invoices.create(invoice, { signal: progress.signal }));
  });
  const [id] = made;
  if (id === undefined) throw unclear(`made an invoice for client ${into.client}`);
  return show(id);
}

/** Databases of WHMCS with characters of three bytes at most end a text before the first that needs four: its mark would be lost. */
function toNarrow(text: string): string {
  return text.replace(/(?:[\u{10000}-\u{10FFFF}](?:\u200D|\uFE0F)*)+/gu, '').replace(/ {2,}/g, ' ');
}
