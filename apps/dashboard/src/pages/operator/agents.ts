import type { AgentDetail, AgentExplained, AgentView } from '@sluice/engine';
import { parseSize } from '@sluice/quota-core';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { address, badge, facts, listed, percentOf, section, table, usageBar } from '../layout/components.js';
import { bytes, count, name, NONE } from '../layout/format.js';
import { postForm } from '../layout/forms.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page, PageRequest } from '../page.js';
import { agentAction, agentHref, findAddressed } from './agent-address.js';
import { asTyped } from './refused.js';
import { runButtons } from './runs.js';
import { attempt, problemNotice, type Scene, toScene } from './scene.js';

const ACTION_ROWS = 50;

/** `/agents`: as last read; with `?read=yes` the panels are read now. */
export const agentsPage: Page = async (request) => {
  const { sluice, query } = request;
  const scene = toScene(request);
  const live = query.read === 'yes' ? await attempt(() => sluice.agents.list()) : null;
  const stored = await sluice.agents.listStored();
  const agents: readonly (AgentView & Partial<Pick<AgentDetail, 'at'>>)[] = live?.value?.agents ?? stored.agents;
  const rows = agents.map((agent): Part[] => [
    html`<a href="${agentHref(agent)}"><bdi>${agent.name}</bdi></a>`,
    name(agent.panel),
    stateOf(agent),
    agent.limitBytes === null ? html`<span class="soft">no limit</span>` : bytes(agent.limitBytes),
    bytes(agent.usedBytes),
    usageBar({ used: agent.usedBytes, allowed: agent.limitBytes }) ?? NONE,
    agent.limitBytes === null ? NONE : bytes(agent.remainingBytes),
    count(agent.users),
    agent.usersDisabledByUs === null ? NONE : count(agent.usersDisabledByUs),
    agent.at === undefined ? 'now' : scene.times.ago(agent.at),
  ]);
  const body = html`${scene.mayOperate ? runButtons(request, { panel: null, hasAgents: true }) : null}
  ${live?.value === null ? problemNotice(live.problem) : null}
  ${section(
    'Agents',
    html`${table({
        caption: 'Agents',
        columns: [
          { title: 'Agent' },
          { title: 'Panel', isMinor: true },
          { title: 'State' },
          { title: 'Limit', isNumber: true },
          { title: 'Used', isNumber: true },
          { title: 'Share' },
          { title: 'Remaining', isNumber: true },
          { title: 'Users', isNumber: true, isMinor: true },
          { title: 'Disabled by us', isNumber: true, isMinor: true },
          { title: 'Read', isMinor: true },
        ],
        rows,
        empty: 'No agent has been read yet.',
        filter: true,
      })}
      <p><a class="button" href="/agents?read=yes">Read the panels now</a></p>`,
  )}`;
  return { title: 'Agents', body };
};

function stateOf(agent: AgentView): Html {
  if (agent.suspended !== null) return badge('suspended');
  return agent.exceeded ? badge('exceeded') : badge(agent.rule ?? 'ok', agent.rule === 'missing' ? 'warning' : 'good');
}

/** `/agents/:id`: from the store alone. */
export const agentPage: Page = async (request) => {
  const { sluice, params, query } = request;
  const panel = query.panel === '' ? undefined : query.panel;
  const uuid = await findAddressed(sluice, { id: params.id ?? '', panel });
  const scene = toScene(request, panel ?? null);
  const { value: found, problem } = await attempt(() => sluice.agents.explain(uuid, { panel }));
  const agent: AgentDetail = found ?? (await sluice.agents.show(uuid, { panel }));
  const { times, mayOperate } = scene;
  const fill = { used: agent.usedBytes, allowed: agent.limitBytes };
  const body = html`<section class="card">
      <p class="headline">${stateOf(agent)}</p>
      ${percentOf(fill) === null ? null : html`<p class="headline">${usageBar(fill)}</p>`}
      <p dir="auto">${found === null ? problem : times.inText(found.sentence)}</p>
      ${facts([
        ['Limit', agent.limitBytes === null ? 'none' : bytes(agent.limitBytes)],
        ['Used', bytes(agent.usedBytes)],
        ['Remaining', agent.limitBytes === null ? NONE : bytes(agent.remainingBytes)],
        ['Allocated to users', agent.allocatedBytes === null ? NONE : bytes(agent.allocatedBytes)],
        ['Reserved', agent.reservedBytes === null ? NONE : bytes(agent.reservedBytes)],
        ['Users', count(agent.users)],
        ['Users disabled by us', agent.usersDisabledByUs === null ? NONE : count(agent.usersDisabledByUs)],
        [
          'Period',
          agent.period === null
            ? NONE
            : html`${times.at(agent.period.start)} to
              ${agent.period.end === null ? 'open' : times.full(agent.period.end)}`,
        ],
        ['Held since', times.at(agent.heldSince)],
        ['Panel', name(agent.panel)],
        [
          'Above it',
          agent.ancestors.length === 0 ? NONE : listed(agent.ancestors.map((each) => html`<bdi>${each.name}</bdi>`)),
        ],
        ['Read', times.ago(agent.at)],
        ['Id', html`<code>${agent.uuid}</code>`],
      ])}
    </section>
    ${mayOperate ? limitSection(request, agent) : null} ${found === null ? null : actionsSection(scene, found)}`;
  return {
    title: agent.name,
    body,
    notice: query.done === 'limit' ? 'The limit is stored; the next check applies it.' : undefined,
  };
};

function limitSection(request: PageRequest, agent: AgentDetail): Html {
  const { csrf, newKey } = request;
  return section(
    'Limit',
    postForm({
      action: agentAction(agent, 'limit'),
      csrf,
      key: newKey(),
      id: 'limit',
      submit: 'Set the limit',
      hidden: { panel: agent.panel },
      fields: asTyped(request, 'limit', [
        { name: 'limit', label: 'Limit', hint: 'Such as 500GB; empty removes the limit' },
      ]),
    }),
  );
}

function actionsSection({ times }: Scene, { actions, reservations }: AgentExplained): Html {
  const rows = actions
    .slice(0, ACTION_ROWS)
    .map((action): Part[] => [
      times.at(action.at),
      html`<bdi>${action.name}</bdi>`,
      badge(action.state),
      action.usedBytes === null ? NONE : bytes(action.usedBytes),
      action.limitBytes === null ? NONE : bytes(action.limitBytes),
    ]);
  const held = reservations.map((row): Part[] => [
    html`<code>${row.uuid}</code>`,
    bytes(row.bytes),
    bytes(row.leftBytes),
    badge(row.state),
    times.at(row.expiresAt),
  ]);
  return html`${section(
    'Changes to its users',
    table({
      caption: 'Changes to its users',
      columns: [
        { title: 'When' },
        { title: 'Change' },
        { title: 'State' },
        { title: 'Used', isNumber: true, isMinor: true },
        { title: 'Limit', isNumber: true, isMinor: true },
      ],
      rows,
      empty: 'Nothing was changed.',
      filter: true,
    }),
  )}
  ${held.length === 0 ? null : section('Reserved', table({ caption: 'Reserved for new users', columns: [{ title: 'User' }, { title: 'Size', isNumber: true }, { title: 'Left', isNumber: true }, { title: 'State' }, { title: 'Until' }], rows: held, empty: '' }))}`;
}

/** `POST /agents/:id/limit`; asks before a limit that is exceeded at once. */
export const agentLimitForm: Page = async (request) => {
  const { params, form = {}, sluice, as } = request;
  const panel = form.panel === '' ? undefined : form.panel;
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
    await sluice.agents.limit(uuid, { ...as, panel, limitBytes, opening: undefined, dryRun: false, confirm });
  } catch (error) {
    const [question] = asked;
    if (question === undefined) throw error;
    return { title: 'Set the limit', body: limitQuestion(request, question, back) };
  }
  return { redirect: `${back}${panel === undefined ? '?' : '&'}done=limit` };
};

function limitQuestion({ csrf, newKey, form = {}, path }: PageRequest, question: string, back: string): Html {
  const { limit = '', panel = '' } = form;
  const hidden = { limit, panel, confirmed: 'yes' };
  return html`<p dir="auto">${question}</p>
    ${postForm({ action: path, csrf, key: newKey(), id: 'limit', submit: 'Set the limit', tone: 'danger', hidden })}
    <p><a href="${back}">Back to the agent</a></p>`;
}

function toBytes(text: string): number | null {
  if (text.trim() === '') return null;
  try {
    return parseSize(text);
  } catch (error) {
    throw usageError('bad_option', `Limit: ${(error as Error).message}`);
  }
}
