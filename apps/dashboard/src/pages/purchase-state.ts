import type { PackageView, PurchaseView, ServiceDetail } from '@sluice/engine';
import { hasEnded, isOfClient } from '@sluice/engine/words';
import { coloured, findTone, notice, type Tone } from '../layout/components.js';
import { html, type Html } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';
import { invoiceAddress, type InvoiceReader, type NamedInvoice } from './invoice-address.js';
import { priceText } from './package-columns.js';

/** What a page needs to know of a purchase to say what became of it. */
type Shown = NamedInvoice & Pick<PurchaseView, 'client' | 'status' | 'refund' | 'imported'>;

/**
 * The state of a purchase of a service: one that waits for its payment names the invoice, with a link on pages of ours. That of a
 * former client, or of a service that has ended, is not to be paid.
 */
export function purchaseState(
  purchase: Shown,
  { client, lifecycle }: Pick<ServiceDetail, 'client' | 'lifecycle'>,
  reader: InvoiceReader & { wording: Wording },
): Html {
  const { status, invoice } = purchase;
  const { wording } = reader;
  const state = statusBadge(purchase, wording);
  if (status === 'pending' && !isOfClient(purchase, client))
    return wording.say('purchase.former', { state, client: html`<bdi>${purchase.client}</bdi>` });
  if (status === 'pending' && hasEnded({ status: lifecycle })) return wording.say('purchase.serviceEnded', { state });
  if (status !== 'pending' || invoice === null) return state;
  return wording.say('purchase.toPay', { state, pay: payLink(purchase, reader) });
}

function statusBadge({ status, refund, imported }: Shown, wording: Wording): Html {
  const isElsewhere = imported === true && status === 'paid';
  const isInDoubt = refund === 'in-doubt';
  const state = wording.code('purchase', isElsewhere ? 'elsewhere' : status);
  const tone: Tone = isInDoubt ? 'warning' : isElsewhere ? 'quiet' : findTone(status);
  return coloured(isInDoubt ? wording.say('purchase.inDoubt', { state }) : state, tone);
}

/** `pay invoice 1001`, as a link where the page of the invoice is known. */
export function payLink(named: NamedInvoice, reader: InvoiceReader & { wording: Wording }): Html {
  const text = reader.wording.say('purchase.pay', { invoice: html`<bdi>${named.invoice}</bdi>` });
  const href = invoiceAddress(named, reader);
  return href === null ? text : html`<a href="${href}" rel="noopener">${text}</a>`;
}

/** The number of the invoice of a purchase, as a link where its page is known. */
export function invoiceLink(named: NamedInvoice, reader: InvoiceReader): Html | null {
  if (named.invoice === null) return null;
  const number = html`<bdi>${named.invoice}</bdi>`;
  const href = invoiceAddress(named, reader);
  return href === null ? number : html`<a href="${href}" rel="noopener">${number}</a>`;
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

/** Says on a page that asks before a purchase that the package is ordered already; `more` follows it. */
export function pendingNotice(pending: Purchase, reader: InvoiceReader & { wording: Wording }, more = ''): Html {
  const { wording } = reader;
  const text =
    pending.invoice === null
      ? wording.say('purchase.unfinished')
      : wording.say('purchase.ordered', { pay: payLink(pending, reader) });
  return notice('warning', html`${text}${more}`);
}

/** A package in a list of choices: its name, traffic and price; one that is ordered already says that another one is bought. */
export function packageLabel(offered: PackageView, service: Bought, wording: Wording): string {
  const { id, name, bytes } = offered;
  const pending = findPending(service, id);
  const size = wording.texts.bytes(bytes);
  const label = wording.text('packages.label', { name, size, price: priceText(offered, wording) });
  if (pending === null) return label;
  return pending.invoice === null
    ? wording.text('packages.labelUnfinished', { label })
    : wording.text('packages.labelUnpaid', { label, invoice: pending.invoice });
}
