import type { ServiceDetail } from '@sluice/engine';
import { describeService } from '@sluice/engine/words';
import { address, facts, link, section, sections } from '../../layout/components.js';
import { orNone } from '../../layout/format.js';
import { html, type Html } from '../../layout/html.js';
import type { Page } from '../page.js';
import { alarmsSection } from './alarms.js';
import { brakeBanner } from './brake.js';
import { logTable } from './log-table.js';
import { readRequiredRef } from './navigation.js';
import { lateBanners } from './panels.js';
import { lineHref } from './record-values.js';
import { actionsSection } from './service-actions.js';
import { showState } from './service-state.js';
import { readFigures, readScene, type ServiceScene } from './service.js';

/** Rows of the API log on the page of a service. */
const LOG_ROWS = 25;

/** Why the state of a service lasts that the brake stopped the last runs over. */
const STOPPED = ['would_hold_stopped', 'end_stopped', 'agent_check_stopped'];

/** `/services/:id` */
export const servicePage: Page = async (request) => {
  const { sluice, params, query } = request;
  const id = params.id ?? '';
  const scene = await readScene(request, id);
  const { entries } = await sluice.log.list({ kinds: ['run', 'api'], service: id, limit: LOG_ROWS });
  const { graphs, allowance, limits, account, holds, purchases, cycles, changes } = await readFigures(scene);
  const figures = scene.isLine
    ? html`${await lineSection(scene)} ${sections([limits])}`
    : html`<div class="columns columns-wide">
        <div>${sections([graphs])}</div>
        <div>${sections([allowance, limits])}</div>
      </div>`;
  const { because, brake, service } = scene.found;
  const isAmongBraked = brake !== null && because.some(({ code }) => STOPPED.includes(code));
  const alarms = await alarmsSection(scene, id);
  const late = lateBanners(await sluice.standing(), scene.times, [service.panel]);
  const body = html`${late} ${isAmongBraked ? brakeBanner(scene, brake) : null}
    <section class="card">${showState(scene)}</section>
    ${sections([alarms])} ${figures} ${scene.mayOperate ? await actionsSection(scene) : null}
    <div class="columns">
      <div>${sections([holds, purchases])}</div>
      <div>${sections([account, cycles])}</div>
    </div>
    ${sections([changes])}
    ${section(
      'Runs and API calls',
      await logTable(scene, entries, { caption: 'Runs and API calls of this service', showsService: false }),
      { aside: html`<a href="/log?service=${encodeURIComponent(id)}">All of them</a>` },
    )}`;
  return {
    title: describeService(service),
    body,
    timeZone: scene.times.timeZone,
    notice: DONE.get(doneWord(query, service)),
  };
};

/** The line of a service, with the ways to its DIDs, calls and bills. */
async function lineSection({ request, found }: ServiceScene): Promise<Html> {
  const { id, panel, refs } = found.service;
  const line = refs[(await readRequiredRef(request.sluice, panel)) ?? ''];
  const ways = html`<a class="button" href="${address('/calls', { panel, service: id })}">Calls of today</a>
    <a class="button" href="${address('/bills', { service: id })}">Bills</a>
    ${line === undefined ? null : html`<a class="button" href="${address('/dids', { panel, line })}">DIDs</a>`}`;
  return section(
    'Line',
    html`${facts([['Line', orNone(line, (of) => link(lineHref(panel, of), of))]])}
      <p>${ways}</p>`,
  );
}

/** Returns the word for what a form did; for a purchase, for what it is by now. */
function doneWord({ done = '', purchase }: Readonly<Partial<Record<string, string>>>, service: ServiceDetail): string {
  return done === 'purchase' ? (service.purchases.find(({ id }) => id === purchase)?.status ?? '') : done;
}

/** What a form of this page did, by the word in its address. */
const DONE: ReadonlyMap<string, string> = new Map([
  ['suspend', 'The service is suspended.'],
  ['unsuspend', 'The suspension has ended.'],
  ['renew', 'The due date was moved.'],
  ['change-package', 'The service has another product; its quota applies from the next run.'],
  ['paid', 'The package was bought.'],
  ['buy-unfinished', 'The package was bought, but the panel does not have all of it yet.'],
  ['pending', 'The package was ordered; it counts when its invoice is paid.'],
  ['cancelled', 'This purchase was cancelled; it is not made again.'],
  ['refunding', 'The price of this purchase is being returned; it is not made again.'],
  ['refunded', 'The price of this purchase was returned; it is not made again.'],
  ['override', 'The override is set; it applies from the next run.'],
  ['override-clear', 'The override has ended.'],
  ['hold', 'The hold was added.'],
  ['release', 'The hold was released.'],
  ['release-held', 'The hold was released; another one keeps the service held.'],
  ['release-until', 'Its quota and limits restrict nothing until that day.'],
  ['release-none', 'There was no hold to release.'],
  ['auto-buy', 'The preference is stored.'],
  ['auto-buy-clear', 'The preference was removed.'],
  ['ack', 'The alarm is acknowledged until it ends or changes.'],
  ['ack-undo', 'The alarm is not acknowledged any more.'],
  ['set', 'The change is stored.'],
]);
