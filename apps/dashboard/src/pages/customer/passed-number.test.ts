import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

const NUMBER = '+551142000001';
const FORM = { number: NUMBER, destination: '11987654321' };

let at: DashboardBench;
let voice: FakeAstbilling;
let link: Link;
let token: string;

/** Two clients with a line each; the number is that of the first one, whose page was read. */
beforeEach(async () => {
  voice = await startFakeAstbilling();
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Customer', document: '12345678909' });
  const [first = '', second = ''] = ['9001', '9002'].map((id) =>
    voice.addSubscriber({ id, username: `114200${id}`, customer, plan }),
  );
  voice.addDid({ number: NUMBER, subscriber: first });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['caller_id', 'destination'] } } },
  });
  const phone = { panel: 'voice', product: 'line', status: 'active' };
  await at.sluice.services.add('line-1', { ...phone, client: 'c-1', astbilling_subscriber_id: first });
  await at.sluice.services.add('line-2', { ...phone, client: 'c-2', astbilling_subscriber_id: second });
  link = await Link.open(at, { client: 'c-1', manage: true });
  token = await at.token('client:c-1', 'manage');
  expect(await link.text('/services/line-1')).toContain(NUMBER);
});
afterEach(() => at.close());

/** The number passes to the line of the other client, by changes of the panel or of Sluice. */
async function passOn(): Promise<void> {
  await at.sluice.dids.set(NUMBER, { subscriber: null });
  await at.sluice.dids.link(NUMBER, { service: 'line-2', destination: '1133330000' });
}

const destination = (): unknown => voice.did(NUMBER).destination;
const theirs = { type: 'number', value: '+551133330000' };

it('is no longer changed by its former client, who has read as much as it may', async () => {
  await passOn();
  const body = { callerId: 'x' };
  await Promise.all(Array.from({ length: 121 }, () => at.call('PATCH /services/line-1/line', { token, body })));
  const answer = await link.post('/services/line-1/destination', FORM);
  expect([answer.status >= 400, destination()]).toEqual([true, theirs]);
});

it('is no longer changed by its former client while the panel can not be read', async () => {
  await passOn();
  const match = ({ changing, path }: { changing: boolean; path: string }): boolean =>
    !changing && path.includes('subscribers');
  const remove = voice.server.inject({ match, times: 1, fault: { kind: 'status', status: 500 } });
  const answer = await link.post('/services/line-1/destination', FORM);
  expect([answer.status, destination()]).toEqual([502, theirs]);
  remove();
});

it.each(['page', 'API'])('is no longer changed by its former client who asked before: %s', async (way) => {
  // The number passes after the client's own line was read, and before the change.
  const { line } = at.sluice.telephony;
  at.sluice.telephony.line = async (...asked) => {
    const read = await line(...asked);
    at.sluice.telephony.line = line;
    await passOn();
    return read;
  };
  const path = `/services/line-1/numbers/${encodeURIComponent(NUMBER)}`;
  const answer =
    way === 'page'
      ? await link.post('/services/line-1/destination', FORM)
      : await at.call(`PATCH ${path}`, { token, body: { destination: FORM.destination } });
  const text = answer instanceof Response ? await answer.text() : JSON.stringify(answer.json);
  expect([answer.status, destination()]).toEqual([way === 'page' ? 400 : 404, theirs]);
  expect(text).toContain('Your line has no such number');
});

it('has its line kept from a client whose service passed to another one', async () => {
  const { line } = at.sluice.telephony;
  at.sluice.telephony.line = async (...asked) => {
    const read = await line(...asked);
    at.sluice.telephony.line = line;
    await at.sluice.services.set('line-1', { client: 'c-2' });
    return read;
  };
  const answer = await at.call('PATCH /services/line-1/line', { token, body: { callerId: '1142000077' } });
  expect([answer.status, voice.subscriber('9001').callerId]).toEqual([404, null]);
});
