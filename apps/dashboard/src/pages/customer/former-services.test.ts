import { beforeAll, expect, it } from '@jest/globals';
import { useBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

const DAY = 86_400_000;
const at = useBench();
/** Client 41 had a service that client 42 has now; client 43 has credit alone. */
beforeAll(async () => {
  await at.addService(1, '41');
  await at.sluice.credit.add('41', { amount: '10.00', currency: 'EUR', description: 'Paid in advance' });
  await at.sluice.credit.add('43', { amount: '3.00', currency: 'EUR' });
  at.clock.advance(DAY);
  await at.sluice.services.set('svc-1', { client: '42' });
});

it.each([
  ['41', '10.00 EUR'],
  ['43', '3.00 EUR'],
])('a client without a service gets a link that shows its credit: %s', async (client, credit) => {
  const { status, json } = await at.call('POST /share-links', { body: { client, validSeconds: 3600 } });
  expect(status).toBe(201);
  const page = await (await at.fetch(`/share/${String(json['token'])}`)).text();
  expect(page).toContain('There is no service here.');
  expect(page).toContain(credit);
  expect(page).toContain('Changes of your credit');
  expect(page).not.toContain('svc-1');
});

it('shows the same inside other sites', async () => {
  const { json } = await at.call('GET /embedded/clients/41');
  expect(JSON.stringify(json['parts'])).toContain('Paid in advance');
});

it('a client of whom nothing is stored gets no link', async () => {
  const { status, json } = await at.call('POST /share-links', { body: { client: '99', validSeconds: 3600 } });
  expect([status, json['error']]).toMatchObject([404, { code: 'unknown_client' }]);
  await expect(Link.open(at, { client: '99' })).rejects.toMatchObject({ details: { unserved: '99' } });
});
