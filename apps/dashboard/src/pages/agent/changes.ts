import type { AgentDetail, AgentUserReport, AgentUserView } from '@sluice/engine';
import { type Key, say } from '@sluice/messages';
import { notice, type Section } from '../../layout/components.js';
import { exactSize } from '../../layout/format.js';
import { type Field, postForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import { clientError } from '../../server/failure.js';
import { requireDone } from '../../server/reported.js';
import type { Page, PageAnswer } from '../page.js';
import { confirmPage } from './confirm.js';
import { parseDays, parseTraffic } from './fields.js';
import { readOwnUser, toAgent, toFormRef, toUserPath } from './own.js';

/** What the last form did, by the query of the page that it leads to. */
const DONE: ReadonlyMap<string, Key & `done.${string}`> = new Map([
  ['created', 'done.userCreated'],
  ['extended', 'done.userExtended'],
  ['disabled', 'done.userDisabled'],
  ['enabled', 'done.userEnabled'],
  ['still-disabled', 'done.userStillDisabled'],
  ['noted', 'done.userNoted'],
] as const);

/** Returns what the last form did to a user; undefined where none did. */
function doneText({ query }: Pick<PageRequest, 'query'>, wording: Wording): string | undefined {
  const key = DONE.get(query['done'] ?? '');
  return key === undefined ? undefined : wording.saidText({ key });
}

/** What the last form has left undone; its page warns of that. */
const UNDONE: ReadonlySet<string> = new Set(['noted', 'still-disabled']);

/** Returns what the last form did as a page shows it: below its head, or as a warning in its body. */
export function showDone(
  { query }: Pick<PageRequest, 'query'>,
  wording: Wording,
): { notice: string | undefined; warning: Html | null } {
  const done = doneText({ query }, wording);
  const isUndone = done !== undefined && UNDONE.has(query['done'] ?? '');
  return isUndone ? { notice: undefined, warning: notice('warning', done) } : { notice: done, warning: null };
}

/** The forms that change a user; one that is the account of a service is its provider's. */
export function changeSections(request: PageRequest, user: AgentUserView, agent: AgentDetail): Section[] {
  const wording = toWording(request.language);
  if (user.service !== null)
    return [
      {
        id: 'extend',
        title: wording.text('user.extendTitle'),
        content: notice('info', wording.say('problem.managedUser')),
      },
    ];
  const action = (verb: string): string => `${toUserPath(request, user.uuid)}/${verb}`;
  const extend = postForm(request, {
    action: action('extend'),
    id: 'extend',
    submit: wording.text('user.extend'),
    fields: addedFields(user, wording),
  });
  return [
    { id: 'extend', title: wording.text('user.extendTitle'), content: extend },
    ...toSwitches(user).map((verb, index): Section => {
      const turn = postForm(request, {
        action: action(verb),
        id: verb,
        submit: wording.text(`user.${verb}`),
        tone: verb === 'enable' ? 'plain' : 'danger',
      });
      const hint = index === 0 ? toHint(user) : 'user.enableInstead';
      // Under observe no check changes a user.
      const isTried = index === 0 && user.pending !== null && agent.enforce?.value === 'on';
      return {
        id: index === 0 ? 'switch' : 'instead',
        title: wording.text(`user.${verb}`),
        content: html`<p>${wording.say(hint)}${isTried ? html` ${wording.say('user.triedAgain')}` : null}</p>
          ${turn}`,
      };
    }),
  ];
}

/** What can be done about whether a user is enabled; of one that is to be disabled both. */
function toSwitches({ disabledFor, pending }: AgentUserView): readonly ('disable' | 'enable')[] {
  if (pending === 'disable') return ['disable', 'enable'];
  return pending === 'enable' || disabledFor.includes('reseller') ? ['enable'] : ['disable'];
}

function toHint({ disabledFor, pending }: AgentUserView) {
  if (pending !== null) return pending === 'disable' ? 'user.toDisableHint' : 'user.toEnableHint';
  return disabledFor.includes('reseller') ? 'user.enableHint' : 'user.disableHint';
}

/** The fields of what is added to a user, with what it has now. */
function addedFields({ limitBytes, days }: AgentUserView, wording: Wording): Field[] {
  const hint = wording.text('user.trafficAddHint', { size: wording.texts.bytes(limitBytes) });
  return [
    { name: 'traffic', label: wording.text('user.trafficAdd'), hint },
    {
      ...{ name: 'days', label: wording.text('user.daysAdd') },
      ...(days === null ? {} : { hint: wording.text('user.daysAddHint', { count: days }) }),
    },
  ];
}

/** `POST /users/:user/extend`: asks, with what it reserves, and extends once that is confirmed. */
export function extendUser(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const { agent, user } = await readOwnUser(request, reads);
    const wording = toWording(request.language);
    const bytes = parseTraffic(form, wording, { isRequired: false });
    const days = parseDays(form, { isRequired: false });
    if (bytes === 0 && days === 0)
      throw clientError('bad_value', say('problem.extendNothing'), { kind: 'usage', details: { field: 'traffic' } });
    const isConfirmed = form['confirmed'] === 'yes';
    const how = { ...as, panel: agent.panel, bytes, days, ref: toFormRef(request), dryRun: !isConfirmed };
    const { user: extended } = requireDone(await sluice.agents.extendUser(agent.uuid, user.uuid, how));
    const back = toUserPath(request, user.uuid);
    if (isConfirmed) return { redirect: `${back}?done=extended` };
    return confirmPage(request, {
      agent,
      title: wording.text('user.extendTitle'),
      rows: [
        [wording.text('user.name'), wording.name(user.name)],
        bytes === 0 ? null : [wording.text('user.trafficAfter'), wording.bytes(extended.limitBytes)],
        days === 0 || extended.days === null ? null : [wording.text('user.daysAfter'), wording.count(extended.days)],
      ],
      bytes,
      action: `${back}/extend`,
      hidden: { traffic: bytes === 0 ? '' : exactSize(bytes), days: days === 0 ? '' : String(days) },
      submit: wording.text('user.extend'),
      back: { href: back, text: wording.say('user.back') },
    });
  };
}

/** `POST /users/:user/disable` */
export const disableUser: Page = async (request) => {
  const { uuid, panel } = await toAgent(request);
  const how = { ...request.as, panel };
  const report = await request.sluice.agents.disableUser(uuid, request.params['user'] ?? '', how);
  return toSwitched(request, report, 'disabled');
};

/** `POST /users/:user/enable`; what else keeps the user disabled stays. */
export const enableUser: Page = async (request) => {
  const { uuid, panel } = await toAgent(request);
  const how = { ...request.as, panel };
  const report = await request.sluice.agents.enableUser(uuid, request.params['user'] ?? '', how);
  return toSwitched(request, report, report.user.state === 'disabled' ? 'still-disabled' : 'enabled');
};

/** Leads to the page of a user, which says what was done; where the panel did not do what was noted, a check does. */
function toSwitched(request: PageRequest, report: AgentUserReport, done: string): PageAnswer {
  const { uuid, pending } = report.user;
  if (pending === null) requireDone(report);
  return { redirect: `${toUserPath(request, uuid)}?done=${pending === null ? done : 'noted'}` };
}
