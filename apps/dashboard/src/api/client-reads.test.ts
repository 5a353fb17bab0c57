import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const MINUTE = 60_000;
const MONTH = 'period=2026-11';

let at: DashboardBench;
let voice: FakeAstbilling;
let token: string;
/** A line that the service of a client got at noon of 20 November, with 400 calls of before, and one since. */
beforeAll(async () => {
  voice = await startFakeAstbilling({ now: () => Date.parse('2026-11-20T12:00:00Z') });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Customer', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  const others = ['9002', '9003'].map((id) => voice.addSubscriber({ id, username: `114200${id}`, customer, plan }));
  const call = { subscriber: line, talkSeconds: 45, currency: 'EUR', charge: '0.4500' };
  for (let minute = 0; minute < 400; minute++)
    voice.addCall({ ...call, startedAt: new Date(Date.UTC(2026, 10, 1) + minute * MINUTE).toISOString() });
  voice.addCall({ ...call, startedAt: '2026-11-20T12:30:00Z' });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['caller_id'] } } },
  });
  const phone = { panel: 'voice', product: 'line', status: 'active' };
  await at.sluice.services.add('line-0', { ...phone, client: 'c-1', astbilling_subscriber_id: line });
  await at.sluice.services.add('line-1', { ...phone, client: 'c-2', astbilling_subscriber_id: others[0] ?? '' });
  await at.sluice.services.set('line-0', { astbilling_subscriber_id: others[1] ?? '' });
  await at.sluice.services.set('line-1', { astbilling_subscriber_id: line });
  token = await at.token('client:c-2', 'manage');
  at.clock.advance(60 * MINUTE);
});
afterAll(() => at.close());
beforeEach(() => {
  at.clock.advance(2 * MINUTE);
  voice.server.clearCalls();
});

const get = async (path: string, by = token): Promise<[number, Record<string, unknown>]> => {
  const { status, json } = await at.call(`GET ${path}`, { token: by });
  return [status, json];
};
const countCalls = (): number => voice.server.totals.calls;
const callsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = countCalls();
  await work();
  return countCalls() - before;
};

describe('what the token of a client reads of a telephony system', () => {
  it.each(['/line', '/calls', `/call-report?${MONTH}`])('is read once in a while: %s', async (part) => {
    const path = `/services/line-1${part}`;
    const first = await callsOf(() => get(path));
    expect(first).toBeGreaterThan(0);
    expect(await callsOf(() => Promise.all(Array.from({ length: 20 }, () => get(path))))).toBe(0);
    at.clock.advance(MINUTE);
    expect(await callsOf(() => get(path))).toBe(first);
  });

  it('is read once by many requests at the same time', async () => {
    const path = `/clients/c-2/call-report?${MONTH}`;
    const one = await callsOf(() => get(path));
    at.clock.advance(MINUTE);
    const many = Array.from({ length: 20 }, () => get(path));
    expect(await callsOf(() => Promise.all(many))).toBe(one);
    for (const [status] of await Promise.all(many)) expect(status).toBe(200);
  });

  it('is limited, however requests differ', async () => {
    const days = Array.from(
      { length: 200 },
      (_, n) => `/services/line-1/calls?from=2026-11-20T12:00:${n % 60}Z&to=${n}d`,
    );
    const answers: Awaited<ReturnType<typeof get>>[] = [];
    // Not all at once: more than the client may have under way are refused, and do not count.
    while (answers.length < days.length)
      answers.push(...(await Promise.all(days.slice(answers.length, answers.length + 30).map((path) => get(path)))));
    const refused = answers.filter(([status]) => status === 429);
    expect(refused).toHaveLength(80);
    expect(refused[0]?.[1]).toMatchObject({ error: { code: 'too_many_requests' } });
    // A link that only reads would keep its client from buying.
    const body = { callerId: '1142000076' };
    expect((await at.call('PATCH /services/line-1/line', { token, body })).status).toBe(200);
    at.clock.advance(MINUTE);
    expect(await get('/services/line-1/line')).toMatchObject([200, {}]);
  });

  it('is what the pages of the client read, too', async () => {
    const link = await Link.open(at, { client: 'c-2' });
    for (let n = 0; n < 130; n++) await get(`/services/line-1/calls?to=${n}m&from=2026-11-20`);
    let page = '';
    const open = async (): Promise<void> => {
      page = await link.text('/services/line-1');
    };
    expect(await callsOf(open)).toBe(0);
    expect(page).toContain('wait a minute before you read it again');
    // Staff read by themselves.
    const { json } = await at.call('GET /embedded/services/line-1?for=staff');
    expect(JSON.stringify(json)).toContain('1142000001');
  });

  it('is read again after a change of its own', async () => {
    const path = '/services/line-1/line';
    await get(path);
    const body = { callerId: '1142000077' };
    expect((await at.call(`PATCH ${path}`, { token, body })).status).toBe(200);
    expect(JSON.stringify(await get(path))).toContain('1142000077');
  });

  it('begins when its service got the line', async () => {
    const [status, made] = await get(`/services/line-1/call-report?${MONTH}`);
    expect([status, made['reports']]).toMatchObject([200, [{ calls: 1 }]]);
    // Whose line it is, and its calls.
    expect(voice.server.calls.map(({ path }) => path)).toEqual(['/api/v1/subscribers/9001', '/api/v1/cdrs']);
  });
});

it('the calls of a service without a line are not supported', async () => {
  await at.addService(7, 'c-2');
  const [status, json] = await get(`/services/svc-7/call-report?${MONTH}`);
  expect([status, json]).toMatchObject([422, { error: { code: 'unsupported' } }]);
});

it('an operator reads by which carrier and trunk a call went, and a client does not', async () => {
  const path = '/services/line-1/calls?from=2026-11-20';
  const routesOf = async (by: string): Promise<unknown[]> => {
    const [, { calls }] = await get(path, by);
    return (calls as Record<string, unknown>[]).map(({ carrierId, trunkId }) => [carrierId, trunkId]);
  };
  expect(await routesOf(SERVE_TOKEN)).toEqual([[expect.any(String), expect.any(String)]]);
  expect(await routesOf(token)).toEqual([[null, null]]);
});

it('an operator reads what the telephony system has now', async () => {
  const one = await callsOf(() => get('/services/line-1/line', SERVE_TOKEN));
  expect(await callsOf(() => get('/services/line-1/line', SERVE_TOKEN))).toBe(one);
});

it.each(['/services/line-1', '/clients/c-2'])('a client does not let the panel make a report: %s', async (of) => {
  const answer = await get(`${of}/call-report?${MONTH}&remote=true`);
  expect([answer, countCalls()]).toMatchObject([[403, { error: { code: 'forbidden' } }], 0]);
});

describe('what a client changes', () => {
  let buyer: string;
  beforeAll(async () => {
    buyer = await at.token('client:c-2', 'manage', 'buy');
  });
  /** Not all at once: more than the client may have under way are refused, and do not count. */
  const exhaust = async (): Promise<void> => {
    const change = () => at.call('PATCH /services/line-1/line', { token, body: { callerId: 'x' } });
    for (let n = 0; n < 4; n++) await Promise.all(Array.from({ length: 30 }, change));
  };

  it('is limited together with its other changes, by whatever form or request', async () => {
    const forms = {
      'caller-id': { caller_id: '1142000077' },
      destination: { number: '1142000001', destination: '' },
      password: {},
      'auto-buy': { enabled: 'no', package: '', max: '1' },
      buy: { package: 'none' },
    };
    const link = await Link.open(at, { client: 'c-2', buy: true, manage: true, changePassword: true });
    const post = async (form: string, fields: Record<string, string>): Promise<number> =>
      (await link.post(`/services/line-1/${form}`, fields)).status;
    const body = { enabled: false };
    const set = () => at.call('PUT /services/line-1/auto-buy', { token: buyer, body });
    await exhaust();
    voice.server.clearCalls();
    for (const [form, fields] of Object.entries(forms)) expect([form, await post(form, fields)]).toEqual([form, 429]);
    // Nor by a request that calls no panel.
    expect(await set()).toMatchObject({ status: 429, json: { error: { code: 'too_many_requests' } } });
    expect(voice.server.calls).toEqual([]);
    expect((await at.call('PUT /services/line-1/auto-buy', { body })).status).toBe(200);
    at.clock.advance(MINUTE);
    expect((await set()).status).toBe(200);
    for (const [form, fields] of Object.entries(forms))
      expect([form, await post(form, fields)]).not.toEqual([form, 429]);
  });

  it('is a run in the store only where it changes anything', async () => {
    const set = async (enabled: boolean, n: number): Promise<void> => {
      const { status } = await at.call('PUT /services/line-1/auto-buy', {
        token: buyer,
        body: { enabled, maxPerCycle: 2, note: `note ${n}` },
      });
      expect(status).toBe(200);
    };
    const runsOf = async (work: () => Promise<void>): Promise<number> => {
      const count = async () => (await at.sluice.log.list({ kinds: ['run'], limit: 500 })).entries.length;
      const before = await count();
      await work();
      return (await count()) - before;
    };
    await set(false, 0);
    expect(
      await runsOf(async () => {
        for (let n = 1; n < 10; n++) await set(false, n);
      }),
    ).toBe(0);
    const clear = async () => {
      await at.call('DELETE /services/line-1/auto-buy', { token: buyer });
    };
    expect(await runsOf(clear)).toBe(1);
    expect(await runsOf(clear)).toBe(0);
  });
});
