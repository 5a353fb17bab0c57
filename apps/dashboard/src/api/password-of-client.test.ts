import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling, startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

const CHANGE = 'POST /services/filed-1/provision/change-password';
const folder = mkdtempSync(path.join(tmpdir(), 'sluice-passwords-'));
let at: DashboardBench;
let voice: FakeAstbilling;
beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now });
  voice.add('plans', { id: '11', name: 'Plan' });
  voice.addCustomer({ id: '501', name: 'Ana', document: '12345678909' });
  const admin = { username: 'admin_user', password: 'Very-secret-admin-1' };
  const relay = await startFakeFlvx({ now, admin: { name: admin.username, password: admin.password } });
  const product = { panel: 'voice', astbilling: { planId: 11, customerMay: ['sip_password'] } };
  at = await startBench({
    fakes: [voice, relay],
    kinds: [astbilling, flvx],
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0, timeout: '1s' },
      relay: { kind: 'flvx', url: relay.url, ...admin, allowHttp: true, retries: 0 },
    },
    products: {
      filed: { ...product, credentials: { writeTo: folder } },
      acc: { panel: 'relay', quota: { total: '100GB' } },
    },
  });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer: '501', plan: '11' });
  const service = { panel: 'voice', product: 'filed', client: '501', astbilling_subscriber_id: line };
  await at.sluice.services.add('filed-1', { ...service, status: 'active' });
});
afterAll(async () => {
  await at.close();
  rmSync(folder, { recursive: true });
});

const onPanel = (): string => voice.subscriber('9001').password;

it.each(['password', 'manage'])('shows a client with the right %s its new password, and no file', async (right) => {
  const token = await at.token('client:501', right);
  const { status, json } = await at.call(CHANGE, { token, body: {} });
  expect([status, json['credentials']]).toMatchObject([200, { password: onPanel(), passwordFile: null }]);
  expect(JSON.stringify(json)).not.toContain(folder);
  at.clock.advance(60_000);
});

it('shows an operator the file, and a client the password on its page', async () => {
  const { json } = await at.call(CHANGE, { token: SERVE_TOKEN, body: {} });
  expect(json).toHaveProperty('credentials');
  const { password, passwordFile } = json['credentials'] as { password: string | null; passwordFile: string };
  expect([password, readFileSync(passwordFile, 'utf8')]).toEqual([null, `${onPanel()}\n`]);
  at.clock.advance(60_000);
  const link = await Link.open(at, { client: '501', changePassword: true });
  const answer = await link.post('/services/filed-1/password', {});
  expect(textOf(await answer.text())).toContain(onPanel());
  at.clock.advance(60_000);
});

it('names nothing of the config to a client where its product can’t be used', async () => {
  const row = { panel: 'relay', product: 'acc', client: '501', status: 'active', flvx_user_id: '7' };
  await at.sluice.services.add('acc-1', { ...row, billing_cycle: 'monthly', next_due_date: '2026-12-15' });
  const change = 'POST /services/acc-1/provision/change-password';
  const { json: own } = await at.call(change, { body: {} });
  expect(JSON.stringify(own)).toContain('set flvx.tunnelId');
  const { token } = await at.sluice.access.create({ name: 'acc', scopes: ['client:501', 'password'] });
  const { status, json } = await at.call(change, { token, body: {} });
  expect([status, json['error']]).toMatchObject([503, { code: 'no_tunnel' }]);
  expect(JSON.stringify(json)).not.toMatch(/acc"|flvx/);
});

it('names no path to a client where the file can’t be written', async () => {
  const before = onPanel();
  const stamp = new Date(at.clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  writeFileSync(path.join(folder, `filed-1.password.${stamp}`), 'x');
  expect(readdirSync(folder)).toContain('filed-1.password');
  const token = await at.token('client:501', 'password', 'manage');
  const { status, json } = await at.call(CHANGE, { token, body: {} });
  expect([status, json['error']]).toMatchObject([503, { code: 'password_file_exists' }]);
  expect(JSON.stringify(json)).not.toContain(folder);
  const link = await Link.open(at, { client: '501', changePassword: true });
  const page = await (await link.post('/services/filed-1/password', {})).text();
  expect(page).not.toContain(folder);
  expect(page).toContain('could not be done');
  expect(onPanel()).toBe(before);
});
