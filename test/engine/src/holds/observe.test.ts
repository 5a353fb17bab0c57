import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EasyDcimBench, easyDcimConfig, startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR, NO_DOUBT } from '../bench/engine-bench.js';

const MORE = `${NO_DOUBT}
currency: EUR
packages: { extra: { traffic: 100GB, price: "5.00" } }`;

let at: EasyDcimBench;

const toConfig = (): string =>
  easyDcimConfig(at.panel.url, MORE).replace('action: disable-ports }', 'action: disable-ports, packages: [extra] }');

/** Starts with a service that is held for 150 of 100 GB. */
beforeEach(async () => {
  at = await startEasyDcimBench();
  await at.bench.configure(toConfig());
  await at.addService(1, { values: { client: 'c-1' } });
  at.panel.addTraffic(toIds(1).service, { in: 150 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await at.poll();
  await at.bench.sluice.credit.add('c-1', { amount: '20.00', currency: 'EUR' });
  at.panel.server.clearCalls();
});
afterEach(() => at.close());

const changing = (): unknown[] => at.panel.server.changingCalls();
const isUp = (): boolean => at.panel.port(toIds(1).port(1)).adminState === 'up';

describe('a purchase', () => {
  it.each(['panel', 'product'])('changes nothing on a %s under observe, and says so', async (what) => {
    if (what === 'panel') await at.bench.sluice.panels.observe('dcim');
    else await at.bench.configure(toConfig().replace('packages: [extra] }', 'packages: [extra], enforce: observe }'));
    const { purchase, stillHeld, releasing, error } = await at.bench.sluice.purchases.create('svc-1', 'extra');
    expect(changing()).toEqual([]);
    expect(isUp()).toBe(false);
    expect([purchase.status, stillHeld, releasing, error?.code]).toEqual(['paid', ['quota'], [], 'under_observe']);
    expect(await at.bench.sluice.services.show('svc-1')).toMatchObject({
      status: 'held',
      holds: [{ reason: 'quota' }],
      allowance: { allowedBytes: 200 * GB },
    });
    await at.poll();
    expect(changing()).toEqual([]);
    if (what === 'panel') await at.bench.sluice.panels.enforce('dcim');
    else await at.bench.configure(toConfig());
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect(isUp()).toBe(true);
  });
});

describe('what an operator names', () => {
  it('is carried out under observe', async () => {
    await at.bench.sluice.panels.observe('dcim');
    await at.bench.sluice.holds.release('svc-1', { until: '2026-12-01' });
    expect(isUp()).toBe(true);
  });
});
