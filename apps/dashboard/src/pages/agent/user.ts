import type { AgentDetail, AgentUserView } from '@sluice/engine';
import { facts, notice, type Section, sections } from '../../layout/components.js';
import type { Times } from '../../layout/format.js';
import { linkField } from '../../layout/forms.js';
import { html, join, type Part } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import type { Page } from '../page.js';
import { changeSections, showDone } from './changes.js';
import { readOwnUser } from './own.js';
import { findLink, showDaysLeft, showPending, showReasons, showUserState, showUserUsage } from './words.js';

/** Returns the page of one user below an agent. */
export function userPage(reads: PanelReads): Page {
  return async (request) => {
    const { agent, users, user } = await readOwnUser(request, reads);
    const wording = toWording(request.language);
    const times = toTimes(request, agent.panel);
    const old = users.failed ? notice('warning', wording.say('user.unreadFrom', { at: times.full(users.at) })) : null;
    const state = stateSection(user, agent, { times, wording });
    const done = showDone(request, wording);
    const parts = [state, linkSection(user, wording), ...changeSections(request, user, agent)];
    const body = html`<p><a href="${request.base === '' ? '/' : request.base}">${wording.say('user.all')}</a></p>
      ${done.warning} ${old} ${join(sections(parts))}`;
    return { title: user.name, who: agent.name, body, timeZone: times.timeZone, notice: done.notice };
  };
}

function stateSection(
  user: AgentUserView,
  agent: AgentDetail,
  { times, wording }: { times: Times; wording: Wording },
): Section {
  const why = showReasons(user, wording);
  const { remainingBytes, days, lastDay, lastOnlineAt } = user;
  const content = facts([
    [wording.text('service.state'), html`${showUserState(user, wording)} ${showPending(user, wording)}`],
    why === null ? null : [wording.text('user.why'), why],
    [wording.text('service.used'), showUserUsage(user, wording)],
    [wording.text('service.left'), wording.bytes(remainingBytes)],
    days === null ? null : [wording.text('user.days'), wording.count(days)],
    [wording.text('user.daysLeft'), showDaysLeft(user, wording)],
    lastDay === null ? null : [wording.text('user.lastDay'), times.day(lastDay)],
    [wording.text('user.lastOnline'), lastOnlineAt === null ? wording.never : times.ago(lastOnlineAt)],
    user.agent.uuid === agent.uuid ? null : [wording.text('agent.reseller'), wording.name(user.agent.name)],
  ]);
  return { id: 'state', title: wording.text('service.usage'), content };
}

/** What the customer of a user needs. */
function linkSection(user: AgentUserView, wording: Wording): Section | null {
  const url = findLink(user);
  if (url === null && user.access.links.length === 0) return null;
  const content: Part =
    url === null
      ? notice('warning', wording.say('user.linkUnknown'))
      : html`${linkField(url, wording.text('user.linkHint'))}
          <p><a class="button" href="${url}" rel="noopener noreferrer">${wording.say('user.openLink')}</a></p>`;
  return { id: 'link', title: wording.text('user.link'), content };
}
