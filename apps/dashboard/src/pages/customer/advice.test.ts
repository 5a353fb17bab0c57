import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Advice } from '@sluice/engine';
import { useBench } from '../../test/dashboard-bench.js';
import { findHardCoded } from '../../test/hard-coded.js';
import { extractMain, textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const PAY = 'https://pay.example.com/add';
const at = useBench({ config: { brand: { contact: 'help@example.com', topUpUrl: PAY } } });
const USED_GB = { 1: 10, 2: 120, 3: 85, 4: 10, 5: 10, 6: 10, 7: 10, 10: 120 };
/** What is from outside: ids, zones and the package. */
const DATA = new Set([
  ...['svc', 'extra', 'UTC', 'EUR', 'dcim', 'GB', 'Inbound', 'Outbound', 'Total'],
  ...['help', 'example', 'com'],
]);
const GB = 1024 ** 3;
let link: Link;
let token: string;

beforeAll(async () => {
  for (const [number, usedGb] of Object.entries(USED_GB)) await at.addService(Number(number), 'c-1', usedGb);
  await at.sluice.poll({ allowMass: true });
  await at.sluice.provision.suspend('svc-4');
  await at.sluice.holds.add('svc-5');
  await at.sluice.services.set('svc-6', { status: 'pending' });
  await at.sluice.services.set('svc-7', { status: 'terminated' });
  await at.addService(8, 'c-1', 1);
  at.panel.staffSuspendOrder(910, 'abuse');
  await at.sluice.overrides.set('svc-10', { quota: '1TB' });
  await at.sluice.poll({ allowMass: true });
  await at.addService(11, 'c-1', 1);
  link = await Link.open(at, { client: 'c-1', buy: true });
  token = await at.token('read', 'buy', 'client:c-1');
});

/** Returns what each service is advised, in short. */
async function readStates(): Promise<Record<string, string>> {
  const { services } = (await at.call('GET /services', { token })).json as {
    services: { id: string; advice: Advice }[];
  };
  return Object.fromEntries(
    services.map(({ id, advice }) => [id, `${advice.state} ${advice.restriction} ${advice.action?.do ?? 'nothing'}`]),
  );
}

/** Returns what stands on top of a service's page, after it was read in Persian without a text of no catalogue. */
async function readTop(id: string): Promise<string> {
  const persian = await (await link.get(`/services/${id}?language=fa`)).text();
  expect([id, findHardCoded(persian, DATA)]).toEqual([id, []]);
  const page = extractMain(await (await link.get(`/services/${id}?language=en`)).text());
  return /<section class="card" id="now">[\s\S]*?<\/section>/.exec(page)?.[0] ?? 'nothing';
}

describe('the advice on top of a service', () => {
  it('is the same in the list, on its page and in the API, in each state', async () => {
    expect(await readStates()).toEqual({
      'svc-1': 'fine none nothing',
      'svc-2': 'used-up whole add-credit',
      'svc-3': 'near none add-credit',
      'svc-4': 'unpaid whole ask',
      'svc-5': 'suspended whole ask',
      'svc-6': 'not-begun none ask',
      'svc-7': 'ended none ask',
      'svc-8': 'fine none nothing',
      'svc-10': 'stopped whole ask',
      'svc-11': 'unknown none nothing',
    });
    const shown = (await at.call('GET /services/svc-2', { token })).json as unknown as { advice: Advice };
    const top = await readTop('svc-2');
    expect(textOf(top)).toContain(shown.advice.text.replace('2026-12-15', '15 Dec 2026'));
    expect(top.match(/class="button/g)).toHaveLength(1);
    expect(top).toMatch(/<a class="button button-main" href="https:\/\/pay\.example\.com\/add"[^>]*>Add credit</);
    for (const id of ['svc-1', 'svc-3', 'svc-4', 'svc-5', 'svc-6', 'svc-7', 'svc-10', 'svc-11'])
      expect([id, (await readTop(id)).split('class="button').length <= 2]).toEqual([id, true]);
    expect(await readTop('svc-5')).toContain('href="mailto:help@example.com"');
    const home = await (await link.get('/?language=fa')).text();
    expect(findHardCoded(home, DATA)).toEqual([]);
    expect(home).not.toMatch(/abuse|910/);
  });

  it('has no projection and no purchase by itself below it for a service that is stopped', async () => {
    const [used, unpaid] = await Promise.all(['svc-2', 'svc-4'].map((id) => link.text(`/services/${id}?language=en`)));
    expect(used).toContain('id="auto-buy"');
    expect(unpaid).not.toMatch(/id="auto-buy"|At the present rate|present rate/);
  });

  it('is to ask for a reader who may not buy', async () => {
    const reader = await Link.open(at, { client: 'c-1' });
    const page = textOf(await reader.text('/services/svc-2'));
    expect(page).toContain('The service comes back on 15 Dec 2026. Ask your provider');
  });

  it('leads to the package once there is credit', async () => {
    await at.sluice.credit.add('c-1', { amount: '10.00', currency: 'EUR' });
    const top = await readTop('svc-2');
    expect(top).toMatch(/\/buy\?package=extra-50"[^>]*>\s*Buy <bdi>extra-50<\/bdi> for/);
    expect(textOf(top)).toContain('Buy extra-50 for 5.00 EUR');
    const way = await link.get('/services/svc-2/buy?package=extra-50&language=fa');
    const asks = await (await at.fetch(way.headers.get('location') ?? '')).text();
    // A name of another direction stands by itself, also in the heading.
    expect(asks).toMatch(/<h1 dir="auto">خرید <bdi>extra-50<\/bdi><\/h1>/);
    await link.get('/?language=en');
    expect((await readStates())['svc-2']).toBe('used-up whole buy');
  });

  it('says in an outage of what time the figures are, and what is undone later', async () => {
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    await at.sluice.holds.release('svc-5').catch(() => undefined);
    const states = await readStates();
    expect([states['svc-1'], states['svc-2']]).toEqual(['unreachable none nothing', 'used-up whole buy']);
    expect(textOf(await readTop('svc-1'))).toContain(
      'its panel can’t be read at the moment. The figures are from 20 Nov 2026 12:00 UTC+0.',
    );
    expect(textOf(await readTop('svc-2'))).toContain(
      'Newer figures can’t be read at the moment: these are from 20 Nov 2026 12:00 UTC+0.',
    );
    expect([states['svc-5'], textOf(await readTop('svc-5'))]).toEqual([
      'coming-back whole nothing',
      expect.stringContaining('The service comes back as soon as its panel accepts that'),
    ]);
    at.panel.server.clearFaults();
  });

  it('says first that the traffic runs out before the next period, as the chart does', async () => {
    for (const day of ['21', '22', '23']) {
      at.clock.set(`2026-11-${day}T12:00:00Z`);
      at.panel.addTraffic(501, { in: 0, out: 25 * GB });
      await at.sluice.poll({ allowMass: true });
    }
    link = await Link.open(at, { client: 'c-1', buy: true });
    expect((await readStates())['svc-1']).toBe('running-out none buy');
    const top = await readTop('svc-1');
    expect(top).toContain('now-warning');
    expect(textOf(top)).toContain(
      'At the present rate, the traffic runs out on 25 Nov 2026, before the next period begins on 15 Dec 2026. Buy extra-50',
    );
    const home = textOf(await link.text('/?language=en'));
    expect(home).toMatch(/svc-1 .*?the traffic runs out on 25 Nov 2026/);
    expect(textOf(await link.text('/services/svc-1?language=en'))).toMatch(/runs out on 25 Nov 2026/);
  });

  it('promises nothing of a period that has ended before the next one is read', async () => {
    at.clock.set('2026-12-15T01:00:00Z');
    link = await Link.open(at, { client: 'c-1', buy: true });
    const states = await readStates();
    expect([states['svc-1'], states['svc-2']]).toEqual(['new-period none nothing', 'used-up whole nothing']);
    expect(textOf(await readTop('svc-2'))).toContain(
      'The service is restricted. The traffic of the period before was used up, and a new period has begun.',
    );
  });
});
