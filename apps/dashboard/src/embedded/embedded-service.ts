import type { PackageView, ServiceDetail } from '@sluice/engine';
import { describeService, describeUsed, packageName } from '@sluice/engine/words';
import type { Language } from '@sluice/messages';
import type { ApiCall } from '../requests/api-call.js';
import type { EmbeddedService } from '@sluice/contract/documents';
import { readLogin } from '../pages/customer/account.js';
import { creditText, readCredit } from '../pages/customer/credit.js';
import { readDue } from '../pages/customer/due-invoices.js';
import { offeredPackages } from '../pages/customer/offered-packages.js';
import type { PanelReads } from '../requests/panel-reads.js';
import { serviceSections } from '../pages/customer/sections.js';
import { toServiceScene } from '../pages/customer/service-scene.js';
import { lineSection } from '../pages/customer/telephony/line.js';
import { isMetered, isUnread, toSummary } from '../pages/customer/usage.js';
import type { Section } from '../layout/components.js';
import { html } from '../layout/html.js';
import { ENGLISH, toWording } from '../layout/wording.js';
import { inWords } from '../layout/words.js';
import type { PageRequest } from '../requests/page-request.js';
import { toAgreed } from '../pages/agreed-price.js';
import { findPending, listPending, packageLabel } from '../pages/purchase-state.js';
import { toTimes, toZone } from '../layout/page-times.js';
import { showState } from '../pages/operator/service-state.js';
import { readNow } from '../pages/operator/last-read.js';
import { attempt, problemNotice } from '../pages/operator/scene.js';
import { readFigures, readScene, type ServiceScene } from '../pages/operator/service.js';
import { toParts, toText } from './embedded-part.js';
import { embeddedRequest } from './embedded-request.js';

/** Returns what the client of a service sees of it. */
export async function serviceForCustomer(call: ApiCall, id: string, language: Language): Promise<EmbeddedService> {
  const { client } = await call.sluice.services.show(id);
  const service = await call.sluice.services.show(id, { reader: client });
  const request = embeddedRequest(call, client, language);
  const parts = await serviceSections(await toServiceScene(request, service, call.readers));
  return {
    ...(await readHead(request, service, client === null ? null : call.readers.reads)),
    summary: summaryForCustomer(request, service),
    parts: toParts(parts, toWording(language)),
  };
}

/** Returns the summary of a service for its client. */
export function summaryForCustomer(request: PageRequest, service: ServiceDetail): string {
  return toText(toSummary(service, toTimes(request, service.panel), toWording(request.language)));
}

/** Returns what an operator sees of a service, without what operators change. */
export async function serviceForStaff(call: ApiCall, id: string): Promise<EmbeddedService> {
  const request = embeddedRequest(call, null);
  const scene = await readScene(request, id);
  const { service } = scene.found;
  const { graphs, allowance, limits, account, holds, purchases, cycles, changes } = await readFigures(scene);
  const parts: (Section | null)[] = [
    { id: 'state', title: 'State', content: showState(scene) },
    scene.isLine ? await lineForStaff(scene) : null,
    graphs === null
      ? null
      : {
          ...graphs,
          content: html`${graphs.content}
            <p>${graphs.aside}</p>`,
        },
    ...[allowance, limits, account, holds, purchases, cycles, changes],
  ];
  const used = isUnread(service) ? 'not read yet' : describeUsed(service);
  const summary = toText(isMetered(service) ? `${inWords(service.status)}: ${used}` : inWords(service.status));
  return { ...(await readHead(request, service, null)), summary, parts: toParts(parts, ENGLISH) };
}

/** WHMCS waits for the whole answer for six seconds. */
const LINE_MS = 4000;

/** Returns the line of a service as the panel has it now. */
async function lineForStaff(scene: ServiceScene): Promise<Section> {
  const { request, found } = scene;
  const { service } = found;
  const read = (signal: AbortSignal) => request.sluice.telephony.line(service.id, { signal });
  const { value, problem } = await attempt(() => readNow(scene, ['line', service.id], read, LINE_MS));
  const line = problem === null ? value : { value: null, notice: problemNotice(problem) };
  return { ...(await lineSection({ request, service }, line)), title: 'Line and numbers' };
}

function toUnpaid({ sluice }: PageRequest, purchase: ServiceDetail['purchases'][number]): EmbeddedService['unpaid'] {
  const { package: id, invoice } = purchase;
  return invoice !== null ? [{ package: toText(packageName(sluice.config, id)), invoice }] : [];
}

/** The invoice that has to be paid before a service comes back, with what leads to it. */
async function readInvoice(
  request: PageRequest,
  service: ServiceDetail,
  reads: PanelReads | null,
): Promise<EmbeddedService['due']> {
  const owed = reads === null ? null : (await readDue(request, service, reads))?.value?.owed;
  if (owed == null) return null;
  const { invoice } = owed;
  const wording = toWording(request.language);
  const label = invoice === null ? wording.text('todo.payAny') : wording.text('todo.pay', { invoice });
  return { invoice, label: toText(label) };
}

async function readHead(
  request: PageRequest,
  service: ServiceDetail,
  reads: PanelReads | null,
): Promise<Omit<EmbeddedService, 'summary' | 'parts'>> {
  const packages = await offeredPackages(request, service, reads);
  // A client pays one that is ordered before the next.
  const isOnOffer = ({ id, refused }: PackageView): boolean =>
    refused === undefined && (reads === null || findPending(service, id) === null);
  const known = reads === null || packages.length === 0 ? null : (await readCredit(request, reads)).value;
  const credit = known === null ? null : toText(creditText(known, toWording(request.language)));
  const { billing, brand } = request.sluice.config;
  return {
    service: service.id,
    title: toText(describeService(service)),
    readAt: service.usage?.readAt ?? null,
    timeZone: toZone(request, service.panel),
    unpaid: listPending(service)
      .flatMap((purchase) => toUnpaid(request, purchase))
      .reverse(),
    due: await readInvoice(request, service, reads),
    credit,
    billing,
    topUpUrl: brand.topUpUrl ?? null,
    packages: packages.filter(isOnOffer).map((each) => ({
      package: each.id,
      label: toText(packageLabel(each, service, toWording(request.language))),
      agreed: toAgreed(each),
    })),
    loginLink: typeof (await readLogin(request, service.id))?.url === 'string',
  };
}
