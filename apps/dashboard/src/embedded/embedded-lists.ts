import { describeService } from '@sluice/engine/words';
import type { Language } from '@sluice/messages';
import type { ApiCall } from '../requests/api-call.js';
import type { EmbeddedClient, EmbeddedPart } from '@sluice/contract/documents';
import { clientSections } from '../pages/customer/overview.js';
import { html } from '../layout/html.js';
import { ENGLISH, toWording } from '../layout/wording.js';
import { configNotices } from '../pages/operator/config-notices.js';
import { overviewSections, readOverview, summary } from '../pages/operator/overview.js';
import { toScene } from '../pages/operator/scene.js';
import { toParts, toText } from './embedded-part.js';
import { embeddedRequest } from './embedded-request.js';
import { summaryForCustomer } from './embedded-service.js';

/** Returns what a client sees of its services, its credit and the agents that it is. */
export async function clientForCustomer(call: ApiCall, client: string, language: Language): Promise<EmbeddedClient> {
  const request = embeddedRequest(call, client, language);
  const { services } = await call.sluice.services.list({ client, reader: client });
  const parts = toParts(await clientSections(request, services, call.readers.reads), toWording(language));
  const listed = services.map((service) => ({
    service: service.id,
    title: toText(describeService(service)),
    summary: summaryForCustomer(request, service),
  }));
  return { client, timeZone: call.sluice.config.timeZone, parts, services: listed };
}

/** Returns the overview of all services and panels, without what operators change. */
export async function overviewForStaff(call: ApiCall): Promise<{ timeZone: string; parts: EmbeddedPart[] }> {
  const request = embeddedRequest(call, null);
  const report = await readOverview(request);
  const scene = toScene(request);
  const { services, panels, events, holds, runs } = await overviewSections(scene, report);
  const content = html`${configNotices(call.context)} ${summary(scene, report)}`;
  const totals = { id: 'totals', title: 'Totals', content };
  return {
    timeZone: call.sluice.config.timeZone,
    parts: toParts([totals, events, holds, services, panels, runs], ENGLISH),
  };
}
