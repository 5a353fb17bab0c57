import type { QueueFigures, QueueReport, WorkerView } from '@sluice/engine';
import { printRows, sentence, state, text, time, type Column } from '../columns.js';
import { nameFew } from '@sluice/engine/words';
import { foldSame } from './fold.js';
import type { Terminal } from '../terminal.js';
import { formatCount } from '../words.js';

type Kind = QueueFigures['kinds'][number];

const KINDS: readonly Column<Kind>[] = [
  text('job', ({ kind }) => kind, { whole: true }),
  text('waiting', ({ waiting }) => waiting, { align: 'right' }),
  text('active', ({ active }) => active, { align: 'right' }),
  sentence('ended', ({ ended }) => ended.map(({ outcome, count }) => `${count} ${outcome}`).join(', '), {
    ...{ title: 'ended in a day', below: true },
  }),
];

const WORKERS: readonly Column<WorkerView>[] = [
  text('process', ({ pid }) => pid, { align: 'right' }),
  text('host', ({ host }) => host),
  state('state', (worker) => worker.state, { whole: true }),
  text('version', ({ version }) => version, { priority: 2 }),
  text('clock', ({ clockSeconds }) => formatAhead(clockSeconds), { align: 'right', priority: 1 }),
  time('seen', ({ seenAt }) => seenAt),
  ofLines('jobs', ({ jobs }) => jobs.map((job) => toJobName(job)).join(', ')),
  ofLines('why', ({ reasons }) => reasons.join('; ')),
];

/** Returns a column of sentences, of which a row without one has none below it. */
function ofLines(name: string, value: (row: WorkerView) => string): Column<WorkerView> {
  return text(name, value, {
    below: true,
    cell: (row, { times }) => (value(row) === '' ? [] : [times.text(value(row))]),
  });
}

/** Prints the queue of jobs and its workers; nothing of a queue that is not known but why. */
export function printQueue(terminal: Terminal, { state: standing, error, queue }: QueueReport): void {
  if (standing === 'none')
    terminal.info(
      'There is no queue: a schedule starts the runs. It begins with the first worker, on a store on PostgreSQL.',
    );
  if (error !== null) terminal.warn(`sluice: The queue does not answer: ${error.message}`);
  if (queue === null) return;
  const { waiting, active, lagSeconds, kinds, workers, failed } = queue;
  const oldest = waiting === 0 ? '' : `, the oldest for ${lagSeconds} s`;
  terminal.info(
    `${formatCount(waiting, 'job waits', 'jobs wait')}${oldest}; ${formatCount(active, 'is', 'are')} under way`,
  );
  if (standing === 'idle') terminal.warn('sluice: No worker begins jobs: nothing is read, held or released');
  if (kinds.length > 0) printRows(terminal, KINDS, kinds);
  if (workers.length > 0) printRows(terminal, WORKERS, workers);
  for (const { at, name, outcome, message } of foldFailed(failed))
    terminal.info(`${terminal.times.at(at)} ${name} ${outcome}: ${message ?? 'see "sluice log list"'}`);
}

type Failed = QueueFigures['failed'][number] & { name: string };

/** Counts jobs of a kind that failed in the same way, at the time of the newest. */
function foldFailed(failed: QueueFigures['failed']): Failed[] {
  const named = failed.map((job): Failed => ({ ...job, name: toJobName(job, ' of ') }));
  const toKey = ({ kind, outcome, message }: Failed): string => JSON.stringify([kind, outcome, message]);
  return foldSame(named, toKey, (first, same) => {
    const panels = nameFew([...new Set(same.flatMap(({ panel }) => panel ?? []))]);
    return { ...first, name: `${same.length} × ${toJobName({ kind: first.kind, panel: panels || null }, ' of ')}` };
  });
}

/** Returns the name of a job: `poll of dcim`. */
export function toJobName({ kind, panel }: { kind: string; panel: string | null }, between = ' '): string {
  return panel === null ? kind : `${kind}${between}${panel}`;
}

function formatAhead(seconds: number): string {
  const rounded = Math.round(seconds * 10) / 10;
  return `${rounded > 0 ? '+' : ''}${rounded.toFixed(1)} s`;
}
