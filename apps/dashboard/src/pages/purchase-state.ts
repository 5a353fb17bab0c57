import type { PackageView, PurchaseView, ServiceDetail } from '@sluice/engine';
import { describePrice, describePurchaseState, hasEnded, isOfClient } from '@sluice/engine/words';
import { formatBytes } from '@sluice/quota-core';
import { badge, notice } from '../layout/components.js';
import { html, type Html } from '../layout/html.js';

/** What a page needs to know of a purchase to say what became of it. */
type Shown = Pick<PurchaseView, 'client' | 'status' | 'refund' | 'invoice' | 'invoiceUrl' | 'imported'>;

/**
 * The state of a purchase of a service: one that waits for its payment names the invoice, with a link on pages of ours. That of a
 * former client, or of a service that has ended, is not to be paid.
 */
export function purchaseState(
  purchase: Shown,
  { client, lifecycle }: Pick<ServiceDetail, 'client' | 'lifecycle'>,
  { isEmbedded }: { isEmbedded: boolean },
): Html {
  const { status, refund, invoice, invoiceUrl } = purchase;
  if (status === 'pending' && !isOfClient(purchase, client))
    return html`${badge(status)}: of former client <bdi>${purchase.client}</bdi>`;
  if (status === 'pending' && hasEnded({ status: lifecycle }))
    return html`${badge(status)}: not to be paid, the service has ended`;
  if (status !== 'pending' || invoice === null)
    return badge(describePurchaseState(purchase), refund === 'in-doubt' ? 'warning' : undefined);
  // Pages of the billing system link their own invoices.
  return html`${badge(status)}: ${payLink({ invoice, invoiceUrl: isEmbedded ? null : invoiceUrl })}`;
}

/** `pay invoice 1001`, as a link where the page of the invoice is known. */
export function payLink({ invoice, invoiceUrl }: Pick<PurchaseView, 'invoice' | 'invoiceUrl'>): Html {
  const text = html`pay invoice <bdi>${invoice}</bdi>`;
  return invoiceUrl === null ? text : html`<a href="${invoiceUrl}" rel="noopener">${text}</a>`;
}

/** The number of the invoice of a purchase, as a link where its page is known. */
export function invoiceLink(
  { invoice, invoiceUrl }: Pick<Shown, 'invoice' | 'invoiceUrl'>,
  { isEmbedded }: { isEmbedded: boolean },
): Html | null {
  if (invoice === null) return null;
  const number = html`<bdi>${invoice}</bdi>`;
  return invoiceUrl === null || isEmbedded ? number : html`<a href="${invoiceUrl}" rel="noopener">${number}</a>`;
}

/** A purchase of a service. */
type Purchase = ServiceDetail['purchases'][number];

/** A service with what was bought for it. */
type Bought = Pick<ServiceDetail, 'client' | 'lifecycle' | 'purchases'>;

/** Lists the purchases of a service that are not finished, of the client whom it has now; of one that has ended none counts any more. */
export function listPending({ client, lifecycle, purchases }: Bought): Purchase[] {
  if (hasEnded({ status: lifecycle })) return [];
  return purchases.filter((each) => each.status === 'pending' && isOfClient(each, client));
}

/** Returns the newest purchase of a package that is not finished: another one is not the way to finish it. Null for none. */
export function findPending(service: Bought, id: string): Purchase | null {
  return listPending(service).findLast((each) => each.package === id) ?? null;
}

/** Says on a page that asks before a purchase that the package is ordered already. */
export function pendingNotice(pending: Purchase, more = ''): Html {
  const { invoice } = pending;
  const way =
    invoice === null
      ? 'That purchase is not finished yet.'
      : html`It counts once that purchase is paid: ${payLink(pending)}.`;
  return notice('warning', html`This package is ordered already. ${way}${more}`);
}

/** A package in a list of choices: its name, traffic and price; one that is ordered already says that another one is bought. */
export function packageLabel(offered: PackageView, service: Bought): string {
  const { id, name, bytes } = offered;
  const pending = findPending(service, id);
  const text = `${name}: ${formatBytes(bytes)}, ${describePrice(offered)}`;
  if (pending === null) return text;
  return `${text} (another one; ${pending.invoice === null ? 'one is not finished' : `invoice ${pending.invoice} is not paid`})`;
}
