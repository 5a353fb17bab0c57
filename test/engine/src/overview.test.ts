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

it('counts, filters and ranks services by what is allowed now, before the next run', async () => {
  const { sluice } = at.bench;
  await sluice.panels.observe('dcim');
  at.use(1, 120);
  at.use(2, 90);
  await at.poll();
  const find = async () => {
    const { totals, panels, services } = await sluice.overview({ status: 'would-be-held' });
    const over = await sluice.services.list({ status: 'over' });
    const { items } = (await sluice.overview()).services;
    const { wouldHold, nearLimit, byStatus } = totals;
    return {
      totals: { wouldHold, nearLimit, byStatus },
      panel: panels[0]?.wouldHold,
      listed: [services.matching, services.items.map(({ id }) => id), over.services.map(({ id }) => id)],
      worst: items.map(({ id }) => id),
    };
  };
  const before = { totals: { wouldHold: 1, nearLimit: 2, byStatus: { ok: 1, over: 1 } }, panel: 1 };
  expect(await find()).toEqual({ ...before, listed: [1, ['svc-1'], ['svc-1']], worst: ['svc-1', 'svc-2'] });
  await sluice.overrides.set('svc-1', { quota: '500GB' });
  const after = { totals: { wouldHold: 0, nearLimit: 1, byStatus: { ok: 2 } }, panel: 0 };
  expect(await find()).toEqual({ ...after, listed: [0, [], []], worst: ['svc-2', 'svc-1'] });
  await sluice.overrides.clear('svc-1');
  expect((await find()).totals).toEqual(before.totals);
});
