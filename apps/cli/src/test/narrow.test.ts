import { beforeEach, expect, it } from '@jest/globals';
import type { AlarmRecord } from '@sluice/state-store';
import { startForEachTest } from './each-test.js';
import { startEasyDcimBench } from './easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1);
  at.use(1, 60);
  await at.poll();
});

/** Runs a command whose output goes into a pipe, with this width in the environment. */
async function print(words: string, width: number): Promise<string[]> {
  at.bench.env.COLUMNS = String(width);
  return (await at.bench.sluice(words)).stdout.split('\n');
}

it('prints within COLUMNS into a pipe, and keeps what was used', async () => {
  const lines = await print('usage', 60);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines[0]).toMatch(/^service +total +allowed/);
  expect(lines[1]).toMatch(/^svc-1 +60 GB +100 GB/);
  expect((await print('usage', 0))[0]?.length).toBeGreaterThan(60);
});

it.each([60, 100, 140])('prints the whole message of an alarm at %i columns', async (width) => {
  const message =
    'svc-1 was billed 1234.56 EUR by an invoice that nobody finds any more, and of which the outcome is unknown';
  const alarm: AlarmRecord = {
    ...{ id: 'alarm-1', code: 'stopped_by_panel', panel: 'dcim', service: 'svc-1', message, key: 'k', scope: 'poll' },
    ...{ since: '2026-11-20T13:00:00.000Z', acknowledgedAt: null, acknowledgedBy: null, note: null },
  };
  await at.bench.store((store) => store.alarms.put([alarm]));
  const lines = await print('notice list', width);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(message);
  expect(lines.join(' ')).toContain('alarm-1');
});
