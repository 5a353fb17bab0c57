import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { QueueFigures } from '@sluice/engine';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';

const worker = {
  ...{ id: 'worker-1', host: 'one', pid: 7, version: '0.1.0', concurrency: 4, clockSeconds: 0.1, config: 'abc' },
  ...{ startedAt: '2026-11-20T11:00:00.000Z', seenAt: '2026-11-20T11:59:50.000Z', reasons: [], jobs: [] },
};
const toFigures = (state: 'working' | 'lost'): QueueFigures => ({
  ...{ waiting: 2, active: 0, lagSeconds: 30, oldestAt: null, kinds: [], failed: [] },
  workers: [{ ...worker, state }],
});

let at: DashboardBench;
let figures: QueueFigures | null;
beforeEach(() => {
  figures = toFigures('working');
});
afterEach(() => at.close());

const open = async (watchMs: number): Promise<void> => {
  const queue = () => Promise.resolve(figures as QueueFigures);
  at = await startBench({ queue, dashboard: { limits: { watchMs } } });
};
const codes = async () => (await at.store.notices.list()).map(({ code }) => code);
const alarms = async () => (await at.sluice.notices.alarms()).alarms.map(({ code, since }) => ({ code, since }));

it('an alarm is raised once no worker begins jobs for two minutes, told once, and ended by the next worker', async () => {
  await open(3_600_000);
  const watch = () => Promise.all([at.sluice.watchQueue(), at.sluice.watchQueue()]);
  await watch();
  figures = toFigures('lost');
  await watch();
  at.clock.advance(119_000);
  await watch();
  expect([await codes(), await alarms()]).toEqual([[], []]);
  at.clock.advance(1000);
  await watch();
  await watch();
  expect([await codes(), await alarms()]).toEqual([
    ['no_worker'],
    [{ code: 'no_worker', since: '2026-11-20T12:00:00.000Z' }],
  ]);
  const page = (await at.page('/')).replaceAll(/\s+/g, ' ');
  expect(page).toContain('No worker begins jobs since');
  // The alarm, and the notice below it.
  expect(page.match(/<td><a href="\/queue"><bdi>Jobs<\/bdi>/g)).toHaveLength(2);
  expect(page).not.toMatch(/<td[^>]*>\s*billing/);
  figures = toFigures('working');
  await watch();
  expect([(await codes()).sort(), await alarms()]).toEqual([['no_worker', 'worker_again'], []]);
});

it('a worker that is replaced within two minutes is not reported, nor a queue that was never used', async () => {
  await open(3_600_000);
  figures = toFigures('lost');
  await at.sluice.watchQueue();
  at.clock.advance(60_000);
  figures = toFigures('working');
  await at.sluice.watchQueue();
  figures = toFigures('lost');
  at.clock.advance(90_000);
  await at.sluice.watchQueue();
  figures = null;
  at.clock.advance(3_600_000);
  await at.sluice.watchQueue();
  expect([await codes(), await alarms()]).toEqual([[], []]);
});

it('a server asks by itself', async () => {
  await open(20);
  figures = toFigures('lost');
  while ((await at.store.conditions.list('no-worker')).length === 0) await wait(5);
  at.clock.advance(120_000);
  while ((await codes()).length === 0) await wait(5);
  expect(await codes()).toEqual(['no_worker']);
});
