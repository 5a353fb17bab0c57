import type { Credit, Invoice, InvoiceStatus } from '@sluice/contract/ports';
import { isPanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import { addMoney, compareMoney } from '@sluice/quota-core';
import type { WhmcsClient, WhmcsCreditEntry, WhmcsInvoice, WhmcsInvoiceChange } from '../index.js';
import { inCurrency } from './amounts.js';
import { isMissing, type Progress, TITLE, unknownObject } from './errors.js';
import { isGenerated, readMarkers } from './marker.js';
import type { WhmcsSettings } from './settings.js';
import { findTaxRate } from './tax-rate.js';

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
  /** `tax`: the rates that the config states. */
  constructor(
    readonly client: WhmcsClient,
    readonly tax?: WhmcsSettings['tax'],
  ) {}

  async credit(id: string, { signal }: Progress): Promise<Credit> {
    const found = await find('client', id, () => this.client.clients.get(id, { signal }));
    const { currency, credit, status } = found;
    const balance = currency === null ? credit : inCurrency(credit, currency);
    const taxRate = findTaxRate(this.tax, found);
    return {
      ...{ client: id, currency, balance },
      ...(status.toLowerCase() === 'closed' ? { closed: true } : {}),
      ...(taxRate === null ? {} : { taxRate }),
    };
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
  async show(id: string, progress: Progress): Promise<Invoice> {
    const invoice = await this.read(id, progress);
    const { currency } = await this.credit(invoice.clientId, progress);
    return toInvoice(invoice, currency ?? '');
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

/** Refuses the id of an object that WHMCS can't have. */
export function checkId(what: 'client' | 'invoice', id: string): void {
  if (!/^[1-9]\d{0,19}$/.test(id)) throw unknownObject(what, id);
}

async function find<T>(what: 'client' | 'invoice', id: string, get: () => Promise<T>): Promise<T> {
  checkId(what, id);
  try {
    return await get();
  } catch (error) {
    throw isMissing(error, what) ? unknownObject(what, id) : error;
  }
}

/** Returns an invoice as the port shows it. */
export function toInvoice(invoice: WhmcsInvoice, currency: string): Invoice {
  const write = (amount: string): string => inCurrency(amount, currency);
  return {
    id: invoice.id,
    client: invoice.clientId,
    currency,
    status: toStatus(invoice.status),
    date: invoice.date ?? '',
    // Every other status is left as it is (docs/whmcs-api.md#invoices).
    acceptsLines: ['draft', 'unpaid'].includes(invoice.status.toLowerCase()),
    total: write(toPrice(invoice)),
    balance: write(invoice.balance),
    lines: invoice.items.map((item) => {
      const { id, type, relatedId, description, amount } = item;
      const generated = isGenerated(item);
      const service = type.toLowerCase() === 'hosting' ? relatedId : null;
      return { id, description, amount: write(amount), service, generated, markers: readMarkers(item) };
    }),
  };
}

function toStatus(status: string): InvoiceStatus {
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

/** Whether nothing was paid on it. */
export function isUntouched({ balance, total }: Pick<Invoice, 'balance' | 'total'>): boolean {
  return compareMoney(balance, total) === 0;
}
