import { expect, it } from '@jest/globals';
import { DAY, GB } from '../bench/engine-bench.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startEasyDcimBench);

/** Compares svc-1 with a figure of another tool, and returns the probable cause. */
const findCause = async (usedGb: number): Promise<string | null | undefined> => {
  const rows = [{ line: 2, values: { service: 'svc-1', used_gb: String(usedGb), limited: 'no' } }];
  const { services } = await at.sluice.usage.compare('dcim', rows, { file: 'old.csv' });
  return services[0]?.cause?.by ?? null;
};

it.each<[theirs: string, usedGb: number, cause: string | null]>([
  ['the same', 50, null],
  ['what came in', 40, 'direction'],
  ['what went out', 10, 'direction'],
  ['the same in GB of 1000³ bytes', (50 * 1024 ** 3) / 1000 ** 3, 'unit'],
  ['the same in MB', 50 * 1024, 'unit'],
  ['something else', 77, null],
  ['next to nothing', 0.1, null],
])('finds why another tool has %s', async (_theirs, usedGb, cause) => {
  await at.addService(1);
  at.panel.addTraffic(501, { in: 40 * GB, out: 10 * GB });
  at.use(1, 0);
  await at.poll();
  expect(await findCause(usedGb)).toBe(cause);
});

it('claims no direction where one has nearly all of the traffic', async () => {
  await at.addService(1);
  at.panel.addTraffic(501, { in: 200 * GB, out: 1.5 * GB });
  at.use(1, 0);
  await at.poll();
  expect(await findCause(199)).toBeNull();
});

it('finds that another tool counts the calendar month, by the readings around its beginning', async () => {
  await at.addService(1);
  at.use(1, 60);
  await at.poll();
  const month = Date.parse('2026-12-01T00:00:00Z');
  await at.pollAfter(month - 30 * 60_000 - at.bench.clock.now());
  at.use(1, 25);
  await at.poll();
  expect(await findCause(25)).toBe('calendar-month');
  expect(await findCause(33)).toBeNull();
});

it('claims nothing about a month whose beginning was not read', async () => {
  await at.addService(1);
  at.use(1, 60);
  await at.poll();
  await at.pollAfter(14 * DAY);
  at.use(1, 25);
  await at.poll();
  expect(await findCause(25)).toBeNull();
});
