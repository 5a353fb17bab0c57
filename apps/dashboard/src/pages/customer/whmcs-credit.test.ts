import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeWhmcs, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let fake: FakeWhmcs;
beforeAll(async () => {
  fake = await startFakeWhmcs({ now: manualClock('2026-11-20T12:00:00Z').now });
  const { url, identifier, secret } = fake;
  at = await startBench({
    billing: [whmcs],
    config: { billing: 'whmcs', whmcs: { url, identifier, secret, allowHttp: true } },
  });
  for (const id of [42, 43]) fake.addClient({ id, currency: 'EUR', credit: id === 42 ? '12.34' : '99.00' });
  fake.addCredit(42, '5.00', 'Goodwill');
  await at.addService(1, '42');
  await at.addService(2, '43');
});
afterAll(async () => {
  await at.close();
  await fake.close();
});

it("shows the client's credit in WHMCS and nobody else's", async () => {
  const link = await Link.open(at, { client: '42' });
  const page = await link.text('/');
  expect(page).toMatch(/17\.34/);
  expect(page).not.toContain('99.00');
  const before = fake.server.calls.length;
  await Promise.all([link.text('/'), link.text('/')]);
  expect(fake.server.calls).toHaveLength(before);
});

it('shows the last credit with its age while WHMCS fails, and never a made-up one', async () => {
  const link = await Link.open(at, { client: '42' });
  await link.text('/');
  fake.server.inject({ fault: { kind: 'status', status: 503 } });
  at.clock.advance(61_000);
  const page = await link.text('/');
  expect(page).toContain('Your credit can’t be read at the moment. This is from');
  expect(page).toContain('17.34');
  const other = await (await Link.open(at, { client: '43' })).text('/');
  expect(other).toContain('Your credit can’t be shown at the moment.');
  expect(other).not.toMatch(/0\.00|17\.34/);
  fake.server.clearFaults();
  at.clock.advance(61_000);
  expect(await link.text('/')).not.toContain('can’t be read');
});
