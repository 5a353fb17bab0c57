import type { AgentDetail, AgentView } from '@sluice/engine';
import { toAgentStatus } from '@sluice/engine/words';
import { parseSize } from '@sluice/quota-core';
import { SluiceError, usageError } from '@sluice/panel-kind';
import {
  address,
  badge,
  facts,
  type Fill,
  link,
  listed,
  notice,
  section,
  table,
  usageBar,
} from '../../layout/components.js';
import { bytes, count, exactSize, name, NONE, orNone, UNKNOWN } from '../../layout/format.js';
import { postForm, searchForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { ENGLISH } from '../../layout/wording.js';
import { endedPeriods } from '../agent-periods.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toZone } from '../../layout/page-times.js';
import { actionsSection } from './agent-changes.js';
import { agentAction, agentHref, findAddressed } from './agent-address.js';
import { brakeBanner } from './brake.js';
import { panelsWith } from './navigation.js';
import { lateBanners, removedBanners, undecidedText } from './panels.js';
import { runButtons } from './runs.js';
import { attempt, given, problemNotice, type Scene, toScene } from './scene.js';

/** `/agents`: as last read; with `?read=yes` the panels are read now. */
export const agentsPage: Page = async (request) => {
  const { sluice, query } = request;
  const scene = toScene(request);
  const live = query.read === 'yes' ? await attempt(() => sluice.agents.list()) : null;
  const left = (await sluice.standing()).removed.filter(({ agents, limited }) => agents.length + limited.length > 0);
  // Without the secret of its panel, or a panel that has agents, there is no list; what else is known is said all the same.
  const known = await attempt(() => sluice.agents.listStored());
  const stored = known.value?.agents ?? [];
  const unread = live?.value?.panels ?? [];
  const lastRead = stored.filter(({ panel }) => unread.some((skipped) => skipped.panel === panel));
  const agents: readonly (AgentView & Partial<Pick<AgentDetail, 'at'>>)[] =
    live?.value == null ? stored : [...live.value.agents, ...lastRead];
  const list = table<(typeof agents)[number]>({
    caption: 'Agents',
    columns: [
      { title: 'Agent', cell: (agent) => link(agentHref(agent), agent.name) },
      { title: 'Panel', cell: ({ panel }) => name(panel), isMinor: true },
      { title: 'State', cell: showState },
      {
        title: 'Limit',
        cell: ({ limitBytes }) => (limitBytes === null ? html`<span class="soft">no limit</span>` : bytes(limitBytes)),
        isNumber: true,
      },
      { title: 'Used', cell: ({ usedBytes }) => bytes(usedBytes), isNumber: true },
      { title: 'Share', cell: (agent) => usageBar(toFill(agent)) ?? NONE },
      { title: 'Remaining', cell: showRemaining, isNumber: true },
      { title: 'Users', cell: ({ users }) => count(users), isNumber: true, isMinor: true },
      {
        title: 'Disabled by us',
        cell: (agent) => orNone(agent.usersDisabledByUs, count),
        isNumber: true,
        isMinor: true,
      },
      { title: 'Read', cell: ({ at }) => (at === undefined ? 'now' : scene.times.ago(at)), isMinor: true },
    ],
    rows: agents,
    empty: 'No agent has been read yet.',
    filter: true,
  });
  const read = html`<p><a class="button" href="/agents?read=yes">Read the panels now</a></p>`;
  const listed = agents.map(({ panel }) => panel);
  const body = html`${await panelBanners(scene, listed.length === 0 ? await panelsWith(sluice, 'agents') : listed)}
  ${removedBanners(left)} ${scene.mayOperate ? runButtons(request, { panel: null, hasAgents: true }) : null}
  ${live?.value === null ? problemNotice(live.problem) : null}
  ${unread.map(({ panel, error }) => notice('warning', html`${name(panel)} can’t be read now, its agents are shown as last read: ${name(error.message)}`))}
  ${known.value === null && left.length === 0 ? problemNotice(known.problem) : null}
  ${section('Agents', html`${known.value === null && agents.length === 0 ? null : list} ${read}`)}`;
  return { title: 'Agents', body };
};

/** What keeps limits of agents from being enforced or shown as they are: of one panel, or of those with agents. */
async function panelBanners(scene: Scene, of: readonly string[]): Promise<Html[]> {
  const { sluice } = scene.request;
  const { panels } = await sluice.panels.list();
  const outages = panels.flatMap(({ name: panel, brake, downSince, undecided }) => {
    if (!of.includes(panel)) return [];
    const since = downSince === null ? null : scene.times.full(downSince);
    return [
      ...(since === null
        ? []
        : [notice('warning', html`Panel ${name(panel)} is down since ${since}: these are the last known states.`)]),
      ...(undecided === undefined ? [] : [notice('warning', undecidedText(panel, undecided, scene.times))]),
      ...(brake?.subjects === 'agents' ? [brakeBanner(scene, brake)] : []),
    ];
  });
  return [...lateBanners(await sluice.standing(), scene.times, of), ...outages];
}

function toFill({ usedBytes, limitBytes }: AgentView): Fill {
  return { used: usedBytes, allowed: limitBytes };
}

function showRemaining({ limitBytes, remainingBytes }: AgentView): Html {
  return limitBytes === null ? NONE : bytes(remainingBytes);
}

function showState(agent: AgentView): Html {
  return badge(toAgentStatus(agent));
}

/** `/agents/:id`: from the store alone. */
export const agentPage: Page = async (request) => {
  const { sluice, params, query } = request;
  const panel = given(query.panel);
  const uuid = await findAddressed(sluice, { id: params.id ?? '', panel });
  const { value: found, problem } = await attempt(() => sluice.agents.explain(uuid, { panel }));
  const agent: AgentDetail = found ?? (await sluice.agents.show(uuid, { panel }));
  const scene = toScene(request, agent.panel);
  const { times, mayOperate } = scene;
  const isRead = agent.at !== '';
  const body = html`${await panelBanners(scene, [agent.panel])}
    <section class="card">
      <p class="headline">${showState(agent)}</p>
      ${agent.limitBytes === null || !isRead ? null : html`<p class="headline">${usageBar(toFill(agent))}</p>`}
      <p dir="auto">${found === null ? problem : times.inText(found.sentence)}</p>
      ${facts([
        ['Limit', agent.limitBytes === null ? 'none' : bytes(agent.limitBytes)],
        ['Used', isRead ? bytes(agent.usedBytes) : UNKNOWN],
        ['Remaining', isRead ? showRemaining(agent) : UNKNOWN],
        ['Allocated to users', isRead ? orNone(agent.allocatedBytes, bytes) : UNKNOWN],
        ['Reserved', orNone(agent.reservedBytes, bytes)],
        ['Users', isRead ? count(agent.users) : UNKNOWN],
        ['Users disabled by us', orNone(agent.usersDisabledByUs, count)],
        ...disabledFacts(agent),
        [
          'Period',
          orNone(agent.period, ({ start, end }) =>
            end === null ? `since ${times.bound(start)}` : times.period({ start, end }),
          ),
        ],
        ['Held since', times.at(agent.heldSince)],
        ['Panel', name(agent.panel)],
        ['Above it', listed(agent.ancestors.map((each) => name(each.name)))],
        ['Read', isRead ? times.ago(agent.at) : html`<span class="unknown">never</span>`],
        ['Id', html`<code>${agent.uuid}</code>`],
      ])}
    </section>
    ${await periodsSection(request, scene, agent)} ${mayOperate ? limitSection(request, agent) : null}
    ${found === null ? null : actionsSection(scene, found)}`;
  return {
    title: agent.name,
    body,
    timeZone: times.timeZone,
    notice: DONE.get(query.done ?? ''),
  };
};

/** The earlier periods of an agent; null where none is stored, as where an add-on keeps the limits. */
async function periodsSection({ sluice }: PageRequest, { times }: Scene, agent: AgentDetail): Promise<Html | null> {
  const { uuid, panel } = agent;
  const { value } = await attempt(() => sluice.agents.history(uuid, { panel }));
  const list = endedPeriods(value?.periods ?? [], { wording: ENGLISH, times, timeZone: times.timeZone });
  return list === null ? null : section(ENGLISH.text('agentPeriod.title'), list);
}

/** The users that are disabled for another agent than this one. */
function disabledFacts({ uuid, disabledFor }: AgentDetail): [string, Part][] {
  const others = (disabledFor ?? []).filter((cause) => cause.uuid !== uuid);
  const parts = others.map(
    ({ name: other, reason, users }) => html`${count(users)} for the ${reason} of ${name(other)}`,
  );
  return others.length === 0 ? [] : [['Of them', listed(parts)]];
}

/** What a form of this page did, by the word in its address. */
const DONE: ReadonlyMap<string, string> = new Map([
  ['limit', 'The limit is stored; the next check applies it.'],
  ['remove-limit', 'The limit is removed; the next check enables the users that were disabled for it alone.'],
]);

function limitSection(request: PageRequest, agent: AgentDetail): Html {
  const { limitBytes, panel } = agent;
  const form = postForm(request, {
    action: agentAction(agent, 'limit'),
    id: 'limit',
    submit: 'Set the limit',
    hidden: { panel },
    fields: [
      {
        name: 'limit',
        label: 'Limit',
        value: limitBytes === null ? '' : exactSize(limitBytes),
        hint: 'Such as 500GB',
        isRequired: true,
      },
    ],
  });
  const remove =
    limitBytes === null
      ? null
      : searchForm({
          action: agentAction(agent, 'remove-limit'),
          id: 'remove-limit',
          submit: 'Remove the limit…',
          hidden: { panel },
        });
  return section('Limit', html`${form} ${remove}`);
}

/** `POST /agents/:id/limit`; asks before a limit that is exceeded at once. */
export const agentLimitForm: Page = async (request) => {
  const { params, form = {}, sluice, as } = request;
  const panel = given(form.panel);
  const uuid = await findAddressed(sluice, { id: params.id ?? '', panel });
  const limitBytes = toBytes(form.limit ?? '');
  const asked: string[] = [];
  const confirm = (question: string): Promise<void> => {
    if (form.confirmed === 'yes') return Promise.resolve();
    asked.push(question);
    return Promise.reject(new SluiceError('not_confirmed', question));
  };
  const back = address(`/agents/${encodeURIComponent(params.id ?? '')}`, { panel });
  try {
    await sluice.agents.limit(uuid, { ...as, panel, limitBytes, confirm });
  } catch (error) {
    const [question] = asked;
    if (question === undefined) throw error;
    return { title: 'Set the limit', body: limitQuestion(request, question, back), timeZone: toZone(request, panel) };
  }
  return { redirect: `${back}${panel === undefined ? '?' : '&'}done=limit` };
};

function limitQuestion(request: PageRequest, question: string, back: string): Html {
  const { form: { limit = '', panel = '' } = {}, path } = request;
  const hidden = { limit, panel, confirmed: 'yes' };
  return html`<p dir="auto">${question}</p>
    ${postForm(request, { action: path, id: 'limit', submit: 'Set the limit', tone: 'danger', hidden })}
    <p><a href="${back}">Back to the agent</a></p>`;
}

/** `GET /agents/:id/remove-limit`: asks before it. */
export const agentRemoveLimitPage: Page = async (request) => {
  const { sluice, params, query } = request;
  const panel = given(query.panel);
  const agent = await sluice.agents.show(await findAddressed(sluice, { id: params.id ?? '', panel }), { panel });
  const { limitBytes, usedBytes, uuid, disabledFor } = agent;
  const isDisabling = disabledFor?.some((cause) => cause.uuid === uuid && cause.reason === 'limit') ?? false;
  const disabled = isDisabling ? 'The next check enables the users that were disabled for it alone.' : '';
  const form = postForm(request, {
    action: agentAction(agent, 'remove-limit'),
    id: 'remove-limit',
    submit: 'Remove the limit',
    tone: 'danger',
    hidden: { panel: agent.panel },
  });
  const has = limitBytes === null ? 'no limit' : html`a limit of ${bytes(limitBytes)}`;
  const body = html`<p>
      ${name(agent.name)} has ${has} and has used ${bytes(usedBytes)}. Without a limit its users are never disabled for
      its traffic. ${disabled}
    </p>
    ${limitBytes === null ? null : form}
    <p><a href="${agentHref(agent)}">Back to the agent</a></p>`;
  return { title: `Remove the limit of ${agent.name}`, body, timeZone: toZone(request, agent.panel) };
};

/** `POST /agents/:id/remove-limit` */
export const agentRemoveLimitForm: Page = async ({ params, form = {}, sluice, as }) => {
  const panel = given(form.panel);
  const uuid = await findAddressed(sluice, { id: params.id ?? '', panel });
  const confirm = (): Promise<void> => Promise.resolve();
  const how = { ...as, panel, limitBytes: null, opening: undefined, dryRun: false, confirm };
  const agent = await sluice.agents.limit(uuid, how);
  return { redirect: `${agentHref(agent)}&done=remove-limit` };
};

function toBytes(text: string): number {
  if (text.trim() === '') throw usageError('bad_option', 'Limit: it is empty. To have none, choose "Remove the limit"');
  try {
    return parseSize(text);
  } catch (error) {
    throw usageError('bad_option', `Limit: ${(error as Error).message}`);
  }
}
