import type { AutoBuyRequest, PackageView, ServiceDetail } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { addMoney, compareMoney } from '@sluice/quota-core';
import { facts } from '../layout/components.js';
import { bytes, money, name } from '../layout/format.js';
import { postForm } from '../layout/forms.js';
import { html } from '../layout/html.js';
import type { Page, PageRequest } from '../page.js';
import { findAsked } from '../asked-purchase.js';
import { toClient, done, ownService, toPath, plainly } from './own.js';
import { offeredPackages, toRefPrefix } from './packages.js';
import type { PanelReads } from './panel-reads.js';

/** Most packages that a client may have bought by themselves in a period. */
const MOST_AUTOMATIC = 100;

/** `GET …/buy?package=`: what it costs, before it is charged. */
export const buyPage: Page = async (request) => {
  const { query, viewer } = request;
  const service = await ownService(request);
  const { id, bytes: size, price, currency } = await requireOffered(request, service, query['package'] ?? '');
  const asked = await findAsked(request, service.id, (key) => toRefPrefix(viewer) + key);
  if ('redirect' in asked) return asked.redirect;
  const back = toPath(request, service.id);
  const label = `Buy ${id} for ${price} ${currency}`;
  const body = html`${facts([
      ['Service', name(service.id)],
      ['Package', name(id)],
      ['Traffic', bytes(size)],
      ['Price without tax', money(price, currency)],
    ])}
    ${
      'made' in asked
        ? asked.made
        : html`<p>It is charged at once, and counts in the current period.</p>
            ${postForm(request, { action: `${back}/buy`, id: 'buy', key: asked.key, hidden: { package: id }, submit: label })}`
    }
    <p><a href="${back}">Back to the service</a></p>`;
  return { title: `Buy ${id}`, body };
};

async function requireOffered(request: PageRequest, service: ServiceDetail, wanted: string): Promise<PackageView> {
  const offered = (await offeredPackages(request, service)).find(({ id }) => id === wanted);
  if (offered !== undefined) return offered;
  throw new SluiceError('package_not_offered', `Package "${wanted}" is not on offer for this service`, {
    kind: 'conflict',
  });
}

/** Buys a package on offer; the form's key is the reference of the purchase. */
export function buy(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, viewer, form = {}, as } = request;
    const { id } = await ownService(request);
    const { package: wanted = '', key = '' } = form;
    const { maxAmount } = viewer;
    const refs = toRefPrefix(viewer);
    const { purchase } = await plainly(() =>
      sluice.purchases.create(id, wanted, {
        ...as,
        ref: `${refs}${key}`,
        client: toClient(request),
        ...(maxAmount === null ? {} : { budget: { refs, amount: maxAmount } }),
      }),
    );
    reads.forget(toClient(request));
    return done(request, id, purchase.status === 'paid' ? 'bought' : 'ordered', 'packages');
  };
}

/** Saves whether packages are bought by themselves. */
export const setAutoBuy: Page = async (request) => {
  const { sluice, viewer, form = {}, as } = request;
  const service = await ownService(request);
  const { package: wanted = '', threshold = '', max = '' } = form;
  const enabled = form['enabled'] === 'yes';
  if (!/^\d{1,3}$/.test(max) || Number(max) > MOST_AUTOMATIC)
    throw usageError('bad_option', `At most per period: write a whole number from 0 to ${MOST_AUTOMATIC}`);
  const offered = await requireOffered(request, service, wanted);
  const { maxAmount } = viewer;
  if (enabled && maxAmount !== null && compareMoney(times(offered.price, Number(max)), maxAmount) > 0) {
    throw new SluiceError(
      'over_budget',
      `${max} packages of ${offered.price} ${offered.currency} cost more than the ${maxAmount} ${offered.currency} of this link`,
      { kind: 'conflict' },
    );
  }
  const wish: AutoBuyRequest = { enabled, package: wanted, threshold: threshold.trim(), maxPerCycle: Number(max) };
  await plainly(() => sluice.autoBuy.set({ service: service.id, owner: toClient(request) }, wish, as));
  return done(request, service.id, 'auto-buy', 'auto-buy');
};

/** Decimal amounts stay exact: they are added, never multiplied as floats. */
function times(amount: string, count: number): string {
  let sum = '0';
  for (let done = 0; done < count; done++) sum = addMoney(sum, amount);
  return sum;
}
