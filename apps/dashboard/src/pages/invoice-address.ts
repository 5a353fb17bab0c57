import type { PurchaseView } from '@sluice/engine';
import type { PageRequest } from '../requests/page-request.js';

/** An invoice as a purchase or bill names it. */
export type NamedInvoice = Pick<PurchaseView, 'invoice' | 'invoiceUrl' | 'invoiceIn'>;

/** Who reads a page, and where. */
export type InvoiceReader = Pick<PageRequest, 'viewer' | 'base' | 'isEmbedded'>;

/**
 * Returns where the reader of a page finds an invoice: its page in the billing system, or of the local ledger the client's page here.
 * Null where it has none, and on other sites, which link their own.
 */
export function invoiceAddress({ invoice, invoiceUrl, invoiceIn }: NamedInvoice, reader: InvoiceReader): string | null {
  const { viewer, base, isEmbedded } = reader;
  if (invoice === null || isEmbedded) return null;
  if (invoiceIn !== 'ledger' || viewer.client === null) return invoiceUrl;
  return `${base}/invoices/${encodeURIComponent(invoice)}`;
}
