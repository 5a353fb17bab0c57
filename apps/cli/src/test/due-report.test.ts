import { expect, it } from '@jest/globals';
import type { Report } from '@sluice/dashboard/report';
import { closeAfterTest } from './each-test.js';
import { type EasyDcimBench, GB, HOUR, startEasyDcimBench } from './easydcim-bench.js';

const MINUTE = 60_000;

const lines = async ({ bench }: EasyDcimBench, columns: number): Promise<string> => {
  bench.env.COLUMNS = String(columns);
  return (await bench.sluice('report')).stdout;
};
const unfold = (text: string): string => text.replaceAll(/\s+/g, ' ');

it('report names who exceeded the bound while the panel did not answer, and whose readings were doubted', async () => {
  const at = closeAfterTest(await startEasyDcimBench('poll: { maxOvershoot: 1GB }', ', lineSpeed: 100Mbit/s'));
  for (const number of [1, 2]) await at.addService(number);
  await at.poll('--due');
  expect(await lines(at, 140)).toContain(
    'In the last 31 days no limit was exceeded by more than poll.maxOvershoot permits.',
  );
  const answer = at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
  for (let run = 0; run < 3; run++) {
    at.bench.clock.advance(HOUR);
    await at.poll('--due');
  }
  at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
  answer();
  at.bench.clock.advance(MINUTE);
  await at.poll('--due');
  // More than its line carries in a minute: doubted until another reading confirms it.
  at.panel.addTraffic(502, { in: 5100 * GB, out: 0 });
  for (let run = 0; run < 20; run++) {
    at.bench.clock.advance(5 * MINUTE);
    await at.poll('--due');
  }
  const { report } = (await at.bench.sluice('report --json')).json<{ report: Report }>();
  expect(report.exceeded).toMatchObject([
    { service: 'svc-2', panel: 'dcim', message: expect.stringContaining('were doubted') as unknown },
    { service: 'svc-1', panel: 'dcim', message: expect.stringContaining('had answered nothing since') as unknown },
  ]);
  const bound = '2.40 GB that poll.maxOvershoot and its line permit';
  for (const columns of [60, 140]) {
    const text = await lines(at, columns);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
    for (const part of [
      'svc-1 used 20 GB more than limit quota allows before a run found it',
      'its panel had answered nothing since',
      'svc-2 used 4.88 TB more than limit quota allows before a run found it',
      'were doubted',
      bound,
    ])
      expect(unfold(text)).toContain(part);
  }
});
