import { beforeAll, expect, it } from '@jest/globals';
import { useBench } from '../../test/dashboard-bench.js';

const at = useBench();
const HOUR = 3_600_000;

/** Client 42 has used 3 GB each hour of the last 5, and client 43 nothing that was read. */
beforeAll(async () => {
  await at.addService(1, '42', 0);
  await at.addService(2, '43<b>', 0);
  for (let hour = 0; hour < 6; hour++) {
    await at.sluice.poll({ service: 'svc-1' });
    at.clock.advance(HOUR);
    at.panel.addTraffic(501, { in: 2 ** 30, out: 2 ** 31, at: at.clock.now() - HOUR / 2 });
  }
});

const read = async (query = ''): Promise<string> =>
  (await (await at.fetch(`/traffic${query}`, { cookie: await at.login() })).text()).replaceAll(/\s+/g, ' ');

it('lists who used most, with what is not known apart from it', async () => {
  const page = await read();
  expect(page).toMatch(/href="\/services\/svc-1"><bdi>svc-1<.*15 GB.*href="\/services\/svc-2"><bdi>svc-2</);
  expect(page).toContain('without a reading in this time, and in no sum: 1');
  // The first reading says nothing of the time before the service was stored: the rate is over the five hours since then.
  expect(page).toMatch(/7\.16 Mbit\/s/);
  expect(page).toContain('aria-current="true" >24 hours</a >');
});

it('sums by client, product and panel, and leads from each to its services', async () => {
  const clients = await read('?by=client&range=7d');
  expect(clients).toContain('/traffic?range=7d&amp;by=service&amp;client=42');
  expect(clients).not.toContain('43<b>');
  expect(await read('?by=panel&range=cycle')).toMatch(/15 GB.*100/);
  const own = await read('?client=42');
  expect([own.includes('svc-1'), own.includes('svc-2'), own.includes('Only client')]).toEqual([true, false, true]);
});

it('draws the traffic of all of them over time, with the same as a table', async () => {
  const page = await read('?client=42');
  const [, drawn = ''] = page.split('Over time, last 24h');
  expect(drawn.match(/id="traffic-wide-title"/g)).toHaveLength(1);
  // Five hours of 3 GB each; of the time before the first reading there is no bar.
  expect(drawn).toMatch(/<summary>As a table<\/summary>.*3 GB/);
  expect(drawn.split('<summary>')[1]?.match(/<td[^>]*><span class="number">3 GB</g)).toHaveLength(5);
  expect(await read('?client=42&range=cycle')).toContain('Over time, last 30 days');
});

it('splits the bars by what is listed, with the parts in the legend and in the table', async () => {
  const page = await read('?by=client');
  const [, drawn = ''] = page.split('Over time by client, last 24h');
  const [picture = '', listed = ''] = drawn.split('<summary>As a table</summary>');
  expect(picture.match(/<rect class="chart-bar chart-5"[^>]*\/> <text[^>]*>42</g)).toHaveLength(2);
  // Of client 43 nothing is known: it has no part, and no figure in the table.
  expect(picture).not.toContain('43&lt;b');
  expect(listed).toMatch(
    /<th scope="col" >From<\/th><th[^>]*><bdi>42<\/bdi><\/th><th[^>]*><bdi>43&lt;b&gt;<\/bdi><\/th><th[^>]*>total</,
  );
  expect(listed.match(/<td[^>]*><span class="number">3 GB</g)).toHaveLength(10);
  expect((await read('?by=panel')).split('Over time by panel')).toHaveLength(2);
  expect(await read()).not.toContain('Over time by');
});

it('says how much of the sum is in no bar', async () => {
  expect(await read('?client=42')).not.toContain('in no bar');
  await at.addService(3, '44', 0);
  at.panel.addTraffic(503, { in: 7 * 2 ** 30, out: 0, at: at.clock.now() - HOUR / 2 });
  await at.sluice.poll({ service: 'svc-3' });
  const page = await read('?client=44&range=7d');
  const [, sum = ''] = /Traffic<.*?<span class="number">([^<]*)</.exec(page) ?? [];
  expect([sum, page.includes('in no bar')]).toEqual(['7 GB', true]);
});
