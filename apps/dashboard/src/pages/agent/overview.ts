import type { AgentDetail, AgentUserView } from '@sluice/engine';
import { link, notice, type Section, sections, table } from '../../layout/components.js';
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
import { findLink, showDaysLeft, showReasons, showUserState, showUserUsage } from './words.js';

/** Most users on a page; a search finds the others. */
const MOST_USERS = 100;

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

/** The users below an agent, those first that have used most. */
function usersSection(request: PageRequest, { agent, users, times }: Shown): Section {
  const wording = toWording(request.language);
  const head = { id: 'users', title: wording.text('agent.users') };
  if (users.value === null) return { ...head, content: notice('warning', wording.say('user.unread')) };
  const sought = (request.query['q'] ?? '').trim();
  const found = users.value.filter(({ name }) => name.toLowerCase().includes(sought.toLowerCase()));
  const shown = found.toSorted((a, b) => b.usedBytes - a.usedBytes).slice(0, MOST_USERS);
  const content = html`${users.failed ? notice('warning', wording.say('user.unreadFrom', { at: times.full(users.at) })) : null}
  ${sought !== '' || users.value.length > shown.length ? searchSection(request, wording, sought) : null}
  ${found.length > shown.length ? html`<p>${wording.say('user.most', { shown: shown.length, count: found.length })}</p>` : null}
  ${usersTable(request, shown, { agent, times })}`;
  return { ...head, content };
}

function searchSection(request: PageRequest, wording: Wording, sought: string): Html {
  const field = { name: 'q', label: wording.text('user.name'), type: 'search', value: sought } as const;
  return searchForm({
    action: request.base === '' ? '/' : request.base,
    id: 'find',
    fields: [field],
    submit: wording.text('user.find'),
  });
}

function usersTable(
  request: PageRequest,
  rows: readonly AgentUserView[],
  { agent, times }: Pick<Shown, 'agent' | 'times'>,
): Part {
  const wording = toWording(request.language);
  return table<AgentUserView>({
    caption: wording.text('agent.users'),
    columns: [
      { title: wording.text('user.name'), cell: (user) => showName(request, user, agent) },
      { title: wording.text('service.state'), cell: (user) => stateWithReasons(user, wording) },
      { title: wording.text('service.used'), cell: (user) => showUserUsage(user, wording) },
      { title: wording.text('user.daysLeft'), cell: (user) => showDaysLeft(user, wording), isNumber: true },
      {
        title: wording.text('user.lastOnline'),
        cell: ({ lastOnlineAt }) => (lastOnlineAt === null ? wording.never : times.ago(lastOnlineAt)),
        isMinor: true,
      },
      { title: wording.text('user.link'), cell: (user) => openLink(user, wording), isMinor: true },
    ],
    rows,
    empty: wording.say('user.none'),
    filter: true,
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
  return html`${showUserState(user, wording)}${why === null ? null : html` <span class="soft">${why}</span>`}`;
}

function openLink(user: AgentUserView, wording: Wording): Part {
  const url = findLink(user);
  if (url === null) return wording.none;
  return html`<a href="${url}" rel="noopener noreferrer">${wording.say('user.openLink')}</a>`;
}
