import type { QueueFigures, QueueReport, WorkerView } from '@sluice/engine';
import { badge, listed, section, table } from '../../layout/components.js';
import { count, counted, name, NONE } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import type { Page } from '../page.js';

type Times = ReturnType<typeof toTimes>;

/** `/queue`: the jobs that wait, are under way and ended, and the workers. */
export const queuePage: Page = async (request) => {
  const report = await request.sluice.queue();
  const times = toTimes(request);
  const { queue } = report;
  const parts =
    queue === null
      ? null
      : html`${section('Workers', workerTable(queue, times))} ${section('Jobs', kindTable(queue))}
        ${section('Failed in the last day', failedTable(queue, times))}`;
  return { title: 'Jobs', body: html`${standing(report, times)} ${parts}` };
};

/** What a reader has to know first. */
function standing({ state, error, queue }: QueueReport, times: Times): Html {
  if (state === 'none')
    return html`<p class="soft">
      There is no queue: a schedule starts the runs. It begins with the first worker, on a store on PostgreSQL.
    </p>`;
  if (queue === null) return html`<p>${badge('unreachable', 'bad')} The queue does not answer: ${error?.message}</p>`;
  const { waiting, active, oldestAt } = queue;
  const figures = html`${counted(waiting, 'job')} may begin, ${count(active)} under
  way${oldestAt === null ? null : html`; the oldest was added ${times.ago(oldestAt)}`}.`;
  return state === 'idle'
    ? html`<p>${badge('no worker', 'bad')} No worker begins jobs: nothing is read, held or released. ${figures}</p>`
    : html`<p>${figures}</p>`;
}

const TONES = { working: 'good', waiting: 'warning', lost: 'bad', ended: 'quiet' } as const;

const workerTable = ({ workers }: QueueFigures, times: Times): Part =>
  table<WorkerView>({
    caption: 'Workers',
    columns: [
      { title: 'Worker', cell: ({ host, pid }) => html`process ${String(pid)} on ${name(host)}` },
      {
        title: 'State',
        cell: ({ state, reasons }) => html`${badge(state, TONES[state])} ${reasons.join('; ')}`,
      },
      {
        title: 'Jobs',
        cell: ({ jobs }) => listed(jobs.map(({ kind, panel }) => (panel === null ? kind : `${kind} ${panel}`))),
      },
      { title: 'Last sign of life', cell: ({ seenAt }) => times.ago(seenAt) },
      { title: 'Version', cell: ({ version }) => version, isMinor: true },
      { title: 'Clock', cell: ({ clockSeconds }) => `${toTenths(clockSeconds)} s`, isMinor: true },
    ],
    rows: workers,
    empty: 'No worker was started yet.',
  });

/** Rounded first, so that less than half a tenth behind has no sign. */
const toTenths = (seconds: number): string => (Math.round(seconds * 10) / 10).toFixed(1);

const kindTable = ({ kinds }: QueueFigures): Part =>
  table<QueueFigures['kinds'][number]>({
    caption: 'Jobs',
    columns: [
      { title: 'Job', cell: ({ kind }) => kind },
      { title: 'Waiting', cell: ({ waiting }) => count(waiting) },
      { title: 'Under way', cell: ({ active }) => count(active) },
      {
        title: 'Ended in the last day',
        cell: ({ ended }) => listed(ended.map(({ outcome, count: many }) => `${many} ${outcome}`)),
      },
    ],
    rows: kinds,
    empty: 'No job was added yet.',
  });

const failedTable = ({ failed }: QueueFigures, times: Times): Part =>
  table<QueueFigures['failed'][number]>({
    caption: 'Failed in the last day',
    columns: [
      { title: 'Ended', cell: ({ at }) => times.ago(at) },
      { title: 'Job', cell: ({ kind, panel }) => (panel === null ? kind : html`${kind} of ${name(panel)}`) },
      { title: 'Outcome', cell: ({ outcome }) => outcome },
      { title: 'Why', cell: ({ message }) => (message === null ? NONE : html`<span dir="auto">${message}</span>`) },
    ],
    rows: failed,
    empty: 'No job has failed.',
  });
