import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';

const at = useBench(() => startEasyDcimBench());

const read = async (number: number) => (await at.bench.store.services.get(`svc-${number}`))?.name ?? null;

async function reconcile(): Promise<void> {
  at.bench.clock.advance(3_600_000);
  await at.sluice.reconcile();
}

it('name services by the labels of their servers, and follow these', async () => {
  for (const number of [1, 2, 3]) await at.addService(number, number === 3 ? { values: { name: 'Imported' } } : {});
  for (const number of [1, 3]) at.panel.labelServer(toIds(number).server, `Rack 4 \u202EU1${number}`);
  await reconcile();
  // The label of the second one is its id, which stands beside names anyway.
  expect([await read(1), await read(2), await read(3)]).toEqual(['Rack 4 U11', null, 'Imported']);
  at.panel.labelServer(toIds(1).server, 'Rack 5');
  await reconcile();
  expect(await read(1)).toBe('Rack 5');
  await at.sluice.services.set('svc-1', { name: 'Web' });
  await reconcile();
  expect(await read(1)).toBe('Web');
});
