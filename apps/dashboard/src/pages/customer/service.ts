import type { ServiceDetail } from '@sluice/engine';
import { describeService, hasCycleEnded } from '@sluice/engine/words';
import type { Key } from '@sluice/messages';
import { usageInMode } from '@sluice/quota-core';
import { facts, type Section, sections, table } from '../../layout/components.js';
import type { Times } from '../../layout/format.js';
import { html, join, type Part } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes } from '../../layout/page-times.js';
import { listPending, payLink } from '../purchase-state.js';
import { accountSection } from './account.js';
import { graphSection } from './graphs.js';
import { ownService } from './own.js';
import { autoBuySection, offeredPackages, packagesSection, purchasesSection } from './packages.js';
import { passwordSection } from './password.js';
import type { Readers } from '../../requests/readers.js';
import { telephonySections } from './telephony.js';
import {
  ageNotice,
  headline,
  isMetered,
  limitFacts,
  showReasons,
  showRemaining,
  showState,
  stateNotices,
} from './usage.js';
import { hasEnded } from '../lifecycle.js';

/** Most past periods on a page. */
const MOST_CYCLES = 24;

/** What the last form did, by the query of the page that it leads to. */
const DONE: ReadonlyMap<string, Key & `done.${string}`> = new Map([
  ['cancelled', 'done.cancelled'],
  ['refunded', 'done.refunded'],
  ['refunding', 'done.refunding'],
  ['auto-buy', 'done.autoBuy'],
  ['destination', 'done.destination'],
  ['caller-id', 'done.callerId'],
  ['password', 'done.password'],
  ['password-in-doubt', 'done.passwordInDoubt'],
] as const);

/** How the page of a service writes: its times and words. */
interface Writing {
  times: Times;
  wording: Wording;
}

/** Returns the page of one service of a client. */
export function servicePage(readers: Readers): Page {
  return async (request) => {
    const service = await ownService(request);
    const wording = toWording(request.language);
    const body = join([
      html`<p><a href="${request.base === '' ? '/' : request.base}">${wording.say('page.allServices')}</a></p>`,
      ...sections(await serviceSections(request, service, readers)),
    ]);
    const times = toTimes(request, service.panel);
    const done = doneText(request.query['done'] ?? '', service, { times, wording });
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

/** Returns what the last form did: of a purchase, what it changed of the service as it is now. */
function doneText(word: string, service: ServiceDetail, { times, wording }: Writing): Part | undefined {
  const allowed = service.allowance?.allowedBytes ?? null;
  const size = wording.bytes(allowed);
  const bought = allowed === null ? wording.say('done.bought') : wording.say('done.boughtAllowed', { size });
  const online = allowed === null ? wording.say('done.online') : wording.say('done.onlineAllowed', { size });
  if (word === 'bought') return bought;
  if (word === 'bought-later') return html`${bought} ${wording.say('done.raise')}`;
  if (word === 'online' || word === 'still-restricted') {
    return service.holds.length === 0 && service.stoppedByPanel === undefined
      ? online
      : html`${bought} ${afterPurchase(service, { times, wording })}`;
  }
  const key = DONE.get(word);
  if (key !== undefined) return wording.saidText({ key });
  if (word !== 'ordered') return undefined;
  const waiting = listPending(service).findLast(({ invoice }) => invoice !== null);
  return waiting === undefined
    ? wording.say('done.ordered')
    : wording.say('done.orderedPay', { pay: payLink(waiting, wording) });
}

/** What a purchase changed of a service that is still restricted. */
function afterPurchase(service: ServiceDetail, writing: Writing): Part {
  const { holds, observing, because = [] } = service;
  const { wording } = writing;
  if (holds.length === 0) return wording.say('done.stillStopped');
  const ended = because.filter(({ details }) => 'reason' in details);
  if (holds.every(({ releasing }) => releasing === true)) return showReasons(ended, service, writing);
  const isOfTraffic = holds.every(({ reason }) => reason === 'quota');
  return wording.say(observing && isOfTraffic ? 'done.restoredLater' : 'done.stillRestricted');
}

/** Returns the parts of the page of a service; null for those that it has not. */
export async function serviceSections(
  request: PageRequest,
  service: ServiceDetail,
  { reads, graphs }: Readers,
): Promise<(Section | null)[]> {
  const writing = { times: toTimes(request, service.panel), wording: toWording(request.language) };
  const packages = await offeredPackages(request, service, reads);
  return [
    usageSection(service, writing),
    await packagesSection(request, service, { packages, reads }),
    await autoBuySection(request, service, packages),
    purchasesSection(request, service, writing.times),
    isMetered(service) ? await graphSection(request, service, graphs) : null,
    await accountSection(request, service),
    ...(await telephonySections(request, service, reads)),
    await passwordSection(request, service),
    await historySection(request, service, writing),
  ];
}

function usageSection(service: ServiceDetail, { times, wording }: Writing): Section {
  const { allowance, nextDueDate, usage } = service;
  const metered = isMetered(service);
  const extra = allowance === null || allowance.extraBytes === 0 ? null : allowance.extraBytes;
  const isDue = nextDueDate !== null && !hasEnded(service);
  const content = html`${ageNotice(service, times, wording)} ${stateNotices(service, times, wording)}
  ${metered ? headline(service, wording) : null}
  ${facts([
    [wording.text('service.state'), showState(service, wording)],
    metered ? [wording.text('service.left'), showRemaining(service, wording)] : null,
    metered ? [wording.text('service.period'), showPeriod(service, { times, wording })] : null,
    extra === null ? null : [wording.text('service.extra'), wording.bytes(extra)],
    ...limitFacts(service, wording),
    isDue ? [wording.text('service.nextDue'), times.day(nextDueDate)] : null,
    metered ? [wording.text('service.read'), usage === null ? wording.never : times.full(usage.readAt)] : null,
    metered && service.nextReading != null ? showNext(service.nextReading, { times, wording }) : null,
  ])}`;
  return { id: 'usage', title: wording.text(metered ? 'service.usage' : 'service.service'), content };
}

/** Returns when a service is read again; what no time makes due is left out. */
function showNext(
  { at, overdue }: NonNullable<ServiceDetail['nextReading']>,
  { times, wording }: Writing,
): [string, Part] | null {
  if (at === null) return null;
  const due = times.full(at);
  return [wording.text('service.readAgain'), overdue === true ? wording.say('service.overdue', { due }) : due];
}

function showPeriod(service: ServiceDetail, { times, wording }: Writing): Part {
  if (service.cycle === null) return wording.unknown;
  const period = times.period(service.cycle);
  return hasCycleEnded(service, times.now) ? wording.say('service.periodEnded', { period }) : period;
}

async function historySection(
  { sluice }: PageRequest,
  { id, client: reader, mode }: ServiceDetail,
  { times, wording }: Writing,
): Promise<Section | null> {
  const { cycles } = await sluice.usage.history(id, { reader });
  const past = cycles.filter((cycle) => hasCycleEnded({ cycle }, times.now));
  if (past.length === 0) return null;
  const counts = mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL';
  const title = wording.text('service.pastPeriods');
  const content = table({
    caption: title,
    columns: [
      { title: wording.text('service.period'), cell: (cycle) => times.period(cycle) },
      {
        title: wording.text('service.used'),
        cell: ({ usage }) => wording.bytes(usage && usageInMode(usage, counts)),
        isNumber: true,
      },
      {
        title: wording.text('service.allowed'),
        cell: ({ allowance }) => {
          if (allowance === null) return wording.none;
          return allowance.unlimited ? wording.say('service.noLimit') : wording.bytes(allowance.allowedBytes);
        },
        isNumber: true,
      },
    ],
    rows: past.slice(0, MOST_CYCLES),
  });
  return { id: 'periods', title, content };
}
