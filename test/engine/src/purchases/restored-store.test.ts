import { expect } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { onFiles } from '../bench/on-files.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { AUTO } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

onFiles.each([
  ['an hour', HOUR],
  ['ten days', 10 * DAY],
])('a store restored from a backup takes the automatic purchase that is paid, %s later', async (_, later) => {
  await open({ product: AUTO });
  at.whmcs.addCredit(CLIENT, '100.00');
  const backup = await at.bench.copy('backup');
  await at.use(85);
  const [bought] = await at.purchases();
  const left = at.whmcs.credit(CLIENT);
  at.bench.clock.advance(later);
  const { services } = await backup.sluice.poll();
  expect(at.whmcs.credit(CLIENT)).toBe(left);
  expect(services[0]?.allowance?.allowedBytes).toBe(150 * GB);
  const { purchases } = await backup.sluice.purchases.list({ service: 'whmcs-1' });
  expect(purchases).toMatchObject([{ id: bought?.id, invoice: bought?.invoice, status: 'paid' }]);
  await backup.close();
});

onFiles(
  'a store restored from before a refund takes the purchase for a paid one, and its cancellation returns nothing again',
  async () => {
    await open({ product: AUTO });
    at.whmcs.addCredit(CLIENT, '100.00');
    const backup = await at.bench.copy('backup');
    await at.use(85);
    const id = (await at.purchases())[0]?.id ?? '';
    await at.sluice.purchases.cancel(id, { refund: true });
    const left = at.whmcs.credit(CLIENT);
    await backup.sluice.poll();
    expect((await backup.sluice.purchases.list({ service: 'whmcs-1' })).purchases).toMatchObject([
      { id, status: 'paid' },
    ]);
    expect((await backup.sluice.purchases.cancel(id, { refund: true })).purchase.status).toBe('refunded');
    expect([left, at.whmcs.credit(CLIENT)]).toEqual(['100.00', '100.00']);
    await backup.close();
  },
);
