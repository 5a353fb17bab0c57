import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

const ALL = [1, 2, 3, 4, 5];

/** The panel shows this much of a service, whatever it used. */
function show(number: number, gigabytes: number): void {
  at.panel.spoilBandwidth(500 + number, { in: gigabytes * GB, out: 0, total: gigabytes * GB });
}

/** Returns of each service the reasons of the holds, or the code of the error. */
async function poll(options?: RunOptions): Promise<string[]> {
  const { services } = await at.pollAfter(HOUR, options);
  return services.map(({ holds, error }) => error?.code ?? holds.map(({ reason }) => reason).join());
}

/** Figures of five services that fell for good are accepted; svc-1 was held before, and svc-2 is since. */
beforeEach(async () => {
  for (const number of ALL) await at.addService(number);
  await at.sluice.overrides.set('svc-2', { quota: '400GB' });
  for (const [index, gigabytes] of [200, 300, 60, 60, 60].entries())
    at.panel.addTraffic(501 + index, { in: gigabytes * GB, out: 0 });
  expect(await poll()).toEqual(['quota', '', '', '', '']);
  for (const number of ALL) show(number, 1);
  await poll();
  await poll({ allowMass: true });
  await at.sluice.overrides.set('svc-2', { quota: '100GB' });
  show(2, 110);
  await poll();
  expect(await poll()).toEqual(['quota', 'quota', '', '', '']);
});

describe.each([
  ['trafficDirection', () => at.bench.edit('retries: 0', 'retries: 0, trafficDirection: swapped')],
  ['another order', () => Promise.all(ALL.map((n) => at.sluice.services.set(`svc-${n}`, { easydcim_order_id: '' })))],
])('what was accepted, after a change of %s', (_what, change) => {
  beforeEach(async () => {
    await change();
    await poll();
  });

  it('is what holds since and later readings are compared with', async () => {
    await at.sluice.overrides.set('svc-2', { quota: '150GB' });
    expect(await poll()).toEqual(['quota', '', '', '', '']);
    show(3, 130);
    await poll();
    expect(await poll()).toEqual(['quota', '', 'quota', '', '']);
  });

  it('is kept where a run reads nothing', async () => {
    at.panel.server.inject({ match: ({ path }) => path.includes('bandwidth'), fault: { kind: 'status', status: 500 } });
    await poll();
    at.panel.server.clearFaults();
    show(3, 130);
    await poll();
    expect((await poll())[2]).toBe('quota');
  });
});
