import type { PurchaseView } from '@sluice/engine';
import { notice, address } from '../layout/components.js';
import { html, type Html } from '../layout/html.js';
import { toWording } from '../layout/wording.js';
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
  const { package: wanted = '', key = '', language } = query;
  const again = (): string => address(`${base}${path}`, { package: wanted, key: newKey(), language });
  if (!/^[\w-]{8,100}$/.test(key)) return { redirect: { redirect: again() } };
  const { purchases } = await sluice.purchases.list({ ref: toRef(key) });
  const made = purchases.find((each) => each.service === service);
  if (made === undefined) return { key };
  return made.status === 'failed' ? { redirect: { redirect: again() } } : { made: madeNotice(request, made, again()) };
}

function madeNotice(request: PageRequest, made: PurchaseView, again: string): Html {
  // A client pays one before the next.
  const isFinal = made.status === 'pending' && request.viewer.client !== null;
  const another = toWording(request.language).say('asked.another');
  return html`${notice('info', describeMade(request, made))}
  ${isFinal ? null : html`<p><a class="button" href="${again}">${another}</a></p>`}`;
}

function describeMade(request: PageRequest, made: PurchaseView): Html {
  const wording = toWording(request.language);
  const ago = toTimes(request).ago(made.at);
  switch (made.status) {
    case 'pending':
      return made.invoice === null
        ? wording.say('asked.pending', { ago })
        : wording.say('asked.pendingPay', { ago, pay: payLink(made, { ...request, wording }) });
    case 'cancelled':
      return wording.say('asked.cancelled', { ago });
    case 'refunded':
      return wording.say('asked.refunded', { ago });
    case 'refunding':
      return wording.say('asked.refunding', { ago });
    default:
      return wording.say('asked.bought', { ago });
  }
}
