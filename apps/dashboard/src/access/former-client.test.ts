import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const HOUR = 3_600_000;
const CHANGED = '2026-12-20T12:00:00.000Z';

let at: DashboardBench;
let voice: FakeAstbilling;
let token: string;
/** Both services change from client c-1, who bought a package and made a call, to c-2, who made another. */
beforeAll(async () => {
  const time = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now: time.now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Customer', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  const call = { subscriber: line, talkSeconds: 45, currency: 'EUR' };
  voice.addCall({ ...call, startedAt: '2026-12-20T10:00:00Z', charge: '0.4500' });
  voice.addCall({ ...call, startedAt: '2026-12-20T13:00:00Z', charge: '0.2320' });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
    config: { graphCache: '5m' },
  });
  const advance = (ms: number): void => {
    at.clock.advance(ms);
    time.advance(ms);
  };
  await at.addService(1, 'c-1', 20);
  const phone = { panel: 'voice', product: 'line', client: 'c-1', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', phone);
  await at.sluice.poll({ panel: 'dcim' });
  await at.sluice.credit.add('c-1', { amount: '50.00', currency: 'EUR' });
  await at.sluice.purchases.create('svc-1', 'extra-50', { ref: 'first' });
  advance(30 * 24 * HOUR - HOUR);
  await at.sluice.poll({ panel: 'dcim' });
  await at.sluice.usage.panelGraph('svc-1', 'cycle');
  advance(HOUR);
  for (const id of ['svc-1', 'line-1']) await at.sluice.services.set(id, { client: 'c-2' });
  advance(2 * HOUR);
  await at.sluice.poll({ panel: 'dcim' });
  token = await at.token('read', 'client:c-2');
});
afterAll(() => at.close());

const read = async <Answer>(path: string, by = token): Promise<Answer> => {
  const { status, json } = await at.call(`GET ${path}`, { token: by });
  expect([path, status]).toEqual([path, 200]);
  return json as Answer;
};
/** What the new client and what an operator gets. */
const both = async <Answer>(path: string): Promise<[Answer, Answer]> => [
  await read<Answer>(path),
  await read<Answer>(path, SERVE_TOKEN),
];

describe('the new client of a service', () => {
  it('sees no cycle that ended before, and all that is counted in the present one', async () => {
    const [own, all] = await both<{ cycles: { start: string }[] }>('/services/svc-1/usage-history');
    expect(own.cycles).toEqual(all.cycles.slice(0, 1));
    expect(all.cycles).toHaveLength(2);
    expect(own.cycles[0]?.start).toBe('2026-12-15T00:00:00.000Z');
  });

  it('sees readings since then only', async () => {
    for (const range of ['cycle', '60d']) {
      const path = `/services/svc-1/graph?range=${range}`;
      const [own, all] = await both<{ window: { start: string }; series: { at: string }[] }>(path);
      expect(own.window.start).toBe(CHANGED);
      expect(own.series.map((point) => point.at)).toEqual(['2026-12-20T14:00:00.000Z']);
      expect(all.series.length).toBeGreaterThan(1);
    }
  });

  it("sees the panel's graph since then only", async () => {
    const last = '/services/svc-1/last-panel-graph?range=cycle';
    expect(await read(last)).toEqual({ graph: null });
    expect(await read(last, SERVE_TOKEN)).toMatchObject({ graph: { window: { start: '2026-12-15T00:00:00.000Z' } } });
    expect(await read('/services/svc-1/panel-graph?range=cycle')).toMatchObject({ window: { start: CHANGED } });
    expect(await read(last)).toMatchObject({ graph: { window: { start: CHANGED } } });
    expect(await read(last, SERVE_TOKEN)).toMatchObject({ graph: { window: { start: '2026-12-15T00:00:00.000Z' } } });
  });

  it('sees no purchase of the former one', async () => {
    const [own, all] = await both<{ purchases: object[] }>('/services/svc-1');
    expect([own.purchases, all.purchases.length]).toEqual([[], 1]);
    for (const path of ['/services', '/usage'])
      expect(await read(path)).toMatchObject({ services: [{ id: 'line-1' }, { id: 'svc-1', purchases: [] }] });
  });

  it('gets explanations of the time since then only', async () => {
    type Explained = { readings: { at: string }[]; actions: object[] };
    const [own, all] = await both<Explained>('/services/svc-1/explanation');
    expect(own.readings.map((reading) => reading.at)).toEqual(['2026-12-20T14:00:00.000Z']);
    expect(all.readings.length).toBeGreaterThan(1);
    const past = (of: string) => `/services/svc-1/explanation?at=${of}`;
    expect(await read(past('2026-12-20T13:00:00Z'))).toMatchObject({ readings: [], service: { purchases: [] } });
    expect(await read(past('2026-12-01T00:00:00Z'), SERVE_TOKEN)).toMatchObject({ service: { purchases: [{}] } });
    const before = await at.fetch(`/api/v1${past('2026-12-01T00:00:00Z')}`, { token });
    expect([before.status, await before.json()]).toMatchObject([404, { error: { code: 'not_yet_known' } }]);
  });

  it('sees calls since then only', async () => {
    const charges = ({ calls }: { calls: { charge: string }[] }) => calls.map(({ charge }) => charge);
    for (const part of ['', '?day=2026-12-20', '?from=2026-12-01']) {
      const [own, all] = await both<{ calls: { charge: string }[] }>(`/services/line-1/calls${part}`);
      expect([charges(own), charges(all)]).toEqual([['0.2320'], ['0.4500', '0.2320']]);
    }
    const [own] = await both<{ calls: { charge: string }[]; totals: object }>('/services/line-1/calls?day=2026-12-19');
    expect(own).toMatchObject({ calls: [], totals: { calls: 0 } });
  });

  it('gets reports of calls since then only', async () => {
    type Made = { reports: { calls: number }[]; files: { text: string }[] };
    const [own, all] = await both<Made>('/services/line-1/call-report?period=2026-12');
    expect([own.reports[0]?.calls, all.reports[0]?.calls]).toEqual([1, 2]);
    expect(own.files[0]?.text).not.toContain('0.4500');
    for (const made of await both<Made>('/clients/c-2/call-report?period=2026-12'))
      expect(made.reports).toMatchObject([{ calls: 1, period: { from: CHANGED } }]);
    expect((await read<Made>('/services/line-1/call-report?period=2026-11')).reports).toMatchObject([{ calls: 0 }]);
  });

  it('sees none of it on the pages', async () => {
    const link = await Link.open(at, { client: 'c-2' });
    const embedded = await read('/embedded/services/svc-1?for=customer', SERVE_TOKEN);
    for (const page of [await link.text('/services/svc-1'), JSON.stringify(embedded)]) {
      expect(page).not.toMatch(/Past periods|Purchases/);
      expect(page).toContain('15 Jan 2027');
    }
    const phone = await link.text('/services/line-1');
    expect(phone).toContain('0.232 ');
    expect(phone).not.toContain('0.45');
  });

  it('sees when a restriction began, or that it is older than its own time with the service', async () => {
    await at.addService(2, 'c-8');
    await at.sluice.holds.add('svc-2', {});
    at.clock.advance(HOUR);
    await at.sluice.services.set('svc-2', { client: 'c-9' });
    const changed = new Date(at.clock.now()).toISOString();
    const reader = await at.token('read', 'client:c-9');
    const link = await Link.open(at, { client: 'c-9' });
    const holds = async () => ({
      service: (await read<{ holds: object[] }>('/services/svc-2', reader)).holds,
      explained: (await read<{ holds: object[] }>('/services/svc-2/explanation', reader)).holds,
      page: /(?:the service has been restricted since|Restricted since<.dt> <dd>) ?(.*?)(?:\. <|<.dd>)/.exec(
        await link.text('/services/svc-2'),
      )?.[1],
    });
    const older = { reason: 'manual', since: changed, beforeClient: true };
    expect(await holds()).toMatchObject({
      service: [older],
      explained: [older],
      page: 'before you became its customer',
    });
    await at.sluice.holds.release('svc-2');
    at.clock.advance(HOUR);
    await at.sluice.holds.add('svc-2', {});
    const { service, explained, page } = await holds();
    const since = new Date(at.clock.now()).toISOString();
    expect(service).toEqual([{ reason: 'manual', since }]);
    expect(explained).toMatchObject([{ since, until: null }]);
    expect(explained[0]).not.toHaveProperty('beforeClient');
    expect(page).toContain(since);
  });
});
