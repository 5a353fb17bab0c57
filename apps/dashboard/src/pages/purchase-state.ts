import type { PurchaseView } from '@sluice/engine';
import { badge } from './layout/components.js';
import { html, type Html } from './layout/html.js';

/** What a page needs to know of a purchase to say what became of it. */
type Shown = Pick<PurchaseView, 'status' | 'invoice' | 'invoiceUrl'>;

/** The state of a purchase: one that waits for its payment names the invoice, with a link on pages of ours. */
export function purchaseState(purchase: Shown, { isEmbedded }: { isEmbedded: boolean }): Html {
  const { status, invoice, invoiceUrl } = purchase;
  if (status !== 'pending' || invoice === null) return badge(status);
  // Pages of the billing system link their own invoices.
  return html`${badge(status)}: ${payLink({ invoice, invoiceUrl: isEmbedded ? null : invoiceUrl })}`;
}

/** `pay invoice 1001`, as a link where the page of the invoice is known. */
export function payLink({ invoice, invoiceUrl }: Pick<PurchaseView, 'invoice' | 'invoiceUrl'>): Html {
  const text = html`pay invoice <bdi>${invoice}</bdi>`;
  return invoiceUrl === null ? text : html`<a href="${invoiceUrl}" rel="noopener">${text}</a>`;
}

/** The number of the invoice of a purchase, as a link where its page is known. */
export function invoiceLink({ invoice, invoiceUrl }: Shown, { isEmbedded }: { isEmbedded: boolean }): Html | null {
  if (invoice === null) return null;
  const number = html`<bdi>${invoice}</bdi>`;
  return invoiceUrl === null || isEmbedded ? number : html`<a href="${invoiceUrl}" rel="noopener">${number}</a>`;
}
