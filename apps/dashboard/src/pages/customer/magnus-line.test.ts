import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { magnusbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const ASK = 'The password of this service can’t be changed here. Please ask your provider.';

let voice: FakeAstbilling;
let at: DashboardBench;
beforeAll(async () => {
  voice = await startFakeAstbilling({ now: manualClock('2026-11-20T12:00:00Z').now });
  const plan = voice.add('plans', { id: '11', name: 'Small' });
  const customer = voice.addCustomer({ id: '501', name: 'Ana Lima' });
  voice.addSubscriber({ id: '9001', username: 'ana7', customer, plan });
  const customerMay = ['destination', 'caller_id', 'sip_password'];
  at = await startBench({
    fakes: [voice],
    kinds: [magnusbilling],
    config: { currency: 'BRL' },
    panels: {
      voip: { kind: 'magnusbilling', url: voice.url, token: voice.credential, allowHttp: true, retries: 0 },
    },
    products: { line: { panel: 'voip', astbilling: { planId: 11, customerMay } } },
  });
  const row = { panel: 'voip', product: 'line', client: '501', status: 'active', astbilling_subscriber_id: '9001' };
  await at.sluice.services.add('line-1', row);
});
afterAll(() => at.close());

it('no new password is offered where the panel cannot change it, and plain words refuse it', async () => {
  const { panels } = await at.sluice.panels.list();
  expect(panels.find(({ name }) => name === 'voip')?.capabilities).not.toContain('passwords');
  expect(textOf(await at.page('/panels/voip'))).not.toMatch(/Can [^.]*passwords/);
  expect(await at.sluice.services.customerMay('line-1')).toMatchObject({ fields: [], passwords: false });
  const link = await Link.open(at, { client: '501', manage: true, changePassword: true });
  expect(await link.text('/services/line-1')).not.toContain('Get a new password');
  expect(await link.text('/services/line-1/password')).toContain(ASK);
  const token = await at.token('client:501', 'password');
  const path = 'POST /services/line-1/provision/change-password';
  const { status, json } = await at.call(path, { token, key: 'unable', body: {} });
  expect([status, json]).toMatchObject([403, { error: { message: ASK } }]);
});
