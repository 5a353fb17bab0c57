import { beforeAll, expect, it } from '@jest/globals';
import { useBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const at = useBench();
beforeAll(async () => {
  await at.addService(1, '42');
  await at.addService(2, '43');
  await at.sluice.poll();
  // What calls in another currency than the config's were billed with.
  await at.store.invoices.open({ id: 'inv-1', client: '42', currency: 'BRL', createdAt: '2026-11-20T10:00:00.000Z' });
});

it('shows no credit in the currency of the invoices of the client', async () => {
  const link = await Link.open(at, { client: '42', buy: true });
  expect(textOf(await link.text('/'))).toContain('Credit 0.00 BRL');
  expect(textOf(await link.text('/services/svc-1'))).toContain('Your credit: 0.00 BRL');
  expect((await at.call('GET /clients/42/credit')).json).toMatchObject({ balance: '0', currency: 'BRL' });
  expect((await at.call('GET /embedded/services/svc-1?for=customer')).json).toMatchObject({ credit: '0.00 BRL' });
});

it('shows the credit of a client who has no service any more', async () => {
  await at.sluice.credit.add('44', { amount: '10.00', currency: 'EUR' });
  const page = textOf(await (await Link.open(at, { client: '44' })).text('/'));
  expect(page).toContain('There is no service here.');
  expect(page).toContain('Credit 10.00 EUR');
});

it('shows no currency where that of the client is not known', async () => {
  const link = await Link.open(at, { client: '43', buy: true });
  expect(textOf(await link.text('/'))).toContain('Credit none yet');
  const page = textOf(await link.text('/services/svc-2'));
  expect(page).toContain('Your credit: none yet');
  expect((await at.call('GET /clients/43/credit')).json).toMatchObject({ balance: '0', currency: null });
  expect((await at.call('GET /embedded/services/svc-2?for=customer')).json).toMatchObject({ credit: 'none yet' });
});

it('says in the language of the reader what changed the credit', async () => {
  await at.addService(3, '45');
  await at.sluice.poll();
  await at.sluice.credit.add('45', { amount: '10.00', currency: 'EUR' });
  await at.sluice.credit.add('45', { amount: '1.00', currency: 'EUR', description: 'A gift' });
  const { purchase } = await at.sluice.purchases.create('svc-3', 'extra-50');
  const link = await Link.open(at, { client: '45', buy: true });
  const page = textOf(await link.text('/?language=fa'));
  const invoice = purchase.invoice ?? '';
  for (const words of [`فاکتور ${invoice}`, 'A gift', 'افزایش اعتبار']) expect(page).toContain(words);
  expect(textOf(await link.text('/?language=en'))).toMatch(/Invoice inv-\S+ .*A gift .*Credit added/);
});
