import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type EasyDcimBench, startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  await at.addService(1, { values: { client: 'c-1' } });
  at.panel.addTraffic(toIds(1).service, { in: 150 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await at.poll();
});
afterEach(() => at.close());

it('a hold that lasts although its figure fell is an alarm until the figure is back, or it is released', async () => {
  const { sluice } = at.bench;
  const listAlarms = async (): Promise<unknown[]> => (await sluice.notices.alarms()).alarms;
  expect(await listAlarms()).toEqual([]);
  expect((await sluice.services.show('svc-1')).fallen).toBeNull();
  at.panel.resetTraffic(toIds(1).service);
  at.bench.clock.advance(HOUR);
  await at.poll();
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
  expect(alarms.find(({ labels }) => labels['code'] === 'usage_fell' && labels['acknowledged'] === 'no')?.value).toBe(
    1,
  );
  await sluice.holds.release('svc-1', { until: '2026-12-01' });
  expect(await listAlarms()).toEqual([]);
});
