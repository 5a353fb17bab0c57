import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import {
  type FakeAstbilling,
  type FakeHiddify,
  manualClock,
  startFakeAstbilling,
  startFakeHiddify,
} from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { readReport, reportHtml } from '../../report/index.js';
import { type DashboardBench, GB, startBench } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

const PERSIAN = 'شرکت نمونه';

let at: DashboardBench;
let voice: FakeAstbilling;
let vpn: FakeHiddify;
let agent: string;
let link: Link;
let other: string;

beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now });
  const plan = voice.add('plans', { id: '11', name: 'Corporativo <b>30/6</b>' });
  const customer = voice.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addDid({ number: '+551142000001', subscriber: line });
  other = voice.addSubscriber({ id: '9002', username: '1142000002', customer, plan });
  voice.addDid({ number: '+551142000002', subscriber: other });
  voice.addCall({ subscriber: line, startedAt: '2026-11-20T10:00:00Z', talkSeconds: 45, charge: '0.4500' });
  vpn = await startFakeHiddify({ now });
  agent = vpn.addAgent(undefined, { name: PERSIAN });
  vpn.addUser({ agent, usageLimit: 30 * GB, currentUsage: 10 * GB });
  const tel = { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0, timeout: '1s' };
  const customerMay = ['destination', 'caller_id', 'sip_password'];
  at = await startBench({
    fakes: [voice, vpn],
    kinds: [astbilling, hiddify],
    config: { currency: 'BRL' },
    panels: {
      voice: tel,
      vpn: {
        ...{ kind: 'hiddify', url: vpn.url, apiKey: vpn.key, allowHttp: true, retries: 0 },
        agents: { clients: { [PERSIAN]: agent } },
      },
    },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay } } },
  });
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', row);
  link = await Link.open(at, { client: '501', manage: true });
});
afterAll(() => at.close());

describe('the page of a line', () => {
  it('shows line, plan, numbers and the calls of today, and no password', async () => {
    const page = await link.text('/services/line-1');
    for (const text of [
      '1142000001',
      'Corporativo &lt;b&gt;',
      '+551142000001',
      '0.45 BRL',
      'Price of a call',
      'There is no bill yet',
    ])
      expect(page).toContain(text);
    expect(page).not.toContain('1142000002');
    for (const each of [page, await link.text('/')]) expect(each).not.toMatch(/class="unknown"|>never</);
    expect(page).not.toMatch(/password_set|sip_password|12345678909/);
  });

  it('shows the charge of a call in its own currency, which the sums leave out', async () => {
    const call = { subscriber: '9001', startedAt: '2026-11-20T11:00:00Z', talkSeconds: 30, charge: '0.7700' };
    voice.addCall({ ...call, currency: 'USD' });
    at.clock.advance(31_000);
    const page = await link.text('/services/line-1');
    expect(page).toContain('0.77 USD');
    expect(page).toMatch(/Charges so far<.dt> <dd><span class="number">0.45 BRL/);
  });

  it('reads a panel once for many views', async () => {
    await link.text('/services/line-1');
    const before = voice.server.calls.length;
    await Promise.all([1, 2, 3].map(() => link.text('/services/line-1')));
    expect(voice.server.calls).toHaveLength(before);
  });

  it('changes what the product lists, as the client, and only the numbers of its own line', async () => {
    const sent = await link.post('/services/line-1/destination', {
      number: '+551142000001',
      destination: '11987654321',
    });
    expect([sent.status, await sent.text()]).toEqual([303, '']);
    expect(voice.did('+551142000001').destination).toEqual({ type: 'number', value: '+5511987654321' });
    expect(await link.text('/services/line-1')).toContain('+5511987654321');
    await link.post('/services/line-1/destination', { number: '+551142000001', destination: '' });
    expect(voice.did('+551142000001').destination).toEqual({ type: 'subscriber', value: '9001' });
    const foreign = { number: '+551142000002', destination: '11987654321' };
    const refused = await link.post('/services/line-1/destination', foreign);
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('Your line has no such number'),
    ]);
    expect((await link.post('/services/line-1/caller-id', { caller_id: '+551142000001' })).status).toBe(303);
    const { entries } = await at.sluice.log.list({ kinds: ['run'], limit: 50 });
    const ours = entries.filter((entry) => 'actor' in entry && entry.actor === 'client 501');
    expect(ours.length).toBeGreaterThanOrEqual(3);
  });

  it('changes the same by the API with the right to it, and nothing of other lines', async () => {
    const tokens = { buy: await at.token('client:501', 'buy'), manage: await at.token('client:501', 'manage') };
    const send = async (path: string, body: object, right: keyof typeof tokens): Promise<[number, unknown]> => {
      const { status, json } = await at.call(`PATCH /services/line-1/${path}`, { token: tokens[right], body });
      return [status, json];
    };
    const number = encodeURIComponent('+551142000001');
    const destination = '11912345678';
    expect((await send(`numbers/${number}`, { destination }, 'buy'))[0]).toBe(403);
    const [status, line] = await send(`numbers/${number}`, { destination }, 'manage');
    expect([status, line]).toMatchObject([
      200,
      { numbers: [{ number: '+551142000001', destination: { type: 'number', value: '+5511912345678' } }] },
    ]);
    const foreign = encodeURIComponent('+551142000002');
    expect((await send(`numbers/${foreign}`, { destination }, 'manage'))[0]).toBe(404);
    expect((await send('line', { callerId: '+551142000001' }, 'manage'))[0]).toBe(200);
    expect((await send('line', { callerId: 'x' }, 'manage'))[0]).toBe(400);
    expect((await send(`numbers/${number}`, { destination: '' }, 'manage'))[0]).toBe(200);
    expect(voice.did('+551142000001').destination).toEqual({ type: 'subscriber', value: '9001' });
  });

  it('asks before it makes a new password, shows it once and stores it nowhere', async () => {
    expect(link.readForm(await link.text('/services/line-1'), '/password')).toEqual({});
    const fields = link.readForm(await link.text('/services/line-1/password'), '/password');
    const answer = await link.send('/services/line-1/password', fields);
    const text = await answer.text();
    const password = /<code class="secret"[^>]*>([^<]+)</.exec(text)?.[1] ?? '';
    expect(password).toMatch(/^\S{12,}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const again = await link.send('/services/line-1/password', fields);
    expect([again.status, again.headers.get('location')]).toEqual([303, expect.stringContaining('done=password')]);
    expect(await link.text('/services/line-1?done=password')).not.toContain(password);
    expect(JSON.stringify(await at.sluice.log.list({ kinds: ['run', 'action', 'api'], limit: 500 }))).not.toContain(
      password,
    );
  });

  it('makes no new password while the panel is only observed', async () => {
    const token = await at.token('client:501', 'password');
    const fields = link.readForm(await link.text('/services/line-1/password'), '/password');
    await at.sluice.panels.observe('voice');
    const { password } = voice.subscriber('9001');
    expect(await link.text('/services/line-1')).not.toContain('Get a new password');
    const answers = [
      (await link.send('/services/line-1/password', fields)).text(),
      at.call('POST /services/line-1/provision/change-password', { token, key: 'observed', body: {} }),
    ];
    const [page, answer] = await Promise.all(answers);
    expect([page, JSON.stringify(answer)]).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('Nothing of this service can be changed at present')),
    );
    expect(voice.subscriber('9001').password).toBe(password);
    await at.sluice.panels.asConfigured('voice');
    expect(await link.text('/services/line-1')).toContain('Get a new password');
  });

  it('does a form once that is clicked twice: the second click gets the answer of the first', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    voice.server.inject({ times: 1, fault: { kind: 'wait', until: () => released } });
    const fields = link.readForm(await link.text('/services/line-1/password'), '/password');
    const changes = voice.server.totals.changing;
    const answers = [1, 2].map(async () => (await link.send('/services/line-1/password', fields)).text());
    for (let asked = 0; asked < 10; asked++) await at.fetch('/healthz');
    release();
    const [first = '', second = ''] = (await Promise.all(answers)).map(
      (text) => /<code class="secret"[^>]*>([^<]+)</.exec(text)?.[1],
    );
    expect(first).toMatch(/^\S{12,}$/);
    expect(second).toBe(first);
    expect(voice.server.totals.changing).toBe(changes + 1);
  });

  it('shows the price of a call', async () => {
    const page = await link.text('/services/line-1?destination=11987654321&length=1');
    expect(page).toMatch(/Price of a call/);
    const odd = await link.text('/services/line-1?destination=%3Cscript%3E&length=1');
    expect(odd).toMatch(/id="simulator-form-error"[\s\S]*aria-invalid="true" autofocus/);
  });

  it.each([
    ['fails', { kind: 'status', status: 500 }],
    ['does not answer', { kind: 'hang' }],
    ['sends a sign-in page', { kind: 'html' }],
  ] as const)('shows the last good figures with their age while the panel %s', async (_what, fault) => {
    await link.text('/services/line-1');
    voice.server.inject({ fault });
    at.clock.advance(31_000);
    const page = await link.text('/services/line-1');
    voice.server.clearFaults();
    at.clock.advance(31_000);
    expect(page).toContain('The telephone system can’t be reached at the moment. This is from');
    expect(page).toContain('1142000001');
    expect(page).not.toMatch(/HTTP 500|panels\.voice/);
  });

  it('says who helps where the line is another service’s on the panel', async () => {
    await link.text('/services/line-1');
    voice.subscriber('9001').externalRef = 'sluice:service:svc-other';
    at.clock.advance(31_000);
    const page = await link.text('/services/line-1');
    voice.subscriber('9001').externalRef = null;
    at.clock.advance(31_000);
    expect(page).toContain('Your line isn’t set up as it should be. Please contact your provider. This is from');
    expect(page).not.toMatch(/can’t be reached|svc-other/);
  });
});

it('a report counts usage as unknown only where its table says so', async () => {
  const read = async () => {
    const report = await readReport(at.sluice, { now: at.clock.now() });
    let page = '';
    for await (const part of reportHtml(at.sluice, report)) page += part;
    return { totals: report.totals, unknown: page.match(/class="unknown"/g)?.length ?? 0, page };
  };
  const before = await read();
  expect(before.page).toContain('not metered');
  expect([before.unknown, before.totals.unknown]).toEqual([0, 0]);
  await at.addService(1, '9');
  const after = await read();
  expect([after.unknown, after.totals.unknown]).toEqual([1, 1]);
});

it("shows an agent's budget, users and rest to its client only", async () => {
  const how = { panel: 'vpn', opening: undefined, dryRun: false, confirm: () => Promise.resolve() };
  await at.sluice.agents.limit(agent, { ...how, limitBytes: 40 * GB });
  const reseller = await Link.open(at, { client: PERSIAN });
  const page = await reseller.text('/');
  for (const text of [PERSIAN, '40 GB', '10 GB', '30 GB', '1 user']) expect(page).toContain(text);
  expect(page).not.toContain(agent);
  expect(await link.text('/')).not.toContain(PERSIAN);
});

it('shows a client no staff, no note and no name of an agent above it in its own agents', async () => {
  await at.sluice.agents.suspend(agent, { panel: 'vpn', actor: 'staff alice', note: 'invoice 1042' });
  const read = async (words: string[]): Promise<string> => {
    const scopes = words as ('read' | `client:${string}`)[];
    const { token } = await at.sluice.access.create({
      name: `reads-${scopes.length}-${words[0]?.length ?? 0}`,
      scopes,
    });
    return (await at.fetch(`/api/v1/clients/${encodeURIComponent(PERSIAN)}/agents`, { token })).text();
  };
  expect(await read(['read'])).toMatch(/alice.*invoice 1042/);
  const own = await read([`client:${PERSIAN}`]);
  expect(own).toContain(`"uuid":"${agent.slice(0, 4)}..."`);
  expect(own).not.toMatch(/alice|1042|Owner/);
  await at.sluice.agents.unsuspend(agent, { panel: 'vpn' });
});

it('says to a reseller that its users are disabled for the one above it, without its name and figures', async () => {
  const above = vpn.addAgent(undefined, { name: 'north' });
  vpn.moveAgent(agent, above);
  await at.sluice.agents.suspend('north', { panel: 'vpn' });
  const page = await (await Link.open(at, { client: PERSIAN })).text('/');
  expect(page).toContain('1 user of yours is disabled, because the reseller above you is suspended.');
  expect(page).not.toContain('north');
  const operator = await at.page(`/agents/${agent}?panel=vpn`);
  expect(operator).toMatch(/>held<[^]*disabled for agent &quot;north&quot; above it, which is suspended\./);
  await at.sluice.agents.unsuspend('north', { panel: 'vpn' });
  vpn.moveAgent(agent, vpn.key);
});

it('says of a budget that is used up only that, as long as no user is disabled for it', async () => {
  const how = { panel: 'vpn', opening: undefined, dryRun: false, confirm: () => Promise.resolve() };
  await at.sluice.panels.observe('vpn');
  await at.sluice.agents.limit(agent, { ...how, limitBytes: GB });
  await at.sluice.agents.check({});
  const page = await (await Link.open(at, { client: PERSIAN })).text('/');
  expect(page).toContain('Your budget is used up.');
  expect(page).not.toMatch(/disabled/i);
  await at.sluice.agents.limit(agent, { ...how, limitBytes: 40 * GB });
  await at.sluice.panels.enforce('vpn');
});

it("shows a reseller the users disabled for its own budget apart from those of its sub-resellers'", async () => {
  const how = { panel: 'vpn', opening: undefined, dryRun: false, confirm: () => Promise.resolve() };
  const sub = vpn.addAgent(agent, { name: 'sub' });
  for (let users = 0; users < 3; users++) vpn.addUser({ agent: sub, usageLimit: 30 * GB, currentUsage: 2 * GB });
  await at.sluice.agents.limit(agent, { ...how, limitBytes: 40 * GB });
  await at.sluice.agents.limit(sub, { ...how, limitBytes: 5 * GB });
  await at.sluice.agents.check({});
  const reseller = await Link.open(at, { client: PERSIAN });
  const before = await reseller.text('/');
  expect(before).toMatch(/Disabled for a sub-reseller<\/dt> ?<dd>3 users \(budget of <bdi>sub<\/bdi>\)/);
  expect(before).not.toContain('Disabled for your budget');
  await at.sluice.agents.limit(agent, { ...how, limitBytes: GB });
  await at.sluice.agents.check({});
  const after = await reseller.text('/');
  expect(after).toMatch(/Disabled for your budget<\/dt> ?<dd>1 user</);
  expect(after).toContain('3 users (budget of <bdi>sub</bdi>)');
  expect(after).toContain('Your budget is used up: your users are disabled until less than 95 % of it is used.');
  await at.sluice.agents.limit(agent, { ...how, limitBytes: 40 * GB });
  await at.sluice.agents.limit(sub, { ...how, limitBytes: null });
  await at.sluice.agents.check({});
});
