import { beforeEach, expect, it } from '@jest/globals';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { useEach } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1);
  at.use(1, 119.5);
  await at.poll();
});

it('after a failed read the figures are the last good ones, with their time', async () => {
  const readAt = new Date(at.bench.clock.now()).toISOString();
  at.panel.server.inject({ endpoint: /bandwidth/, fault: { kind: 'status', status: 500 } });
  at.bench.clock.advance(12 * MINUTE);
  expect((await at.poll()).services).toMatchObject([{ status: 'unreadable', usage: null }]);
  const { services, usage } = at.sluice;
  for (const read of [() => usage.read(), () => services.list(), () => usage.read({ refresh: true })])
    expect((await read()).services).toMatchObject([
      {
        status: 'held',
        usage: { inBytes: 119.5 * GB, outBytes: 0, totalBytes: 119.5 * GB, readAt },
        allowance: { remainingBytes: 0 },
      },
    ]);
});

it('a run without a change has no actions and no notices', async () => {
  const report = await at.poll();
  expect([report.totals.actions, report.notices]).toEqual([0, []]);
});

it('the quota of an override is in force over that of the service, and notes are kept', async () => {
  const { overrides, services } = at.sluice;
  await services.set('svc-1', { base_quota_override_gb: '150', traffic_mode: 'IN' });
  await overrides.set('svc-1', { quota: '200GB', mode: 'OUT' });
  await overrides.set('svc-1', { mode: 'OUT' }, { note: 'swap' });
  expect((await overrides.list()).overrides.map(({ note }) => note).sort()).toEqual([null, 'swap']);
  expect(await services.show('svc-1')).toMatchObject({
    trafficMode: 'IN',
    baseQuotaBytes: 150 * GB,
    quota: { source: 'override', bytes: 200 * GB },
  });
});

it('readings of a run that the brake stopped are not used, and shown until a later one', async () => {
  for (const number of [2, 3, 4]) await at.addService(number);
  await at.poll();
  useEach(at, [2, 3, 4], 5000);
  expect((await at.poll()).run.outcome).toBe('brake');
  const { readings } = await at.sluice.explain('svc-2');
  expect([readings.at(0)?.rejected, readings.at(-1)?.rejected]).toEqual([null, 'mass_change']);

  const listed = async (): Promise<unknown> =>
    (await at.bench.sluice.services.list()).services.map(({ usage }) => usage?.totalBytes);
  const shown = [119.5, 5000, 5000, 5000].map((gb) => gb * GB);
  expect(await listed()).toEqual(shown);
  at.panel.server.inject({ endpoint: /bandwidth/, fault: { kind: 'status', status: 500 } });
  for (const work of ['poll', 'reconcile', 'poll'] as const) {
    at.bench.clock.advance(12 * MINUTE);
    await at.bench.sluice[work]();
    expect(await listed()).toEqual(shown);
  }
});
