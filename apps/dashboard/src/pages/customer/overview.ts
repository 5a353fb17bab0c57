import type { AgentDetail, ServiceDetail } from '@sluice/engine';
import { findLimitEnd, keepsDisabled, listDisabledAbove } from '@sluice/engine/words';
import { addMoney, compareMoney } from '@sluice/quota-core';
import { facts, link, notice, type Section, sections, table, usageBar } from '../../layout/components.js';
import { bytes, counted, money, name, NONE, type Times, UNKNOWN } from '../../layout/format.js';
import { html, type Html, join, type Part } from '../../layout/html.js';
import { describeReserved } from '../../layout/words.js';
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
    const parts = await clientSections(request, await ownServices(request), reads);
    return { title: 'Your services', body: join(sections(parts)) };
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
  const client = toClient(request);
  const { agents } = await sluice.agents.ofClient(client, { reader: client });
  const unknown = await sluice.agents.unknownOfClient(client);
  // A client who is an agent alone has nothing to pay here.
  const credit = (await sluice.credit.isKnown(client)) ? await creditSection(request, reads) : null;
  return [
    servicesSection(request, services, times),
    ...(await Promise.all(
      agents.map(async (agent, index) => {
        const how = { times, timeZone: toZone(request, agent.panel), keeping: await readKeeping(request, agent) };
        return agentSection(agent, how, `agent-${index + 1}`);
      }),
    )),
    unknown === 0 ? null : { id: 'agent-unknown', title: 'Reseller', content: notice('warning', UNKNOWN_AGENT) },
    credit,
  ];
}

const UNKNOWN_AGENT = 'Your budget can’t be shown at the moment. If this lasts, please ask your provider.';

function servicesSection(request: PageRequest, services: readonly ServiceDetail[], times: Times): Section {
  const list = table({
    caption: 'Services',
    columns: [
      { title: 'Service', cell: (service) => toTitle(request, service) },
      { title: 'State', cell: showState },
      { title: 'Left', cell: showRemaining, isNumber: true },
      { title: 'Used', cell: (service) => html`<span class="compact narrow">${usageBar(toFill(service))}</span>` },
      { title: 'Traffic', cell: showUsed, isMinor: true },
      { title: 'Until', cell: (service) => cycleEnd(service, times, toZone(request, service.panel)), isMinor: true },
      { title: 'Read', cell: (service) => readAt(service, times), isMinor: true },
    ],
    rows: services,
    empty: 'There is no service here.',
    filter: true,
  });
  return { id: 'services', title: 'Services', content: list };
}

function toTitle(request: PageRequest, { id, name: title }: ServiceDetail): Part {
  const to = toPath(request, id);
  return title === null ? link(to, id) : html`${link(to, title)} <span class="soft">${name(id)}</span>`;
}

function readAt(service: ServiceDetail, times: Times): Part {
  if (service.usage !== null) return times.ago(service.usage.readAt);
  return isMetered(service) ? html`<span class="unknown">never</span>` : NONE;
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

/** What an agent has used of its budget, and its users. */
function agentSection(
  agent: AgentDetail,
  { times, timeZone, keeping }: { times: Times; timeZone: string; keeping: Keeping },
  id: string,
): Section {
  const { limitBytes, usedBytes, remainingBytes, users, enabledUsers, period, suspended } = agent;
  const isRead = agent.at !== '';
  const content = html`
    ${suspended === null ? null : notice('bad', html`Your provider has suspended your account since ${times.full(suspended.since)}.`)}
    ${listDisabledAbove(agent).map(disabledAbove)} ${usedUp(agent, keeping)}
    <div class="headline">${usageBar({ used: isRead ? usedBytes : null, allowed: limitBytes })}</div>
    ${facts([
      ['Budget', limitBytes === null ? 'no limit' : bytes(limitBytes)],
      ['Used', isRead ? bytes(usedBytes) : UNKNOWN],
      ['Rest', remainingBytes === null ? 'no limit' : isRead ? bytes(remainingBytes) : UNKNOWN],
      agent.reservedBytes === null || agent.reservedBytes === 0
        ? null
        : [describeReserved(agent.accounting), bytes(agent.reservedBytes)],
      ['Users', isRead ? counted(users, 'user') : UNKNOWN],
      enabledUsers === null || !isRead ? null : ['Enabled', counted(enabledUsers, 'user')],
      ...disabledFacts(agent),
      period === null ? null : ['Counted since', times.bound(period.start, timeZone)],
      period?.end == null ? null : ['Counted until', times.bound(period.end, timeZone)],
      ['Read', isRead ? times.ago(agent.at) : html`<span class="unknown">never</span>`],
    ])}
  `;
  return { id, title: agentTitle(agent.name), content };
}

/** Agents above the client stay without a name. */
function disabledAbove({ reason, users }: ReturnType<typeof listDisabledAbove>[number]): Html {
  const why = reason === 'limit' ? 'of the budget of the reseller above you' : 'the reseller above you is suspended';
  return notice(
    'bad',
    html`${counted(users, 'user')} of yours ${users === 1 ? 'is' : 'are'} disabled, because ${why}.`,
  );
}

/** What follows from a used-up budget: under observe, and where the brake stopped the check, no user is disabled. */
function usedUp(agent: AgentDetail, keeping: Keeping): Html | null {
  const { exceeded, heldSince, enabledUsers, usersDisabledByUs } = agent;
  const isHeld = heldSince !== null;
  if (!exceeded) return isHeld && usersDisabledByUs !== 0 ? notice('warning', leftAgain(agent, keeping)) : null;
  if (!isHeld) return notice('warning', 'Your budget is used up.');
  if (enabledUsers !== 0) return notice('warning', 'Your budget is used up: not all of your users are disabled yet.');
  if (keeping.isAbove)
    return notice('bad', 'Your budget is used up, and your users stay disabled for the reseller above you, too.');
  return notice('bad', `Your budget is used up: your users are disabled until ${enough(findLimitEnd(agent), 'it')}.`);
}

/** What enables the users of an agent that has traffic left again. */
function leftAgain(agent: AgentDetail, { isAbove, isStopped }: Keeping): string {
  if (isAbove) return 'There is traffic left again, but your users stay disabled for the reseller above you.';
  const end = findLimitEnd(agent);
  if (end.by === 'usage')
    return `There is traffic left again, but not enough: your users are enabled once ${enough(end, 'your budget')}.`;
  return end.by === 'check' && agent.enforce?.value === 'on' && !isStopped
    ? 'There is traffic left again: a check of your provider enables your users.'
    : 'There is traffic left again, and your users are not enabled yet.';
}

function enough(end: ReturnType<typeof findLimitEnd>, budget: string): string {
  if (end.by !== 'usage' || end.belowPercent === null) return 'there is traffic left again';
  return `less than ${end.belowPercent} % of ${budget} is used`;
}

/** Names may say it themselves. */
function agentTitle(name: string): string {
  return /^reseller\b/i.test(name) ? name : `Reseller ${name}`;
}

/** How many users are disabled, and for whom. Agents above the client stay without a name. */
function disabledFacts({ uuid, disabledFor }: AgentDetail): [string, Part][] {
  return (disabledFor ?? []).map((cause) => {
    const what = cause.reason === 'limit' ? 'budget' : 'suspension';
    const users = counted(cause.users, 'user');
    if (cause.uuid === uuid) return [`Disabled for your ${what}`, users];
    if (cause.above) return [`Disabled for the ${what} of the reseller above you`, users];
    return ['Disabled for a sub-reseller', html`${users} (${what} of ${name(cause.name)})`];
  });
}

/** The client's credit, in whichever billing system it is. */
async function creditSection(request: PageRequest, reads: PanelReads): Promise<Section> {
  const head = { id: 'credit', title: 'Credit' };
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
  const owed = await unpaidBills(request, client);
  const { value } = credit;
  if (value === null) {
    const content = html`${notice('warning', 'Your credit can’t be shown at the moment.')} ${facts(owed)} ${topUp}`;
    return { ...head, content };
  }
  const changes = table({
    caption: 'Changes of your credit',
    hidesCaption: false,
    columns: [
      { title: 'When', cell: (entry) => times.at(entry.at) },
      { title: 'Amount', cell: ({ amount, currency }) => money(amount, currency), isNumber: true },
      { title: 'What', cell: ({ description }) => name(description) },
      { title: 'Credit', cell: ({ balance, currency }) => money(balance, currency), isNumber: true, isMinor: true },
    ],
    rows: [...(entries.value?.entries ?? [])].reverse().slice(0, 20),
  });
  const content = html`${creditAge(credit, times)} ${facts([['Credit', creditAmount(value)], ...owed])} ${topUp}
  ${changes}`;
  return { ...head, content };
}

/** What a client has to pay for calls, in each currency; nothing where that is not known without a call. */
async function unpaidBills({ sluice }: PageRequest, client: string): Promise<(readonly [string, Part])[]> {
  const { bills } = await sluice.calls.bills({ client, reader: client });
  const open = bills.filter(({ state, invoiceStatus }) => state === 'confirmed' && invoiceStatus === 'open');
  return [...new Set(open.map(({ currency }) => currency))].flatMap((currency) => {
    const own = open.filter((bill) => bill.currency === currency);
    const total = own.reduce((sum, bill) => addMoney(sum, bill.total), '0');
    return compareMoney(total, '0') > 0 ? [['Calls not paid yet', money(total, currency)] as const] : [];
  });
}
