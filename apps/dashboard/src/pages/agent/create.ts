import type { AgentDetail } from '@sluice/engine';
import { facts, type Section } from '../../layout/components.js';
import { type Field, postForm } from '../../layout/forms.js';
import { html } from '../../layout/html.js';
import { toZone } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import type { Page } from '../page.js';
import { parseDays, parseName, parseTraffic } from './fields.js';
import { readOwnAgent, toUserPath } from './own.js';

/** What the field of days of a new user has at first. */
const USUAL_DAYS = '30';

/** Returns the fields for traffic and days. */
export function sizeFields(wording: Wording, { isRequired, days }: { isRequired: boolean; days: string }): Field[] {
  return [
    { name: 'traffic', label: wording.text('user.traffic'), isRequired },
    { name: 'days', label: wording.text('user.daysField'), value: days, isRequired },
  ];
}

/** The form for a new user. */
export function createSection(request: PageRequest): Section {
  const wording = toWording(request.language);
  const content = postForm(request, {
    action: `${request.base}/users`,
    id: 'create',
    submit: wording.text('user.create'),
    fields: [
      { name: 'name', label: wording.text('user.name'), isRequired: true },
      ...sizeFields(wording, { isRequired: true, days: USUAL_DAYS }),
    ],
  });
  return { id: 'create', title: wording.text('user.createTitle'), content };
}

/** What a budget has left once more is reserved; null without a limit. */
export function restFact(
  { remainingBytes }: AgentDetail,
  bytes: number,
  wording: Wording,
): [string, ReturnType<Wording['bytes']>] | null {
  if (remainingBytes === null || bytes === 0) return null;
  return [wording.text('user.restAfter'), wording.bytes(Math.max(0, remainingBytes - bytes))];
}

/** `POST /users`: asks, with what it reserves, and makes the user once that is confirmed. */
export function createUser(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const { agent } = await readOwnAgent(request, reads);
    const name = parseName(form);
    const [limitBytes, days] = [parseTraffic(form, { isRequired: true }), parseDays(form, { isRequired: true })];
    const wanted = { ...as, agent: agent.uuid, panel: agent.panel, name, limitBytes, days };
    const isConfirmed = form['confirmed'] === 'yes';
    const { user } = await sluice.agents.createUser({ ...wanted, dryRun: !isConfirmed });
    if (isConfirmed) return { redirect: `${toUserPath(request, user.uuid ?? '')}?done=created` };
    const wording = toWording(request.language);
    const body = html`${facts([
        [wording.text('user.name'), wording.name(name)],
        [wording.text('packages.traffic'), wording.bytes(limitBytes)],
        [wording.text('user.days'), wording.count(days)],
        restFact(agent, limitBytes, wording),
      ])}
      <p>${wording.say('user.reserves', { size: wording.bytes(limitBytes) })}</p>
      ${postForm(request, {
        action: `${request.base}/users`,
        id: 'confirm',
        submit: wording.text('user.create'),
        hidden: { name, traffic: form['traffic'] ?? '', days: form['days'] ?? '', confirmed: 'yes' },
      })}
      <p><a href="${request.base === '' ? '/' : request.base}">${wording.say('page.backHome')}</a></p>`;
    return {
      title: wording.text('user.createTitle'),
      who: agent.name,
      body,
      timeZone: toZone(request, agent.panel),
    };
  };
}
