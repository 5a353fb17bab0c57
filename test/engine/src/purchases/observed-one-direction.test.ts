import { expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { useBench } from '../bench/each-test.js';

const SHOP = `currency: EUR
packages: { extra: { traffic: 30GB, price: "5.00" } }
`;
const at = useBench(() => startFlvxBench(SHOP));

it('says nothing of a limit that an observed panel does not have', async () => {
  await at.bench.edit(/^( {2}inbound: .*mode: IN)/m, '$1, packages: [extra]');
  const user = await at.create(1, { product: 'inbound', values: { client: '42' } });
  expect(at.panel.user(user)?.flow).toBe(99_999);
  at.panel.traffic(at.panel.addForward(user, at.tunnels.hk), { in: 85 * GB, out: 0 });
  await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
  at.bench.clock.advance(HOUR);
  await at.poll();
  await at.sluice.panels.observe('relay');
  expect((await at.sluice.purchases.create('svc-1', 'extra')).error).toBeNull();
});
