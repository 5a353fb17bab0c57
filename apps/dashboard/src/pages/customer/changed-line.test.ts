import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../../test/dashboard-bench.js';
import { readReport, reportHtml } from '../../report/index.js';
import { textOf } from '../../test/page-texts.js';
import { Link, toKey } from '../../test/share-link.js';

let at: DashboardBench;
let voice: FakeAstbilling;
let link: Link;
let second: string;
const clock = manualClock('2026-11-20T12:00:00Z');

beforeAll(async () => {
  voice = await startFakeAstbilling({ now: clock.now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Ana', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  const tel = { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0, timeout: '1s' };
  at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    config: { currency: 'BRL' },
    panels: { voice: tel },
    products: {
      line: { panel: 'voice', astbilling: { planId: 11 } },
      capped: {
        ...{ panel: 'voice', astbilling: { planId: 11 } },
        limits: [{ id: 'spend', window: 'day', allowance: '0.50', action: 'suspend' }],
      },
    },
  });
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', row);
  second = voice.addSubscriber({ id: '9002', username: '1142000002', customer, plan });
  await at.sluice.services.add('line-2', { ...row, product: 'capped', astbilling_subscriber_id: second });
  link = await Link.open(at, { client: '501' });
});
afterAll(() => at.close());

/** The state of the line on the page of its client, and on the parts for other sites. */
async function states(): Promise<(string | undefined)[]> {
  const find = (page: string): string | undefined => /User name \S+ State of the line (\w+)/.exec(textOf(page))?.[1];
  const embedded = await at.fetch('/api/v1/embedded/services/line-1?for=customer', { token: SERVE_TOKEN });
  return [find(await link.text('/services/line-1')), find((await embedded.text()).replaceAll(/\\n/g, ' '))];
}

it('shows the state of the line after a change by an operator, in the API and on a page', async () => {
  expect(await states()).toEqual(['active', 'active']);
  expect((await at.call('POST /services/line-1/provision/suspend')).status).toBe(200);
  expect(voice.subscriber('9001').status).toBe('suspended');
  expect(await states()).toEqual(['suspended', 'suspended']);
  const cookie = await at.login();
  const form = await at.page('/services/line-1/unsuspend', cookie);
  const csrf = /name="csrf" value="([^"]*)"/.exec(form)?.[1] ?? '';
  const body = new URLSearchParams({ csrf, key: toKey() });
  await at.fetch('/services/line-1/unsuspend', { method: 'POST', cookie, body });
  expect(voice.subscriber('9001').status).toBe('active');
  expect(await states()).toEqual(['active', 'active']);
});

it('shows what is spent of a limit in money, before it is used up and after', async () => {
  const call = { subscriber: second, startedAt: '2026-11-20T10:00:00Z', talkSeconds: 45 };
  const read = async () => {
    await at.sluice.poll();
    return textOf(await link.text('/services/line-2'));
  };
  voice.addCall({ ...call, charge: '0.4500' });
  expect(await read()).toContain('Limit “spend” 0.45 of 0.50 BRL are spent');
  voice.addCall({ ...call, charge: '0.1000' });
  at.clock.advance(60_000);
  expect(await read()).toContain('The limit “spend” is used up: 0.55 of 0.50 BRL are spent');
});

/** Returns the usage reports for operators and for the client. */
async function readReports(): Promise<string[]> {
  return Promise.all(
    [undefined, '501'].map(async (client) => {
      let html = '';
      const report = await readReport(at.sluice, { client, now: at.clock.now() });
      for await (const part of reportHtml(at.sluice, report)) html += part;
      return textOf(html);
    }),
  );
}

async function expectReports(): Promise<void> {
  const [ofAll, own] = await readReports();
  expect(ofAll).toMatch(/line-3 501 capped at least 0\.45 BRL 0\.50 BRL at least 90%/);
  expect(own).toContain('line-3 Limit “spend” at least 0.45 of 0.50 BRL are spent');
}

it('never claims that a line is within its limits while a call has no charge', async () => {
  const third = voice.addSubscriber({ id: '9003', username: '1142000003', customer: '501', plan: '11' });
  const row = { panel: 'voice', client: '501', status: 'active', astbilling_subscriber_id: third } as const;
  await at.sluice.services.add('line-3', { ...row, product: 'capped' });
  const call = { subscriber: third, startedAt: '2026-11-20T10:00:00Z', talkSeconds: 45 };
  voice.addCall({ ...call, charge: '0.4500' });
  voice.addCall({ ...call, charge: null });
  at.clock.advance(60_000);
  await at.sluice.poll();
  const cookie = await at.login();
  const page = textOf(await at.page('/services/line-3', cookie));
  expect(page).toContain('spend at least 0.45 BRL 0.50 BRL');
  await expectReports();
  expect(page).toContain('line-3 is not held: whether it is within its limits is not known.');
  const own = textOf(await link.text('/services/line-3'));
  expect(own).toContain('What is used of its limits is not known yet.');
  expect(own).toContain('Limit “spend” at least 0.45 of 0.50 BRL are spent');
  expect(own).not.toMatch(/within its limits|not metered|not read|never|could not be read/);
  // Held for another reason, too.
  await at.sluice.holds.add('line-3');
  at.clock.advance(60_000);
  await at.sluice.poll();
  expect(textOf(await at.page('/services/line-3', cookie))).toContain('spend at least 0.45 BRL 0.50 BRL');
  await expectReports();
  expect(textOf(await link.text('/services/line-3'))).toContain('Limit “spend” at least 0.45 of 0.50 BRL are spent');
});

it('says after midnight which limit was used up the day before, and nothing of traffic', async () => {
  for (const each of [at.clock, clock]) each.set('2026-11-21T09:00:00Z');
  voice.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
  await at.sluice.poll();
  const later = await Link.open(at, { client: '501' });
  const own = textOf(await later.text('/services/line-2'));
  expect(own).toContain('The limit “spend” was used up in the period before, and a new one has begun');
  expect(own).not.toContain('traffic');
});
