import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const at = useBenchForEach();
let link: Link;

beforeEach(async () => {
  await at.addService(1, 'c-1', 10);
  await at.addService(2, 'c-1', 120);
  await at.addService(3, 'c-1', 85);
  await at.addService(4, 'c-2', 1);
  await at.sluice.services.set('svc-2', { name: 'Web server Paris' });
  await at.sluice.poll();
  link = await Link.open(at, { client: 'c-1', buy: true });
});

/** Returns the tiles of a page as texts. */
async function readTiles(path = '/'): Promise<string[]> {
  const page = await link.text(path);
  return [...page.matchAll(/<li class="service[\s\S]*?<\/li>/g)].map(([tile]) => textOf(tile));
}

describe('the first page of a client with several services', () => {
  it('has each as a tile with state, use and reset, those first that need attention', async () => {
    const tiles = await readTiles();
    expect(tiles).toEqual([
      'Web server Paris svc-2 restricted The service is restricted. The traffic of this period is used up. 120% 120 GB of 100 GB 25 days to the reset: 15 Dec 2026 Ask your provider',
      'svc-3 active Nearly used up: 85 GB of 100 GB (85%) are used. 85% 25 days to the reset: 15 Dec 2026 Ask your provider',
      'svc-1 active 10% 10 GB of 100 GB 25 days to the reset: 15 Dec 2026',
    ]);
  });

  it('leads from a tile to what is to be done', async () => {
    await at.sluice.credit.add('c-1', { amount: '10.00', currency: 'EUR' });
    const page = await link.text('/');
    const ways = [...page.matchAll(/class="button button-main" href="([^"]*)"[^>]*>\s*([^<]*)</g)];
    const to = (id: string): string => `/share/${link.token}/services/${id}/buy?package=extra-50`;
    expect(ways.map(([, href, text]) => [href, text])).toEqual([
      [to('svc-2'), 'Buy a package'],
      [to('svc-3'), 'Buy a package'],
    ]);
    const reader = await Link.open(at, { client: 'c-1' });
    expect(await reader.text('/')).not.toContain('button-main');
  });

  it('counts the days to the reset in the zone of the panel, and none of what is over', async () => {
    at.clock.set('2026-12-14T23:30:00Z');
    link = await Link.open(at, { client: 'c-1' });
    expect((await readTiles())[2]).toContain('1 day to the reset: 15 Dec 2026');
    at.clock.set('2026-12-15T00:30:00Z');
    link = await Link.open(at, { client: 'c-1' });
    for (const tile of await readTiles()) expect(tile).not.toContain('to the reset');
  });

  it('is a table that scripts filter where there are many', async () => {
    for (let number = 10; number < 34; number++) await at.addService(number, 'c-1', 1);
    const page = await link.text('/');
    expect(page).not.toContain('class="service ');
    expect(page).toMatch(/data-filter="Services"[\s\S]*svc-2[\s\S]*svc-3[\s\S]*svc-1/);
  });
});

it('the API says the same of each service, in its list, too', async () => {
  const token = await at.token('read', 'client:c-1');
  const { json } = await at.call('GET /services', { token });
  const { services } = json as { services: { id: string; advice?: { state: string; text: string } }[] };
  expect(services.map(({ id, advice }) => [id, advice?.state])).toEqual([
    ['svc-1', 'fine'],
    ['svc-2', 'used-up'],
    ['svc-3', 'near'],
  ]);
  const shown = (await at.call('GET /services/svc-2', { token })).json as unknown as (typeof services)[number];
  expect(shown.advice).toEqual(services[1]?.advice);
  expect(shown.advice?.text).toBe(
    'The service is restricted. The traffic of this period is used up. The service comes back on 2026-12-15.',
  );
  expect((await at.call('GET /services/svc-2')).json['advice']).toBeUndefined();
});
