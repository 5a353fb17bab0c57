import type { CallBilling, CallInvoice } from '@sluice/panel-kind';
import { lineMarker } from '@sluice/quota-core';
import type { StoreTables } from '@sluice/state-store';
import { addLine, type Booking, readCredit, readInvoice, requireInvoice } from './ledger-books.js';
import { checkCurrency } from './money.js';
import { refuseOtherCurrency } from './refusals.js';

type Write = <T>(signal: AbortSignal | undefined, work: (tables: StoreTables) => Promise<T>) => Promise<T>;

/** Adds lines of calls to invoices of the ledger: each change is one transaction, and the key of a line exists once. */
export function ledgerCalls(store: StoreTables, write: Write, booking: () => Booking): CallBilling {
  return {
    serviceRef: null,
    isTransactional: true,
    settings: () => ({ lookFor: [] }),
    invoice: (id) => read(store, id),
    invoices: async ({ client, since }) => {
      const rows = await store.invoices.list({ client });
      const wanted = rows.filter(({ createdAt, status }) => status === 'open' || createdAt.slice(0, 10) >= since);
      const found: CallInvoice[] = [];
      for (const { id } of wanted.reverse()) found.push(await read(store, id));
      return found;
    },
    addLine: async (id, line, { signal, sending }) => {
      await sending();
      return write(signal, async (tables) => {
        const { client, currency } = await requireInvoice(tables, id);
        // The client may have got another currency since the invoice was opened.
        if ((await tables.invoices.findLine(line.key)) === null)
          refuseOtherCurrency(await readCredit(tables, client), currency);
        await addLine(tables, id, line, booking());
        return read(tables, id);
      });
    },
    open: async ({ client, currency, line }, { signal, sending }) => {
      await sending();
      return write(signal, async (tables) => {
        checkCurrency(currency);
        const known = await tables.invoices.findLine(line.key);
        if (known !== null) return read(tables, known.invoice);
        refuseOtherCurrency(await readCredit(tables, client), currency);
        const { now, id, actor } = booking();
        const invoice = id('inv');
        await tables.invoices.open({ id: invoice, client, currency, createdAt: now });
        await addLine(tables, invoice, line, { now, id, actor });
        return read(tables, invoice);
      });
    },
    publish: (id) => read(store, id),
  };
}

async function read(tables: StoreTables, id: string): Promise<CallInvoice> {
  const { createdAt } = await requireInvoice(tables, id);
  const lines = (await tables.invoices.lines([id])).map(({ key, description, amount }) => {
    return { id: key, description, amount, service: null, generated: false, markers: [lineMarker(key)] };
  });
  const invoice = await readInvoice(tables, id);
  return { ...invoice, date: createdAt, acceptsLines: invoice.status === 'open', lines };
}
