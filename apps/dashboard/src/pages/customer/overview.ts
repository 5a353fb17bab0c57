import type { ServiceDetail } from '@sluice/engine';
import { addMoney, compareMoney } from '@sluice/quota-core';
import { facts, link, notice, type Section, sections, table, usageBar } from '../../layout/components.js';
import { name, type Times } from '../../layout/format.js';
import { html, join, type Part } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import { budgetSection } from '../agent/budget.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes, toZone } from '../../layout/page-times.js';
import { creditAge, creditAmount, readCredit, topUpLink } from './credit.js';
import { toClient, ownServices, toPath } from './own.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import { cycleEnd, toFill, isMetered, showRemaining, showState, showUsed } from './usage.js';

/** Returns the first page of a client: its services, its credit, and the agents that it is. */
export function overviewPage(reads: PanelReads): Page {
  return async (request) => {
    const services = await ownServices(request);
    const parts = await clientSections(request, services, reads);
    const who = services.find(({ clientName }) => clientName !== null)?.clientName ?? null;
    return { title: toWording(request.language).text('home.title'), who, body: join(sections(parts)) };
  };
}

/** Returns the parts of the first page of a client. */
export async function clientSections(
  request: PageRequest,
  services: readonly ServiceDetail[],
  reads: PanelReads,
): Promise<(Section | null)[]> {
  const { sluice } = request;
  const times = toTimes(request);
  const wording = toWording(request.language);
  const client = toClient(request);
  const { agents } = await sluice.agents.ofClient(client, { reader: client });
  const unknown = await sluice.agents.unknownOfClient(client);
  // A client who is an agent alone has nothing to pay here.
  const credit = (await sluice.credit.isKnown(client)) ? await creditSection(request, reads) : null;
  return [
    servicesSection(request, services, times),
    ...(await Promise.all(agents.map((agent, index) => budgetSection(request, agent, `agent-${index + 1}`)))),
    unknown === 0
      ? null
      : {
          id: 'agent-unknown',
          title: wording.text('agent.reseller'),
          content: notice('warning', wording.say('agent.unknown')),
        },
    credit,
  ];
}

function servicesSection(request: PageRequest, services: readonly ServiceDetail[], times: Times): Section {
  const wording = toWording(request.language);
  const title = wording.text('home.services');
  const list = table({
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
  return { id: 'services', title, content: list };
}

function toTitle(request: PageRequest, { id, name: title }: ServiceDetail): Part {
  const to = toPath(request, id);
  return title === null ? link(to, id) : html`${link(to, title)} <span class="soft">${name(id)}</span>`;
}

function readAt(service: ServiceDetail, times: Times, wording: Wording): Part {
  if (service.usage !== null) return times.ago(service.usage.readAt);
  return isMetered(service) ? wording.never : wording.none;
}

/** The client's credit, in whichever billing system it is. */
async function creditSection(request: PageRequest, reads: PanelReads): Promise<Section> {
  const wording = toWording(request.language);
  const head = { id: 'credit', title: wording.text('credit.title') };
  const { sluice, now } = request;
  const topUp = topUpLink(request, await sluice.purchases.terms());
  const client = toClient(request);
  const times = toTimes(request);
  // Together, so that a billing system that hangs delays the page by one time-out.
  const [credit, entries] = await Promise.all([
    readCredit(request, reads),
    reads.read({ client, what: 'credit entries', now }, (signal) =>
      sluice.credit.history(client, { signal, reader: client }),
    ),
  ]);
  const owed = await unpaidBills(request, client, wording);
  const { value } = credit;
  if (value === null) {
    const content = html`${notice('warning', wording.say('packages.noCredit'))} ${facts(owed)} ${topUp}`;
    return { ...head, content };
  }
  const changes = table({
    caption: wording.text('credit.changes'),
    hidesCaption: false,
    columns: [
      { title: wording.text('purchases.when'), cell: (entry) => times.at(entry.at) },
      {
        title: wording.text('credit.amount'),
        cell: ({ amount, currency }) => wording.money(amount, currency),
        isNumber: true,
      },
      { title: wording.text('credit.what'), cell: ({ description }) => wording.name(description) },
      {
        title: wording.text('credit.title'),
        cell: ({ balance, currency }) => wording.money(balance, currency),
        isNumber: true,
        isMinor: true,
      },
    ],
    rows: [...(entries.value?.entries ?? [])].reverse().slice(0, 20),
  });
  const content = html`${creditAge(credit, times, wording)}
  ${facts([[wording.text('credit.title'), creditAmount(value, wording)], ...owed])} ${topUp} ${changes}`;
  return { ...head, content };
}

/** What a client has to pay for calls, in each currency; nothing where that is not known without a call. */
async function unpaidBills(
  { sluice }: PageRequest,
  client: string,
  wording: Wording,
): Promise<(readonly [string, Part])[]> {
  const { bills } = await sluice.calls.bills({ client, reader: client });
  const open = bills.filter(({ state, invoiceStatus }) => state === 'confirmed' && invoiceStatus === 'open');
  return [...new Set(open.map(({ currency }) => currency))].flatMap((currency) => {
    const own = open.filter((bill) => bill.currency === currency);
    const total = own.reduce((sum, bill) => addMoney(sum, bill.total), '0');
    if (compareMoney(total, '0') <= 0) return [];
    return [[wording.text('credit.callsOwed'), wording.money(total, currency)] as const];
  });
}
