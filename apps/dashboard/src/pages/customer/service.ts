import type { ServiceDetail } from '@sluice/engine';
import { describeService, hasCycleEnded } from '@sluice/engine/words';
import { usageInMode } from '@sluice/quota-core';
import { facts, type Section, sections, table } from '../../layout/components.js';
import { bytes, orNone, type Times, UNKNOWN } from '../../layout/format.js';
import { html, join, type Part } from '../../layout/html.js';
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
  showReason,
  showRemaining,
  showState,
  stateNotices,
} from './usage.js';
import { hasEnded } from '../lifecycle.js';

/** Most past periods on a page. */
const MOST_CYCLES = 24;

/** What the last form did, by the query of the page that it leads to. */
const DONE: ReadonlyMap<string, string> = new Map([
  ['cancelled', 'The purchase was cancelled; nothing was bought.'],
  ['refunded', 'The purchase was returned to your credit; nothing was bought.'],
  ['refunding', 'Nothing was bought; what you paid is being returned to your credit.'],
  ['auto-buy', 'The preference was saved.'],
  ['destination', 'The number was changed.'],
  ['caller-id', 'The caller id was changed.'],
  ['password', 'A new password was made. It was shown once; get another one if you have lost it.'],
  [
    'password-in-doubt',
    'It was not known whether the password was replaced. The password to try was shown once; get another one to be sure.',
  ],
]);

/** Returns the page of one service of a client. */
export function servicePage(readers: Readers): Page {
  return async (request) => {
    const service = await ownService(request);
    const body = join([
      html`<p><a href="${request.base === '' ? '/' : request.base}">All services</a></p>`,
      ...sections(await serviceSections(request, service, readers)),
    ]);
    const times = toTimes(request, service.panel);
    const done = doneText(request.query['done'] ?? '', service, times);
    const { timeZone } = times;
    return { title: describeService(service), body, timeZone, ...(done === undefined ? {} : { notice: done }) };
  };
}

/** Returns what the last form did: of a purchase, what it changed of the service as it is now. */
function doneText(word: string, service: ServiceDetail, times: Times): Part | undefined {
  const { allowance } = service;
  const allowed =
    allowance?.allowedBytes == null ? null : html`: ${bytes(allowance.allowedBytes)} are allowed in this period`;
  const waiting = listPending(service).findLast(({ invoice }) => invoice !== null);
  if (word === 'bought') return html`The package was bought${allowed}.`;
  if (word === 'bought-later')
    return html`The package was bought${allowed}. Your provider has to raise the limit of the panel, too.`;
  if (word === 'online' || word === 'still-restricted') {
    return service.holds.length === 0 && service.stoppedByPanel === undefined
      ? html`Your service is online again; the package was bought${allowed}.`
      : html`The package was bought${allowed}. ${afterPurchase(service, times)}`;
  }
  if (word !== 'ordered') return DONE.get(word);
  return waiting === undefined
    ? 'The package was ordered; it counts when its invoice is paid.'
    : html`The package was ordered and counts once it is paid: ${payLink(waiting)}.`;
}

/** What a purchase changed of a service that is still restricted. */
function afterPurchase({ holds, observing, because = [] }: ServiceDetail, times: Times): Part {
  if (holds.length === 0) return 'The service is still stopped on its panel; see below.';
  const ended = because.filter(({ details }) => 'reason' in details);
  if (holds.every(({ releasing }) => releasing === true))
    return join(ended.map((reason) => html`${showReason(reason, times)} `));
  const isOfTraffic = holds.every(({ reason }) => reason === 'quota');
  if (observing && isOfTraffic) return 'Your provider restores the service later.';
  return 'The service is still restricted; see below.';
}

/** Returns the parts of the page of a service; null for those that it has not. */
export async function serviceSections(
  request: PageRequest,
  service: ServiceDetail,
  { reads, graphs }: Readers,
): Promise<(Section | null)[]> {
  const times = toTimes(request, service.panel);
  const packages = await offeredPackages(request, service, reads);
  return [
    usageSection(service, times),
    await packagesSection(request, service, { packages, reads }),
    await autoBuySection(request, service, packages),
    purchasesSection(request, service, times),
    isMetered(service) ? await graphSection(request, service, graphs) : null,
    await accountSection(request, service),
    ...(await telephonySections(request, service, reads)),
    await passwordSection(request, service),
    await historySection(request, service, times),
  ];
}

function usageSection(service: ServiceDetail, times: Times): Section {
  const { allowance, nextDueDate, usage } = service;
  const metered = isMetered(service);
  const content = html`${ageNotice(service, times)} ${stateNotices(service, times)}
  ${metered ? headline(service) : null}
  ${facts([
    ['State', showState(service)],
    metered ? ['Left', showRemaining(service)] : null,
    metered ? ['Period', showPeriod(service, times)] : null,
    allowance === null || allowance.extraBytes === 0
      ? null
      : ['Extra traffic in this period', bytes(allowance.extraBytes)],
    ...limitFacts(service),
    nextDueDate === null || hasEnded(service) ? null : ['Next due date', times.day(nextDueDate)],
    metered ? ['Read', usage === null ? html`<span class="unknown">never</span>` : times.full(usage.readAt)] : null,
    metered && service.nextReading != null ? showNext(service.nextReading, times) : null,
  ])}`;
  return { id: 'usage', title: metered ? 'Usage' : 'Service', content };
}

/** Returns when a service is read again; what no time makes due is left out. */
function showNext(
  { at, overdue, message }: NonNullable<ServiceDetail['nextReading']>,
  times: Times,
): [string, Part] | null {
  if (at === null) return null;
  return ['Read again', overdue === true ? html`${times.full(at)}: ${message}` : times.full(at)];
}

function showPeriod(service: ServiceDetail, times: Times): Part {
  if (service.cycle === null) return UNKNOWN;
  const period = times.period(service.cycle);
  return hasCycleEnded(service, times.now) ? `${period}, which has ended; the next one is not read yet` : period;
}

async function historySection(
  { sluice }: PageRequest,
  { id, client: reader, mode }: ServiceDetail,
  times: Times,
): Promise<Section | null> {
  const { cycles } = await sluice.usage.history(id, { reader });
  const past = cycles.filter((cycle) => hasCycleEnded({ cycle }, times.now));
  if (past.length === 0) return null;
  const counts = mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL';
  const content = table({
    caption: 'Past periods',
    columns: [
      { title: 'Period', cell: (cycle) => times.period(cycle) },
      { title: 'Used', cell: ({ usage }) => bytes(usage && usageInMode(usage, counts)), isNumber: true },
      {
        title: 'Allowed',
        cell: ({ allowance }) =>
          orNone(allowance, ({ unlimited, allowedBytes }) => (unlimited ? 'no limit' : bytes(allowedBytes))),
        isNumber: true,
      },
    ],
    rows: past.slice(0, MOST_CYCLES),
  });
  return { id: 'periods', title: 'Past periods', content };
}
