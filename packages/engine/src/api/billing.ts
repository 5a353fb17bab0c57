import type { CreditHistory, CreditView, InvoiceView } from '@sluice/contract/documents';
import {
  addCredit,
  cancelOpenInvoice,
  creditHistory,
  type CreditRequest,
  listInvoices,
  payFromCredit,
  showCredit,
  showInvoice,
} from '../features/billing/use-ledger.js';
import { type DueInvoices, findDueInvoices } from '../features/billing/due-invoices.js';
import { isKnownClient } from '../features/billing/known-client.js';
import type { CallOptions, ReaderOptions, RunCall } from './call.js';

/** Credit of clients. */
export interface CreditCalls {
  /** Returns the credit of a client in the billing system that the config names. */
  show(client: string, options?: CallOptions): Promise<CreditView>;
  /** Returns whether a client has or had a service, or any money is stored of it; calls no billing system. */
  isKnown(client: string, options?: CallOptions): Promise<boolean>;
  /** Adds credit to the local ledger; `booked` is false where the reference was booked before. Clients read its description, operators the call's note. */
  add(client: string, request: CreditRequest, options?: CallOptions): Promise<{ credit: CreditView; booked: boolean }>;
  /** Lists the changes of a client's credit in the local ledger, oldest first. */
  history(client: string, options?: ReaderOptions): Promise<CreditHistory>;
}

/** Invoices of the local ledger, and what is to be paid for a service elsewhere. */
export interface Invoices {
  /** Lists invoices, oldest first. */
  list(options?: CallOptions & { client?: string | undefined }): Promise<{ invoices: InvoiceView[] }>;
  /** Returns an invoice; to a reader only its own. Throws `unknown_invoice`, the same for that of another client as for none. */
  show(id: string, options?: ReaderOptions): Promise<InvoiceView>;
  /**
   * Returns what the client of a service has to pay for it in the billing system that lists it, read now. Throws `unknown_service` to another
   * client, and `billing_unavailable`.
   */
  due(service: string, options?: ReaderOptions): Promise<DueInvoices>;
  /** Pays an open invoice from the client's credit, for a reader only its own; `changed` is false for one that is paid. */
  pay(id: string, options?: ReaderOptions): Promise<{ invoice: InvoiceView; credit: CreditView; changed: boolean }>;
  /** Cancels an open invoice; `changed` is false for one that is cancelled. */
  cancel(id: string, options?: CallOptions): Promise<{ invoice: InvoiceView; changed: boolean }>;
}

/** Returns the calls about credit. */
export function creditApi(call: RunCall): CreditCalls {
  return {
    show: (client, options) => call(options, (context) => showCredit(context, client)),
    isKnown: (client, options) => call(options, ({ store }) => isKnownClient(store, client)),
    add: (client, request, options) => call(options, (context) => addCredit(context, client, request)),
    history: (client, options) => call(options, (context) => creditHistory(context, client, options?.reader)),
  };
}

/** Returns the calls about invoices. */
export function invoicesApi(call: RunCall): Invoices {
  return {
    list: (options) => call(options, async (context) => ({ invoices: await listInvoices(context, options?.client) })),
    show: (id, options) => call(options, (context) => showInvoice(context, id, options?.reader)),
    due: (service, options) =>
      call(options, (context) => findDueInvoices(context, service, { reader: options?.reader })),
    pay: (id, options) => call(options, (context) => payFromCredit(context, id, options?.reader)),
    cancel: (id, options) => call(options, (context) => cancelOpenInvoice(context, id)),
  };
}
