import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openApiDocument } from '@sluice/dashboard';
import type { FakeServer } from '@sluice/fake-panels';
import * as z from 'zod';
import { closeAfterTest, startForEachTest } from '../each-test.js';
import { configText, DAY, GB, HOUR, startEasyDcimBench, toIds } from '../easydcim-bench.js';
import { startWhmcsBench } from '../whmcs/whmcs-bench.js';
import { type Received, received, startReceiver } from './receiver.js';

interface Published {
  webhooks: Record<string, { post: { requestBody: { content: { 'application/json': { schema: object } } } } }>;
  components: { schemas: Record<string, object> };
}

/** As anybody reads it. */
const PUBLISHED = JSON.parse(
  JSON.stringify(openApiDocument()).replaceAll('#/components/schemas/', '#/$defs/'),
) as Published;

function findWrong(body: { event: string }): string[] {
  const schema = PUBLISHED.webhooks[body.event]?.post.requestBody.content['application/json'].schema;
  if (schema === undefined) return [`no webhook ${body.event}`];
  const whole = { ...schema, $defs: PUBLISHED.components.schemas } as Parameters<typeof z.fromJSONSchema>[0];
  const { error } = z.fromJSONSchema(whole).safeParse(body);
  return (error?.issues ?? []).map((issue) => `${body.event} ${issue.path.join('.')}: ${issue.message}`);
}

const at = startForEachTest(startEasyDcimBench);
const seen = new Set<string>();
let receiver: FakeServer;
beforeEach(async () => {
  receiver = closeAfterTest(await startReceiver());
});

const PACKAGES = `currency: EUR
packages: { extra-50: { name: "Extra 50", traffic: 50GB, price: "5.00" } }
serve: { publicUrl: "https://sluice.example.com/" }`;

function configure(entry = '', more = PACKAGES): void {
  const all =
    'threshold, hold, release, purchase, auto-buy-refused, panel-unreachable, drift, brake, account, billing, attention, would-change, digest';
  const hook = `notify: [{ webhook: "${receiver.url}/hook", secret: x${entry === '' ? `, events: [${all}]` : entry} }]`;
  const text = configText(at.panel.url, `${hook}\n${more}`);
  at.bench.write(
    'sluice.yaml',
    text.replace('action: disable-ports }', 'action: disable-ports, packages: [extra-50] }'),
  );
}

/** Runs a command an hour later, and returns what arrived, each of the published shape. */
async function after(...commands: string[]): Promise<Received[]> {
  at.bench.clock.advance(HOUR);
  receiver.clearCalls();
  for (const words of commands) {
    const { exitCode, stderr } = await at.bench.sluice(words);
    if (exitCode === 2) throw new Error(stderr);
  }
  return readBodies();
}

/** Returns what arrived, each of the published shape. */
function readBodies(): Received[] {
  const bodies = received(receiver.calls);
  expect(bodies.flatMap(findWrong)).toEqual([]);
  for (const { event } of bodies) seen.add(event);
  return bodies;
}

const find = (bodies: readonly Received[], event: string): Received['data'] | undefined =>
  bodies.find((body) => body.event === event)?.data;

const CYCLE = { from: '2026-11-15T00:00:00.000Z', until: '2026-12-15T00:00:00.000Z' };
const OF = { name: 'Web server', client: '42', clientName: null, link: 'https://sluice.example.com/services/svc-1' };

describe('a webhook has the figures', () => {
  it('of a threshold, with the day when the traffic runs out', async () => {
    configure();
    await at.addService(1, { values: ['client=42', 'name=Web server'] });
    const hours = [...Array(12).keys()];
    for (const _ of hours) {
      at.panel.addTraffic(501, { in: 6 * GB, out: 0 });
      await after('poll');
    }
    at.panel.addTraffic(501, { in: 9 * GB, out: 0 });
    expect(find(await after('poll'), 'threshold')).toMatchObject({
      ...OF,
      ...CYCLE,
      ...{ reached: 80, agent: null, limit: 'quota', unit: 'bytes', mode: 'TOTAL' },
      ...{ used: 81 * GB, allowed: 100 * GB, remaining: 19 * GB, percent: 81, price: null },
      runsOut: expect.stringMatching(/^2026-11-21T0\d:/),
    });
  });

  it('of a hold and its release, of a purchase and of one that is refused', async () => {
    configure();
    await at.addService(1, { values: ['client=42', 'name=Web server'] });
    at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
    const held = await after('poll --allow-mass');
    const figures = { used: 120 * GB, allowed: 100 * GB, remaining: 0, percent: 120, runsOut: null, package: null };
    expect(find(held, 'hold')).toMatchObject({ ...OF, ...CYCLE, ...figures, reason: 'quota' });
    const refused = await after('auto-buy set svc-1 --on --package extra-50', 'poll --allow-mass');
    const bought = { package: { id: 'extra-50', name: 'Extra 50', bytes: 50 * GB }, price: '5.00', currency: 'EUR' };
    expect(find(refused, 'auto-buy-refused')).toMatchObject({ ...OF, ...bought, cause: 'no-credit' });
    const paid = await after('credit add 42 5.00 --currency EUR', 'poll --allow-mass');
    expect(find(paid, 'purchase')).toMatchObject({
      ...{
        ...OF,
        ...bought,
        status: 'paid',
        late: false,
        used: 120 * GB,
        allowed: 150 * GB,
        remaining: 30 * GB,
        percent: 80,
      },
      purchase: expect.stringMatching(/^pur-/),
    });
    expect(find(paid, 'release')).toMatchObject({ ...OF, ...CYCLE, used: 120 * GB, allowed: 150 * GB });
  });

  it('of the time of the notice, also where it waited', async () => {
    configure();
    await at.addService(1, { values: ['client=42'] });
    receiver.inject({ fault: { kind: 'status', status: 503 } });
    at.use(1, 85);
    await at.bench.sluice('poll');
    at.use(1, 4);
    await at.bench.sluice('poll');
    receiver.clearFaults();
    at.bench.clock.advance(DAY);
    expect(find(await after('notify send'), 'threshold')).toMatchObject({ used: 85 * GB, percent: 85, reached: 80 });
  });

  it('that its client may read', async () => {
    configure(', for: client');
    await at.addService(1, { values: ['client=42'] });
    await after('poll');
    at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
    const held = await after('poll --allow-mass');
    expect(find(held, 'hold')).toMatchObject({ client: '42', link: null, reason: 'quota', used: 120 * GB });
  });

  it('of panels, the brake and a day', async () => {
    configure();
    for (const number of [1, 2]) await at.addService(number, { values: ['client=42'] });
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    const since = new Date(at.bench.clock.now() + HOUR).toISOString();
    await after('poll');
    await after('poll');
    expect(find(await after('poll'), 'panel-unreachable')).toMatchObject({ answers: false, since, used: null });
    at.panel.server.clearFaults();
    expect(find(await after('poll'), 'panel-unreachable')).toMatchObject({ answers: true, since });
    for (const number of [1, 2]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    const brake = { subjects: 'services', changing: 2, active: 2, since: expect.any(String) };
    expect(find(await after('poll'), 'brake')).toMatchObject(brake);
    await after('poll --allow-mass');
    at.panel.staffEnablePort(toIds(1).port(1));
    const drift = await after('reconcile');
    expect(find(drift, 'drift')).toMatchObject({ client: '42', used: 200 * GB });
    at.panel.server.inject({ endpoint: /enable$/, fault: { kind: 'status', status: 422 } });
    await after('override set svc-2 --unlimited', 'poll');
    at.bench.clock.advance(DAY);
    expect(find(await after('poll'), 'digest')).toMatchObject({
      day: '2026-11-20',
      events: expect.arrayContaining([{ event: 'hold', notices: 2, subjects: 2 }]),
      failedRuns: 4,
      needs: expect.arrayContaining([expect.objectContaining({ kind: 'failed', count: 4 })]),
    });
  });

  it('of what the billing system does not have', async () => {
    const hook = `notify: [{ webhook: "${receiver.url}/hook", secret: x, events: [billing] }]`;
    const whmcs = closeAfterTest(await startWhmcsBench({ section: ', pushUsage: megabytes', more: hook }));
    whmcs.addService(1);
    await whmcs.sync();
    whmcs.panel.addTraffic(501, { in: 30 * GB, out: 0 });
    whmcs.whmcs.quirks.denied.add('UpdateClientProduct');
    await whmcs.poll();
    const [body, ...others] = readBodies();
    expect([body?.event, body?.code, others]).toEqual(['billing', 'usage_not_pushed', []]);
    // It is about no service: the billing system refuses all of them.
    expect([body?.service, body?.data['used']]).toEqual([null, null]);
  });

  it('of what needs somebody, such as a hold that a protection withholds', async () => {
    configure();
    await at.addService(1, { values: ['client=42', 'name=Web server'] });
    at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
    const withheld = await after('service set svc-1 protected_until=2026-12-01', 'poll');
    expect(withheld.filter(({ event }) => event === 'attention').map(({ code }) => code)).toContain('hold_withheld');
    expect(find(withheld, 'attention')).toMatchObject({ ...OF, ...CYCLE, used: 120 * GB, percent: 120 });
  });

  it('of what would happen, and none of a test', async () => {
    configure('', `${PACKAGES}\nenforce: observe`);
    await at.addService(1, { values: ['client=42', 'name=Web server'] });
    at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
    expect(find(await after('poll'), 'would-change')).toMatchObject({ ...OF, ...CYCLE, used: 120 * GB });
    expect(find(await after('notify test'), 'test')).toMatchObject({ name: null, used: null, link: null });
  });

  afterAll(() => {
    // Of each event a notice was sent, so that its schema is that of a real one.
    expect(Object.keys(PUBLISHED.webhooks).filter((event) => !seen.has(event))).toEqual([]);
  });
});

it('docs/webhooks.md has a valid example of each event', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../../../docs/webhooks.md'), 'utf8');
  const examples = [...page.matchAll(/```json\n(\{\n {2}"delivery"[^`]*)```/g)].map(
    ([, text = '']) => JSON.parse(text) as { event: string },
  );
  expect(examples.flatMap(findWrong)).toEqual([]);
  const events = Object.keys(PUBLISHED.webhooks).filter((event) => event !== 'test');
  expect(examples.map(({ event }) => event)).toEqual(events);
});
