import { may } from '@sluice/contract';
import type { AutoBuyView, PackageView, ServiceDetail } from '@sluice/engine';
import { describeForClient, describePrice, findRefusedAll, hasCycleEnded, packageName } from '@sluice/engine/words';
import type { PaymentTerms } from '@sluice/engine/options';
import { compareMoney, formatMoney } from '@sluice/quota-core';
import type { Viewer } from '../../access/viewer.js';
import { address, facts, notice, type Section, table } from '../../layout/components.js';
import { PACKAGE_COLUMNS } from '../package-columns.js';
import { bytes, money, name, NONE, type Times } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import type { PageRequest } from '../../requests/page-request.js';
import { findPending, invoiceLink, listPending, purchaseState } from '../purchase-state.js';
import { creditAge, creditAmount, readCredit, topUpLink } from './credit.js';
import { toPath } from './own.js';
import { effectsOfAll } from '../package-effect.js';
import type { PanelReads } from '../../requests/panel-reads.js';

/**
 * Returns the packages that the product of a service offers, with their effect for it; none where it has not begun, or has ended.
 * With `reads`, those that can't be charged to its client are refused where the page shows its credit.
 */
export async function offeredPackages(
  request: PageRequest,
  { id, lifecycle, client, product }: Pick<ServiceDetail, 'id' | 'lifecycle' | 'client' | 'product'>,
  reads: PanelReads | null,
): Promise<PackageView[]> {
  const { sluice, viewer, isEmbedded } = request;
  const isNone = sluice.config.products[product]?.packages.length === 0;
  if (isNone || (lifecycle !== 'active' && lifecycle !== 'suspended')) return [];
  const isShown = reads !== null && client !== null && (isEmbedded || may(viewer, 'purchases.create'));
  const credit = isShown ? (await readCredit(request, reads)).value : null;
  const of = { reader: client ?? undefined, service: id, credit: credit ?? undefined };
  return (await sluice.purchases.packages(of)).packages;
}

/** Returns what the references of purchases with a share link or token begin with. */
export function toRefPrefix({ id }: Viewer): string {
  return `${id}:`;
}

const TITLE = 'Packages of extra traffic';

/** Returns what a client reads while nothing can be bought for a service; null where a package can. */
export function refusalText(
  offered: readonly Pick<PackageView, 'refused'>[],
  service: Pick<ServiceDetail, 'cycle' | 'holds'>,
  now: string,
): string | null {
  const refused = findRefusedAll(offered);
  if (refused === null) return null;
  if (offered.length === 1 && (refused === 'agent_limit' || refused === 'currency_mismatch'))
    return 'This package is not available at the moment. Please ask your provider.';
  // Without a quota a hold of the former one stays until the provider ends it.
  const isHeld = service.holds.some(({ reason }) => reason === 'quota');
  if (refused === 'no_quota' && !isHeld)
    return 'The service has no limit at present, so that more traffic has no effect.';
  if (refused !== 'not_metered_yet') return 'Nothing can be bought at the moment. Please ask your provider.';
  return hasCycleEnded(service, now)
    ? 'Your period has ended, and the new one is not read yet: a package can be bought once it is.'
    : 'The usage of this period is not read yet: a package can be bought once it is.';
}

/** The packages on offer, each with a button where the client may buy. */
export async function packagesSection(
  request: PageRequest,
  service: ServiceDetail,
  { packages, reads }: { packages: readonly PackageView[]; reads: PanelReads },
): Promise<Section | null> {
  if (packages.length === 0) return null;
  const { viewer } = request;
  const refused = refusalText(packages, service, toTimes(request, service.panel).now);
  const mayBuy = may(viewer, 'purchases.create') && refused === null;
  const left = mayBuy ? await readLeft(request) : null;
  const list = table({
    caption: 'Packages',
    columns: [
      ...PACKAGE_COLUMNS,
      mayBuy ? { title: 'Buy', cell: (each) => buyCell(request, service, each, left) } : null,
    ],
    rows: packages,
  });
  // Where the parts are embedded, the other site sells.
  const isSold = mayBuy || request.isEmbedded;
  if (refused !== null) return { id: 'packages', title: TITLE, content: html`${notice('warning', refused)}${list}` };
  const pay = await request.sluice.purchases.terms();
  const terms = html`<p class="soft">
      ${isSold ? payText(pay) : 'Ask your provider for a package.'}
      ${left === null ? null : budgetText(request, packages, left)}
    </p>
    ${isSold ? await creditText(request, service, { pay, reads }) : null}`;
  const warnings = isSold ? effectsOfAll(packages, describeForClient) : null;
  return { id: 'packages', title: TITLE, content: html`${warnings}${list}${terms}` };
}

/** How a package is paid. */
function payText({ leavesInvoice }: PaymentTerms): string {
  return leavesInvoice
    ? 'A package is paid from your credit where it covers the whole price, otherwise by invoice; it counts in the current period once it is paid.'
    : 'A package is paid from your credit at once, and counts in the current period.';
}

/** The credit of the client beside what it buys; it may have been read a little earlier. */
async function creditText(
  request: PageRequest,
  { panel }: ServiceDetail,
  { pay, reads }: { pay: PaymentTerms; reads: PanelReads },
): Promise<Html> {
  const credit = await readCredit(request, reads);
  const { value } = credit;
  const shown =
    value === null ? 'Your credit can’t be shown at the moment.' : html`Your credit: ${creditAmount(value)}`;
  return html`${creditAge(credit, toTimes(request, panel))}
    <p>${shown} ${topUpLink(request, pay)}</p>`;
}

/** Returns what is left of what may be spent with a link; null for links without a maximum. */
async function readLeft({ sluice, viewer }: PageRequest): Promise<string | null> {
  const { maxAmount } = viewer;
  if (maxAmount === null) return null;
  return sluice.purchases.budgetLeft({ refs: toRefPrefix(viewer), amount: maxAmount });
}

/** Returns what a client reads of a package that costs more than is left of its link; null for another one. */
export async function overLinkText(
  request: PageRequest,
  { price, currency }: Pick<PackageView, 'price' | 'currency'>,
): Promise<string | null> {
  const left = await readLeft(request);
  if (left === null || !isMoreThan(left, price)) return null;
  return `The package costs more than the ${formatMoney(left, currency)} that are left to spend with this link.`;
}

/** Whether a price is more than what is left of a link; null: it has no maximum. */
const isMoreThan = (left: string | null, price: string): boolean => left !== null && compareMoney(price, left) > 0;

/** What may be spent with a link, and what is left of it. */
function budgetText({ viewer }: PageRequest, packages: readonly PackageView[], left: string): Html {
  const currency = packages[0]?.currency;
  const basis = packages.some(({ taxed }) => taxed) ? ', without tax' : '';
  return html`With this link you can spend ${money(viewer.maxAmount, currency)} in total${basis};
  ${money(left, currency)} are left.`;
}

/** The way to buy a package; one that is ordered already is finished by paying. */
function buyCell(request: PageRequest, service: ServiceDetail, each: PackageView, left: string | null): Html {
  const href = address(`${toPath(request, service.id)}/buy`, { package: each.id });
  const of = html`<span class="visually-hidden"> ${name(each.name)}</span>`;
  const pending = findPending(service, each.id);
  if (pending === null && each.refused !== undefined) return html`Not available`;
  if (pending === null && isMoreThan(left, each.price)) return html`More than is left`;
  if (pending === null) return html`<a class="button" href="${href}">Buy${of}</a>`;
  return purchaseState(pending, service, request);
}

/** What a client reads of pending purchases: each is shown as it was when its invoice was read last. */
const SEEN_LATER =
  'A payment is noticed with the next reading. If you have paid an invoice that is still shown as pending, you need not pay it again.';

/** The purchases of a service, the newest first. */
export function purchasesSection(request: PageRequest, service: ServiceDetail, times: Times): Section | null {
  const { purchases } = service;
  if (purchases.length === 0) return null;
  const content = table({
    caption: 'Purchases',
    columns: [
      { title: 'When', cell: ({ at }) => times.at(at) },
      { title: 'Package', cell: (purchase) => name(packageName(request.sluice.config, purchase.package)) },
      { title: 'Traffic', cell: (purchase) => bytes(purchase.bytes), isNumber: true, isMinor: true },
      { title: 'Price', cell: ({ charged, price, currency }) => money(charged ?? price, currency), isNumber: true },
      { title: 'State', cell: (purchase) => purchaseState(purchase, service, request) },
      { title: 'Invoice', cell: (purchase) => invoiceLink(purchase, request) ?? NONE },
      { title: 'Counts now', cell: ({ current }) => (current ? 'yes' : 'no'), isMinor: true },
    ],
    rows: [...purchases].reverse(),
  });
  const waits = listPending(service).some(({ invoice }) => invoice !== null);
  return {
    id: 'purchases',
    title: 'Purchases',
    content: html`${content}${waits ? html`<p class="soft">${SEEN_LATER}</p>` : null}`,
  };
}

/** Whether packages are bought by themselves, with a form where the client may buy. */
export async function autoBuySection(
  request: PageRequest,
  service: ServiceDetail,
  packages: readonly PackageView[],
): Promise<Section | null> {
  if (packages.length === 0) return null;
  const { sluice, viewer } = request;
  const { autoBuy } = await sluice.autoBuy.show({ service: service.id });
  // What stands in the way of the others may end.
  const choices = packages.filter(({ id, refused }) => refused !== 'currency_mismatch' || id === autoBuy.package);
  const setting =
    may(viewer, 'autoBuy.set') && choices.length > 0
      ? autoBuyForm(request, service, { autoBuy, packages: choices })
      : autoBuyFacts(request, autoBuy);
  const content = html`${linkText(request, service, autoBuy)}
  ${autoBuy.observing === true ? html`<p>${NOT_NOW}</p>` : null} ${setting}`;
  return { id: 'auto-buy', title: 'Automatic purchases', content };
}

const NOT_NOW = 'At the moment your provider lets nothing be bought by itself for this service.';

/** Until when a setting is in force that ends with a share link; of the link that reads, also before it has set one. */
function linkText(request: PageRequest, { panel }: ServiceDetail, { link }: AutoBuyView): Html | null {
  const { viewer } = request;
  const until = (instant: string | null): Html => toTimes(request, panel).full(instant);
  if (link !== null) {
    const which = viewer.id === link.id ? 'this link' : 'the link that set it';
    return html`<p>In force until ${until(link.expiresAt)}, when ${which} ends.</p>`;
  }
  if (!viewer.shared || !may(viewer, 'autoBuy.set')) return null;
  return html`<p class="soft">
    What you switch on here is in force until ${until(viewer.expiresAt)}, when this link ends.
  </p>`;
}

function autoBuyFacts(
  { sluice }: PageRequest,
  { enabled, package: bought, threshold, maxPerCycle, bought: done }: AutoBuyView,
): Html {
  if (!enabled) return html`<p>No package is bought by itself.</p>`;
  return facts([
    ['Package', bought === null ? NONE : name(packageName(sluice.config, bought))],
    ['When less is left than', thresholdText(threshold)],
    ['At most per period', String(maxPerCycle)],
    done === null ? null : ['Bought in this period', String(done)],
  ]);
}

function autoBuyForm(
  request: PageRequest,
  { id }: ServiceDetail,
  { autoBuy, packages }: { autoBuy: AutoBuyView; packages: readonly PackageView[] },
): Html {
  const choices = packages.map((each) => [each.id, `${each.name}: ${describePrice(each)}`] as const);
  return postForm(request, {
    action: `${toPath(request, id)}/auto-buy`,
    id: 'auto-buy',
    submit: 'Save',
    fields: [
      {
        name: 'enabled',
        label: 'Buy a package when the traffic runs low',
        type: 'checkbox',
        value: autoBuy.enabled ? 'yes' : '',
      },
      { name: 'package', label: 'Package', choices, value: autoBuy.package ?? packages[0]?.id ?? '' },
      {
        name: 'threshold',
        label: 'When less is left than',
        value: thresholdText(autoBuy.threshold),
        hint: 'Such as 10GB or 10%',
        isRequired: true,
      },
      {
        name: 'max',
        label: 'At most per period',
        type: 'number',
        value: String(autoBuy.maxPerCycle),
        isRequired: true,
      },
    ],
  });
}

/** Returns a threshold as the form reads it: bytes are stored as digits. */
function thresholdText(threshold: string): string {
  if (!/^\d+$/.test(threshold)) return threshold;
  const gb = Number(threshold) / 1024 ** 3;
  return `${Number(gb.toFixed(3))}GB`;
}
