import type { Check, QueueReport } from '@sluice/contract/documents';
import { toItemError } from '@sluice/panel-kind';
import { toChecks } from '../../base/check.js';
import type { Context } from '../../context/context.js';

/** Returns the queue of jobs and its workers; a queue that does not answer is reported, not thrown. */
export async function readQueue(context: Context): Promise<QueueReport> {
  const at = context.now();
  const { queue: read } = context.deps;
  if (read === null) return { at, state: 'none', error: null, queue: null };
  try {
    const queue = await read();
    if (queue === null) return { at, state: 'none', error: null, queue };
    const isWorking = queue.workers.some(({ state }) => state === 'working');
    return { at, state: isWorking ? 'working' : 'idle', error: null, queue };
  } catch (error) {
    const { code, message } = toItemError(error);
    return { at, state: 'unreachable', error: { code, message }, queue: null };
  }
}

/** A job that waits so long shows that there are too few workers. */
const LATE_S = 600;

/** Checks the queue: whether it answers, a worker begins jobs, all of them are alive, and no job waits for long. */
export async function queueChecks(context: Context): Promise<Check[]> {
  const { state, error, queue } = await readQueue(context);
  if (state === 'none') return [];
  const check = toChecks('queue', 'workers');
  if (queue === null) return [check('failed', error?.message ?? 'it does not answer', 'queue_unreachable')];
  const checks = queue.workers.flatMap(({ host, pid, state: of, reasons, seenAt }) => {
    const each = toChecks('worker', `process ${pid} on ${host}`);
    if (of === 'lost') return [each('warning', `it shows no sign of life since ${seenAt}`, 'worker_lost')];
    return of === 'waiting' ? [each('warning', `it begins no jobs: ${reasons.join('; ')}`, 'worker_waits')] : [];
  });
  const alive = queue.workers.filter((worker) => worker.state === 'working');
  const versions = new Set(alive.map(({ version }) => version));
  if (versions.size > 1) {
    const text = `workers of different versions run side by side: ${[...versions].sort().join(', ')}`;
    checks.push(check('warning', text, 'worker_versions'));
  }
  if (queue.lagSeconds > LATE_S) {
    const minutes = Math.round(queue.lagSeconds / 60);
    checks.push(check('warning', `a job has waited for ${minutes} min: there are too few workers`, 'queue_late'));
  }
  const { active } = queue;
  const waiting = `${queue.waiting} ${queue.waiting === 1 ? 'waits' : 'wait'}`;
  return [
    state === 'idle'
      ? check('failed', `no worker begins jobs; ${waiting}`, 'no_worker')
      : check('ok', `${alive.length} at work, ${active} ${active === 1 ? 'job' : 'jobs'} under way, ${waiting}`),
    ...checks,
  ];
}
