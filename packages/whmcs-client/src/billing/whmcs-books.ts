import { isPanelError } from '@sluice/panel-http';
import { type Credit, type Invoice, type InvoiceStatus, SluiceError } from '@sluice/panel-kind';
import { addMoney, compareMoney } from '@sluice/quota-core';
import type { WhmcsClient, WhmcsCreditEntry, WhmcsInvoice, WhmcsInvoiceChange, WhmcsNewItem } from '../index.js';
import { inCurrency } from './amounts.js';
import { invoiceClosed, isMissing, type Progress, TITLE, unclear, unknownObject } from './errors.js';
import { readMarkers } from './marker.js';

/** What became of a change: made, refused because of the object's state, or no readable answer. */
type WriteResult = 'done' | 'refused' | 'lost';

const STATUSES: Readonly<Record<string, InvoiceStatus>> = {
  draft: 'draft',
  unpaid: 'open',
  overdue: 'open',
  collections: 'open',
  'payment pending': 'open',
  paid: 'paid',
  cancelled: 'cancelled',
  refunded: 'refunded',
};

/** The client with answers in the words of the port. */
export class WhmcsBooks {
  constructor(readonly client: WhmcsClient) {}

  async credit(id: string, { signal }: Progress): Promise<Credit> {
    const { currency, credit, status } = await find('client', id, () => this.client.clients.get(id, { signal }));
    const balance = currency === null ? credit : inCurrency(credit, currency);
    return { client: id, currency, balance, ...(status.toLowerCase() === 'closed' ? { closed: true } : {}) };
  }

  /** The credit log of a client. */
  async credits(client: string, { signal }: Progress): Promise<WhmcsCreditEntry[]> {
    return find('client', client, () => this.client.credits.list(client, { signal }));
  }

  async read(id: string, { signal }: Progress): Promise<WhmcsInvoice> {
    return find('invoice', id, () => this.client.invoices.get(id, { signal }));
  }

  /** Reads invoices that were listed; leaves out those that were deleted since. */
  async readAll(ids: readonly string[], { signal }: Progress): Promise<WhmcsInvoice[]> {
    const found: WhmcsInvoice[] = [];
    for (const id of ids) {
      try {
        found.push(await this.client.invoices.get(id, { signal }));
      } catch (error) {
        if (!isPanelError(error) || error.panelCode !== 'not_found') throw error;
      }
    }
    return found;
  }

  /** GetInvoice does not name the currency: it is the client's. */
  async show(invoice: WhmcsInvoice, progress: Progress): Promise<Invoice> {
    const { currency } = await this.credit(invoice.clientId, progress);
    return toInvoice(invoice, currency ?? '');
  }

  /** Adds a line and returns the invoice, which `shows` it afterwards. */
  async addLine(
    before: WhmcsInvoice,
    line: WhmcsNewItem,
    shows: (invoice: WhmcsInvoice) => boolean,
    progress: Progress,
  ): Promise<WhmcsInvoice> {
    const { id } = before;
    if (!isChangeable(before)) throw invoiceClosed(id, `it is ${before.status}`);
    const result = await this.update(id, { newItems: [line] }, progress);
    const after = await this.read(id, progress);
    if (shows(after)) return after;
    throw result === 'refused' ? invoiceClosed(id, `it is ${after.status}`) : unclear(`added a line to invoice ${id}`);
  }

  /** Changes an invoice, once. */
  update(id: string, change: WhmcsInvoiceChange, progress: Progress): Promise<WriteResult> {
    return this.write(progress, () => this.client.invoices.update(id, change, { signal: progress.signal }));
  }

  /** Pays an invoice from the credit of its client, once. */
  applyCredit(id: string, amount: string, progress: Progress): Promise<WriteResult> {
    return this.write(progress, () => this.client.invoices.applyCredit(id, amount, { signal: progress.signal }));
  }

  /** Sends a change, once. */
  async write(progress: Progress, send: () => Promise<unknown>): Promise<WriteResult> {
    try {
      await send();
      progress.wrote = true;
      return 'done';
    } catch (error) {
      if (!isPanelError(error)) throw error;
      if (error.outcomeUnknown) {
        progress.wrote = true;
        return 'lost';
      }
      if (error.panelCode === 'state') return 'refused';
      throw error;
    }
  }
}

async function find<T>(what: 'client' | 'invoice', id: string, get: () => Promise<T>): Promise<T> {
  if (!/^[1-9]\d{0,19}$/.test(id)) throw unknownObject(what, id);
  try {
    return await get();
  } catch (error) {
    throw isMissing(error, what) ? unknownObject(what, id) : error;
  }
}

export function toInvoice(invoice: WhmcsInvoice, currency: string): Invoice {
  const write = (amount: string): string => inCurrency(amount, currency);
  return {
    id: invoice.id,
    client: invoice.clientId,
    currency,
    status: toStatus(invoice.status),
    total: write(toPrice(invoice)),
    balance: write(invoice.balance),
    lines: invoice.items.map((item) => ({
      description: item.description,
      amount: write(item.amount),
      markers: readMarkers(item),
    })),
  };
}

export function toStatus(status: string): InvoiceStatus {
  const known = STATUSES[status.toLowerCase()];
  if (known !== undefined) return known;
  throw new SluiceError('billing_unavailable', `${TITLE} reports an invoice with the unknown status "${status}".`, {
    kind: 'billing',
  });
}

/** With tax. `total` is not used, because credit that was applied may be subtracted from it. */
function toPrice({ subtotal, tax, tax2 }: WhmcsInvoice): string {
  return addMoney(addMoney(subtotal, tax), tax2);
}

/** Draft or Unpaid: every other status is left as it is (docs/whmcs-api.md#invoices). */
export function isChangeable({ status }: WhmcsInvoice): boolean {
  return ['draft', 'unpaid'].includes(status.toLowerCase());
}

/** Whether nothing was paid on it. */
export function isUntouched(invoice: WhmcsInvoice): boolean {
  return compareMoney(invoice.balance, toPrice(invoice)) === 0;
}
