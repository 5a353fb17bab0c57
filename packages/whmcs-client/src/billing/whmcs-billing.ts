import {
  type BillingDependencies,
  type BillingSystem,
  type CallBilling,
  type CallSending,
  type Charge,
  type ChargeRequest,
  type Credit,
  type Invoice,
  type InvoiceLine,
  isOnlyLine,
  type RefundRequest,
} from '@sluice/panel-kind';
import { lineMarker, markLine } from '@sluice/quota-core';
import type { WhmcsInvoice, WhmcsInvoiceItem } from '../index.js';
import { change, charge, findCharge } from './charge.js';
import { callLines } from './call-lines.js';
import { checkAmount, invoiceClosed, type Progress, runCall, SHARED, TITLE, unclear } from './errors.js';
import { isMarked } from './marker.js';
import { openClient } from './open-client.js';
import { refund } from './refund.js';
import type { WhmcsSettings } from './settings.js';
import { isChangeable, isUntouched, toStatus, WhmcsBooks } from './whmcs-books.js';

/** Opens WHMCS as a billing system; sends nothing. */
export function openWhmcsBilling(settings: WhmcsSettings, dependencies: BillingDependencies): BillingSystem {
  return new WhmcsBilling(new WhmcsBooks(openClient(settings, dependencies)), settings);
}

/** The billing port on WHMCS (docs/whmcs-api.md#charging-once). */
class WhmcsBilling implements BillingSystem {
  readonly title = TITLE;
  readonly clientsPay = true;
  readonly calls: CallBilling;
  readonly #books: WhmcsBooks;

  constructor(books: WhmcsBooks, settings: Pick<WhmcsSettings, 'calls'>) {
    this.#books = books;
    this.calls = callLines(books, settings);
  }

  credit(client: string, signal?: AbortSignal): Promise<Credit> {
    return runCall(signal, (progress) => this.#books.credit(client, progress));
  }

  charge(request: ChargeRequest, signal?: AbortSignal): Promise<Charge> {
    return runCall(signal, (progress) => charge(this.#books, request, progress));
  }

  find(sought: Pick<ChargeRequest, 'key' | 'client' | 'since'>, signal?: AbortSignal): Promise<Invoice | null> {
    return runCall(signal, (progress) => findCharge(this.#books, sought, progress));
  }

  invoice(id: string, signal?: AbortSignal): Promise<Invoice> {
    return runCall(signal, async (progress) => this.#books.show(await this.#books.read(id, progress), progress));
  }

  addLine(id: string, line: InvoiceLine, signal?: AbortSignal): Promise<Invoice> {
    return runCall(signal, async (progress) => {
      const { key, description, amount, taxed } = line;
      checkAmount(amount);
      const shows = (invoice: WhmcsInvoice): boolean => listLines(invoice, key).length > 0;
      const item = { description: markLine(description, key), amount, taxed };
      let invoice = await this.#books.read(id, progress);
      if (!shows(invoice)) invoice = await this.#books.addLine(invoice, item, shows, progress);
      return this.#books.show(await this.#withoutRepeats(invoice, key, progress), progress);
    });
  }

  /** Deletes the later ones of lines with one key, which remain after an addition that was completed late. */
  async #withoutRepeats(invoice: WhmcsInvoice, key: string, progress: Progress): Promise<WhmcsInvoice> {
    const [, ...repeats] = listLines(invoice, key);
    if (repeats.length === 0 || !isChangeable(invoice)) return invoice;
    await this.#books.update(invoice.id, { deleteItemIds: repeats.map((line) => line.id) }, progress);
    const after = await this.#books.read(invoice.id, progress);
    if (listLines(after, key).length > 1) throw unclear(`deleted a repeated line of invoice ${invoice.id}`);
    return after;
  }

  cancel(id: string, key: string, signal?: AbortSignal, sending?: CallSending['sending']): Promise<Invoice> {
    return runCall(signal, async (progress) => {
      const invoice = await this.#books.read(id, progress);
      const shown = await this.#books.show(invoice, progress);
      if (shown.status === 'cancelled') return shown;
      if (!isOnlyLine(shown, key)) throw invoiceClosed(id, SHARED);
      if (!isChangeable(invoice)) throw invoiceClosed(id, `it is ${invoice.status}`);
      if (!isUntouched(invoice)) throw invoiceClosed(id, 'a part of it is paid; cancel it in WHMCS');
      await sending?.();
      const after = await change(this.#books, invoice, { status: 'Cancelled' }, progress);
      if (toStatus(after.status) !== 'cancelled') throw invoiceClosed(id, `it is ${after.status}`);
      return this.#books.show(after, progress);
    });
  }

  refund(id: string, request: RefundRequest, { signal, sending }: CallSending): Promise<Credit> {
    return runCall(signal, (progress) => refund(this.#books, id, { ...request, sending }, progress));
  }

  close(): void {
    this.#books.client.close();
  }
}

function listLines({ items }: WhmcsInvoice, key: string): WhmcsInvoiceItem[] {
  const marker = lineMarker(key);
  return items.filter((item) => isMarked(item, marker));
}
