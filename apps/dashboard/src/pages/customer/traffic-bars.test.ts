import { beforeAll, expect, it } from '@jest/globals';
import { useBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

const at = useBench();
const HOUR = 3_600_000;

beforeAll(async () => {
  await at.addService(1, '42', 20);
  for (let hour = 0; hour < 30; hour++) {
    await at.sluice.poll();
    at.clock.advance(HOUR);
    at.panel.addTraffic(501, { in: 2 ** 30, out: 2 ** 31, at: at.clock.now() - HOUR / 2 });
  }
  await at.sluice.poll();
});

/** The bars of a page, by what they say. */
const listBars = (page: string): string[] =>
  Array.from(page.matchAll(/<g class="chart-bars.*?<(?:title|text [^>]*)>(.*?)<\/(?:title|text)>/g), ([, text = '']) =>
    text.replaceAll(/<[^>]*>/g, ''),
  );

it('shows the traffic of 24 hours and 7 days as bars, and of the period by day beside its line', async () => {
  const link = await Link.open(at, { client: '42' });
  const day = await (await link.get('/services/svc-1?range=24h')).text();
  expect(day.includes('Traffic in each hour')).toBe(true);
  // Each is drawn for wide screens and for phones.
  const hours = listBars(day);
  expect(hours.length).toBeGreaterThanOrEqual(2 * 24);
  expect(hours[5]).toMatch(/: in 1 GB, out 2 GB \(7\.16 Mbit\/s\)$/);
  const week = await link.text('/services/svc-1?range=7d');
  expect(week.includes('Traffic in each 6 hours')).toBe(true);
  const period = await (await link.get('/services/svc-1')).text();
  expect([period.includes('Traffic in each day'), period.includes('chart-line')]).toEqual([true, true]);
});

it('shows staff the same', async () => {
  const page = await (await at.fetch('/services/svc-1', { cookie: await at.login() })).text();
  expect(listBars(page).length).toBeGreaterThan(2 * 24);
  for (const step of ['hour', '6 hours', 'day'])
    expect([step, page.includes(`Traffic in each ${step}`)]).toEqual([step, true]);
});
