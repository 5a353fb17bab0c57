import type { QueueReport, WorkerView } from '@sluice/engine';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { Cell, Terminal } from '../terminal/terminal.js';
import type { CommandHandler } from './command.js';

/** `sluice queue show` */
export const queueShow: CommandHandler = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const report = await sluice.queue();
    terminal.document(report);
    print(terminal, report);
    return report.state === 'unreachable' || report.state === 'idle' ? ExitCode.failed : ExitCode.done;
  });

function print(terminal: Terminal, { state, error, queue }: QueueReport): void {
  if (state === 'none')
    terminal.info(
      'There is no queue: a schedule starts the runs. It begins with the first worker, on a store on PostgreSQL.',
    );
  if (error !== null) terminal.warn(`sluice: The queue does not answer: ${error.message}`);
  if (queue === null) return;
  const { waiting, active, lagSeconds, kinds, workers, failed } = queue;
  terminal.info(`${waiting} jobs wait, the oldest for ${lagSeconds} s; ${active} are under way`);
  if (state === 'idle') terminal.warn('sluice: No worker begins jobs: nothing is read, held or released');
  const jobs = kinds.map(({ kind, waiting: wait, active: begun, ended }): Cell[] => [
    kind,
    String(wait),
    String(begun),
    ended.map(({ outcome, count }) => `${count} ${outcome}`).join(', '),
  ]);
  if (jobs.length > 0) terminal.table(['job', '>waiting', '>active', 'ended in a day'], jobs);
  if (workers.length > 0)
    terminal.table(
      ['worker', 'state', 'version', '>clock', 'seen', 'jobs'],
      workers.map((each) => toRow(each, terminal)),
    );
  for (const { kind, panel, at, outcome, message } of failed)
    terminal.info(
      `${terminal.times.at(at)} ${kind}${panel === null ? '' : ` of ${panel}`} ${outcome}: ${message ?? 'see "sluice log list"'}`,
    );
}

function toRow(
  { host, pid, state, reasons, version, clockSeconds, seenAt, jobs }: WorkerView,
  terminal: Terminal,
): Cell[] {
  return [
    `process ${pid} on ${host}`,
    reasons.length === 0 ? state : `${state}: ${reasons.join('; ')}`,
    version,
    `${clockSeconds >= 0 ? '+' : ''}${clockSeconds.toFixed(1)} s`,
    terminal.times.at(seenAt),
    jobs.map(({ kind, panel }) => (panel === null ? kind : `${kind} ${panel}`)).join(', '),
  ];
}
