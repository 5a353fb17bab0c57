import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

it('readings from before a shortened cycle count as used', async () => {
  await at.addService(1, { product: 'free', values: { billing_cycle: 'annually', next_due_date: '2027-02-15' } });
  at.panel.addTraffic(501, { in: 500 * GB, out: 0, at: Date.parse('2026-05-01T00:00:00Z') });
  await at.poll();
  await at.pollAfter(HOUR);
  await at.bench.sluice.services.set('svc-1', { billing_cycle: 'monthly', next_due_date: '2026-12-15' });
  at.panel.addTraffic(501, { in: GB, out: 0 });
  await at.pollAfter(HOUR);
  const { readings } = await at.bench.sluice.explain('svc-1');
  expect(readings.map(({ totalBytes, rejected }) => [(totalBytes ?? 0) / GB, rejected])).toEqual([
    [500, null],
    [500, null],
    [1, null],
  ]);
});
