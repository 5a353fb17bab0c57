import { packageName } from '@sluice/engine/words';
import { type Section, table } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { html } from '../../layout/html.js';
import { invoiceLink, listPending, purchaseState } from '../purchase-state.js';
import type { ServiceScene } from './service-scene.js';

/** The purchases of a service, the newest first. */
export function purchasesSection({ request, service, times, wording }: ServiceScene): Section | null {
  const { purchases } = service;
  if (purchases.length === 0) return null;
  const title = wording.text('purchases.title');
  const content = table({
    stacks: true,
    caption: title,
    columns: [
      { title: wording.text('purchases.when'), cell: ({ at }) => times.at(at) },
      {
        title: wording.text('packages.package'),
        cell: (purchase) => name(packageName(request.sluice.config, purchase.package)),
      },
      {
        title: wording.text('packages.traffic'),
        cell: (purchase) => wording.bytes(purchase.bytes),
        isNumber: true,
        isMinor: true,
      },
      {
        title: wording.text('packages.price'),
        cell: ({ charged, price, currency }) => wording.money(charged ?? price, currency),
        isNumber: true,
      },
      {
        title: wording.text('purchases.state'),
        cell: (purchase) => purchaseState(purchase, service, { ...request, wording }),
      },
      { title: wording.text('purchases.invoice'), cell: (purchase) => invoiceLink(purchase, request) ?? wording.none },
      {
        title: wording.text('purchases.countsNow'),
        cell: ({ current }) => wording.say(current ? 'yes' : 'no'),
        isMinor: true,
      },
    ],
    rows: [...purchases].reverse(),
  });
  // Each is shown as it was when its invoice was read last.
  const waits = listPending(service).some(({ invoice }) => invoice !== null);
  const later = waits ? html`<p class="soft">${wording.say('purchases.seenLater')}</p>` : null;
  return { id: 'purchases', title, content: html`${content}${later}` };
}
