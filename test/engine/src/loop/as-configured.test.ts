import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useEach } from './polls.js';

const at = useBench(() => startEasyDcimBench('enforce: on'));

it('what was set for a product ends alone: what was set for its panel, and for other products, stays', async () => {
  await at.addService(1, { product: 'ports' });
  useEach(at, [1], 200);
  await at.sluice.panels.observe('dcim', { actor: 'maria' });
  for (const product of ['order', 'both']) await at.sluice.panels.enforce('dcim', { product });
  const report = await at.sluice.panels.asConfigured('dcim', { product: 'order' });
  expect(report).toMatchObject({ product: 'order', enforce: 'observe', by: 'maria' });
  await at.poll();
  expect(at.panel.events.filter(({ by }) => by === 'api')).toEqual([]);
  const left = (await at.bench.store.switches.list()).map(({ product, enforce }) => [product, enforce]);
  expect(left.sort()).toEqual([
    [null, 'observe'],
    ['both', 'on'],
  ]);
  await at.sluice.panels.asConfigured('dcim');
  expect(await at.bench.store.switches.list()).toEqual([]);
});
