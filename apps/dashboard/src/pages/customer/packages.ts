import { may } from '@sluice/contract';
import type { PackageView, ServiceDetail } from '@sluice/engine';
import type { PaymentTerms } from '@sluice/engine/options';
import { address, notice, type Section, table } from '../../layout/components.js';
import { packageColumns } from '../package-columns.js';
import { name } from '../../layout/format.js';
import { html, type Html } from '../../layout/html.js';
import { toWording } from '../../layout/wording.js';
import { toTimes } from '../../layout/page-times.js';
import type { PageRequest } from '../../requests/page-request.js';
import { findPending, purchaseState } from '../purchase-state.js';
import { creditAge, creditAmount, readCredit, topUpLink } from './credit.js';
import { budgetText, isMoreThan, readLeft } from './link-budget.js';
import { findRefusal } from './offered-packages.js';
import { toPath } from './own.js';
import { effectsForClient, isNoHelp } from './effect.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import type { ServiceScene } from './service-scene.js';

/** The packages on offer, each with a button where the client may buy. */
export async function packagesSection({
  request,
  service,
  packages,
  readers: { reads },
  times,
  wording,
}: ServiceScene): Promise<Section | null> {
  if (packages.length === 0) return null;
  const { viewer } = request;
  const refused = findRefusal(packages, service, times.now);
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

/** The way to buy a package: none while it is of no help; one that is ordered already is finished by paying. */
function buyCell(request: PageRequest, service: ServiceDetail, each: PackageView, left: string | null): Html {
  const href = address(`${toPath(request, service.id)}/buy`, { package: each.id });
  const of = html`<span class="visually-hidden"> ${name(each.name)}</span>`;
  const pending = findPending(service, each.id);
  const wording = toWording(request.language);
  if (pending !== null) return purchaseState(pending, service, { ...request, wording });
  if (each.refused !== undefined) return wording.say('packages.notAvailable');
  if (isNoHelp(each)) return wording.say('packages.noHelpNow');
  if (isMoreThan(left, each.price)) return wording.say('packages.moreThanLeft');
  return html`<a class="button" href="${href}">${wording.say('packages.buy')}${of}</a>`;
}
