import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FakeAstbilling, type Fault, startFakeAstbilling } from '@sluice/fake-panels';
import { type AstbillingClient, createAstbillingClient } from '../index.js';

let fake: FakeAstbilling;
let client: AstbillingClient;
let plans: string[];
let last: unknown;

beforeEach(async () => {
  fake = await startFakeAstbilling();
  plans = Array.from({ length: 250 }, (_, n) => fake.add('plans', { name: `Plano ${n}`, status: 'active' }));
  client = createAstbillingClient({
    panel: 'voip',
    baseUrl: fake.url,
    allowHttp: true,
    token: fake.token,
    breaker: false,
  });
});

afterEach(async () => {
  client.close();
  expect(fake.server.failures).toEqual([]);
  await fake.close();
});

/** Changes `meta` of every page. */
function state(change: (meta: { total: number; limit: number }, rows: unknown[]) => object): void {
  const rewrite = (json: unknown): object => {
    const { data, meta } = json as { data: unknown[]; meta: { total: number; limit: number } };
    return { data, meta: change(meta, data) };
  };
  fake.server.inject({
    endpoint: 'GET /plans',
    fault: { kind: 'mutate', change: rewrite },
  });
}

const listPlans = async (): Promise<string[]> => (await client.plans.list()).map(({ id }) => id);

it('reads a list to its end although the system states no total and sends smaller pages than asked', async () => {
  fake.quirks.mostRows = 100;
  state(() => ({}));
  expect(await listPlans()).toEqual(plans);
});

it('reads on where a full page ends a list by its total, and refuses a total that is too small', async () => {
  state((meta) => ({ ...meta, total: 200 }));
  await expect(listPlans()).rejects.toMatchObject({ panelCode: 'list_changed' });
});

it('reports a record once that comes again in a later page', async () => {
  fake.quirks.mostRows = 100;
  const seen: unknown[] = [];
  state((_, rows) => {
    if (seen.length === 2) rows[49] = seen[0];
    seen.push(rows[0]);
    return {};
  });
  expect(await listPlans()).toEqual(plans.slice(0, -1));
});

it.each([
  ['an empty page', []],
  ['no page', [{ kind: 'status', status: 404 }]],
  ['the last page again', [{ kind: 'mutate', change: (): unknown => last }]],
] as [string, Fault[]][])('reads a list of full pages from a system that has %s after the last', async (_, faults) => {
  for (let n = 250; n < 400; n += 1) plans.push(fake.add('plans', { name: `Plano ${n}`, status: 'active' }));
  const change = (json: unknown): unknown => (last = json);
  fake.server.inject({ endpoint: 'GET /plans', skip: 1, times: 1, fault: { kind: 'mutate', change } });
  for (const fault of faults) fake.server.inject({ endpoint: 'GET /plans', skip: 1, fault });
  expect(await listPlans()).toEqual(plans);
  expect(fake.server.calls.map(({ query }) => query.get('offset'))).toEqual(['0', '200', '400']);
});
