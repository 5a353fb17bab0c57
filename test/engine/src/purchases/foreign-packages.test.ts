import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { startShop } from './shop.js';

const at = useBench(startShop);

it('a client that asks for the packages of a service gets the same answer for that of another client and for none', async () => {
  await at.addClientService(1);
  await at.addClientService(22, '43');
  const ask = (service: string) => at.sluice.purchases.packages({ service, reader: '42' });
  expect((await ask('svc-1')).packages.map(({ id }) => id)).toContain('extra-50');
  for (const service of ['svc-22', 'svc-23'])
    expect(await errorOf(ask(service))).toMatchObject({
      code: 'unknown_service',
      message: `There is no service "${service}"`,
    });
});

it('a package in another currency than the client is billed in is refused in lists, and to automatic purchases', async () => {
  await at.open(10, '20.00');
  const { packages } = await at.sluice.purchases.packages({ service: 'svc-1' });
  expect(packages.map(({ id, refused }) => [id, refused])).toEqual([
    ['extra-50', undefined],
    ['extra-10', undefined],
    ['dollars', 'currency_mismatch'],
  ]);
  const set = (of: { service: string } | { client: string }, name: string) =>
    at.sluice.autoBuy.set(of, { enabled: true, package: name, threshold: '10%', maxPerCycle: 1 });
  for (const of of [{ service: 'svc-1' }, { client: '42' }])
    expect(await errorOf(set(of, 'dollars'))).toMatchObject({ code: 'currency_mismatch' });
  expect(await set({ service: 'svc-1' }, 'extra-50')).toMatchObject({
    autoBuy: { enabled: true, package: 'extra-50' },
  });
});
