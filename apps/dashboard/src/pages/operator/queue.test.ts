import { afterEach, expect, it } from '@jest/globals';
import type { QueueFigures } from '@sluice/engine';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';

let at: DashboardBench;
afterEach(() => at.close());

const worker = {
  ...{ id: 'worker-1', host: 'one', pid: 7, version: '0.1.0', concurrency: 4, clockSeconds: 0.1, config: 'abc' },
  ...{ startedAt: '2026-11-20T11:00:00.000Z', seenAt: '2026-11-20T11:59:50.000Z' },
};
const figures: QueueFigures = {
  ...{ waiting: 2, active: 1, lagSeconds: 30, oldestAt: '2026-11-20T11:57:00.000Z' },
  kinds: [{ kind: 'poll', waiting: 2, active: 1, ended: [{ outcome: 'done', count: 5 }] }],
  workers: [
    { ...worker, state: 'working', reasons: [], jobs: [{ kind: 'poll', panel: 'dcim', since: worker.seenAt }] },
    {
      ...worker,
      id: 'worker-2',
      host: 'two',
      state: 'waiting',
      reasons: ['its config is another one'],
      jobs: [],
      clockSeconds: -0.04,
    },
  ],
  failed: [{ kind: 'poll', panel: 'dcim', at: worker.seenAt, outcome: 'failed', message: 'no <b>answer</b>' }],
};

const read = async (queue?: () => Promise<QueueFigures>): Promise<string> => {
  at = await startBench({ queue });
  return (await at.page('/queue')).replaceAll(/\s+/g, ' ');
};

it('shows jobs, workers, why one waits, and why jobs failed', async () => {
  const page = await read(() => Promise.resolve(figures));
  expect(page).toContain('2 jobs may begin, 1 under way');
  for (const text of [
    'process 7 on',
    'poll dcim',
    'its config is another one',
    '5 done',
    '>0.0 s<',
    'no &lt;b&gt;answer',
  ])
    expect(page).toContain(text);
});

it('says at the bad hour that nobody works, and that the queue does not answer', async () => {
  const lost = { ...figures, workers: figures.workers.map((each) => ({ ...each, state: 'lost' as const })) };
  expect(await read(() => Promise.resolve(lost))).toContain('No worker begins jobs');
  await at.close();
  const page = await read(() => Promise.reject(new Error('connect ECONNREFUSED')));
  expect(page).toContain('The queue does not answer');
  expect(page).not.toContain('may begin');
});

it('says where there is no queue', async () => {
  expect(await read()).toContain('There is no queue: a schedule starts the runs');
});
