import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { type OtherPanels, startOtherPanels } from '../test/other-panels.js';
import { Link } from '../test/share-link.js';

const PROXY = 'proxy.example.com:3128';
const SERVICES = ['svc-1', 'rel-1', 'vpn-1'];
let others: OtherPanels;
let at: DashboardBench;

/** The clients refuse them before the first call. */
const secret = (value: string, key: string): string => (key === 'panels.dcim.token' ? 'two words' : value);

beforeAll(async () => {
  others = await startOtherPanels();
  const { vpn, relay } = others.config;
  at = await startBench({
    fakes: [others],
    kinds: [flvx, hiddify],
    secret,
    panels: { vpn: { ...vpn, proxy: PROXY }, relay: { ...relay, proxy: PROXY } },
    products: { forwards: { panel: 'relay', quota: { total: '1TB' } }, gb: { panel: 'vpn', quota: { total: '1TB' } } },
  });
  await at.addService(1, '42');
  const own = { client: '42', status: 'active', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await at.sluice.services.add('rel-1', { ...own, panel: 'relay', product: 'forwards', flvx_user_id: '2' });
  const user = '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7';
  await at.sluice.services.add('vpn-1', { ...own, panel: 'vpn', product: 'gb', hiddify_user_uuid: user });
});
afterAll(() => at.close());

it('of panels leave every page, whose panels can’t be read', async () => {
  const cookie = await at.login();
  for (const path of ['/', '/agents', '/panels', ...SERVICES.map((id) => `/services/${id}`)])
    expect([path, (await at.fetch(path, { cookie })).status]).toEqual([path, 200]);
  const link = await Link.open(at, { client: '42' });
  for (const path of ['/', ...SERVICES.map((id) => `/services/${id}`)])
    expect([path, (await link.get(path)).status]).toEqual([path, 200]);
});

it('of panels are said by the API, without the secret', async () => {
  for (const [request, panel] of [
    ['POST /services/svc-1/holds', 'dcim'],
    ['POST /services/rel-1/holds', 'relay'],
    ['GET /relay/tunnels', 'relay'],
    ['POST /services/vpn-1/holds', 'vpn'],
  ] as const) {
    const body = request.startsWith('GET') ? undefined : { note: 'asked' };
    const { status, json } = await at.call(request, { body });
    const error = { code: 'bad_config', message: expect.stringMatching(`^Panel "${panel}": `), details: { panel } };
    expect([request, status, json]).toMatchObject([request, 400, { error }]);
  }
});
