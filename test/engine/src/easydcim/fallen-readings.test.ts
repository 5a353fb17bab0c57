import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const DAILY =
  '  daily: { panel: dcim, quota: unlimited, limits: [{ id: daily, window: day, allowance: 25GB, action: disable-ports }] }\n';

const at = useBench(() => startEasyDcimBench(DAILY));

const isDown = (number: number): boolean => at.panel.port(toIds(number).port(1)).adminState === 'down';

/** Adds four services, of which the first is held. */
beforeEach(async () => {
  for (const number of [1, 2, 3, 4]) await at.addService(number);
  for (const number of [1, 2, 3, 4]) at.panel.addTraffic(500 + number, { in: (number === 1 ? 200 : 50) * GB, out: 0 });
  expect((await at.pollAfter(HOUR)).services).toMatchObject([{ holds: [{ reason: 'quota' }] }, {}, {}, {}]);
});

describe('while most readings of a panel fell', () => {
  it.each([
    ['a protection', async () => at.sluice.services.set('svc-1', { protected_until: '2026-12-01' })],
    ['an unlimited override', async () => at.sluice.overrides.set('svc-1', { unlimited: true })],
  ])('%s releases its service', async (_what, free) => {
    at.panel.answers.bandwidth.unit = 'MB';
    expect((await at.pollAfter(HOUR)).totals.held).toBe(1);
    await free();
    const [service] = (await at.pollAfter(HOUR)).services;
    expect([service?.holds, service?.error?.code, isDown(1)]).toEqual([[], undefined, false]);
  });

  it('a protection releases a service that the readings would release, too', async () => {
    await at.sluice.overrides.set('svc-1', { quota: '900GB' });
    at.panel.answers.bandwidth.unit = 'MB';
    const [kept] = (await at.pollAfter(HOUR)).services;
    expect([kept?.holds.length, kept?.error?.code, isDown(1)]).toEqual([1, 'readings_fell', true]);
    await at.sluice.services.set('svc-1', { protected_until: '2026-12-01' });
    const [service] = (await at.pollAfter(HOUR)).services;
    expect([service?.holds, isDown(1)]).toEqual([[], false]);
  });
});

/** The panel shows this much of a service, without what it showed before. */
function show(number: number, gigabytes: number): void {
  at.panel.spoilBandwidth(500 + number, { in: gigabytes * GB, out: 0, total: gigabytes * GB });
}

const toStates = ({ services }: { services: { holds: { reason: string }[]; error: { code: string } | null }[] }) =>
  services.map(({ holds, error }) => [holds.map(({ reason }) => reason).join(), error?.code ?? null]);

describe('readings that fell for good', () => {
  const QUIET = ['', null];
  /** The panel has lost what it had of all services. */
  function lose(): void {
    for (const number of [1, 2, 3, 4]) show(number, 1);
  }

  it('are accepted by one run that allows mass changes, and what is used up since is held', async () => {
    lose();
    await at.pollAfter(HOUR);
    show(2, 120);
    expect(toStates(await at.pollAfter(HOUR))[1]).toEqual(['', 'readings_fell']);
    show(2, 1);
    await at.pollAfter(HOUR);
    const find = async () =>
      (await at.sluice.panels.doctor({ contract: true })).checks.find(({ code }) => code === 'readings_fell');
    expect(await find()).toMatchObject({ object: 'dcim', status: 'warning', details: { panel: 'dcim' } });
    await at.pollAfter(HOUR, { allowMass: true });
    expect(await find()).toBeUndefined();
    expect(toStates(await at.pollAfter(HOUR)).slice(1)).toEqual([QUIET, QUIET, QUIET]);
    show(2, 120);
    expect(toStates(await at.pollAfter(HOUR))[1]).toEqual(['quota', null]);
  });

  it('keep the hold of a service that had used up its quota before, and no alarm of another one', async () => {
    lose();
    await at.pollAfter(HOUR);
    await at.pollAfter(HOUR, { allowMass: true });
    for (let polls = 0; polls < 3; polls++) expect(toStates(await at.pollAfter(HOUR))[0]?.[0]).toBe('quota');
    expect((await at.sluice.services.show('svc-1')).fallen).toMatchObject({ peakBytes: 200 * GB });
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ code, service }) => [code, service])).toEqual([['usage_fell', 'svc-1']]);
  });

  it('are compared with since, so that the next fall is found', async () => {
    lose();
    await at.pollAfter(HOUR);
    await at.pollAfter(HOUR, { allowMass: true });
    for (const number of [1, 2, 3, 4]) show(number, 20);
    expect(toStates(await at.pollAfter(HOUR)).slice(1)).toEqual([QUIET, QUIET, QUIET]);
    lose();
    show(2, 130);
    expect(toStates(await at.pollAfter(HOUR))[1]).toEqual(['', 'readings_fell']);
  });

  it('are believed where they allow to buy traffic', async () => {
    await at.bench.edit(/$/, 'currency: EUR\npackages: { extra: { traffic: 100GB, price: "5.00" } }\n');
    await at.bench.edit(
      '  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports }',
      '  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports, packages: [extra], autoBuy: { enabled: true, package: extra, thresholdPercent: 10, maxPerCycle: 1 } }',
    );
    await at.sluice.services.set('svc-2', { client: 'c-1' });
    await at.sluice.credit.add('c-1', { amount: '20.00', currency: 'EUR' });
    lose();
    show(2, 101);
    const bought = await at.pollAfter(HOUR, { allowMass: true });
    expect([toStates(bought)[1], bought.totals.purchased]).toEqual([QUIET, 1]);
  });

  it('count on in the window of a limit, from what was used in it before', async () => {
    await at.addService(5, { product: 'daily' });
    show(5, 50);
    await at.pollAfter(HOUR);
    show(5, 60);
    await at.pollAfter(HOUR);
    lose();
    show(5, 1);
    await at.pollAfter(HOUR);
    await at.pollAfter(HOUR, { allowMass: true });
    const used: unknown[] = [];
    for (const gigabytes of [15, 17]) {
      show(5, gigabytes);
      const service = (await at.pollAfter(HOUR)).services[4];
      const limit = service?.limits.find(({ id }) => id === 'daily');
      used.push([Number(limit?.used) / GB, service?.holds.length]);
    }
    expect(used).toEqual([
      [24, 0],
      [26, 1],
    ]);
  });

  it('are no swapped directions, when the other one grows', async () => {
    show(2, 1);
    await at.pollAfter(HOUR);
    await at.pollAfter(HOUR, { allowMass: true, service: 'svc-2' });
    at.panel.spoilBandwidth(502, { in: 2 * GB, out: 5 * GB, total: 7 * GB });
    expect(toStates(await at.pollAfter(HOUR))[1]).toEqual(QUIET);
  });
});
