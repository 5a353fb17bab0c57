import type { PurchaseView } from '@sluice/engine';
import { notice, address } from '../layout/components.js';
import { html, type Html } from '../layout/html.js';
import type { PageAnswer } from './page.js';
import type { PageRequest } from '../requests/page-request.js';
import { payLink } from './purchase-state.js';
import { toTimes } from '../layout/page-times.js';

/** What a page that asks before a purchase shows first. */
export type Asked =
  /** The address gets a key, so that the back button leads to the same purchase. */
  | { redirect: PageAnswer }
  /** The purchase of this page was made already. */
  | { made: Html }
  /** It was not: the key of its form. */
  | { key: string };

/**
 * Finds the purchase that a page asks about. Its key is in the address of the page: a browser that goes back shows what became of
 * it, and does not buy again. `toRef` returns the reference of the purchase with a key.
 */
export async function findAsked(request: PageRequest, service: string, toRef: (key: string) => string): Promise<Asked> {
  const { base, path, query, newKey, sluice } = request;
  const { package: wanted = '', key = '' } = query;
  const again = (): string => address(`${base}${path}`, { package: wanted, key: newKey() });
  if (!/^[\w-]{8,100}$/.test(key)) return { redirect: { redirect: again() } };
  const { purchases } = await sluice.purchases.list({ ref: toRef(key) });
  const made = purchases.find((each) => each.service === service);
  if (made === undefined) return { key };
  return made.status === 'failed' ? { redirect: { redirect: again() } } : { made: madeNotice(request, made, again()) };
}

function madeNotice(request: PageRequest, made: PurchaseView, again: string): Html {
  // A client pays one before the next.
  const isFinal = made.status === 'pending' && request.viewer.client !== null;
  return html`${notice('info', describeMade(request, made))}
  ${isFinal ? null : html`<p><a class="button" href="${again}">Buy another one…</a></p>`}`;
}

function describeMade(request: PageRequest, made: PurchaseView): Html {
  const ago = toTimes(request).ago(made.at);
  switch (made.status) {
    case 'pending':
      return html`You ordered this package ${ago}; it is not ordered again.
      ${made.invoice === null ? null : html`It counts once it is paid: ${payLink(made)}.`}`;
    case 'cancelled':
      return html`You ordered this package ${ago}. The purchase was cancelled, and is not made again.`;
    case 'refunding':
    case 'refunded':
      return html`You bought this package ${ago}. Its price ${made.status === 'refunded' ? 'was' : 'is being'} returned
      to your credit, and it is not bought again.`;
    default:
      return html`You bought this package ${ago}. It is not bought again.`;
  }
}
