import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { easydcim } from '@sluice/easydcim-client/panel';
import { type FakeAstbilling, type FakeHiddify, startFakeAstbilling, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from '../../test/dashboard-bench.js';
import { extractMain } from '../../test/page-texts.js';
import { toKey } from '../../test/share-link.js';

let voice: FakeAstbilling;
let vpn: FakeHiddify;
let at: DashboardBench;
let cookie: string;
let agent: string;

beforeAll(async () => {
  const now = (): number => Date.parse('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now });
  const plan = voice.add('plans', { id: '11', name: 'Corporativo' });
  const customer = voice.addCustomer({ id: '501' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  const other = voice.addSubscriber({ id: '9002', username: '1142000002', customer, plan });
  voice.addDid({ id: '71', number: '+551142000001', subscriber: line });
  voice.addDid({ id: '72', number: '+551142000002' });
  vpn = await startFakeHiddify({ now });
  const north = vpn.addAgent(undefined, { name: 'north' });
  vpn.addUser({ agent: north, usageLimit: 50 * GB, currentUsage: 45 * GB });
  at = await startBench({
    fakes: [voice, vpn],
    kinds: [astbilling, hiddify],
    config: { timeZone: 'Europe/Berlin', currency: 'BRL' },
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 },
      vpn: { kind: 'hiddify', url: vpn.url, apiKey: vpn.key, allowHttp: true, retries: 0, agents: {} },
    },
    products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
  });
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active' };
  await at.sluice.services.add('line-1', { ...row, astbilling_subscriber_id: line });
  await at.sluice.services.add('line-2', { ...row, astbilling_subscriber_id: other });
  await at.addService(1, '7', 10);
  await at.sluice.poll({ panel: 'dcim' });
  await at.sluice.agents.check({});
  cookie = await at.login();
  agent = /href="(\/agents\/[^"]+)"/.exec(await read('/agents'))?.[1]?.replaceAll('&amp;', '&') ?? '';
});
afterAll(() => at.close());

const LIMIT = { panel: 'vpn', opening: undefined, dryRun: false, confirm: () => Promise.resolve() };

const read = (path: string): Promise<string> => at.page(path, cookie);

/** Sends the form of a page whose action ends so, with these fields. */
async function submit(page: string, action: string, typed: Record<string, string>): Promise<Response> {
  const forms = page.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? [];
  const form = forms.find((text) => new RegExp(`action="[^"]*${action}"`).test(text)) ?? '';
  const inputs = [...form.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)];
  const fields = Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]));
  const path = /action="([^"]*)"/.exec(form)?.[1] ?? '';
  const body = new URLSearchParams({ ...fields, ...typed, key: toKey() });
  return at.fetch(path, { method: 'POST', cookie, body });
}

describe('the forms of operators', () => {
  it('change a number, link it, and suspend it after they asked', async () => {
    const changed = await submit(await read('/dids/71'), '/set', { set_destination: '11987654321' });
    expect([changed.status, changed.headers.get('location')]).toEqual([303, '/dids/71?done=yes&panel=voice']);
    expect(voice.did('+551142000001').destination).toEqual({ type: 'number', value: '+5511987654321' });
    expect((await submit(await read('/dids/71'), '/set', { set_channels: '4' })).status).toBe(303);
    expect(voice.did('+551142000001').destination).toEqual({ type: 'number', value: '+5511987654321' });
    expect((await submit(await read('/dids/72'), '/link', { service: 'line-2' })).status).toBe(303);
    expect(voice.did('+551142000002').subscriberId).toBe('9002');
    expect(await read('/dids/72')).toContain('href="/services/line-2"');
    expect((await submit(await read('/dids/72/suspend'), '/suspend', {})).status).toBe(303);
    expect(voice.did('+551142000002').status).toBe('suspended');
  });

  it('change a line', async () => {
    expect((await submit(await read('/lines/9002'), '/set', { set_caller_id: '+551142000002' })).status).toBe(303);
    expect(voice.subscriber('9002').callerId).toBe('+551142000002');
  });

  it('acknowledge an alarm, which is then folded and counted apart', async () => {
    const [decision] = await at.store.decisions.latest(['svc-1']);
    if (decision === undefined) throw new Error('svc-1 was not decided');
    const inputs = { ...(decision.inputs as object), drift: ['port 1 differs'] };
    await at.store.decisions.record([{ ...decision, inputs }]);
    const alarm = {
      id: 'alarm-1',
      key: 'k',
      code: 'drift',
      panel: 'dcim',
      service: 'svc-1',
      message: 'port 1 differs',
    };
    const since = '2026-11-20T12:00:00.000Z';
    const open = { scope: 'poll', since, acknowledgedAt: null, acknowledgedBy: null, note: null } as const;
    await at.store.alarms.put([{ ...alarm, ...open }]);
    const tile = (page: string): string =>
      /Drift<[\s\S]*?<\/a\s*>/.exec(page)?.[0].replaceAll(/<[^>]*>|\s+/g, ' ') ?? '';
    const before = await read('/');
    expect([before.includes('port 1 differs'), tile(before)]).toEqual([
      true,
      expect.not.stringContaining('acknowledged'),
    ]);
    const sent = await submit(await read('/services/svc-1'), '/ack', { note: 'known' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/services/svc-1?done=ack']);
    const after = await read('/');
    expect(after).toMatch(/<details>\s*<summary>1 acknowledged<\/summary\s*>[\s\S]*port 1 differs[\s\S]*known/);
    expect([after.includes('>Acknowledge<'), tile(after)]).toEqual([false, expect.stringContaining('1 acknowledged')]);
    const undone = await submit(await read('/services/svc-1'), '/ack', {});
    expect(undone.headers.get('location')).toBe('/services/svc-1?done=ack-undo');
    const again = await read('/services/svc-1');
    expect([again.includes('>Acknowledge<'), again.includes('1 acknowledged')]).toEqual([true, false]);
    await at.store.alarms.remove(['alarm-1']);
    await at.store.decisions.record([decision]);
  });

  it('override what an exceeded quota does, with an action of the panel', async () => {
    const page = await read('/services/svc-1');
    const [choices = ''] = /<select id="override-action"[\s\S]*?<\/select>/.exec(page) ?? [];
    const values = [...choices.matchAll(/value="([^"]*)"/g)].map(([, value]) => value);
    expect(values).toEqual(['', ...easydcim.restrictions]);
    expect((await submit(page, '/override', { action: 'suspend-order' })).status).toBe(303);
    const { overrides } = await at.sluice.services.show('svc-1');
    expect(overrides).toMatchObject({ action: 'suspend-order', quotaBytes: null, mode: null });
  });

  it('set the limit of an agent, and ask before one that its users exceed', async () => {
    expect((await submit(await read(agent), '/limit', { limit: '60GB' })).status).toBe(303);
    const asked = await submit(await read(agent), '/limit', { limit: '40GB' });
    const page = extractMain(await asked.text());
    expect(page).toContain('would immediately be over its limit (45 GB of 40 GB)');
    const limit = async (): Promise<unknown> => (await at.sluice.agents.listStored()).agents[0]?.limitBytes;
    expect(await limit()).toBe(60 * GB);
    expect((await submit(page, '/limit', {})).status).toBe(303);
    expect(await limit()).toBe(40 * GB);
    const after = await read(agent);
    expect(after).toContain('the next check disables its users');
    expect(after).toMatch(/At <time[^>]*>20 Nov 2026 13:00 UTC\+1<\/time/);
    expect(after).not.toMatch(/>[^<]*\dT\d/);
  });

  it('show the limit of an agent, and remove it only where that is asked for', async () => {
    const limit = async (): Promise<unknown> => (await at.sluice.agents.listStored()).agents[0]?.limitBytes;
    for (const [limitBytes, shown] of [
      [70 * GB, '70 GB'],
      [60 * GB + 1, `${60 * GB + 1} B`],
    ] as const) {
      await at.sluice.agents.limit('north', { ...LIMIT, limitBytes });
      expect(await read(agent)).toContain(`name="limit" value="${shown}"`);
      expect((await submit(await read(agent), '/limit', {})).status).toBe(303);
      expect(await limit()).toBe(limitBytes);
    }
    const refused = await submit(await read(agent), '/limit', { limit: ' ' });
    expect(refused.status).toBe(400);
    expect(extractMain(await refused.text())).toMatch(/role="alert"[\s\S]*Remove the limit/);
    expect(await limit()).toBe(60 * GB + 1);
    const [, ask = ''] = /action="([^"]*\/remove-limit)"/.exec(await read(agent)) ?? [];
    const asking = await read(`${ask}?panel=vpn`);
    expect(asking).toContain('45 GB');
    expect(await limit()).toBe(60 * GB + 1);
    expect((await submit(asking, '/remove-limit', {})).headers.get('location')).toContain('done=remove-limit');
    expect(await limit()).toBeNull();
    const after = await read(agent);
    expect([after.includes('remove-limit'), after.includes('name="limit" value=""')]).toEqual([false, true]);
  });

  it.each([
    ['/services/svc-1', '/override', { quota: 'ten GB' }, 'quota'],
    ['/services/svc-1', '/auto-buy', { threshold: 'abc', enabled: 'yes' }, 'threshold'],
    ['agent', '/limit', { limit: 'lots' }, 'limit'],
    ['/dids/71', '/link', { service: 'nobody' }, 'service'],
    ['/dids/71', '/set', { set_destination: 'somewhere else' }, 'set_destination'],
    ['/lines/9001', '/set', { set_channels: 'many' }, 'set_channels'],
    ['/lines/9001', '/link', { service: 'nobody' }, 'service'],
  ])('of %s, %s, keep what was typed where it is refused', async (path, action, typed, field) => {
    const from = path === 'agent' ? agent : path;
    const answer = await submit(await read(from), action, typed);
    const page = extractMain(await answer.text());
    expect(answer.status).toBe(400);
    const [form = ''] = page.match(/<form[\s\S]*?<\/form>/g)?.filter((text) => text.includes('role="alert"')) ?? [];
    const [input = ''] = new RegExp(`<input[^>]*name="${field}"[^>]*>`).exec(form) ?? [];
    expect(input).toContain(`value="${Object.values(typed)[0] ?? ''}"`);
    const [, described = ''] = /aria-describedby="([^" ]*)/.exec(input) ?? [];
    expect(form).toContain(`role="alert" id="${described}"`);
    expect(input).toMatch(/aria-invalid="true" autofocus/);
    expect(page.match(/autofocus/g)).toHaveLength(1);
    expect((await submit(page, action, typed)).status).toBe(400);
  });

  it('lead back to their page where it shows nothing of them', async () => {
    const fields = { csrf: 'old', key: toKey() };
    for (const path of ['/dids/71/link', '/lines/9001/set', '/agents/north/limit', '/services/svc-1/override']) {
      const answer = await at.fetch(path, { method: 'POST', cookie, body: new URLSearchParams(fields) });
      expect(extractMain(await answer.text())).toContain(`href="${path.replace(/\/[^/]+$/, '')}"`);
    }
  });
});

it('answers 404 for an agent that no panel has', async () => {
  expect((await at.fetch('/agents/nope', { cookie })).status).toBe(404);
});
