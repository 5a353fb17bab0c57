import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { toKey } from '../../test/share-link.js';

const NUMBER = '+551142000001';

let voice: FakeAstbilling;
let at: DashboardBench;
let cookie: string;

beforeAll(async () => {
  voice = await startFakeAstbilling({ now: manualClock('2026-11-20T12:00:00Z').now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', plan });
  voice.addDid({ id: '71', number: NUMBER, subscriber: line });
  voice.addDid({ id: '72', number: '+551142000002' });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    config: { currency: 'BRL' },
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
  });
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active' };
  await at.sluice.services.add('line-1', { ...row, astbilling_subscriber_id: line });
  cookie = await at.login();
});
afterEach(() => {
  voice.server.clearFaults();
  at.panel.server.clearFaults();
});
afterAll(() => at.close());

const read = async (path: string): Promise<string> => textOf(await at.page(path, cookie));

/** Sends a form; returns what the operator reads after it. */
async function send(action: string, fields: Record<string, string>): Promise<string> {
  const page = await at.page('/dids/71?panel=voice', cookie);
  const csrf = /name="csrf" value="([^"]*)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ ...fields, csrf, key: toKey() });
  const answer = await at.fetch(action, { method: 'POST', cookie, body });
  const to = answer.headers.get('location');
  return to === null ? textOf(await answer.text()) : await read(to);
}

describe('a change of a number that failed', () => {
  it.each([
    ['suspend', NUMBER, {}],
    ['release', NUMBER, {}],
    ['set', NUMBER, { set_destination: '5511999990000' }],
    ['link', '+551142000002', { service: 'line-1' }],
  ])('says why after the form: %s', async (form, name, fields) => {
    voice.server.inject({ endpoint: /^(PUT|PATCH|POST|DELETE) .*dids/, fault: { kind: 'status', status: 422 } });
    const id = name === NUMBER ? '71' : '72';
    const text = await send(`/dids/${id}/${form}`, { ...fields, name, panel: 'voice' });
    expect(text).not.toContain('The change is stored.');
    expect(text).toMatch(/HTTP 422|the panel does not show yet whether it was done/);
  });

  it('is foretold on the page that asks', async () => {
    const { error } = await at.sluice.dids.unsuspend(NUMBER, { panel: 'voice', dryRun: true });
    const page = await read('/dids/71/unsuspend?panel=voice');
    expect(page).toContain(error?.message ?? 'no error');
    expect(page).not.toContain('Nothing is changed on the panel.');
  });
});

it('a purchase that released nothing is not only called bought', async () => {
  await at.addService(1, '42', 120);
  await at.sluice.poll({ panel: 'dcim', allowMass: true });
  await at.sluice.credit.add('42', { amount: '50.00', currency: 'BRL', ref: 'first' });
  at.panel.server.inject({ endpoint: /^(PUT|PATCH|POST) /, fault: { kind: 'status', status: 500 } });
  const text = await send('/services/svc-1/buy', { package: 'extra-50' });
  const [bought] = (await at.sluice.purchases.list({ service: 'svc-1' })).purchases;
  expect(bought?.status).toBe('paid');
  expect((await at.sluice.services.show('svc-1')).holds).toHaveLength(1);
  expect(text).toContain('the panel does not have all of it yet');
});
