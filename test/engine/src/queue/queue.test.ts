import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { QueueFigures } from '@sluice/engine';
import { HOUR, MINUTE } from '../bench/engine-bench.js';
import { type EasyDcimBench, startEasyDcimBench } from '../bench/easydcim-bench.js';

const worker = {
  id: 'worker-1',
  host: 'one',
  pid: 7,
  version: '0.1.0',
  state: 'working' as const,
  reasons: [],
  concurrency: 4,
  clockSeconds: 0.1,
  config: 'abc',
  startedAt: '2026-11-20T11:00:00.000Z',
  seenAt: '2026-11-20T12:00:00.000Z',
  jobs: [],
};
const figures = (change: Partial<QueueFigures> = {}): QueueFigures => ({
  waiting: 2,
  active: 1,
  lagSeconds: 30,
  oldestAt: '2026-11-20T11:59:00.000Z',
  kinds: [{ kind: 'poll', waiting: 2, active: 1, ended: [{ outcome: 'done', count: 5 }] }],
  workers: [worker],
  failed: [],
  ...change,
});

let dcim: EasyDcimBench;
let answer: () => Promise<QueueFigures>;
const pinged: string[] = [];

beforeEach(async () => {
  answer = () => Promise.resolve(figures());
  pinged.length = 0;
  dcim = await startEasyDcimBench('heartbeat: "https://beat.example.com/1"', {
    queue: () => answer(),
    ping: (url) => Promise.resolve(void pinged.push(url)),
  });
  await dcim.addService(1);
});
afterEach(() => dcim.close());

const checks = async (): Promise<string[]> => {
  const report = await dcim.sluice.panels.doctor();
  return report.checks
    .filter(({ section, name }) => section === 'queue' || name === 'last poll')
    .map(({ name, status, code }) => `${name} ${status}${code === undefined ? '' : ` ${code}`}`);
};

async function metric(name: string): Promise<unknown> {
  const { metrics } = await dcim.sluice.metrics();
  return metrics.find((family) => family.name === name)?.samples.map(({ labels, value }) => [labels, value]);
}

describe('the queue of jobs', () => {
  it('is none where no store has one', async () => {
    const sluice = await dcim.bench.restart({ queue: undefined });
    expect(await sluice.queue()).toMatchObject({ state: 'none', error: null, queue: null });
    expect(await metric('sluice_queue_up')).toEqual([]);
  });

  it('is shown with its workers', async () => {
    expect(await dcim.sluice.queue()).toEqual({
      at: '2026-11-20T12:00:00.000Z',
      state: 'working',
      error: null,
      queue: figures(),
    });
    expect(await metric('sluice_queue_jobs')).toEqual([
      [{ kind: 'poll', state: 'waiting' }, 2],
      [{ kind: 'poll', state: 'active' }, 1],
    ]);
    expect(await metric('sluice_queue_oldest_job_seconds')).toEqual([[{}, 60]]);
    expect(await checks()).toContain('queue ok');
  });

  it('is said to be out of reach, without a figure', async () => {
    answer = () => Promise.reject(new Error('connect ECONNREFUSED'));
    expect(await dcim.sluice.queue()).toMatchObject({ state: 'unreachable', queue: null });
    expect(await metric('sluice_queue_up')).toEqual([[{}, 0]]);
    expect(await metric('sluice_workers')).toEqual([]);
    expect(await checks()).toContain('queue failed queue_unreachable');
  });

  it('is said to have no worker, lost and waiting ones, several versions, and jobs that wait for long', async () => {
    answer = () =>
      Promise.resolve(
        figures({
          lagSeconds: 1200,
          workers: [
            { ...worker, state: 'lost' },
            { ...worker, id: 'worker-2', state: 'waiting', reasons: ['the clock differs'] },
          ],
        }),
      );
    expect(await checks()).toEqual(
      expect.arrayContaining([
        'queue failed no_worker',
        'worker warning worker_lost',
        'worker warning worker_waits',
        'queue warning queue_late',
      ]),
    );
    answer = () => Promise.resolve(figures({ workers: [worker, { ...worker, id: 'worker-2', version: '0.2.0' }] }));
    expect(await checks()).toContain('queue warning worker_versions');
  });
});

describe('runs over one panel after the other', () => {
  it('count as runs over all panels once each has had one, also for the heartbeat', async () => {
    await dcim.sluice.poll({ panel: 'dcim' });
    expect(pinged).toEqual(['https://beat.example.com/1']);
    expect(await checks()).toContain('last poll ok');
    expect(await metric('sluice_run_last_success_timestamp_seconds')).toEqual([
      [{ command: 'poll' }, Date.parse('2026-11-20T12:00:00Z') / 1000],
    ]);
    dcim.bench.clock.advance(HOUR + MINUTE);
    expect(await checks()).toContain('last poll warning poll_late');
  });

  it('call the failure of the heartbeat, and no success while a panel has none', async () => {
    await dcim.bench.edit(
      /panels:\n/,
      'panels:\n  other: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: xxxxxxxxxxxxxxxxxxxx, retries: 0 }\n',
    );
    await dcim.sluice.poll({ panel: 'dcim' });
    expect(pinged).toEqual([]);
    expect(await checks()).toContain('last poll warning no_poll');
    await dcim.sluice.poll({ panel: 'other' });
    expect(pinged).toEqual(['https://beat.example.com/1']);
  });
});
