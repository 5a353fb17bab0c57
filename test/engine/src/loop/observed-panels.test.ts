import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { listObserving } from '@sluice/engine';
import { type EasyDcimBench, startEasyDcimBench } from '../bench/easydcim-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench('enforce: observe');
  for (const number of [1, 2, 3]) await at.addService(number, { product: 'order' });
  for (const number of [4, 5]) await at.addService(number);
});
afterEach(() => at.close());

it('counts all enforced services of an observed panel, shown or not', async () => {
  const { sluice } = at.bench;
  expect(listObserving(await at.poll())).toEqual(['dcim']);
  await sluice.panels.enforce('dcim', { product: 'order' });
  const whole = await sluice.poll();
  expect([whole.enforced, listObserving(whole)]).toEqual([
    [{ panel: 'dcim', services: 3 }],
    ['dcim (except 3 enforced services)'],
  ]);
  const short = await sluice.poll({ allServices: false });
  expect([short.services, listObserving(short)]).toEqual([[], ['dcim (except 3 enforced services)']]);
  expect(listObserving(await sluice.plan())).toEqual(['dcim (except 3 enforced services)']);
  const one = await sluice.poll({ service: 'svc-4' });
  expect([one.enforced, listObserving(one)]).toEqual([[], ['dcim']]);
});
