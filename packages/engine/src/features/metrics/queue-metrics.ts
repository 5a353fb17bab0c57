import type { Context } from '../../context/context.js';
import { readQueue } from '../queue/read-queue.js';
import type { MetricTable } from './families.js';

/** Adds the figures of the queue of jobs; nothing where the store has none. */
export async function addQueueMetrics(context: Context, table: MetricTable): Promise<void> {
  const { at, state, queue } = await readQueue(context);
  if (state === 'none') return;
  table.add('sluice_queue_up', {}, Number(queue !== null));
  if (queue === null) return;
  table.add('sluice_queue_lag_seconds', {}, queue.lagSeconds);
  const { oldestAt } = queue;
  const age = oldestAt === null ? 0 : Math.max(0, Date.parse(at) - Date.parse(oldestAt)) / 1000;
  table.add('sluice_queue_oldest_job_seconds', {}, age);
  for (const { kind, waiting, active, ended } of queue.kinds) {
    table.add('sluice_queue_jobs', { kind, state: 'waiting' }, waiting);
    table.add('sluice_queue_jobs', { kind, state: 'active' }, active);
    for (const { outcome, count } of ended) table.add('sluice_queue_jobs_ended', { kind, outcome }, count);
  }
  for (const state of ['working', 'waiting', 'lost'] as const)
    table.add('sluice_workers', { state }, queue.workers.filter((worker) => worker.state === state).length);
}
