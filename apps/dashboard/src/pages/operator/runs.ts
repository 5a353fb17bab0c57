import { may } from '@sluice/contract';
import { SluiceError } from '@sluice/panel-kind';
import type { CheckReport, RunReport } from '@sluice/engine';
import { isStopError, listObserving, toAgentStatus } from '@sluice/engine/words';
import { startRun } from '../../requests/start-run.js';
import type { Task } from '../../requests/task.js';
import { address, badge, facts, link, listed, notice, section, table } from '../../layout/components.js';
import { count, NONE } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { holdWords, label } from '../../layout/words.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { agentHref } from './agent-address.js';
import { brakeBanner, panelHref, statusWithReasons } from './brake.js';
import { attempt, given, problemNotice, type Scene, serviceHref, serviceLink, toScene, toWord } from './scene.js';

const WORDS = { poll: 'Poll now', plan: 'Plan (changes nothing)', 'agent check': 'Check agents' } as const;
const COMMANDS = ['poll', 'plan', 'agent check'] as const;

/** Seconds after which the page of a run reloads where no script runs. */
const REFRESH_SECONDS = 3;
const ROWS = 200;

/** Which runs the buttons start. */
interface Scope {
  panel: string | null;
  service?: string;
  hasAgents?: boolean;
}

/** Buttons that start a run over one panel, one service or all, those that change something after asking. */
export function runButtons(request: PageRequest, { panel, service, hasAgents = false }: Scope): Html {
  const shown = COMMANDS.filter((command) => command !== 'agent check' || hasAgents);
  const over = { ...(panel === null ? {} : { panel }), ...(service === undefined ? {} : { service }) };
  return html`<div class="buttons">
    ${shown.map((command) =>
      command === 'plan'
        ? startForm(request, command, over)
        : html`<a class="button" href="${address('/runs/start', { command, ...over })}">${WORDS[command]}…</a>`,
    )}
  </div>`;
}

function startForm(request: PageRequest, command: keyof typeof WORDS, over: Readonly<Record<string, string>>): Html {
  return postForm(request, {
    action: '/runs',
    id: `run-${command.replace(' ', '-')}`,
    submit: WORDS[command],
    hidden: { command, ...over },
  });
}

/** What a run that is asked for does. */
const SAYS = {
  poll: 'It reads the usage, holds services that are over their allowance, releases those that are within it again, and buys what clients have set.',
  'agent check':
    'It disables the users of agents that are over their limit, and enables those of agents that are within it again.',
} as const;

/** `GET /runs/start`: asks before a run that changes something. */
export const askRunPage: Page = async (request) => {
  const { query } = request;
  const command = toWord(query.command, ['poll', 'agent check'] as const) ?? 'poll';
  const [panel, service] = [given(query.panel), given(query.service)];
  const over = { ...(panel === undefined ? {} : { panel }), ...(service === undefined ? {} : { service }) };
  const what = service ?? (panel === undefined ? 'all panels' : `panel ${panel}`);
  const back = service !== undefined ? serviceHref(service) : panel === undefined ? '/' : panelHref(panel);
  const body = html`<p>
      ${command === 'poll' ? 'A run' : 'A check of all agents'} over <bdi>${what}</bdi> starts now. ${SAYS[command]}
      Under observe it changes nothing.
    </p>
    <div class="buttons">
      ${command === 'poll' ? startForm(request, 'plan', over) : null}${startForm(request, command, over)}
    </div>
    <p><a href="${back}">Back</a></p>`;
  return Promise.resolve({ title: WORDS[command], body });
};

/** `POST /runs` */
export const startRunForm: Page = async (request) => {
  const { command: word, panel, service, allowMass } = request.form ?? {};
  const command = toWord(word, COMMANDS);
  if (command === undefined) throw new SluiceError('bad_request', 'Name the run to start');
  const { id } = await startRun(request, { command, panel, service, allowMass: allowMass === 'yes' });
  return { redirect: `/runs/${id}` };
};

/** `/runs/:id`: a run that was started here, and its report. */
export const runPage: Page = async (request) => {
  const run = await request.tasks.find(request.params.id ?? '');
  if (run === undefined) {
    const body = html`<p>This run is not known any more; its outcome is in the <a href="/log?kind=run">log</a>.</p>`;
    return { status: 404, title: 'Run', body };
  }
  const { command, panel, service, by, finishedAt, cancelledBy } = run;
  const scene = toScene(request, panel ?? (service === null ? undefined : await findPanel(request, service)));
  const over = service ?? panel ?? 'all panels';
  const body = html`${facts([
      ['Command', command],
      ['Over', html`<bdi>${over}</bdi>`],
      ['Started', scene.times.at(run.startedAt)],
      ['By', html`<bdi>${by}</bdi>`],
      finishedAt === null || cancelledBy === null ? null : ['Cancelled by', html`<bdi>${cancelledBy}</bdi>`],
    ])}
    ${finishedAt === null ? progress(request, run) : await ended(scene, run)}
    <p><a href="${service === null ? '/' : serviceHref(service)}">Back</a></p>`;
  const title = `${finishedAt === null ? 'Running' : 'Ended'}: ${command}`;
  return {
    title,
    body,
    refreshSeconds: finishedAt === null ? REFRESH_SECONDS : undefined,
    timeZone: scene.times.timeZone,
  };
};

/** The panel of a service that is still in the store. */
async function findPanel({ sluice }: PageRequest, service: string): Promise<string | undefined> {
  return (await attempt(() => sluice.services.show(service))).value?.panel;
}

/** `POST /runs/:id/cancel` */
export const cancelRunForm: Page = async ({ tasks, params, viewer }) => {
  const { id } = await tasks.cancel(params.id ?? '', viewer.name);
  return { redirect: `/runs/${id}` };
};

function progress(request: PageRequest, { id, command, last, cancelledBy }: Task): Html {
  const { done, total } = last?.event === 'progress' ? last.data : { done: 0, total: 0 };
  // Only readings are counted: the bar has no value while the rest of the run is done.
  const isAllRead = total > 0 && done >= total;
  const after = command === 'plan' ? ' read, the plan follows' : ' read, the changes follow';
  const figures = `${count(done)} of ${count(total)}${isAllRead ? after : ' read'}`;
  return html`<section class="card" data-events="/api/v1/runs/${id}/events">
    <p role="status">
      ${badge('running')}
      <span data-progress data-after="${after}">${total === 0 ? 'It has begun.' : figures}</span>
    </p>
    <progress
      class="progress"
      aria-label="Progress"
      ${total === 0 || isAllRead ? null : html` max="${total}" value="${done}"`}
    ></progress>
    <p class="soft">
      ${cancelledBy === null ? 'This page shows the report when the run has ended. You can leave it; the run goes on.' : html`<bdi>${cancelledBy}</bdi> has cancelled it: it ends at a safe step.`}
    </p>
    ${cancelledBy === null && may(request.viewer, 'runs.cancel') ? postForm(request, { action: `/runs/${id}/cancel`, id: 'cancel', submit: 'Cancel the run' }) : null}
  </section>`;
}

type Report = RunReport | CheckReport;

async function ended(scene: Scene, { last, panel }: Task): Promise<Part> {
  if (last?.event === 'failure') return problemNotice(last.data.message);
  if (last?.event !== 'report') return null;
  const found = last.data as Report;
  return report(scene, found, await brakeNotice(scene, panel, found));
}

/** Says what the brake stopped, or would stop, first of all. */
async function brakeNotice(scene: Scene, panel: string | null, { error, notices }: Report): Promise<Part> {
  const stopped = notices.find(isStopError) ?? (isStopError(error) ? error : null);
  if (stopped === null) return null;
  const { brakes } = await scene.request.sluice.standing();
  const own = brakes.filter((brake) => panel === null || brake.panel === panel);
  return own.length === 0 ? notice('bad', stopped.message) : own.map((brake) => brakeBanner(scene, brake));
}

/** What the figures of a run count. */
const FIGURES: Readonly<Record<string, string>> = {
  held: 'Held now',
  wouldHold: 'Would be held',
  wouldRelease: 'Would be released',
  actions: 'Changes made',
  planned: 'Changes planned',
  exceeded: 'Over their limit',
  skipped: 'Left out',
};

/** Figures that are shown only where they are not 0. */
const ONLY_SOME = new Set(['wouldHold', 'wouldRelease', 'planned', 'released', 'purchased']);

function report(scene: Scene, found: Report, brake: Part): Html {
  const { run, totals, error } = found;
  const figures = Object.entries(totals)
    .filter(([key, value]) => value > 0 || !ONLY_SOME.has(key))
    .map(([key, value]): [string, Part] => [FIGURES[key] ?? label(key), count(value)]);
  const observed = 'services' in found ? listObserving(found) : run.observing;
  return html`${brake}
    <p>
      ${badge(run.outcome)}${run.dryRun ? html` <span class="soft">a preview: nothing was changed</span>` : null}${run.observing.length === 0 ? null : html` <span class="soft">under observe: ${observed.join(', ')}</span>`}
    </p>
    ${error === null || isStopError(error) ? null : problemNotice(error.message)} ${facts(figures)}
    ${'services' in found ? changes(scene, found.services) : agentChanges(scene, found.agents)}
    ${section('Log', html`<a href="/log?kind=run">Runs in the log</a>, ${scene.times.at(run.finishedAt)}`)}`;
}

type Reported = RunReport['services'];
type Agents = Report['agents'];

/** What a run leaves as it was, and found as it should be, is not listed. */
function needsAttention({ status, holds, actions, error, drift = [] }: Reported[number]): boolean {
  const isQuiet = status === 'ok' || status === 'skipped' || status === 'unmanaged';
  return !isQuiet || holds.length + actions.length + drift.length > 0 || error !== null;
}

function changes(scene: Scene, services: Reported): Html {
  const list = table({
    caption: 'Services that need attention',
    columns: [
      { title: 'Service', cell: (row) => serviceLink(row.id, row.name) },
      { title: 'Status', cell: (service) => statusWithReasons({ ...service, holds: [] }) },
      {
        title: 'Held',
        cell: ({ holds }) => (holds.length === 0 ? NONE : listed(holds.map(holdWords))),
      },
      { title: 'Changes', cell: actionList },
      {
        title: 'Error or drift',
        cell: ({ error, drift }) =>
          html`<span dir="auto">${scene.times.inText(error?.message ?? drift?.join(', ') ?? '')}</span>`,
      },
    ],
    rows: services.filter(needsAttention).slice(0, ROWS),
    empty: 'None: nothing was to be changed.',
    filter: true,
  });
  return section('Services that need attention', list);
}

function agentChanges(scene: Scene, agents: Agents = []): Html {
  const list = table({
    caption: 'Agents',
    columns: [
      { title: 'Agent', cell: (agent) => link(agentHref(agent), agent.name) },
      { title: 'State', cell: (agent) => badge(toAgentStatus(agent)) },
      { title: 'Changes', cell: actionList },
      {
        title: 'Error',
        cell: ({ error }) => html`<span dir="auto">${scene.times.inText(error?.message ?? '')}</span>`,
      },
    ],
    rows: agents.slice(0, ROWS),
    empty: 'There are no agents.',
    filter: true,
  });
  return section('Agents', list);
}

function actionList({ actions }: Pick<Reported[number], 'actions'>): Html {
  return html`<ul class="plain">
    ${actions.map(({ name, state }) => html`<li><bdi>${name}</bdi> ${badge(state)}</li>`)}
  </ul>`;
}
