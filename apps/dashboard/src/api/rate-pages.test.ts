import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DashboardBench } from '../test/dashboard-bench.js';
import { startLineBench } from '../test/line-bench.js';

const MANY = 450;
let at: DashboardBench;
let token: string;

beforeAll(async () => {
  const bench = await startLineBench();
  ({ at } = bench);
  token = await at.token('client:c-1');
  const price = { price_per_minute: '0.1000', connection_fee: '0.0000', status: 'active', min_chargeable_seconds: 0 };
  const seconds = { initial_increment_seconds: 60, increment_seconds: 60, minimum_seconds: 0 };
  for (let index = 0; index < MANY; index++) {
    const place = { prefix: String(1000 + index), country_code: 'US', valid_from: null, valid_to: null };
    bench.voice.add('rates', { ...price, ...seconds, ...place, plan_id: '11' });
  }
});
afterAll(() => at.close());

async function read(query: string) {
  const { json } = await at.call(`GET /services/line-1/rates${query}`, { token });
  return json as { rates: { prefix: string }[]; total: number; next: string | null };
}

it('rates of a line are answered in pages, each once, without a limit 200 of them', async () => {
  const found: string[] = [];
  const sizes: number[] = [];
  let after: string | null = null;
  do {
    const page = await read(after === null ? '' : `?after=${encodeURIComponent(after)}`);
    expect(page.total).toBe(MANY);
    sizes.push(page.rates.length);
    found.push(...page.rates.map(({ prefix }) => prefix));
    after = page.next;
  } while (after !== null);
  expect(sizes).toEqual([200, 200, 50]);
  expect(new Set(found).size).toBe(MANY);
  expect((await read('?limit=1000')).rates).toHaveLength(MANY);
  expect(await read('?search=1449')).toMatchObject({ rates: [{ prefix: '1449' }], total: 1, next: null });
});
