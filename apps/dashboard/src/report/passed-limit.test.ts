import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { readReport } from './index.js';

let at: DashboardBench;
let voice: FakeAstbilling;
const clock = manualClock('2026-11-20T12:00:00Z');

beforeAll(async () => {
  voice = await startFakeAstbilling({ now: clock.now });
  const { url, token } = voice;
  const spend = { id: 'spend', window: 'day', allowance: '0.50', action: 'suspend' };
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    config: { currency: 'BRL' },
    panels: { voice: { kind: 'astbilling', url, token, allowHttp: true } },
    products: { capped: { panel: 'voice', astbilling: { planId: 11 }, limits: [spend] } },
  });
});
afterAll(() => at.close());

it('the report of a client has nothing of what the former one has spent', async () => {
  const customer = voice.addCustomer({ name: 'Ana', document: '12345678909' });
  const line = voice.addSubscriber({
    username: '1142000002',
    customer,
    plan: voice.add('plans', { id: '11', name: 'Plan' }),
  });
  const row = { panel: 'voice', product: 'capped', client: '501', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-2', row);
  voice.addCall({ subscriber: line, startedAt: '2026-11-20T10:00:00Z', talkSeconds: 45, charge: '0.5700' });
  await at.sluice.poll();
  at.clock.advance(60_000);
  await at.sluice.services.set('line-2', { client: '77' });
  const used = async (client?: string): Promise<unknown[]> => {
    const { services } = await readReport(at.sluice, { ...(client !== undefined && { client }), now: at.clock.now() });
    return services.flatMap(({ limits, share }) => [...limits.map((limit) => limit.used), share]);
  };
  expect(await used('77')).toEqual([null, null]);
  expect(await used()).toEqual(['0.57', 1.14]);
});
