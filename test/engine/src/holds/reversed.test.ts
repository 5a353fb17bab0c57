import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type EasyDcimBench, startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  for (let number = 1; number <= 12; number += 1) await at.addService(number);
  at.panel.addTraffic(toIds(1).service, { in: 150 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await at.poll();
});
afterEach(() => at.close());

const isUp = (): boolean => at.panel.port(toIds(1).port(1)).adminState === 'up';

it('a service is failed everywhere while something else keeps its restriction off the panel', async () => {
  const { sluice } = at.bench;
  let polled = await at.poll();
  for (let time = 0; time < 3; time += 1) {
    at.panel.staffEnablePort(toIds(1).port(1));
    at.bench.clock.advance(HOUR);
    polled = await at.poll();
  }
  expect(isUp()).toBe(true);
  const failed = {
    status: 'failed',
    error: { code: 'change_reversed' },
    holds: [{ reason: 'quota', restricting: true }],
  };
  const inRun = polled.services.find(({ id }) => id === 'svc-1');
  expect(inRun).toMatchObject(failed);
  expect(await sluice.services.show('svc-1')).toMatchObject(failed);
  const { services } = await sluice.services.list({ status: 'failed' });
  expect(services.map(({ id, status }) => [id, status])).toEqual([['svc-1', 'failed']]);
  const { totals, services: rows } = await sluice.overview({ status: 'failed' });
  expect(totals).toMatchObject({ failing: 1, held: 1, byStatus: { failed: 1, ok: 11 } });
  expect(rows.items).toMatchObject([{ id: 'svc-1', status: 'failed', restricting: ['quota'] }]);
  await sluice.panels.doctor({ takeOver: true });
  at.bench.clock.advance(HOUR);
  await at.poll();
  expect(isUp()).toBe(false);
  const after = await sluice.services.show('svc-1');
  expect([after.status, after.holds.map(({ restricting }) => restricting)]).toEqual(['held', [undefined]]);
});
