import { beforeAll, expect, it } from '@jest/globals';
import { useBench } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

const at = useBench({ config: { enforce: 'observe' } });
beforeAll(async () => {
  await at.addService(1, '42');
  await at.addService(2, '42', 120);
  await at.sluice.poll();
  await at.sluice.credit.add('42', { amount: '50.00', currency: 'EUR' });
  await at.sluice.purchases.create('svc-1', 'extra-50');
});

it('has no due date and no package that counts', async () => {
  const link = await Link.open(at, { client: '42' });
  const living = textOf(await link.text('/services/svc-1'));
  expect(living).toContain('Next due date');
  expect(living).toMatch(/paid .*? yes/);
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  const ended = textOf(await link.text('/services/svc-1'));
  expect(ended).not.toContain('Next due date');
  expect(ended).toMatch(/5\.00 EUR paid \S+ no/);
  const { purchases } = await at.sluice.services.show('svc-1');
  expect(purchases).toMatchObject([{ status: 'paid', current: false }]);
});

it('is sold and set nothing any more, by commands as by the page', async () => {
  const { overrides, autoBuy, purchases, services } = at.sluice;
  const refused = { code: 'wrong_lifecycle' };
  await expect(overrides.set('svc-1', { quota: '50GB' })).rejects.toMatchObject(refused);
  await expect(autoBuy.set({ service: 'svc-1' }, { enabled: true, package: 'extra-50' })).rejects.toMatchObject(
    refused,
  );
  await expect(purchases.create('svc-1', 'extra-50')).rejects.toMatchObject(refused);
  expect(await services.show('svc-1')).toMatchObject({ overrides: null });
  const page = await at.page('/services/svc-1');
  expect(textOf(page)).toContain('The service has ended');
  for (const form of ['suspend', 'hold', 'renew', 'buy', 'override', 'auto-buy'])
    expect([form, page.includes(`action="/services/svc-1/${form}"`)]).toEqual([form, false]);
});

it('is listed beside one that is used up, in the words of the command', async () => {
  await at.sluice.services.set('svc-2', { protected_until: '2027-01-01' });
  await at.sluice.poll();
  const page = textOf(await at.page('/'));
  expect(page).toMatch(/svc-2 42 ports dcim used up/);
});
