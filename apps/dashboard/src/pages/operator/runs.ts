import { SluiceError } from '@sluice/panel-kind';
import type { CheckReport, RunReport } from '@sluice/engine';
import type { Task } from '../../api/tasks.js';
import { badge, facts, section, table } from '../layout/components.js';
import { count, label, NONE } from '../layout/format.js';
import { postForm } from '../layout/forms.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page, PageRequest } from '../page.js';
import { agentHref } from './agent-address.js';
import { problemNotice, type Scene, serviceLink, toScene, toWord } from './scene.js';

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

/** Buttons that start a run, over one panel, one service or all. */
export function runButtons({ csrf, newKey }: PageRequest, { panel, service, hasAgents = false }: Scope): Html {
  const shown = COMMANDS.filter((command) => command !== 'agent check' || hasAgents);
  const over = { ...(panel === null ? {} : { panel }), ...(service === undefined ? {} : { service }) };
  return html`<div class="buttons">
    ${shown.map((command) =>
      postForm({
        action: '/runs',
        csrf,
        key: newKey(),
        id: `run-${command.replace(' ', '-')}`,
        submit: WORDS[command],
        hidden: { command, ...over },
      }),
    )}
  </div>`;
}

/** `POST /runs` */
export const startRunForm: Page = async ({ form = {}, startRun }) => {
  const command = toWord(form.command, COMMANDS);
  if (command === undefined) throw new SluiceError('bad_request', 'Name the run to start');
  const { panel, service } = form;
  const id = startRun({ command, panel, service });
  return Promise.resolve({ redirect: `/runs/${id}` });
};

/** `/runs/:id`: a run that was started here, and its report. */
export const runPage: Page = async (request) => {
  const run = request.findRun(request.params.id ?? '');
  if (run === undefined) {
    const body = html`<p>This run is not known any more; its outcome is in the <a href="/log?kind=run">log</a>.</p>`;
    return Promise.resolve({ status: 404, title: 'Run', body });
  }
  const scene = toScene(request);
  const { command, panel, service, by, last, finishedAt } = run;
  const over = service ?? panel ?? 'all panels';
  const body = html`${facts([
      ['Command', command],
      ['Over', html`<bdi>${over}</bdi>`],
      ['Started', scene.times.at(run.startedAt)],
      ['By', html`<bdi>${by}</bdi>`],
    ])}
    ${finishedAt === null ? progress(run) : ended(scene, last)}
    <p><a href="${service === null ? '/' : `/services/${encodeURIComponent(service)}`}">Back</a></p>`;
  const title = `${finishedAt === null ? 'Running' : 'Ended'}: ${command}`;
  return Promise.resolve({ title, body, refreshSeconds: finishedAt === null ? REFRESH_SECONDS : undefined });
};

function progress({ id, last }: Task): Html {
  const { done, total } = last?.event === 'progress' ? last.data : { done: 0, total: 0 };
  return html`<section class="card" data-events="/api/v1/runs/${id}/events">
    <p role="status">
      ${badge('running')}
      <span data-progress>${total === 0 ? 'It has begun.' : `${count(done)} of ${count(total)}`}</span>
    </p>
    <progress
      class="progress"
      aria-label="Progress"
      ${total === 0 ? null : html` max="${total}" value="${done}"`}
    ></progress>
    <p class="soft">This page shows the report when the run has ended. You can leave it; the run goes on.</p>
  </section>`;
}

type Report = RunReport | CheckReport;

function ended(scene: Scene, last: Task['last']): Part {
  if (last?.event === 'failure') return problemNotice(last.data.message);
  return last?.event === 'report' ? report(scene, last.data as Report) : null;
}

function report(scene: Scene, found: Report): Html {
  const { run, totals, error } = found;
  const figures = Object.entries(totals).map(([key, value]): [string, Part] => [label(key), count(Number(value))]);
  return html`<p>
      ${badge(run.outcome)}${run.observing.length === 0 ? null : html` <span class="soft">under observe: ${run.observing.join(', ')}</span>`}
    </p>
    ${error === null ? null : problemNotice(error.message)} ${facts(figures)}
    ${'services' in found ? changes(found.services) : agentChanges(found.agents)}
    ${section('Log', html`<a href="/log?kind=run">Runs in the log</a>, ${scene.times.at(run.finishedAt)}`)}`;
}

type Reported = RunReport['services'];
type Agents = Report['agents'];

/** What a run leaves as it was, and found as it should be, is not listed. */
function needsAttention({ status, holds, actions, error, drift = [] }: Reported[number]): boolean {
  const isQuiet = status === 'ok' || status === 'skipped' || status === 'unmanaged';
  return !isQuiet || holds.length + actions.length + drift.length > 0 || error !== null;
}

function changes(services: Reported): Html {
  const found = services.filter(needsAttention);
  const rows = found.slice(0, ROWS).map((service): Part[] => [
    serviceLink(service.id),
    badge(service.status),
    service.holds.map(({ reason }) => reason).join(', ') || NONE,
    html`<ul class="plain">
      ${service.actions.map(({ name, state }) => html`<li><bdi>${name}</bdi> ${badge(state)}</li>`)}
    </ul>`,
    html`<span dir="auto">${service.error?.message ?? service.drift?.join(', ')}</span>`,
  ]);
  return section(
    'Services that need attention',
    table({
      caption: 'Services that need attention',
      columns: [
        { title: 'Service' },
        { title: 'Status' },
        { title: 'Held' },
        { title: 'Changes' },
        { title: 'Error or drift' },
      ],
      rows,
      empty: 'None: nothing was to be changed.',
      filter: true,
    }),
  );
}

function agentChanges(agents: Agents = []): Html {
  const rows = agents.slice(0, ROWS).map((agent): Part[] => [
    html`<a href="${agentHref(agent)}"><bdi>${agent.name}</bdi></a>`,
    agent.exceeded ? badge('exceeded') : badge('ok'),
    html`<ul class="plain">
      ${agent.actions.map(({ name, state }) => html`<li><bdi>${name}</bdi> ${badge(state)}</li>`)}
    </ul>`,
    html`<span dir="auto">${agent.error?.message}</span>`,
  ]);
  return section(
    'Agents',
    table({
      caption: 'Agents',
      columns: [{ title: 'Agent' }, { title: 'State' }, { title: 'Changes' }, { title: 'Error' }],
      rows,
      empty: 'There are no agents.',
      filter: true,
    }),
  );
}
