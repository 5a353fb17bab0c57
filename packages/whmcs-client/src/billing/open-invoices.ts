import type { Invoice } from '@sluice/contract/ports';
import type { WhmcsInvoiceItem } from '../client/invoice-types.js';
import type { WhmcsService } from '../client/types.js';
import type { Progress } from './errors.js';
import { toInvoice, type WhmcsBooks } from './whmcs-books.js';

/** Most open invoices of a client that are read one by one: the list has no lines. */
const MOST_READ = 10;

/** Reads the unpaid invoices of a client that have a line of a service or of an addon of it, the oldest first; null where there are too many to read. */
export async function readOpenInvoices(
  books: WhmcsBooks,
  { id, clientId }: Pick<WhmcsService, 'id' | 'clientId'>,
  progress: Progress,
): Promise<Invoice[] | null> {
  const listed = await books.client.invoices.list({ clientId, status: 'Unpaid' }, { signal: progress.signal });
  const rows = listed.filter((row) => row.clientId === clientId && row.status.toLowerCase() === 'unpaid');
  if (rows.length > MOST_READ) return null;
  const [first] = rows;
  if (first === undefined) return [];
  const currency = first.currency === '' ? (await books.credit(clientId, progress)).currency : first.currency;
  const read = await books.readAll(rows.map((row) => row.id).sort(byNumber), progress);
  // One may have been paid, or given to another client, since it was listed.
  const open = read
    .map((row) => ({ row, invoice: toInvoice(row, currency ?? '') }))
    .filter(({ invoice }) => invoice.client === clientId && invoice.status === 'open');
  const hasAddons = open.some(({ row }) => row.items.some(isOfAddon));
  const addons = hasAddons ? await books.client.services.addons(id, { signal: progress.signal }) : [];
  const own = new Set(addons.map((addon) => addon.id));
  const isOwn = (item: WhmcsInvoiceItem): boolean => isOfAddon(item) && own.has(item.relatedId ?? '');
  return open
    .filter(({ row, invoice }) => invoice.lines.some(({ service }) => service === id) || row.items.some(isOwn))
    .map(({ invoice }) => invoice);
}

const isOfAddon = ({ type }: WhmcsInvoiceItem): boolean => type.toLowerCase() === 'addon';

const byNumber = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? -1 : 1);
