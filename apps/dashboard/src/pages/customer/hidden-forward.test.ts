import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const NUMBER = '+551142000001';
const FORMER_MOBILE = '11999990000';

let at: DashboardBench;
let voice: FakeAstbilling;
beforeAll(async () => {
  const time = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now: time.now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', plan });
  voice.addDid({ id: '71', number: NUMBER, subscriber: line });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['caller_id', 'destination'] } } },
  });
  const phone = { panel: 'voice', product: 'line', client: 'c-1', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', phone);
  await at.sluice.dids.set(NUMBER, { values: { destination: FORMER_MOBILE } }, { panel: 'voice' });
  at.clock.advance(3_600_000);
  time.advance(3_600_000);
  await at.sluice.services.set('line-1', { client: 'c-2' });
});
afterAll(() => at.close());

/** The line of the service as WHMCS shows it to staff. */
async function staffTab(): Promise<string> {
  const { json } = await at.call('GET /embedded/services/line-1?for=staff');
  const { parts } = json as { parts: { id: string; html: string }[] };
  return textOf(parts.find(({ id }) => id === 'line')?.html ?? '');
}

it('does not tell a client that calls come to its line while they go to the former one’s telephone', async () => {
  expect(voice.did(NUMBER).destination).toMatchObject({ type: 'number' });
  const answer = await at.call('GET /services/line-1/line', { token: await at.token('client:c-2') });
  expect(answer.json).toMatchObject({ numbers: [{ number: NUMBER, destination: { type: 'number', value: null } }] });
  const own = textOf(await (await Link.open(at, { client: 'c-2' })).text('/services/line-1'));
  const embedded = await at.call('GET /embedded/services/line-1?for=customer');
  const { parts } = embedded.json as { parts: { id: string; html: string }[] };
  const inWhmcs = textOf(parts.find(({ id }) => id === 'line')?.html ?? '');
  for (const shown of [own, inWhmcs]) {
    expect(shown).toContain('another number, set before you had it');
    expect(shown).not.toMatch(/Goes to .{0,80}this line/);
  }
  const forStaff = await staffTab();
  expect(forStaff).toContain(FORMER_MOBILE);
  expect(forStaff).not.toContain('before you had it');
  at.clock.advance(60_000);
  await at.sluice.dids.set(NUMBER, { values: { destination: 'line:9001' } }, { panel: 'voice' });
  const set = textOf(await (await Link.open(at, { client: 'c-2' })).text('/services/line-1'));
  expect(set).toMatch(/Goes to .{0,80}this line/);
});

it('shows a client no note of staff, in no answer', async () => {
  Object.assign(voice.did(NUMBER), { externalRef: 'Padaria Silva, owes 3 invoices' });
  Object.assign(voice.subscriber('9001'), { externalRef: 'pays late' });
  at.clock.advance(60_000);
  const token = await at.token('client:c-2', 'manage');
  const path = '/services/line-1';
  const answers = [
    await at.call(`GET ${path}/line`, { token }),
    await at.call(`PATCH ${path}/line`, { token, body: { callerId: '+551142000001' } }),
    await at.call(`PATCH ${path}/numbers/${encodeURIComponent(NUMBER)}`, { token, body: { destination: '' } }),
  ];
  for (const { status, json } of answers) {
    expect(status).toBe(200);
    expect(JSON.stringify(json)).not.toMatch(/Padaria|pays late/);
    expect(json).toMatchObject({
      subscriber: { id: '9001', username: '1142000001', customer_id: null, external_ref: null },
      plan: { name: 'Plan' },
      numbers: [{ number: NUMBER, status: 'active', carrier_id: null, external_ref: null }],
    });
  }
  const { json } = await at.call(`GET ${path}/line`);
  expect(json).toMatchObject({ subscriber: { external_ref: 'pays late' } });
  expect(json).toMatchObject({ numbers: [{ external_ref: 'Padaria Silva, owes 3 invoices' }] });
});

it('calls a number without a destination on the panel one of this line', async () => {
  Object.assign(voice.did(NUMBER), { destination: null });
  const own = textOf(await (await Link.open(at, { client: 'c-2' })).text('/services/line-1'));
  expect(own).toContain(`${NUMBER} active this line`);
});

it('offers and reads nothing of a line that has ended with its service', async () => {
  await at.sluice.services.set('line-1', { status: 'terminated' });
  voice.deleteSubscriber('9001');
  const own = textOf(await (await Link.open(at, { client: 'c-2' })).text('/services/line-1'));
  expect(own).toContain('State terminated');
  expect(own).toContain('Bills There is no bill yet.');
  expect(own).not.toMatch(/can’t be reached|isn’t set up|Price of a call/);
});
