import { describeService } from '@sluice/engine/words';
import { type Section, sections } from '../../../layout/components.js';
import { html, join } from '../../../layout/html.js';
import type { PageAnswer } from '../../page.js';
import { toPath } from '../own.js';
import type { LineScene } from './line-scene.js';

/** Returns a page about a line: the way back to that of its service, and these parts. */
export function linePage({ request, service, times, wording }: LineScene, title: string, parts: Section[]): PageAnswer {
  const back = html`<p class="back">
    <a href="${toPath(request, service.id)}">${wording.say('page.backService')}</a>
  </p>`;
  return {
    title: `${title}: ${describeService(service)}`,
    who: service.clientName,
    body: join([back, ...sections(parts)]),
    timeZone: times.timeZone,
  };
}
