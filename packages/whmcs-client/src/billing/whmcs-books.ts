import { isPanelError } from '@sluice/panel-http';
import { type Credit, type Invoice, type InvoiceStatus, SluiceError } from '@sluice/panel-kind';
import type { WhmcsClient, WhmcsInvoice } from '../index.js';
import { inCurrency, isEqual, sum } from './amounts.js';
import { isMissing, type Progress, TITLE, unknownClient, unknownInvoice } from './errors.js';

/** What became of a change: made, refused because of the object's state, or no readable answer. */
export type WriteResult = 'done' | 'refused' | 'lost';

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
    if (!isId(id)) throw unknownClient(id);
    try {
      const { currency, credit } = await this.client.clients.get(id, { signal });
      return { client: id, currency, balance: currency === null ? credit : inCurrency(credit, currency) };
    } catch (error) {
      throw isMissing(error, 'client') ? unknownClient(id) : error;
    }
  }

  async read(id: string, { signal }: Progress): Promise<WhmcsInvoice> {
    if (!isId(id)) throw unknownInvoice(id);
    try {
      return await this.client.invoices.get(id, { signal });
    } catch (error) {
      throw isMissing(error, 'invoice') ? unknownInvoice(id) : error;
    }
  }

  /** GetInvoice does not name the currency: it is the client's. */
  async show(invoice: WhmcsInvoice, progress: Progress): Promise<Invoice> {
    const { currency } = await this.credit(invoice.clientId, progress);
    return toInvoice(invoice, currency ?? '');
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

function isId(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text);
}

export function toInvoice(invoice: WhmcsInvoice, currency: string): Invoice {
  const write = (amount: string): string => inCurrency(amount, currency);
  return {
    id: invoice.id,
    client: invoice.clientId,
    currency,
    status: toStatus(invoice.status),
    total: write(priceOf(invoice)),
    balance: write(invoice.balance),
    lines: invoice.items.map(({ description, amount }) => ({ description, amount: write(amount) })),
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
function priceOf({ subtotal, tax, tax2 }: WhmcsInvoice): string {
  return sum(subtotal, tax, tax2);
}

/** Draft or Unpaid: every other status is left as it is (docs/whmcs-api.md#invoices). */
export function isChangeable({ status }: WhmcsInvoice): boolean {
  return ['draft', 'unpaid'].includes(status.toLowerCase());
}

/** Whether nothing was paid on it. */
export function isUntouched(invoice: WhmcsInvoice): boolean {
  return isEqual(invoice.balance, priceOf(invoice));
}
