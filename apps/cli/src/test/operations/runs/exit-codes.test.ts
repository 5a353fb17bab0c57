import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  for (const number of [1, 2, 3]) await at.addService(number);
});

const exitCode = async (words: string): Promise<number> => (await at.bench.sluice(words)).exitCode;

it('exits by the outcome of the run', async () => {
  expect(await exitCode('poll')).toBe(0);
  at.panel.spoilBandwidth(503, {});
  expect(await exitCode('poll')).toBe(3);
  for (const id of [501, 502]) at.panel.spoilBandwidth(id, {});
  expect(await exitCode('poll')).toBe(1);
  at.panel.deleteService(501);
  expect(await exitCode('doctor --contract')).toBe(1);
});

it('exits 6 where the brake stops a run, and 4 where a plan has changes', async () => {
  for (const id of [501, 502]) at.panel.addTraffic(id, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  expect([await exitCode('poll'), await exitCode('plan')]).toEqual([6, 4]);
  expect([await exitCode('poll --allow-mass'), await exitCode('plan')]).toEqual([0, 0]);
});

it('a run that skips an ended service whose product is gone from the config has nothing left to do', async () => {
  at.bench.edit('products:', 'products:\n  other: { panel: dcim, quota: { total: 100GB } }');
  await at.bench.sluice('service set svc-2 status=terminated');
  await at.bench.sluice('service set svc-3 status=pending');
  for (const id of ['svc-2', 'svc-3']) await at.bench.sluice(`service set ${id} product=other`);
  at.bench.edit('  other: { panel: dcim, quota: { total: 100GB } }\n', '');
  for (const words of ['poll', 'reconcile', 'plan']) expect([words, await exitCode(words)]).toEqual([words, 0]);
});
