import type { ServiceDetail } from '@sluice/engine';
import { address, facts, section } from '../layout/components.js';
import { name } from '../layout/format.js';
import { html, type Html } from '../layout/html.js';
import { panelsWith, requiredRefOf } from './navigation.js';
import { lineHref } from './record-values.js';
import type { Scene } from './scene.js';

/** Returns whether a service is a line of a telephony panel: it has calls in place of traffic. */
export function isLine({ request }: Scene, { panel }: Pick<ServiceDetail, 'panel'>): boolean {
  return panelsWith(request.sluice, 'calls').includes(panel);
}

/** The line of a service, with the ways to its DIDs, calls and bills. */
export function lineSection({ request }: Scene, { id, panel, refs }: ServiceDetail): Html {
  const line = refs[requiredRefOf(request.sluice, panel) ?? ''];
  const ways = html`<a class="button" href="${address('/calls', { panel, service: id })}">Calls of today</a>
    <a class="button" href="${address('/bills', { service: id })}">Bills</a>
    ${line === undefined ? null : html`<a class="button" href="${address('/dids', { panel, line })}">DIDs</a>`}`;
  return section(
    'Line',
    html`${facts([
        ['Line', line === undefined ? name(null) : html`<a href="${lineHref(panel, line)}"><bdi>${line}</bdi></a>`],
      ])}
      <p>${ways}</p>`,
  );
}
