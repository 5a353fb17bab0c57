import type { PackageView, PurchaseReport, ServiceDetail } from '@sluice/engine';
import { describeForClient, describePrice } from '@sluice/engine/words';
import type { AutoBuyRequest, AutoBuySubject, PaymentTerms } from '@sluice/engine/options';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { subtractMoney } from '@sluice/quota-core';
import { facts, notice } from '../../layout/components.js';
import { bytes, money, name, UNKNOWN } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html, type Part } from '../../layout/html.js';
import type { Page, PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { agreedFields, readAgreed } from '../agreed-price.js';
import { toPrice } from '../package-columns.js';
import { effectNotices } from '../package-effect.js';
import { findPending, pendingNotice } from '../purchase-state.js';
import { findAsked } from '../asked-purchase.js';
import { toTimes, toZone } from '../../layout/page-times.js';
import { creditAge, creditAmount, isInCurrency, missingCredit, readCredit, topUpLink } from './credit.js';
import { toClient, done, ownService, toPath, plainly } from './own.js';
import { offeredPackages, overLinkText, refusalText, toRefPrefix } from './packages.js';
import type { PanelReads } from '../../requests/panel-reads.js';

/** `GET …/buy?package=`: what it costs, before it is charged. */
export function buyPage(reads: PanelReads): Page {
  return (request) => showPrice(request, reads);
}

/** Whether the credit covers a price; null where that is not known. */
type IsCovered = boolean | null;

function terms({ leavesInvoice }: PaymentTerms, isCovered: IsCovered, { taxed }: PackageView): string {
  if (isCovered === true) return 'It is paid from your credit at once, and counts in the current period.';
  if (isCovered === null) {
    const price = taxed ? 'the price with tax' : 'the price';
    const otherwise = leavesInvoice
      ? 'otherwise you get an invoice, and the package counts once it is paid.'
      : 'otherwise nothing is bought.';
    return `It is paid from your credit where it covers ${price}; ${otherwise}`;
  }
  return leavesInvoice
    ? 'You get an invoice; the package counts once it is paid.'
    : 'Add credit first: nothing is bought without it.';
}

/** What a package comes to, as far as it is known: the tax only by an earlier invoice. */
function expectedCharge({ price, taxed, lastCharged }: PackageView): { least: string; isWhole: boolean } {
  return taxed && lastCharged !== null ? { least: lastCharged, isWhole: true } : { least: price, isWhole: !taxed };
}

/** What may be used with the package; nothing where no limit is known. */
function newAllowance({ allowance }: ServiceDetail, size: number): [string, Part] | null {
  if (allowance === null || allowance.unlimited || allowance.allowedBytes === null) return null;
  return [
    'Allowed with it',
    html`${bytes(allowance.allowedBytes + size)} in this period (now ${bytes(allowance.allowedBytes)})`,
  ];
}

async function showPrice(request: PageRequest, reads: PanelReads): Promise<PageAnswer> {
  const { query, viewer } = request;
  const service = await ownService(request);
  const { offered, packages } = await requireOffered(request, service, { wanted: query['package'] ?? '', reads });
  const { id, name: title, bytes: size, currency, taxed, lastCharged } = offered;
  const asked = await findAsked(request, service.id, (key) => toRefPrefix(viewer) + key);
  if ('redirect' in asked) return asked.redirect;
  const back = toPath(request, service.id);
  const pay = await request.sluice.purchases.terms();
  const read = await readCredit(request, reads);
  const { value: credit } = read;
  const { least, isWhole } = expectedCharge(offered);
  const isKnown = credit !== null && isInCurrency(credit, currency);
  const missing = isKnown ? missingCredit(credit, least) : null;
  const isCovered = missing !== null ? false : isKnown && isWhole ? true : null;
  const pending = findPending(service, id);
  const why =
    refusalText([offered], service, toTimes(request, service.panel).now) ??
    (pending === null ? await overLinkText(request, offered) : null);
  const refused = why !== null || pending !== null || (missing !== null && !pay.leavesInvoice);
  const body = html`${'made' in asked || pending === null ? null : pendingNotice(pending)}
    ${facts([
      ['Service', name(service.id)],
      ['Package', name(title)],
      ['Traffic', bytes(size)],
      why === null ? newAllowance(service, size) : null,
      ['Price', toPrice(offered)],
      taxed && lastCharged !== null
        ? ['With tax', html`${money(lastCharged, currency)}, by your last invoice for it`]
        : null,
      ['Your credit', credit === null ? UNKNOWN : creditAmount(credit)],
    ])}
    ${creditAge(read, toTimes(request, service.panel))}
    ${why !== null || 'made' in asked ? null : effectNotices(offered, packages, describeForClient)}
    ${missing === null ? null : notice('warning', html`${isWhole ? null : 'At least '}${money(missing, currency)} of credit are missing.`)}
    ${
      'made' in asked
        ? asked.made
        : html`${why !== null ? notice('warning', why) : html`<p>${terms(pay, isCovered, offered)}</p>`}
          ${refused ? null : postForm(request, { action: `${back}/buy`, id: 'buy', key: asked.key, hidden: { package: id, ...agreedFields(offered) }, submit: submitText(offered, missing !== null) })}`
    }
    ${missing === null ? null : topUpLink(request, pay)}
    <p><a href="${back}">Back to the service</a></p>`;
  return { title: `Buy ${title}`, body, timeZone: toZone(request, service.panel) };
}

function submitText(offered: PackageView, isOrder: boolean): string {
  return `${isOrder ? 'Order' : 'Buy'} ${offered.name} for ${describePrice(offered)}`;
}

async function requireOffered(
  request: PageRequest,
  service: ServiceDetail,
  { wanted, reads }: { wanted: string; reads: PanelReads | null },
) {
  const packages = await offeredPackages(request, service, reads);
  const offered = packages.find(({ id }) => id === wanted);
  if (offered !== undefined) return { offered, packages };
  throw new SluiceError('package_not_offered', `Package "${wanted}" is not on offer for this service`, {
    kind: 'conflict',
  });
}

/** Buys a package on offer; the form's key is the reference of the purchase. */
export function buy(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, viewer, form = {}, as } = request;
    const before = await ownService(request);
    const { id } = before;
    const { package: wanted = '', key = '' } = form;
    const { maxAmount } = viewer;
    const refs = toRefPrefix(viewer);
    const bought = await plainly(() =>
      sluice.purchases.create(id, wanted, {
        ...as,
        ref: `${refs}${key}`,
        client: toClient(request),
        agreed: readAgreed(form),
        ...(maxAmount === null ? {} : { budget: { refs, amount: maxAmount } }),
      }),
    ).catch((error: unknown) => tooLittleCredit(request, id, error));
    reads.forget(toClient(request));
    if ('body' in bought) return bought;
    return done(request, id, await outcome(request, before, bought), 'packages');
  };
}

/** Returns the page of a client whose credit does not cover a package; throws any other error. */
async function tooLittleCredit(request: PageRequest, id: string, error: unknown) {
  if (!(error instanceof SluiceError) || error.code !== 'no_credit') throw error;
  const { needed, balance, currency } = error.details as { needed: string; balance: string | null; currency: string };
  const price = money(needed, currency);
  const what =
    balance === null
      ? html`Your credit does not cover the ${price} that the package costs.`
      : html`You have ${money(balance, currency)} of credit, and the package costs ${price}:
        ${money(subtractMoney(needed, balance), currency)} are missing.`;
  const body = html`${notice('bad', html`${what} Nothing was charged.`)}
    ${topUpLink(request, await request.sluice.purchases.terms())}
    <p><a href="${toPath(request, id)}">Back to the service</a></p>`;
  return { status: 409, title: 'Not bought', body };
}

/** Returns the word for what a purchase did to its service. */
async function outcome(
  { sluice }: PageRequest,
  before: ServiceDetail,
  { purchase, stoppedByPanel, error }: PurchaseReport,
): Promise<string> {
  if (purchase.status === 'pending') return 'ordered';
  if (purchase.status !== 'paid') return purchase.status;
  if (before.holds.length === 0) return error?.code === 'limit_not_raised' ? 'bought-later' : 'bought';
  const { holds } = await sluice.services.show(before.id);
  return holds.length === 0 && stoppedByPanel === undefined ? 'online' : 'still-restricted';
}

/** Saves whether packages are bought by themselves. */
export const setAutoBuy: Page = async (request) => {
  const { sluice, form = {}, as } = request;
  const service = await ownService(request);
  const { package: wanted = '', threshold = '', max = '' } = form;
  const enabled = form['enabled'] === 'yes';
  if (!/^\d{1,3}$/.test(max)) throw usageError('bad_option', 'At most per period: write a whole number from 0 to 999');
  await requireOffered(request, service, { wanted, reads: null });
  const wish: AutoBuyRequest = { enabled, package: wanted, threshold: threshold.trim(), maxPerCycle: Number(max) };
  await plainly(() =>
    sluice.autoBuy.set({ service: service.id, owner: toClient(request), ...toLink(request) }, wish, as),
  );
  return done(request, service.id, 'auto-buy', 'auto-buy');
};

/** A preference that a share link sets ends with it, and is within its budget. */
function toLink({ viewer: { shared, id, maxAmount } }: PageRequest): Pick<AutoBuySubject, 'link'> {
  return shared ? { link: { link: id, amount: maxAmount } } : {};
}
