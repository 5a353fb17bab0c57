import type { AgentDetail, ServiceDetail } from '@sluice/engine';
import { findLimitEnd, keepsDisabled, listDisabledAbove } from '@sluice/engine/words';
import { addMoney, compareMoney } from '@sluice/quota-core';
import { facts, link, notice, type Section, sections, table, usageBar } from '../../layout/components.js';
import { name, type Times } from '../../layout/format.js';
import { html, type Html, join, type Part } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
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
    ...(await Promise.all(
      agents.map(async (agent, index) => {
        const how = {
          times,
          wording,
          timeZone: toZone(request, agent.panel),
          keeping: await readKeeping(request, agent),
        };
        return agentSection(agent, how, `agent-${index + 1}`);
      }),
    )),
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

/** What keeps the users of an agent disabled beside its own budget. */
interface Keeping {
  /** Whether an agent above does. */
  isAbove: boolean;
  /** Whether the last check was stopped. */
  isStopped: boolean;
}

async function readKeeping({ sluice }: PageRequest, { uuid, panel }: AgentDetail): Promise<Keeping> {
  const { agents, isStopped } = await sluice.agents.above({ agent: uuid, panel });
  const isAbove = agents?.some((above) => above.uuid !== uuid && keepsDisabled(above)) ?? false;
  return { isAbove, isStopped };
}

/** How an agent is shown. */
interface Showing {
  times: Times;
  wording: Wording;
  timeZone: string;
  keeping: Keeping;
}

/** What an agent has used of its budget, and its users. */
function agentSection(agent: AgentDetail, { times, wording, timeZone, keeping }: Showing, id: string): Section {
  const { limitBytes, usedBytes, remainingBytes, users, enabledUsers, period, suspended } = agent;
  const isRead = agent.at !== '';
  const count = (value: number): Html => wording.say('agent.userCount', { count: value });
  const reserved = agent.reservedBytes ?? 0;
  const since = suspended === null ? null : wording.say('agent.suspended', { since: times.full(suspended.since) });
  const rest = (): Part => {
    if (remainingBytes === null) return wording.say('service.noLimit');
    return isRead ? wording.bytes(remainingBytes) : wording.unknown;
  };
  const reservedKey = agent.accounting === 'allocated' ? 'agent.reservedUncounted' : 'agent.reservedUnused';
  const content = html`
    ${since === null ? null : notice('bad', since)}
    ${listDisabledAbove(agent).map((above) => disabledAbove(above, wording))} ${usedUp(agent, keeping, wording)}
    <div class="headline">${usageBar({ used: isRead ? usedBytes : null, allowed: limitBytes }, { wording })}</div>
    ${facts([
      [wording.text('agent.budget'), limitBytes === null ? wording.say('service.noLimit') : wording.bytes(limitBytes)],
      [wording.text('service.used'), isRead ? wording.bytes(usedBytes) : wording.unknown],
      [wording.text('agent.rest'), rest()],
      reserved === 0 ? null : [wording.text(reservedKey), wording.bytes(reserved)],
      [wording.text('agent.users'), isRead ? count(users) : wording.unknown],
      enabledUsers === null || !isRead ? null : [wording.text('agent.enabled'), count(enabledUsers)],
      ...disabledFacts(agent, wording),
      period === null ? null : [wording.text('agent.countedSince'), times.bound(period.start, timeZone)],
      period?.end == null ? null : [wording.text('agent.countedUntil'), times.bound(period.end, timeZone)],
      [wording.text('service.read'), isRead ? times.ago(agent.at) : wording.never],
    ])}
  `;
  return { id, title: agentTitle(agent.name, wording), content };
}

/** Agents above the client stay without a name. */
function disabledAbove({ reason, users }: ReturnType<typeof listDisabledAbove>[number], wording: Wording): Html {
  const key = reason === 'limit' ? 'agent.disabledLimit' : 'agent.disabledSuspended';
  return notice('bad', wording.say(key, { count: users }));
}

/** What follows from a used-up budget: under observe, and where the brake stopped the check, no user is disabled. */
function usedUp(agent: AgentDetail, keeping: Keeping, wording: Wording): Html | null {
  const { exceeded, heldSince, enabledUsers, usersDisabledByUs } = agent;
  const isHeld = heldSince !== null;
  if (!exceeded)
    return isHeld && usersDisabledByUs !== 0 ? notice('warning', leftAgain(agent, keeping, wording)) : null;
  if (!isHeld) return notice('warning', wording.say('agent.usedUp'));
  if (enabledUsers !== 0) return notice('warning', wording.say('agent.usedUpNotAll'));
  if (keeping.isAbove) return notice('bad', wording.say('agent.usedUpAbove'));
  const percent = findPercent(findLimitEnd(agent));
  return notice(
    'bad',
    percent === null ? wording.say('agent.usedUpUntil') : wording.say('agent.usedUpBelow', { percent }),
  );
}

/** What enables the users of an agent that has traffic left again. */
function leftAgain(agent: AgentDetail, { isAbove, isStopped }: Keeping, wording: Wording): Html {
  if (isAbove) return wording.say('agent.leftAbove');
  const end = findLimitEnd(agent);
  const percent = findPercent(end);
  if (end.by === 'usage')
    return percent === null ? wording.say('agent.leftLittle') : wording.say('agent.leftBelow', { percent });
  const isChecked = end.by === 'check' && agent.enforce?.value === 'on' && !isStopped;
  return wording.say(isChecked ? 'agent.leftCheck' : 'agent.leftNotYet');
}

/** Returns the share of the budget below which users are enabled; null where any rest is enough. */
function findPercent(end: ReturnType<typeof findLimitEnd>): number | null {
  return end.by === 'usage' ? end.belowPercent : null;
}

/** Names may say it themselves. */
function agentTitle(name: string, wording: Wording): string {
  return /^reseller\b/i.test(name) ? name : wording.text('agent.title', { name });
}

/** How many users are disabled, and for whom. Agents above the client stay without a name. */
function disabledFacts({ uuid, disabledFor }: AgentDetail, wording: Wording): [string, Part][] {
  return (disabledFor ?? []).map((cause) => {
    const isBudget = cause.reason === 'limit';
    const users = wording.say('agent.userCount', { count: cause.users });
    if (cause.uuid === uuid) return [wording.text(isBudget ? 'agent.forBudget' : 'agent.forSuspension'), users];
    if (cause.above) return [wording.text(isBudget ? 'agent.forBudgetAbove' : 'agent.forSuspensionAbove'), users];
    const key = isBudget ? 'agent.subBudget' : 'agent.subSuspension';
    return [wording.text('agent.forSub'), wording.say(key, { users, name: name(cause.name) })];
  });
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
