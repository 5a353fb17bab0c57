import { html, type Html } from '../../../layout/html.js';
import { toPath } from '../own.js';
import type { LineScene } from './line-scene.js';

/** The way back from a page about a line to that of its service. */
export function backToService({ request, service, wording }: Pick<LineScene, 'request' | 'service' | 'wording'>): Html {
  return html`<p class="back"><a href="${toPath(request, service.id)}">${wording.say('page.backService')}</a></p>`;
}
