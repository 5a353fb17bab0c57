import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

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
