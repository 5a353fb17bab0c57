import { expect, it } from '@jest/globals';
import type { QueueFigures } from '@sluice/contract/documents';
import type { Context } from '../../context/context.js';
import { queueChecks } from './read-queue.js';

const AT = '2026-11-20T12:00:00.000Z';
const WORKER: QueueFigures['workers'][number] = {
  ...{ id: 'worker-1', host: 'one', pid: 7, version: '0.1.0', state: 'working', reasons: [], concurrency: 4 },
  ...{ clockSeconds: 0, config: 'abc', startedAt: AT, seenAt: AT, jobs: [] },
};
const FIGURES: QueueFigures = {
  ...{ waiting: 1, active: 1, lagSeconds: 0, oldestAt: null, kinds: [], workers: [WORKER], failed: [] },
};

async function check(more: Partial<QueueFigures>): Promise<string[]> {
  const queue = () => Promise.resolve({ ...FIGURES, ...more });
  const checks = await queueChecks({ now: () => AT, deps: { queue } } as unknown as Context);
  return checks.map(({ status, message }) => `${status} ${message}`);
}

it('counts workers and jobs in words', async () => {
  expect(await check({})).toEqual(['ok 1 at work, 1 job under way, 1 waits']);
  expect(await check({ active: 2, waiting: 0 })).toEqual(['ok 1 at work, 2 jobs under way, 0 wait']);
  expect(await check({ workers: [] })).toEqual(['failed no worker begins jobs; 1 waits']);
});
