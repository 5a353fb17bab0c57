import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let voice: FakeAstbilling;
let link: Link;
let own: string;

/** Service `line-1` of client 501 names line 9001 by mistake: the panel says that it is that of another service. */
beforeAll(async () => {
  voice = await startFakeAstbilling({ now: manualClock('2026-11-20T12:00:00Z').now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const line = voice.addSubscriber({ id: '9001', username: 'other', plan, externalRef: 'whmcs:service:777' });
  const call = { subscriber: line, talkSeconds: 45, charge: '0.4500', destination: '5511987654321' };
  voice.addCall({ ...call, startedAt: '2026-11-20T10:00:00Z' });
  voice.addCall({ ...call, startedAt: '2026-11-19T10:00:00Z' });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    config: { currency: 'BRL' },
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0, timeout: '1s' },
    },
    products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
  });
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', row);
  link = await Link.open(at, { client: '501' });
  own = await at.token('client:501');
});
afterAll(() => at.close());

const CALLS = [
  'GET /services/line-1/calls?from=2026-11-01',
  'GET /services/line-1/call-report?period=2026-11',
  'GET /clients/501/call-report?period=2026-11',
];

it('shows a client no calls of a line that the panel has for another service', async () => {
  const page = await link.text('/services/line-1');
  // In the sections of the line and of its calls.
  expect(page.split('Your line isn’t set up as it should be.')).toHaveLength(3);
  expect(page).not.toContain('987654321');
  const message = 'Your line isn’t set up as it should be. Please contact your provider.';
  for (const request of CALLS) {
    const { status, json } = await at.call(request, { token: own });
    expect([request, status, json]).toEqual([request, 409, { error: { code: 'line_conflict', message, details: {} } }]);
  }
});

it('says why to operators', async () => {
  const message = '"line-1": line 9001 has the reference whmcs:service:777 of another service';
  for (const request of CALLS)
    expect(await at.call(request)).toMatchObject({ status: 409, json: { error: { code: 'line_conflict', message } } });
});

it('names no reference of another service to a client', async () => {
  const { status, json } = await at.call('GET /services/line-1/line', { token: own });
  expect([status, JSON.stringify(json).includes('777')]).toEqual([409, false]);
});
