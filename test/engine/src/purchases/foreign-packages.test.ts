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
