import type { AgentDetail } from '@sluice/engine';
import { facts } from '../../layout/components.js';
import { postForm } from '../../layout/forms.js';
import { html, type Part } from '../../layout/html.js';
import { toZone } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PageAnswer } from '../page.js';
import { findRest } from './budget.js';

/** A change of users that a page asks to confirm. */
export interface Asked {
  agent: AgentDetail;
  title: string;
  /** What it leaves; null where a row says nothing. */
  rows: readonly ([string, Part] | null)[];
  /** What it reserves of the agent's budget. */
  bytes: number;
  /** Where the form that confirms it is sent to, with these values. */
  action: string;
  hidden: Readonly<Record<string, string>>;
  submit: string;
  back: { href: string; text: Part };
}

/** Returns the page that asks to confirm a change, with what it reserves of the agent's budget. */
export function confirmPage(request: PageRequest, asked: Asked): PageAnswer {
  const { agent, title, rows, bytes, action, hidden, submit, back } = asked;
  const wording = toWording(request.language);
  const body = html`${facts([...rows, restFact(agent, bytes, wording)])}
    ${bytes === 0 ? null : html`<p>${wording.say('user.reserves', { size: wording.bytes(bytes) })}</p>`}
    ${postForm(request, { action, id: 'confirm', submit, hidden: { ...hidden, confirmed: 'yes' } })}
    <p><a href="${back.href}">${back.text}</a></p>`;
  return { title, who: agent.name, body, timeZone: toZone(request, agent.panel) };
}

/** What a budget has left once more is reserved; null without a limit. */
function restFact(agent: AgentDetail, bytes: number, wording: Wording): [string, Part] | null {
  const rest = findRest(agent);
  if (rest === null || bytes === 0) return null;
  return [wording.text('user.restAfter'), wording.bytes(Math.max(0, rest - bytes))];
}
