import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type EasyDcimBench, startEasyDcimBench } from './bench/easydcim-bench.js';
import { HOUR } from './bench/engine-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  for (const number of [1, 2]) await at.addService(number);
});
afterEach(() => at.close());

it('says when a service was read last, also where a run read the same figures again', async () => {
  const { sluice } = at.bench;
  await at.poll();
  at.bench.clock.advance(HOUR);
  at.panel.addTraffic(502, { in: 5, out: 0 });
  await at.poll();
  const { services } = await sluice.overview();
  const shown = await Promise.all(['svc-1', 'svc-2'].map((id) => sluice.services.show(id)));
  const now = '2026-11-20T13:00:00.000Z';
  expect(shown.map(({ usage }) => usage?.readAt)).toEqual([now, now]);
  expect(services.items.map(({ readAt }) => readAt)).toEqual([now, now]);
});
