import { describeService } from '@sluice/engine/words';
import { sections } from '../../layout/components.js';
import { html, join } from '../../layout/html.js';
import type { Page } from '../page.js';
import { doneText } from './done.js';
import { ownService } from './own.js';
import type { Readers } from '../../requests/readers.js';
import { serviceSections } from './sections.js';
import { toServiceScene } from './service-scene.js';

/** Returns the page of one service of a client. */
export function servicePage(readers: Readers): Page {
  return async (request) => {
    const service = await ownService(request);
    const scene = await toServiceScene(request, service, readers);
    const { times, wording } = scene;
    const body = join([
      html`<p><a href="${request.base === '' ? '/' : request.base}">${wording.say('page.allServices')}</a></p>`,
      ...sections(await serviceSections(scene)),
    ]);
    const done = doneText(request.query['done'] ?? '', scene);
    const { timeZone } = times;
    return {
      title: describeService(service),
      who: service.clientName,
      body,
      timeZone,
      ...(done === undefined ? {} : { notice: done }),
    };
  };
}
