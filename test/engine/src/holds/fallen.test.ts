import { beforeEach, expect, it } from '@jest/globals';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB } from '../bench/engine-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { values: { client: 'c-1' } });
  at.use(1, 150);
  await at.poll();
});

it('a hold that lasts although its figure fell is an alarm until the figure is back, or it is released', async () => {
  const { sluice } = at.bench;
  const listAlarms = async (): Promise<unknown[]> => (await sluice.notices.alarms()).alarms;
  expect(await listAlarms()).toEqual([]);
  expect((await sluice.services.show('svc-1')).fallen).toBeNull();
  at.panel.resetTraffic(toIds(1).service);
  await pollLater(at);
  expect(await sluice.services.show('svc-1')).toMatchObject({
    status: 'held',
    fallen: { usedBytes: 0, peakBytes: 150 * GB },
    allowance: { remainingBytes: 100 * GB },
  });
  const alarm = { code: 'usage_fell', service: 'svc-1', panel: 'dcim', acknowledged: null };
  expect(await listAlarms()).toMatchObject([alarm]);
  expect(JSON.stringify(await listAlarms())).toContain('150 GB to 0 B');
  const { checks } = await sluice.panels.doctor();
  expect(checks.filter(({ code }) => code === 'open_alarms')).toMatchObject([{ status: 'warning' }]);
  const { metrics } = await sluice.metrics();
  const alarms = metrics.find(({ name }) => name === 'sluice_alarms')?.samples ?? [];
  const samples = alarms.filter(({ labels }) => labels['code'] === 'usage_fell' && labels['acknowledged'] === 'no');
  expect(samples).toMatchObject([{ value: 1 }]);
  await sluice.holds.release('svc-1', { until: '2026-12-01' });
  expect(await listAlarms()).toEqual([]);
});
