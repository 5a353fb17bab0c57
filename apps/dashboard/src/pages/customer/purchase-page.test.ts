import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const at = useBenchForEach({ config: { brand: { topUpUrl: 'https://pay.example.com/add' } } });
let link: Link;

beforeEach(async () => {
  await at.addService(1, 'c-1', 120);
  await at.sluice.poll();
  link = await Link.open(at, { client: 'c-1', buy: true });
});

/** Reads the page before a purchase, which leads to itself with a key. */
async function readBuy(): Promise<string> {
  const first = await link.get('/services/svc-1/buy?package=extra-50');
  return link.text((first.headers.get('location') ?? '').replace(`/share/${link.token}`, ''));
}

describe('the page before a purchase', () => {
  it('states price, credit, what is left of it, and the new allowance', async () => {
    await at.sluice.credit.add('c-1', { amount: '12.50', currency: 'EUR' });
    const page = await readBuy();
    expect(textOf(page)).toContain(
      'Traffic 50 GB Allowed with it 150 GB in this period (now 100 GB) Price 5.00 EUR Your credit 12.50 EUR Credit afterwards 7.50 EUR',
    );
    expect(textOf(page)).toContain('Buy extra-50 for 5.00 EUR');
  });

  it('says before that credit is missing, with the way to add some and nothing to press', async () => {
    await at.sluice.credit.add('c-1', { amount: '3.00', currency: 'EUR' });
    const page = await readBuy();
    expect(textOf(page)).toContain('2.00 EUR of credit are missing. Add credit first: nothing is bought without it.');
    expect(textOf(page)).not.toContain('Credit afterwards');
    expect(page).toContain('href="https://pay.example.com/add"');
    expect(page).not.toMatch(/<form|<button/);
  });
});

it('the page after a purchase names its invoice and what became of the service', async () => {
  await at.sluice.credit.add('c-1', { amount: '12.50', currency: 'EUR' });
  const form = link.readForm(await readBuy(), '/buy');
  const sent = await link.send('/services/svc-1/buy', form);
  const page = textOf(await link.text((sent.headers.get('location') ?? '').replace(`/share/${link.token}`, '')));
  const { purchases } = await at.sluice.purchases.list({ service: 'svc-1' });
  expect(page).toContain(
    `Your service is online again; the package was bought: 150 GB are allowed in this period. Invoice: ${purchases[0]?.invoice ?? 'none'}.`,
  );
  expect(page).toContain('Nearly used up: 120 GB of 150 GB (80%) are used.');
});

it('the page of a service has both directions, the one that counts, and the days to the reset', async () => {
  const page = textOf(await link.text('/services/svc-1'));
  expect(page).toContain('Next period 25 days to the reset: 15 Dec 2026');
  expect(page).toMatch(/Inbound [\d.]+ G?B Outbound [\d.]+ G?B What counts inbound and outbound together/);
  await at.sluice.services.set('svc-1', { traffic_mode: 'IN', base_quota_override_gb: '100' });
  expect(textOf(await link.text('/services/svc-1'))).toContain('What counts inbound traffic');
});

it('every page of a client calls it by its name', async () => {
  await at.sluice.services.set('svc-1', { client_name: 'María Ruiz' });
  link = await Link.open(at, { client: 'c-1', buy: true, manage: true });
  const first = await link.get('/services/svc-1/buy?package=extra-50');
  const before = (first.headers.get('location') ?? '').replace(`/share/${link.token}`, '');
  const refused = await link.post('/services/svc-1/buy', { package: 'extra-50' });
  expect(refused.status).toBe(409);
  for (const page of [await link.get('/'), await link.get(before), await link.get('/mails'), refused])
    expect(await page.text()).toMatch(/<div class="who">\s*<bdi>María Ruiz<\/bdi>/);
});
