import type { ServiceDetail } from '@sluice/engine';
import type { Key } from '@sluice/messages';
import { notice } from '../../layout/components.js';
import { linkField } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { qrCode } from '../../layout/qr-code.js';
import type { Wording } from '../../layout/wording.js';
import { hasEnded } from '../lifecycle.js';
import type { ServicePart, ServiceScene } from './service-scene.js';
import { isOfAge, showReasons } from './usage.js';

type Access = NonNullable<ServiceDetail['access']>;
type App = NonNullable<Access['apps']>[number];

/** Where apps run, in the order of the page. */
const PLATFORMS: readonly (readonly [App['platforms'][number], Key & `connect.${string}`])[] = [
  ['android', 'connect.android'],
  ['ios', 'connect.ios'],
  ['windows', 'connect.windows'],
  ['macos', 'connect.macos'],
  ['linux', 'connect.linux'],
];

/** How the client connects with a link: the link, its code, and apps that import it; null where its panel has no such links. */
export const connectionSection: ServicePart = (scene) => {
  const { service, wording } = scene;
  if (service.access === undefined || service.lifecycle === 'pending') return null;
  return { id: 'connection', title: wording.text('connect.title'), content: showConnection(scene, service.access) };
};

function showConnection({ service, times, wording }: ServiceScene, access: Access | null): Html {
  if (hasEnded(service)) return notice('warning', wording.say('connect.ended'));
  if (access === null) return notice('warning', wording.say('connect.none'));
  const link = access.links.find(({ unknown }) => unknown === null)?.url;
  if (link === undefined) return notice('warning', wording.say('user.linkUnknown'));
  const { holds, stoppedByPanel, because = [] } = service;
  const isStopped = holds.some(({ restricting }) => restricting !== true) || stoppedByPanel !== undefined;
  const why = isStopped
    ? notice(
        'bad',
        wording.say('list.sentences', {
          first: wording.say('connect.stopped'),
          rest: showReasons(
            because.filter((each) => !isOfAge(each)),
            service,
            { times, wording },
          ),
        }),
      )
    : null;
  return html`${why}
    <div class="connection">
      <div>
        ${linkField(link, wording.text('connect.link'))}
        <p class="soft">${wording.say('connect.secret')}</p>
        ${showApps(access.apps ?? [], wording)}
      </div>
      <figure class="qr-figure">
        ${qrCode(link, wording.text('connect.code'))}
        <figcaption>${wording.say('connect.scan')}</figcaption>
      </figure>
    </div>`;
}

function showApps(apps: readonly App[], wording: Wording): Html | null {
  const [first, ...others] = apps;
  if (first === undefined) return null;
  const open = (app: App, tone: string): Html =>
    html`<a class="button ${tone}" href="${app.url}" rel="noopener noreferrer"
      >${wording.say('connect.openIn', { app: html`<bdi>${app.name}</bdi>` })}</a
    >`;
  const lists = PLATFORMS.map(([platform, key]) => {
    const own = others.filter(({ platforms }) => platforms.includes(platform));
    return own.length === 0
      ? null
      : html`<details>
          <summary>${wording.saidText({ key })}</summary>
          <p class="choices">${own.map((app) => open(app, ''))}</p>
        </details>`;
  });
  return html`<p>${open(first, 'button-main')}</p>
    <p>${wording.say('connect.apps')}</p>
    ${lists}`;
}
