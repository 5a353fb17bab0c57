import { type CallBilling, type CallInvoice, type CallLine, type CallSending, isLineOf } from '@sluice/panel-kind';
import { lineMarker, markLine } from '@sluice/quota-core';
import type { WhmcsInvoice } from '../index.js';
import { inCurrency } from './amounts.js';
import { checkAmount, currencyMismatch, type Progress, refuseClosed, runCall, unclear } from './errors.js';
import { requireTaxed } from './call-settings.js';
import { SERVICE_REF, type WhmcsSettings } from './settings.js';
import { isGenerated, isMarked, readMarkers } from './marker.js';
import { isChangeable, toInvoice, type WhmcsBooks } from './whmcs-books.js';

/** Adds lines of calls to invoices of WHMCS (docs/whmcs-api.md#lines-of-calls). */
export function callLines(books: WhmcsBooks, { calls }: Pick<WhmcsSettings, 'calls'>): CallBilling {
  return {
    serviceRef: SERVICE_REF,
    isTransactional: false,
    settings() {
      requireTaxed(calls);
      return { lookFor: (calls?.lookFor ?? []).map(fold) };
    },
    invoice: (id, signal) => runCall(signal, async (progress) => show(books, await books.read(id, progress), progress)),
    invoices: ({ client, since }, signal) => runCall(signal, (progress) => list(books, { client, since }, progress)),
    addLine: (id, line, { signal, sending }) =>
      runCall(signal, async (progress) => {
        checkAmount(line.amount);
        const before = await books.read(id, progress);
        const shows = (invoice: WhmcsInvoice): boolean => hasLine(invoice, line);
        if (shows(before)) return show(books, before, progress);
        refuseClosed(await books.credit(before.clientId, progress));
        const item = toItem(line, requireTaxed(calls));
        await sending();
        return show(books, await books.addLine(before, item, shows, progress), progress);
      }),
    open: (request, { signal, sending }) =>
      runCall(signal, (progress) => open(books, { ...request, sending, taxed: requireTaxed(calls) }, progress)),
    publish: (id, signal) =>
      runCall(signal, async (progress) => {
        const before = await books.read(id, progress);
        if (!isDraft(before)) return show(books, before, progress);
        await books.update(id, { publishAndSendEmail: true }, progress);
        const after = await books.read(id, progress);
        if (isDraft(after)) throw unclear(`published invoice ${id}`);
        return show(books, after, progress);
      }),
  };
}

async function list(
  books: WhmcsBooks,
  { client, since }: { client: string; since: string },
  progress: Progress,
): Promise<CallInvoice[]> {
  const { currency } = await books.credit(client, progress);
  const { signal } = progress;
  const rows = await books.client.invoices.list({ clientId: client }, { signal });
  const wanted = rows
    .filter(({ date, status }) => date === null || date >= since || /^(draft|unpaid|overdue)$/i.test(status))
    .sort((a, b) => (BigInt(a.id) > BigInt(b.id) ? -1 : 1));
  const currencies = new Map(wanted.map(({ id, currency: own }) => [id, own === '' ? (currency ?? '') : own]));
  const found = await books.readAll([...currencies.keys()], progress);
  return found.map((invoice) => toCallInvoice(invoice, currencies.get(invoice.id) ?? ''));
}

async function open(
  books: WhmcsBooks,
  {
    client,
    currency,
    line,
    since,
    sending,
    taxed,
  }: Parameters<CallBilling['open']>[0] & Pick<CallSending, 'sending'> & { taxed: boolean },
  progress: Progress,
): Promise<CallInvoice> {
  checkAmount(line.amount);
  const credit = await books.credit(client, progress);
  if (credit.currency !== currency) throw currencyMismatch(client, currency, credit.currency);
  refuseClosed(credit);
  const { signal } = progress;
  const items = [toItem(line, taxed)];
  const made: string[] = [];
  await sending();
  await books.write(progress, async () => {
    made.push(await books.client.invoices.create({ clientId: client, items }, { signal }));
  });
  const [id] = made;
  if (id !== undefined) return show(books, await books.read(id, progress), progress);
  const found = (await list(books, { client, since }, progress)).find(({ lines }) =>
    lines.some((one) => isLineOf(one, line.key)),
  );
  if (found === undefined) throw unclear(`made an invoice for client ${client}`);
  return found;
}

async function show(books: WhmcsBooks, invoice: WhmcsInvoice, progress: Progress): Promise<CallInvoice> {
  const { currency } = await books.credit(invoice.clientId, progress);
  return toCallInvoice(invoice, currency ?? '');
}

function toCallInvoice(invoice: WhmcsInvoice, currency: string): CallInvoice {
  const lines = invoice.items.map(({ id, type, relatedId, description, amount }) => ({
    id,
    description,
    amount: inCurrency(amount, currency),
    service: type.toLowerCase() === 'hosting' ? relatedId : null,
    generated: isGenerated({ type }),
    markers: readMarkers({ type, description }),
  }));
  return { ...toInvoice(invoice, currency), date: invoice.date ?? '', acceptsLines: isChangeable(invoice), lines };
}

function toItem({ key, description, amount }: CallLine, taxed: boolean) {
  // The text may have a user name that a client chose.
  return { description: markLine(description, key), amount, taxed };
}

function hasLine({ items }: WhmcsInvoice, { key }: CallLine): boolean {
  const marker = lineMarker(key);
  return items.some((item) => isMarked(item, marker));
}

function isDraft({ status }: WhmcsInvoice): boolean {
  return status.toLowerCase() === 'draft';
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
