import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { extractMain, textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

let voice: FakeAstbilling;
let at: DashboardBench;
let cookie: string;

beforeAll(async () => {
  voice = await startFakeAstbilling({ now: manualClock('2026-11-20T12:00:00Z').now });
  const plan = voice.add('plans', { id: '11', name: 'Corporativo 30/6' });
  const customer = voice.addCustomer({ id: '501', name: 'João da Silva' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addSubscriber({ id: '9002', username: '1142000002', customer: voice.addCustomer({ id: '5010' }) });
  voice.addDid({ id: '71', number: '+551142000001', subscriber: line });
  voice.addDid({ id: '72', number: '+551142009001' });
  voice.addCall({ subscriber: line, startedAt: '2026-11-20T10:00:00Z', talkSeconds: 45, charge: '0.4500' });
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    config: { timeZone: 'Europe/Berlin', currency: 'BRL' },
    panels: { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } },
    products: {
      line: { panel: 'voice', astbilling: { planId: 11 } },
      capped: {
        ...{ panel: 'voice', astbilling: { planId: 11 } },
        limits: [{ id: 'spend', window: 'day', allowance: '0.50', action: 'suspend' }],
      },
    },
  });
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active' };
  await at.sluice.services.add('line-1', { ...row, astbilling_subscriber_id: line });
  cookie = await at.login();
});
afterAll(() => at.close());

const open = (path: string): Promise<Response> => at.fetch(path, { cookie });
const read = async (path: string): Promise<string> => extractMain(await (await open(path)).text());

describe('the look-ups of a telephony panel', () => {
  it('name what they show in words, lead to each other and to the service', async () => {
    const lines = await read('/lines');
    for (const title of ['>Customer<', '>Plan<', '>Service<']) expect(lines).toContain(title);
    expect(lines).toContain('href="/services/line-1"');
    expect(lines).toContain('href="/customers?panel=voice&amp;id=501"');
    expect(textOf(lines)).toMatch(/João da Silva 501 Corporativo 30\/6 11/);
    const line = await read('/lines/9001');
    for (const way of [
      ...[
        '/services/line-1',
        '/customers?panel=voice&amp;id=501',
        '/plans/11?panel=voice',
        '/dids?panel=voice&amp;line=9001',
      ],
      '/calls?panel=voice&amp;service=line-1',
    ])
      expect(line).toContain(`href="${way}"`);
    expect(line).toContain('Line 1142000001</h1>');
    const did = await read('/dids/71');
    for (const way of ['/services/line-1', '/lines/9001?panel=voice']) expect(did).toContain(`href="${way}"`);
    expect(await read('/calls')).toContain('href="/lines/9001?panel=voice"');
    for (const page of [lines, line, did, await read('/dids'), await read('/customers')])
      expect(page).not.toMatch(
        />[^<]*(customer id|plan id|subscriber id|value 9001|password set yes|\d{4}-\d\d-\d\dT)/i,
      );
  });

  it('shows of the rates of a plan what a number would cost, the default rate too, and which are not in force', async () => {
    const rate = (prefix: string, description: string, status: string): string =>
      voice.add('rates', { plan_id: '11', prefix, description, status, price_per_minute: '0.10' });
    rate('5511', 'São Paulo', 'active');
    rate('', 'Anywhere else', 'active');
    rate('55119', 'Old mobiles', 'inactive');
    rate('1', 'North America', 'active');
    const found = textOf(await read('/plans/11?q=%2B55%2011%2098765-4321'));
    for (const name of ['São Paulo', 'Anywhere else', 'Old mobiles', 'inactive']) expect(found).toContain(name);
    expect(found).not.toContain('North America');
    expect(found).toContain('Number with country code');
  });

  it('show only what belongs to a line or customer where a link asks for that', async () => {
    const dids = await read('/dids?line=9001');
    expect([dids.includes('+551142000001'), dids.includes('+551142009001')]).toEqual([true, false]);
    expect((await read('/customers?id=501')).match(/<tr>/g)).toHaveLength(2);
  });

  it('answer 404 for what the panel does not have', async () => {
    for (const path of ['/lines/99', '/dids/99', '/plans/99'])
      expect([path, (await open(path)).status]).toEqual([path, 404]);
  });

  it.each([
    ['/lines', '1142000001'],
    ['/lines/9001', '1142000001'],
    ['/dids/71', '+551142000001'],
    ['/plans/11', 'Corporativo 30/6'],
    ['/calls', '0.4500'],
  ])('%s shows the last good figures with their age while the panel fails', async (path, figure) => {
    await read(path);
    voice.server.inject({ fault: { kind: 'status', status: 500 } });
    at.clock.advance(180_000);
    const answer = await open(path);
    const page = extractMain(await answer.text());
    voice.server.clearFaults();
    expect(answer.status).toBe(200);
    expect(page).toContain(figure);
    expect(page).toMatch(/HTTP 500[\s\S]*This was read <time[^>]*>3 min ago/);
  });

  it('say only what failed where nothing was read before', async () => {
    voice.server.inject({ fault: { kind: 'status', status: 500 } });
    const page = await read('/carriers');
    voice.server.clearFaults();
    expect(page).toContain('HTTP 500');
    expect(page).not.toContain('This was read');
  });
});

it('a line over its spend cap shows what was spent of it, held or protected', async () => {
  const subscriber = voice.addSubscriber({ id: '9003', username: '1142000003', customer: '501', plan: '11' });
  voice.addCall({ subscriber, startedAt: '2026-11-20T10:00:00Z', talkSeconds: 45, charge: '0.7500' });
  const row = { panel: 'voice', product: 'capped', client: '501', status: 'active', protected_until: '2026-12-01' };
  await at.sluice.services.add('line-3', { ...row, astbilling_subscriber_id: subscriber });
  await at.sluice.poll({ service: 'line-3' });
  expect(await read('/services/line-3')).toContain('line-3 is not held, although 0.75 of 0.50 BRL are spent.');
  await at.sluice.services.set('line-3', { protected_until: '' });
  await at.sluice.poll({ service: 'line-3' });
  const held = await read('/services/line-3');
  expect(held).toContain('exceeded the limit &quot;spend&quot;: 0.75 of 0.50 BRL are spent.');
  expect(held).toMatch(/It is released by the first poll from <time datetime="[^"]+">[^<]*00:00[^<]*<\/time> on\./);
});

it('offers the panels where there are several, and shows that of a service or the first', async () => {
  const other = await startFakeAstbilling({ now: manualClock('2026-11-20T12:00:00Z').now });
  const customer = other.addCustomer({ id: '700' });
  other.add('plans', { id: '11', name: 'Outro' });
  const line = other.addSubscriber({ id: '7001', username: '1147000001', customer, plan: '11' });
  other.addCall({ subscriber: line, startedAt: '2026-11-20T10:00:00Z', talkSeconds: 45, charge: '0.7100' });
  const access = ({ url, token }: FakeAstbilling) => {
    return { kind: 'astbilling', url, token, allowHttp: true, retries: 0 };
  };
  const panels = { one: access(voice), two: access(other) };
  const several = await startBench({
    kinds: [astbilling],
    panels,
    products: { line: { panel: 'two', astbilling: {} } },
  });
  const row = { panel: 'two', product: 'line', client: '700', status: 'active', astbilling_subscriber_id: line };
  await several.sluice.services.add('line-7', row);
  const own = await several.login();
  const show = async (path: string): Promise<string> =>
    extractMain(await (await several.fetch(path, { cookie: own })).text());
  for (const [path, panel, text] of [
    ['/lines', 'one', '1142000001'],
    ['/lines?panel=two', 'two', '1147000001'],
    ['/plans/11', 'one', 'Corporativo'],
    ['/calls', 'one', '0.4500'],
    ['/calls?service=line-7', 'two', '0.7100'],
    ['/simulator', 'one', 'Compute the price'],
  ] as const) {
    const page = await show(path);
    expect([path, page.includes(text)]).toEqual([path, true]);
    expect(page).toMatch(new RegExp(`<option value="${panel}" selected`));
    expect(page).not.toContain('several panels');
  }
  await several.close();
  await other.close();
});

it('says of each state whether it is that of the panel or of the contract', async () => {
  await at.sluice.holds.add('line-1', { note: null });
  await at.sluice.services.set('line-1', { status: 'active' });
  const page = textOf(await read('/services/line-1'));
  expect(page).toMatch(/^line-1 held .* Lifecycle active as the billing system or a command set it/);
  const link = await Link.open(at, { client: '501' });
  const own = textOf(extractMain(await link.text('/services/line-1')));
  expect(own).toContain('State restricted');
  expect(own).toMatch(/State of the line \w+/);
});
