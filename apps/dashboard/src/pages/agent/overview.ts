import { AGENT_USER_SORTS, type AgentUserSort } from '@sluice/contract';
import type { AgentDetail, AgentUserView } from '@sluice/engine';
import { sortAgentUsers } from '@sluice/engine/words';
import { toFinder } from '@sluice/quota-core';
import { address, type Column, link, notice, pager, type Section, sections, table } from '../../layout/components.js';
import type { Times } from '../../layout/format.js';
import { searchForm } from '../../layout/forms.js';
import { html, type Html, join, type Part } from '../../layout/html.js';
import { toTimes, toZone } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { LastRead, PanelReads } from '../../requests/panel-reads.js';
import { endedPeriods } from '../agent-periods.js';
import type { Page } from '../page.js';
import { agentTitle, budgetSection } from './budget.js';
import { createSection } from './create.js';
import { readOwnAgent, toUserPath } from './own.js';
import { findLink, showDaysLeft, showPending, showReasons, showUserState, showUserUsage } from './words.js';

/** Most users on a page. */
const MOST_USERS = 100;

/** Among more users than these one is searched for; where scripts run, the list has a filter of its own. */
const FEW_USERS = 10;

/** Returns the first page of an agent: its budget, and its users by use. */
export function agentPage(reads: PanelReads): Page {
  return async (request) => {
    const { agent, users } = await readOwnAgent(request, reads);
    const wording = toWording(request.language);
    const times = toTimes(request, agent.panel);
    const budget = { ...(await budgetSection(request, agent, 'budget')), title: wording.text('agent.budget') };
    const shown = [budget, usersSection(request, { agent, users, times }), createSection(request)];
    const body = join(sections([...shown, ...(await periodsSection(request, agent))]));
    return { title: agentTitle(agent.name, wording), who: agent.name, body, timeZone: times.timeZone };
  };
}

interface Shown {
  agent: AgentDetail;
  users: LastRead<readonly AgentUserView[]>;
  times: Times;
}

/** The earlier periods of the agent; none where none has ended. */
async function periodsSection(request: PageRequest, { uuid, panel }: AgentDetail): Promise<Section[]> {
  const wording = toWording(request.language);
  const { periods } = await request.sluice.agents.history(uuid, { panel });
  const shows = { wording, times: toTimes(request, panel), timeZone: toZone(request, panel) };
  const content = endedPeriods(periods, shows);
  return content === null ? [] : [{ id: 'periods', title: wording.text('agentPeriod.title'), content }];
}

/** The users below an agent, in the order that is asked for; at first those that have used most. */
function usersSection(request: PageRequest, { agent, users, times }: Shown): Section {
  const wording = toWording(request.language);
  const aside = html`<a href="#create">${wording.say('user.createTitle')}</a>`;
  const head = { id: 'users', title: wording.text('agent.users'), aside };
  if (users.value === null) return { ...head, content: notice('warning', wording.say('user.unread')) };
  const list = toList(request);
  const isFound = toFinder(list.q);
  const found = users.value.filter(({ name }) => isFound([name]));
  const pages = Math.max(1, Math.ceil(found.length / MOST_USERS));
  const asked = request.query['page'] ?? '';
  const page = Math.min(pages, /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 1);
  const shown = sortAgentUsers(found, list.sort).slice((page - 1) * MOST_USERS, page * MOST_USERS);
  const content = html`${users.failed ? notice('warning', wording.say('user.unreadFrom', { at: times.full(users.at) })) : null}
  ${searchSection(wording, list, users.value.length)} ${usersTable(request, shown, { agent, times, list })}
  ${pager({ path: list.path, query: toQuery(list), page, pages, wording })}`;
  return { ...head, content };
}

/** What the address of the page says of the list. */
interface List {
  path: string;
  q: string;
  sort: AgentUserSort;
}

const LONGEST_SEARCH = 100;
const FIRST_SORT = '-used';

function toList({ base, query }: PageRequest): List {
  const sort = AGENT_USER_SORTS.find((each) => each === query['sort']) ?? FIRST_SORT;
  return { path: base === '' ? '/' : base, q: (query['q'] ?? '').trim().slice(0, LONGEST_SEARCH), sort };
}

function toQuery({ q, sort }: List): Record<string, string> {
  return { q, sort: sort === FIRST_SORT ? '' : sort };
}

function searchSection(wording: Wording, list: List, users: number): Html | null {
  if (list.q === '' && users <= FEW_USERS) return null;
  const { q, ...hidden } = toQuery(list);
  const field = { name: 'q', label: wording.text('user.name'), type: 'search', value: q ?? '' } as const;
  const form = searchForm({
    action: list.path,
    id: 'find',
    fields: [field],
    submit: wording.text('user.find'),
    hidden: hidden['sort'] === '' ? {} : hidden,
  });
  return list.q === '' && users <= MOST_USERS ? html`<noscript>${form}</noscript>` : form;
}

/** The head of a column that leads to its order, and from there to the other way round. */
function sortedHead(
  label: string,
  first: AgentUserSort,
  list: List,
): Pick<Column<AgentUserView>, 'title' | 'label' | 'sort'> {
  const other =
    AGENT_USER_SORTS.find((sort) => sort === (first.startsWith('-') ? first.slice(1) : `-${first}`)) ?? first;
  const to = { ...list, sort: list.sort === first ? other : first };
  const href = address(list.path, { q: to.q, sort: to.sort });
  const way = list.sort.startsWith('-') ? 'descending' : 'ascending';
  const isMarked = list.sort === first || list.sort === other;
  return { title: html`<a href="${href}#users">${label}</a>`, label, sort: isMarked ? way : undefined };
}

function usersTable(
  request: PageRequest,
  rows: readonly AgentUserView[],
  { agent, times, list }: Pick<Shown, 'agent' | 'times'> & { list: List },
): Part {
  const wording = toWording(request.language);
  return table<AgentUserView>({
    caption: wording.text('agent.users'),
    columns: [
      {
        ...sortedHead(wording.text('user.name'), 'user', list),
        cell: (user) => showName(request, user, agent),
      },
      { title: wording.text('service.state'), cell: (user) => stateWithReasons(user, wording) },
      {
        ...sortedHead(wording.text('service.used'), '-used', list),
        cell: (user) => showUserUsage(user, wording),
      },
      {
        ...sortedHead(wording.text('user.daysLeft'), 'end', list),
        cell: (user) => showDaysLeft(user, wording),
        isNumber: true,
      },
      {
        ...sortedHead(wording.text('user.lastOnline'), '-online', list),
        cell: ({ lastOnlineAt }) => (lastOnlineAt === null ? wording.never : times.ago(lastOnlineAt)),
        isMinor: true,
      },
      { title: wording.text('user.link'), cell: (user) => openLink(user, wording), isMinor: true },
    ],
    rows,
    empty: wording.say('user.none'),
    filter: true,
    stacks: true,
  });
}

/** A user by its name, with the agent below this one whose it is. */
function showName(request: PageRequest, user: AgentUserView, agent: AgentDetail): Html {
  const to = link(toUserPath(request, user.uuid), user.name);
  if (user.agent.uuid === agent.uuid) return to;
  return html`${to} <span class="soft"><bdi>${user.agent.name}</bdi></span>`;
}

function stateWithReasons(user: AgentUserView, wording: Wording): Html {
  const why = showReasons(user, wording);
  const reasons = why === null ? null : html`<span class="soft">${why}</span>`;
  return html`${showUserState(user, wording)} ${showPending(user, wording)}${reasons}`;
}

function openLink(user: AgentUserView, wording: Wording): Part {
  const url = findLink(user);
  if (url === null) return wording.none;
  return html`<a href="${url}" rel="noopener noreferrer">${wording.say('user.openLink')}</a>`;
}
