import type { ServiceDetail } from '@sluice/engine';
import { describeService } from '@sluice/engine/words';
import { sections } from '../../layout/components.js';
import { html, join } from '../../layout/html.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { Page, PageAnswer } from '../page.js';
import { creditSection } from './credit-section.js';
import { doneText } from './done.js';
import { findOnly, ownService } from './own.js';
import type { Readers } from '../../requests/readers.js';
import { serviceSections } from './sections.js';
import { toServiceScene } from './service-scene.js';

/** Returns the page of one service of a client. */
export function servicePage(readers: Readers): Page {
  return async (request) => showService(request, readers, { isOnly: (await findOnly(request)) !== null });
}

/** Returns the page of the service that a request names; where it is the only one of its client, with what its first page would have besides. */
export async function showService(
  request: PageRequest,
  readers: Readers,
  { isOnly }: { isOnly: boolean },
): Promise<PageAnswer> {
  const service = await ownService(request);
  // Together, so that a billing system that hangs delays the page by one time-out.
  const [{ scene, parts }, credit] = await Promise.all([
    readParts(request, service, readers),
    isOnly ? creditSection(request, readers.reads) : null,
  ]);
  const { times, wording } = scene;
  const back = html`<p class="back">
    <a href="${request.base === '' ? '/' : request.base}">${wording.say('page.allServices')}</a>
  </p>`;
  const body = join([isOnly ? null : back, ...sections([...parts, credit])]);
  const done = doneText(request.query['done'] ?? '', scene);
  return {
    title: describeService(service),
    who: service.clientName,
    body,
    timeZone: times.timeZone,
    ...(done === undefined ? {} : { notice: done }),
  };
}

async function readParts(request: PageRequest, service: ServiceDetail, readers: Readers) {
  const scene = await toServiceScene(request, service, readers);
  return { scene, parts: await serviceSections(scene) };
}
