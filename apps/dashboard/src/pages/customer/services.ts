import type { ServiceDetail } from '@sluice/engine';
import { sayAdvice } from '@sluice/engine/words';
import { toPercent } from '@sluice/quota-core';
import { link, type Section, table, type Tone, usageBar } from '../../layout/components.js';
import { name, type Times } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toTimes, toZone } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import { showAction, toTone } from './advice.js';
import { toPath } from './own.js';
import { stopOfLine } from './telephony/line-stop.js';
import { cycleEnd, isMetered, showRemaining, showReset, showState, showUsed, toFill } from './usage.js';

/** Most services that are shown as tiles; more stand in a table, which is filtered where scripts run. */
const MOST_TILES = 24;

/** What needs attention stands first. */
const TONES: readonly Tone[] = ['bad', 'warning', 'info', 'good', 'quiet'];

/** The services of a client, those first that need attention, then by how much of them is used. */
export async function servicesSection(
  request: PageRequest,
  services: readonly ServiceDetail[],
  reads: PanelReads,
): Promise<Section> {
  const wording = toWording(request.language);
  const title = wording.text('home.services');
  const sorted = byAttention(services);
  const content =
    sorted.length > 0 && sorted.length <= MOST_TILES
      ? html`<ul class="services">
          ${await Promise.all(
            sorted.map(async (service) => {
              const stop = await stopOfLine({ request, service, readers: { reads } });
              return serviceTile(request, service, { wording, stop });
            }),
          )}
        </ul>`
      : servicesTable(request, sorted, { title, wording });
  return { id: 'services', title, content };
}

function byAttention(services: readonly ServiceDetail[]): ServiceDetail[] {
  const rank = ({ advice }: ServiceDetail): number => (advice === undefined ? 0 : TONES.indexOf(toTone(advice)));
  const share = (service: ServiceDetail): number => {
    const { used, allowed } = toFill(service);
    return toPercent(used, allowed) ?? -1;
  };
  return [...services].sort((a, b) => rank(a) - rank(b) || share(b) - share(a));
}

/** A service with its state, use and reset, and what to do now. */
function serviceTile(
  request: PageRequest,
  service: ServiceDetail,
  { wording, stop }: { wording: Wording; stop: Html | null },
): Html {
  const times = toTimes(request, service.panel);
  const { advice } = service;
  const [first] = advice === undefined ? [] : sayAdvice(advice, service, times);
  // That all is well is seen by the bar and the figures; of the others, a sentence with the figures stands for these.
  const sentence = first === undefined || advice?.state === 'fine' ? null : html`<p>${wording.said(first, times)}</p>`;
  const figures = advice?.state === 'near' ? null : html`<p>${showUsed(service, wording)}</p>`;
  const reset = showReset(service, times, { wording, isKept: request.isEmbedded, named: toTimes(request) });
  const todo = showAction(request, service, { wording });
  const isContrary = stop !== null && advice?.state === 'fine';
  const tone = isContrary ? 'warning' : advice === undefined ? 'quiet' : toTone(advice);
  return html`<li class="service service-${tone}">
    <h3>${toTitle(request, service)}</h3>
    ${isContrary ? null : html`<p>${showState(service, wording)}</p>`} ${stop} ${sentence}
    ${
      isMetered(service)
        ? html`${usageBar(toFill(service), { wording })} ${figures}`
        : service.limits.length === 0
          ? null
          : figures
    }
    ${reset === null ? null : html`<p class="soft">${reset}</p>`}
    ${todo === null ? null : html`<p class="todo">${todo}</p>`}
  </li>`;
}

function servicesTable(
  request: PageRequest,
  services: readonly ServiceDetail[],
  { title, wording }: { title: string; wording: Wording },
): Part {
  const times = toTimes(request);
  return table({
    caption: title,
    columns: [
      { title: wording.text('service.service'), cell: (service) => toTitle(request, service) },
      { title: wording.text('service.state'), cell: (service) => showState(service, wording) },
      { title: wording.text('service.left'), cell: (service) => showRemaining(service, wording), isNumber: true },
      {
        title: wording.text('service.used'),
        cell: (service) => html`<span class="compact narrow">${usageBar(toFill(service), { wording })}</span>`,
      },
      { title: wording.text('packages.traffic'), cell: (service) => showUsed(service, wording), isMinor: true },
      {
        title: wording.text('home.until'),
        cell: (service) => cycleEnd(service, times, { timeZone: toZone(request, service.panel), wording }),
        isMinor: true,
      },
      { title: wording.text('service.read'), cell: (service) => readAt(service, times, wording), isMinor: true },
    ],
    rows: services,
    empty: wording.text('home.empty'),
    filter: true,
  });
}

function toTitle(request: PageRequest, { id, name: title }: ServiceDetail): Part {
  const to = toPath(request, id);
  return title === null ? link(to, id) : html`${link(to, title)} <span class="soft">${name(id)}</span>`;
}

function readAt(service: ServiceDetail, times: Times, wording: Wording): Part {
  if (service.usage !== null) return times.ago(service.usage.readAt);
  return isMetered(service) ? wording.never : wording.none;
}
