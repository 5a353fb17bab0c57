import { may } from '@sluice/contract';
import type { AutoBuyView, PackageView, ServiceDetail } from '@sluice/engine';
import { findRefusedAll, hasCycleEnded, packageName } from '@sluice/engine/words';
import type { PaymentTerms } from '@sluice/engine/options';
import type { Key } from '@sluice/messages';
import { compareMoney } from '@sluice/quota-core';
import type { Viewer } from '../../access/viewer.js';
import { address, facts, notice, type Section, table } from '../../layout/components.js';
import { packageColumns, priceText } from '../package-columns.js';
import { name, type Times } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { toWording } from '../../layout/wording.js';
import { toTimes } from '../../layout/page-times.js';
import type { PageRequest } from '../../requests/page-request.js';
import { findPending, invoiceLink, listPending, purchaseState } from '../purchase-state.js';
import { creditAge, creditAmount, readCredit, topUpLink } from './credit.js';
import { toPath } from './own.js';
import { effectsForClient } from './effect.js';
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

/** Returns what a client reads while nothing can be bought for a service; null where a package can. */
export function findRefusal(
  offered: readonly Pick<PackageView, 'refused'>[],
  service: Pick<ServiceDetail, 'cycle' | 'holds'>,
  now: string,
): (Key & `packages.${string}`) | null {
  const refused = findRefusedAll(offered);
  if (refused === null) return null;
  if (offered.length === 1 && (refused === 'agent_limit' || refused === 'currency_mismatch'))
    return 'packages.oneNotAvailable';
  // Without a quota a hold of the former one stays until the provider ends it.
  const isHeld = service.holds.some(({ reason }) => reason === 'quota');
  if (refused === 'no_quota' && !isHeld) return 'packages.noEffect';
  if (refused !== 'not_metered_yet') return 'packages.noneNow';
  return hasCycleEnded(service, now) ? 'packages.periodEnded' : 'packages.notRead';
}

/** The packages on offer, each with a button where the client may buy. */
export async function packagesSection(
  request: PageRequest,
  service: ServiceDetail,
  { packages, reads }: { packages: readonly PackageView[]; reads: PanelReads },
): Promise<Section | null> {
  if (packages.length === 0) return null;
  const { viewer } = request;
  const wording = toWording(request.language);
  const refused = findRefusal(packages, service, toTimes(request, service.panel).now);
  const mayBuy = may(viewer, 'purchases.create') && refused === null;
  const left = mayBuy ? await readLeft(request) : null;
  const list = table({
    caption: wording.text('packages.list'),
    columns: [
      ...packageColumns(wording),
      mayBuy ? { title: wording.text('packages.buy'), cell: (each) => buyCell(request, service, each, left) } : null,
    ],
    rows: packages,
  });
  // Where the parts are embedded, the other site sells.
  const isSold = mayBuy || request.isEmbedded;
  const head = { id: 'packages', title: wording.text('packages.title') };
  if (refused !== null)
    return { ...head, content: html`${notice('warning', wording.saidText({ key: refused }))}${list}` };
  const pay = await request.sluice.purchases.terms();
  const terms = html`<p class="soft">
      ${isSold ? wording.say(findPayText(pay)) : wording.say('packages.ask')}
      ${left === null ? null : budgetText(request, packages, left)}
    </p>
    ${isSold ? await creditLine(request, service, { pay, reads }) : null}`;
  const warnings = isSold ? effectsForClient(packages, wording) : null;
  return { ...head, content: html`${warnings}${list}${terms}` };
}

/** How a package is paid. */
function findPayText({ leavesInvoice }: PaymentTerms) {
  return leavesInvoice ? 'packages.payInvoice' : 'packages.payCredit';
}

/** The credit of the client beside what it buys; it may have been read a little earlier. */
async function creditLine(
  request: PageRequest,
  { panel }: ServiceDetail,
  { pay, reads }: { pay: PaymentTerms; reads: PanelReads },
): Promise<Html> {
  const credit = await readCredit(request, reads);
  const { value } = credit;
  const wording = toWording(request.language);
  const shown =
    value === null
      ? wording.say('packages.noCredit')
      : wording.say('packages.credit', { credit: creditAmount(value, wording) });
  return html`${creditAge(credit, toTimes(request, panel), wording)}
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
  const wording = toWording(request.language);
  return wording.text('packages.overLink', { left: wording.texts.money(left, currency) });
}

/** Whether a price is more than what is left of a link; null: it has no maximum. */
const isMoreThan = (left: string | null, price: string): boolean => left !== null && compareMoney(price, left) > 0;

/** What may be spent with a link, and what is left of it. */
function budgetText({ viewer, language }: PageRequest, packages: readonly PackageView[], left: string): Html {
  const currency = packages[0]?.currency;
  const wording = toWording(language);
  const isNet = packages.some(({ taxed }) => taxed);
  const most = wording.money(viewer.maxAmount, currency);
  return wording.say(isNet ? 'packages.budgetNet' : 'packages.budget', { most, left: wording.money(left, currency) });
}

/** The way to buy a package; one that is ordered already is finished by paying. */
function buyCell(request: PageRequest, service: ServiceDetail, each: PackageView, left: string | null): Html {
  const href = address(`${toPath(request, service.id)}/buy`, { package: each.id });
  const of = html`<span class="visually-hidden"> ${name(each.name)}</span>`;
  const pending = findPending(service, each.id);
  const wording = toWording(request.language);
  if (pending !== null) return purchaseState(pending, service, { ...request, wording });
  if (each.refused !== undefined) return wording.say('packages.notAvailable');
  if (isMoreThan(left, each.price)) return wording.say('packages.moreThanLeft');
  return html`<a class="button" href="${href}">${wording.say('packages.buy')}${of}</a>`;
}

/** The purchases of a service, the newest first. */
export function purchasesSection(request: PageRequest, service: ServiceDetail, times: Times): Section | null {
  const { purchases } = service;
  if (purchases.length === 0) return null;
  const wording = toWording(request.language);
  const title = wording.text('purchases.title');
  const content = table({
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
  const wording = toWording(request.language);
  const content = html`${linkText(request, service, autoBuy)}
  ${autoBuy.observing === true ? html`<p>${wording.say('autoBuy.notNow')}</p>` : null} ${setting}`;
  return { id: 'auto-buy', title: wording.text('autoBuy.title'), content };
}

/** Until when a setting is in force that ends with a share link; of the link that reads, also before it has set one. */
function linkText(request: PageRequest, { panel }: ServiceDetail, { link }: AutoBuyView): Html | null {
  const { viewer } = request;
  const wording = toWording(request.language);
  const toUntil = (instant: string | null) => ({ until: toTimes(request, panel).full(instant) });
  if (link !== null) {
    const key = viewer.id === link.id ? 'autoBuy.untilThis' : 'autoBuy.untilOther';
    return html`<p>${wording.say(key, toUntil(link.expiresAt))}</p>`;
  }
  if (!viewer.shared || !may(viewer, 'autoBuy.set')) return null;
  return html`<p class="soft">${wording.say('autoBuy.willEnd', toUntil(viewer.expiresAt))}</p>`;
}

function autoBuyFacts(
  { sluice, language }: PageRequest,
  { enabled, package: bought, threshold, maxPerCycle, bought: done }: AutoBuyView,
): Html {
  const wording = toWording(language);
  if (!enabled) return html`<p>${wording.say('autoBuy.off')}</p>`;
  return facts([
    [wording.text('packages.package'), bought === null ? wording.none : name(packageName(sluice.config, bought))],
    [wording.text('autoBuy.threshold'), html`<bdi dir="ltr">${thresholdText(threshold)}</bdi>`],
    [wording.text('autoBuy.most'), wording.count(maxPerCycle)],
    done === null ? null : [wording.text('autoBuy.bought'), wording.count(done)],
  ]);
}

function autoBuyForm(
  request: PageRequest,
  { id }: ServiceDetail,
  { autoBuy, packages }: { autoBuy: AutoBuyView; packages: readonly PackageView[] },
): Html {
  const wording = toWording(request.language);
  const choices = packages.map(
    (each) => [each.id, wording.text('packages.option', { name: each.name, price: priceText(each, wording) })] as const,
  );
  return postForm(request, {
    action: `${toPath(request, id)}/auto-buy`,
    id: 'auto-buy',
    submit: wording.text('autoBuy.save'),
    fields: [
      {
        name: 'enabled',
        label: wording.text('autoBuy.enable'),
        type: 'checkbox',
        value: autoBuy.enabled ? 'yes' : '',
      },
      {
        name: 'package',
        label: wording.text('packages.package'),
        choices,
        value: autoBuy.package ?? packages[0]?.id ?? '',
      },
      {
        name: 'threshold',
        label: wording.text('autoBuy.threshold'),
        value: thresholdText(autoBuy.threshold),
        hint: wording.text('autoBuy.hint'),
        isRequired: true,
      },
      {
        name: 'max',
        label: wording.text('autoBuy.most'),
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
