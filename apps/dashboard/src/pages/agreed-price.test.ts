import { expect, it } from '@jest/globals';
import { type DashboardBench, useBenchForEach } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

const at: DashboardBench = useBenchForEach();

async function open(): Promise<Link> {
  await at.addService(1, '42');
  await at.sluice.poll();
  await at.sluice.credit.add('42', { amount: '50.00', currency: 'EUR' });
  return Link.open(at, { client: '42', buy: true });
}

/** As after a restart with another config. */
function change(entry: { price?: string; traffic?: number }): void {
  Object.assign(at.sluice.config.packages['extra-50']!, entry);
}

const bought = async (): Promise<string[]> =>
  (await at.sluice.purchases.list()).purchases.map(({ charged }) => charged ?? '');

it('a client pays the price that its page showed, or is asked again', async () => {
  const link = await open();
  const way = (await link.get('/services/svc-1/buy?package=extra-50')).headers.get('location') ?? '';
  const ask = async (): Promise<string> => link.text(way.slice(way.indexOf('/services')));
  const shown = link.readForm(await ask(), '/buy');
  change({ price: '6.00' });
  const refused = await link.send('/services/svc-1/buy', shown);
  const page = await refused.text();
  expect([refused.status, await bought()]).toEqual([409, []]);
  expect(textOf(page)).toContain('it is 50 GB for 6.00 EUR now; nothing was charged');
  expect(textOf(page)).toContain('Buy extra-50 for 6.00 EUR');
  const again = link.readForm(page, '/buy');
  expect(again).toMatchObject({ price: '6.00', key: shown['key'] });
  for (let time = 1; time <= 2; time++) expect((await link.send('/services/svc-1/buy', again)).status).toBe(303);
  expect((await link.send('/services/svc-1/buy', shown)).status).toBe(422);
  expect(await bought()).toEqual(['6.00']);
});

it('an operator buys at the price that the page showed, or is asked again', async () => {
  const link = await open();
  const cookie = await at.login();
  const way = (await at.fetch('/services/svc-1/buy?package=extra-50', { cookie })).headers.get('location') ?? '';
  const shown = link.readForm(await at.page(way, cookie), '/buy');
  change({ traffic: 40 * 1024 ** 3 });
  const send = (fields: Record<string, string>) =>
    at.fetch('/services/svc-1/buy', { method: 'POST', cookie, body: new URLSearchParams(fields) });
  const refused = await send(shown);
  const page = await refused.text();
  expect([refused.status, await bought()]).toEqual([409, []]);
  expect(textOf(page)).toContain('it is 40 GB for 5.00 EUR now; nothing was charged');
  expect((await send(link.readForm(page, '/buy'))).status).toBe(303);
  expect(await bought()).toEqual(['5.00']);
});

it('a program sends what its page showed, and reads what it is now', async () => {
  await open();
  const { packages } = (await at.call('GET /embedded/services/svc-1?for=customer')).json as {
    packages: { agreed: object }[];
  };
  const [agreed] = packages.map((each) => each.agreed);
  change({ price: '6.00' });
  const buy = (body: object) => at.call('POST /services/svc-1/purchases', { key: 'one-key', body });
  const refused = await buy({ package: 'extra-50', agreed });
  expect([refused.status, refused.json]).toMatchObject([
    409,
    { error: { code: 'price_changed', details: { package: 'extra-50', ...agreed, price: '6.00' } } },
  ]);
  const wrong = await buy({ package: 'extra-50', agreed: { price: '6.00' } });
  expect([wrong.status, await bought()]).toEqual([400, []]);
  const made = await buy({ package: 'extra-50', agreed: { ...agreed, price: '6.00' } });
  expect([made.status, await bought()]).toEqual([201, ['6.00']]);
});
