import {
  type BillingDependencies,
  type BillingSystem,
  type CallLineSettings,
  type Charge,
  type Credit,
  type Invoice,
  isOnlyLine,
  type LineSearch,
  type NewLine,
  type OwnInvoice,
  type Payment,
  type RefundRequest,
  type Sending,
} from '@sluice/contract/ports';
import { toComparable } from '@sluice/quota-core';
import { requireTaxed } from './call-settings.js';
import { invoiceClosed, notChangeable, runCall, SHARED, TITLE, unclear } from './errors.js';
import { findInvoices, putLine } from './lines.js';
import { openClient } from './open-client.js';
import { change, pay } from './pay.js';
import { refund } from './refund.js';
import { SERVICE_REF, type WhmcsSettings } from './settings.js';
import { isUntouched, WhmcsBooks } from './whmcs-books.js';

/** Opens WHMCS as a billing system; sends nothing. */
export function openWhmcsBilling(settings: WhmcsSettings, dependencies: BillingDependencies): BillingSystem {
  return new WhmcsBilling(new WhmcsBooks(openClient(settings, dependencies), settings.tax), settings);
}

/** The billing port on WHMCS (docs/whmcs-api.md#charging-once). */
class WhmcsBilling implements BillingSystem {
  readonly title = TITLE;
  readonly clientsPay = true;
  readonly serviceRef = SERVICE_REF;
  readonly isTransactional = false;
  readonly #books: WhmcsBooks;
  readonly #calls: WhmcsSettings['calls'];

  constructor(books: WhmcsBooks, { calls }: Pick<WhmcsSettings, 'calls'>) {
    this.#books = books;
    this.#calls = calls;
  }

  callLines(): CallLineSettings {
    return { taxed: requireTaxed(this.#calls), lookFor: (this.#calls?.lookFor ?? []).map(toComparable) };
  }

  credit(client: string, signal?: AbortSignal): Promise<Credit> {
    return runCall(signal, (progress) => this.#books.credit(client, progress));
  }

  invoice(id: string, signal?: AbortSignal): Promise<Invoice> {
    return runCall(signal, (progress) => this.#books.show(id, progress));
  }

  find(search: LineSearch, signal?: AbortSignal): Promise<Invoice[]> {
    return runCall(signal, (progress) => findInvoices(this.#books, search, progress));
  }

  put(line: NewLine, into: Invoice | OwnInvoice, { signal, sending }: Sending): Promise<Invoice> {
    return runCall(signal, (progress) => putLine(this.#books, { line, into, sending }, progress));
  }

  pay(invoice: Invoice, payment: Payment, signal?: AbortSignal): Promise<Charge> {
    return runCall(signal, (progress) => pay(this.#books, invoice, payment, progress));
  }

  publish(invoice: Invoice, signal?: AbortSignal): Promise<Invoice> {
    return runCall(signal, async (progress) => {
      if (invoice.status !== 'draft') return invoice;
      const after = await change(this.#books, invoice, { publishAndSendEmail: true }, progress);
      if (after.status === 'draft') throw unclear(`published invoice ${invoice.id}`);
      return after;
    });
  }

  cancel(id: string, key: string, signal?: AbortSignal, sending?: Sending['sending']): Promise<Invoice> {
    return runCall(signal, async (progress) => {
      const shown = await this.#books.show(id, progress);
      if (shown.status === 'cancelled') return shown;
      if (!isOnlyLine(shown, key)) throw invoiceClosed(id, SHARED);
      if (!shown.acceptsLines) throw notChangeable(shown);
      if (!isUntouched(shown)) throw invoiceClosed(id, 'a part of it is paid; cancel it in WHMCS');
      await sending?.();
      const after = await change(this.#books, shown, { status: 'Cancelled' }, progress);
      if (after.status !== 'cancelled') throw notChangeable(after);
      return after;
    });
  }

  refund(id: string, request: RefundRequest, { signal, sending }: Sending): Promise<Credit> {
    return runCall(signal, (progress) => refund(this.#books, id, { ...request, sending }, progress));
  }

  close(): void {
    this.#books.client.close();
  }
}
