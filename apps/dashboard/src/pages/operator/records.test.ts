import { afterEach, expect, it } from '@jest/globals';
import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { toKey } from '../../test/share-link.js';

let voice: FakeAstbilling;
let at: DashboardBench;
let cookie: string;
afterEach(() => at.close());

async function open(kind: 'astbilling' | 'magnusbilling'): Promise<void> {
  voice = await startFakeAstbilling({ now: manualClock('2026-11-20T12:00:00Z').now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', plan, channels: 2 });
  voice.addDid({ id: '71', number: '+551142000001', subscriber: line });
  const token = kind === 'magnusbilling' ? voice.credential : voice.token;
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling, magnusbilling],
    config: { currency: 'BRL' },
    panels: { voip: { kind, url: voice.url, token, allowHttp: true, retries: 0 } },
    products: { line: { panel: 'voip', astbilling: { planId: 11 } } },
  });
  await at.sluice.services.add('line-1', {
    ...{ panel: 'voip', product: 'line', client: '501', status: 'active', astbilling_subscriber_id: line },
  });
  await at.sluice.services.add('line-2', {
    ...{ panel: 'voip', product: 'line', client: '502', status: 'pending', order_id: '1042', ddd: '11', channels: '2' },
    ...{ first_name: 'Ana', last_name: 'Lima', document: '123.456.789-09' },
  });
  cookie = await at.login();
}

/** Reads the form of a record's page as it is shown. */
async function readForm(path: string): Promise<(readonly [name: string, value: string])[]> {
  const page = await (await at.fetch(`${path}?panel=voip`, { cookie })).text();
  const form = /<form[^>]*action="[^"]*\/set"[\s\S]*?<\/form>/.exec(page)?.[0] ?? '';
  return [...form.matchAll(/<input\b[^>]*>/g)].map(([input]) => {
    const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1] ?? '';
    return [attribute('name'), attribute('value')] as const;
  });
}

/** Sends the form of a record's page as it is shown, with other values; returns the names of its fields and the next page. */
async function change(
  path: string,
  values: Record<string, string>,
  form?: Awaited<ReturnType<typeof readForm>>,
): Promise<{ fields: string[]; after: string }> {
  const inputs = form ?? (await readForm(path));
  const sent = { ...Object.fromEntries(inputs), key: toKey(), ...values };
  const answer = await at.fetch(`${path}/set`, { method: 'POST', cookie, body: new URLSearchParams(sent) });
  const to = answer.headers.get('location');
  const html = to === null ? await answer.text() : await (await at.fetch(to, { cookie })).text();
  const fields = inputs.map(([name]) => name).filter((name) => name.startsWith('set_'));
  return { fields, after: textOf(html) };
}

it.each([
  ['magnusbilling', '/lines/9001', ['set_channels']],
  ['magnusbilling', '/dids/71', ['set_channels']],
  ['astbilling', '/lines/9001', ['set_caller_id', 'set_channels', 'set_area_code']],
  ['astbilling', '/dids/71', ['set_destination', 'set_channels']],
] as const)('on %s the form of %s has the fields that can be changed', async (kind, path, shown) => {
  await open(kind);
  const { fields, after } = await change(path, { set_channels: '5' });
  expect(fields).toEqual(shown);
  expect(after).toContain('The change is stored.');
  expect([voice.subscriber('9001').channels, voice.did('+551142000001').channels]).toContain(5);
});

it('sends the calls of a number nowhere else where only its channels are changed', async () => {
  await open('astbilling');
  const number = '+551142000001';
  for (const destination of [null, { type: 'number', value: '+5511987654321' }]) {
    Object.assign(voice.did(number), { destination, channels: 2 });
    const calls = voice.server.changingCalls().length;
    const { after } = await change('/dids/71', { set_channels: '5' });
    expect(after).toContain('The change is stored.');
    expect(voice.did(number)).toMatchObject({ channels: 5, destination });
    const sent = voice.server.changingCalls().slice(calls);
    expect(sent.map(({ body }) => body).join(' ')).not.toMatch(/destination|destino/);
    expect((await change('/dids/71', {})).after).not.toContain('The change is stored.');
  }
  await change('/dids/71', { set_destination: 'none' });
  expect(voice.did(number).destination).toMatchObject({ type: 'none' });
});

/** A panel that keeps the channels of a line, whatever it is told. */
const keepsChannels = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(keepsChannels)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === 'channels' ? 2 : keepsChannels(v)]))
      : value;

it('does not call stored what the panel took in part', async () => {
  await open('astbilling');
  voice.server.inject({ endpoint: /subscribers/, times: 99, fault: { kind: 'mutate', change: keepsChannels } });
  const { after } = await change('/lines/9001', { set_channels: '4', set_caller_id: '1142000009' });
  expect(after).toContain('subscriber 9001: the panel shows channels as &quot;2&quot;, which is not what was sent');
  expect(after).toMatch(/Changed Caller id \+551142000009 Back to the line/);
  expect(after).not.toContain('The change is stored.');
});

it('says of a change that the next reconcile undoes it, and that of another that it is stored', async () => {
  await open('astbilling');
  await at.sluice.provision.create('line-2');
  const line = await at.sluice.telephony.line('line-2');
  const path = `/lines/${String(line.subscriber['id'])}`;
  const { after } = await change(path, { set_channels: '9' });
  expect(after).toContain('is the line of line-2, whose next reconcile puts it back: change the service instead');
  expect(after).toMatch(/Changed Channels 9/);
  expect(after).not.toContain('The change is stored.');
  expect((await change(path, { set_caller_id: '1142000009' })).after).toContain('The change is stored.');
});

it('leads to the line where a form is sent again whose change was not stored as it was sent', async () => {
  await open('astbilling');
  voice.server.inject({ endpoint: /subscribers/, times: 99, fault: { kind: 'mutate', change: keepsChannels } });
  const values = { set_channels: '4', set_caller_id: '1142000009', key: toKey() };
  const form = await readForm('/lines/9001');
  await change('/lines/9001', values, form);
  const calls = voice.server.changingCalls().length;
  const { after } = await change('/lines/9001', values, form);
  expect(voice.server.changingCalls()).toHaveLength(calls);
  expect(after).toContain('Store the change');
  expect(after).not.toContain('The change is stored.');
});
