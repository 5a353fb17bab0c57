import type { Credit } from '@sluice/contract/ports';
import type { PackageView, PurchaseReport, ServiceDetail } from '@sluice/engine';
import type { AutoBuyRequest, AutoBuySubject, PaymentTerms } from '@sluice/engine/options';
import { say } from '@sluice/messages';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney, subtractMoney, toAsciiDigits } from '@sluice/quota-core';
import { facts, notice } from '../../layout/components.js';
import { name, named } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import { clientError } from '../../server/failure.js';
import type { Page, PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { agreedFields, readAgreed } from '../agreed-price.js';
import { findTotal, toNetPrice, toPrice } from '../package-columns.js';
import { findPending, pendingNotice } from '../purchase-state.js';
import { findAsked } from '../asked-purchase.js';
import { toTimes, toZone } from '../../layout/page-times.js';
import { creditAge, creditAmount, isInCurrency, missingCredit, readCredit, topUpLink } from './credit.js';
import { effectForClient } from './effect.js';
import { toClient, done, ownService, toPath, plainly } from './own.js';
import { overLinkText, toRefPrefix } from './link-budget.js';
import { findRefusal, offeredPackages } from './offered-packages.js';
import type { PanelReads } from '../../requests/panel-reads.js';

/** `GET …/buy?package=`: what it costs, before it is charged. */
export function buyPage(reads: PanelReads): Page {
  return (request) => showPrice(request, reads);
}

/** Whether the credit covers a price; null where that is not known. */
type IsCovered = boolean | null;

function findTerms({ leavesInvoice }: PaymentTerms, isCovered: IsCovered, { taxed }: PackageView) {
  if (isCovered === true) return 'buy.fromCredit';
  if (isCovered === false) return leavesInvoice ? 'buy.invoice' : 'buy.creditFirst';
  if (taxed) return leavesInvoice ? 'buy.taxedInvoice' : 'buy.taxedNothing';
  return leavesInvoice ? 'buy.coveredInvoice' : 'buy.coveredNothing';
}

/** What a package comes to, as far as it is known: the tax by an earlier invoice, or by the client's country. */
function expectedCharge(offered: PackageView): { least: string; isWhole: boolean } {
  const total = findTotal(offered);
  return { least: total ?? offered.price, isWhole: total !== null };
}

/** What a taxed package comes to, and by what that is known; nothing for one without tax. */
function taxFact(offered: PackageView, wording: Wording): [string, Part] | null {
  const { price, currency, taxed, lastCharged, withTax } = offered;
  if (!taxed) return null;
  const total = lastCharged ?? withTax;
  if (total === null) return [wording.text('buy.withTax'), wording.say('buy.taxLater')];
  const by = compareMoney(total, price) === 0 ? 'buy.noTax' : 'buy.byRate';
  const amount = wording.money(total, currency);
  return [wording.text('buy.withTax'), wording.say(lastCharged === null ? by : 'buy.lastInvoice', { price: amount })];
}

/** What is left of the credit after the purchase; at most, where the tax is not known before. */
function showRest({ balance }: Pick<Credit, 'balance'>, offered: PackageView, wording: Wording): Html {
  const { least, isWhole } = expectedCharge(offered);
  const rest = wording.money(subtractMoney(balance, least), offered.currency);
  return isWhole ? rest : wording.say('buy.atMost', { amount: rest });
}

/** What may be used with the package; nothing where no limit is known. */
function newAllowance({ allowance }: ServiceDetail, added: number, wording: Wording): [string, Part] | null {
  if (allowance === null || allowance.unlimited || allowance.allowedBytes === null) return null;
  const [size, now] = [allowance.allowedBytes + added, allowance.allowedBytes].map((value) => wording.bytes(value));
  return [wording.text('buy.allowedWith'), wording.say('buy.newAllowance', { size, now })];
}

async function showPrice(request: PageRequest, reads: PanelReads): Promise<PageAnswer> {
  const { query, viewer } = request;
  const wording = toWording(request.language);
  const service = await ownService(request);
  const { offered, packages } = await requireOffered(request, service, { wanted: query['package'] ?? '', reads });
  const { id, name: title, bytes: size, currency } = offered;
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
  const times = toTimes(request, service.panel);
  const noWay = findRefusal([offered], service, times.now);
  const why =
    noWay !== null ? wording.saidText({ key: noWay }) : pending === null ? await overLinkText(request, offered) : null;
  const refused = why !== null || pending !== null || (missing !== null && !pay.leavesInvoice);
  const body = html`<section class="card">
    ${'made' in asked || pending === null ? null : pendingNotice(pending, { ...request, wording })}
    ${facts([
      [wording.text('service.service'), named(service.name, service.id)],
      [wording.text('packages.package'), name(title)],
      [wording.text('packages.traffic'), wording.bytes(size)],
      why === null ? newAllowance(service, size, wording) : null,
      [wording.text('packages.price'), toNetPrice(offered, wording)],
      taxFact(offered, wording),
      [wording.text('buy.yourCredit'), credit === null ? wording.unknown : creditAmount(credit, wording)],
      why === null && !('made' in asked) && isKnown && missing === null
        ? [wording.text('buy.creditAfter'), showRest(credit, offered, wording)]
        : null,
    ])}
    ${creditAge(read, times, wording)}
    ${why !== null || 'made' in asked ? null : effectForClient(offered, packages, wording)}
    ${missing === null ? null : notice('warning', wording.say(isWhole ? 'buy.missing' : 'buy.missingLeast', { amount: wording.money(missing, currency) }))}
    ${
      'made' in asked
        ? asked.made
        : html`${why !== null ? notice('warning', why) : html`<p>${wording.say(findTerms(pay, isCovered, offered))}</p>`}
          ${refused ? null : postForm(request, { action: `${back}/buy`, id: 'buy', tone: 'main', key: asked.key, hidden: { package: id, ...agreedFields(offered) }, submit: submitText(offered, missing !== null, wording) })}`
    }
    ${missing === null ? null : html`<p>${topUpLink(request, pay, { isMain: !pay.leavesInvoice })}</p>`}
    <p class="back"><a href="${back}">${wording.say('page.backService')}</a></p>
  </section>`;
  return {
    title: wording.text('buy.title', { package: title }),
    heading: wording.say('buy.title', { package: name(title) }),
    who: service.clientName,
    body,
    timeZone: toZone(request, service.panel),
  };
}

function submitText(offered: PackageView, isOrder: boolean, wording: Wording): Html {
  const values = { package: name(offered.name), price: toPrice(offered, wording) };
  return wording.say(isOrder ? 'buy.orderFor' : 'buy.buyFor', values);
}

async function requireOffered(
  request: PageRequest,
  service: ServiceDetail,
  { wanted, reads }: { wanted: string; reads: PanelReads | null },
) {
  const packages = await offeredPackages(request, service, reads);
  const offered = packages.find(({ id }) => id === wanted);
  if (offered !== undefined) return { offered, packages };
  throw clientError('package_not_offered', say('problem.notOffered', { package: wanted }), { kind: 'conflict' });
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
    ).catch((error: unknown) => tooLittleCredit(request, before, error));
    reads.forget(toClient(request));
    if ('body' in bought) return bought;
    return done(request, id, await outcome(request, before, bought));
  };
}

/** Returns the page of a client whose credit does not cover a package; throws any other error. */
async function tooLittleCredit(request: PageRequest, { id, clientName }: ServiceDetail, error: unknown) {
  if (!(error instanceof SluiceError) || error.code !== 'no_credit') throw error;
  const { needed, balance, currency } = error.details as { needed: string; balance: string | null; currency: string };
  const wording = toWording(request.language);
  const price = wording.money(needed, currency);
  const what =
    balance === null
      ? wording.say('buy.notCovered', { price })
      : wording.say('buy.tooLittle', {
          credit: wording.money(balance, currency),
          price,
          missing: wording.money(subtractMoney(needed, balance), currency),
        });
  const body = html`${notice('bad', what)}
    ${topUpLink(request, await request.sluice.purchases.terms(), { isMain: true })}
    <p><a href="${toPath(request, id)}">${wording.say('page.backService')}</a></p>`;
  return { status: 409, title: wording.text('buy.notBought'), who: clientName, body };
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
  const { package: wanted = '' } = form;
  const enabled = form['enabled'] === 'yes';
  const [threshold, max] = [toPlainFigure(form['threshold']), toPlainFigure(form['max'])];
  if (!/^\d{1,3}$/.test(max))
    throw clientError('bad_option', say('problem.most'), { kind: 'usage', details: { field: 'max' } });
  await requireOffered(request, service, { wanted, reads: null });
  const wish: AutoBuyRequest = { enabled, package: wanted, threshold, maxPerCycle: Number(max) };
  await plainly(() =>
    sluice.autoBuy.set({ service: service.id, owner: toClient(request), ...toLink(request) }, wish, as),
  );
  return done(request, service.id, 'auto-buy');
};

/** Returns a figure as programs write it, of one that is written with a Persian keyboard, such as `۱۲٫۵٪`. */
function toPlainFigure(text = ''): string {
  return toAsciiDigits(text).replaceAll('٪', '%').replaceAll('٫', '.').trim();
}

/** A preference that a share link sets ends with it, and is within its budget. */
function toLink({ viewer: { shared, id, maxAmount } }: PageRequest): Pick<AutoBuySubject, 'link'> {
  return shared ? { link: { link: id, amount: maxAmount } } : {};
}
