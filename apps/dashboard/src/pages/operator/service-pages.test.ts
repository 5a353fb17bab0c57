import { beforeAll, describe, expect, it } from '@jest/globals';
import { GB, useBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const at = useBench({
  products: { big: { panel: 'dcim', quota: { total: '500GB' }, action: 'disable-ports' } },
  config: { autoBuy: { package: 'extra-50', thresholdGb: 10, maxPerCycle: 2 } },
});
let cookie: string;

const read = (path: string): Promise<string> => at.page(path, cookie);

beforeAll(async () => {
  cookie = await at.login();
});

it('the overview does not show an empty store as healthy', async () => {
  const page = await read('/');
  expect(page).toContain('nothing has run yet');
  expect(page).toContain('1 not called yet');
  expect(page).not.toMatch(/read all|all answered/);
});

describe('with services', () => {
  beforeAll(async () => {
    await at.addService(1, '7', 109);
    await at.addService(2, '7', 10);
    await at.sluice.poll({});
    await at.sluice.credit.add('7', { amount: '20.00', currency: 'EUR', ref: 'first' });
    await at.sluice.purchases.create('svc-2', 'extra-50', { ref: 'one' });
    await at.sluice.poll({});
    // The cache keeps the page of the empty store for a second.
    at.clock.advance(1500);
  });

  it('the overview says why services are held, in figures', async () => {
    const [page = ''] = /<section[^>]*id="holds"[\s\S]*?<\/section>/.exec(await read('/')) ?? [];
    expect(page).toMatch(/109 GB<\/span> of <span[^>]*>100 GB<\/span> used/);
    expect(page).not.toContain('at-or-over');
  });

  it('the page of a service names the parts of its allowance and the threshold in words', async () => {
    const page = await read('/services/svc-2');
    expect(page).toMatch(/the product \(total\)[\s\S]*package <bdi>extra-50<\/bdi>/);
    expect(page).not.toMatch(/purchase:pur|product\.total|>Bytes</);
    expect(page).toContain('Now 10 GB;');
  });

  it('the pages that ask say what changes, and warn of a due date in the past', async () => {
    const renewed = await read('/services/svc-2/renew');
    expect(renewed).toMatch(/15 Dec 2026[\s\S]*15 Jan 2027/);
    expect(renewed).not.toContain('in the past');
    expect(await read('/services/svc-2/renew?until=2020-01-01')).toContain('1 Jan 2020 is in the past');
    expect(await read('/services/svc-2/change-package?product=big')).toMatch(
      /ports[\s\S]*big[\s\S]*100 GB[\s\S]*500 GB/,
    );
    expect(await read('/services/svc-2?done=change-package')).toContain('from the next run');
  });

  it('the page of a service says who bought its packages', async () => {
    await at.sluice.purchases.create('svc-2', 'extra-50', { ref: 'two', actor: 'alice' });
    const link = await Link.open(at, { client: '7', buy: true });
    expect((await link.post('/services/svc-2/buy', { package: 'extra-50' })).status).toBe(303);
    const [purchases = ''] = /<section[^>]*id="purchases"[\s\S]*?<\/section>/.exec(await read('/services/svc-2')) ?? [];
    expect(purchases).toMatch(/<bdi>client 7<\/bdi>[\s\S]*<bdi>alice<\/bdi>/);
    expect(purchases).not.toContain('manual');
    const answer = await at.fetch('/api/v1/services/svc-2/purchases', { token: await at.token('read') });
    const { purchases: listed } = (await answer.json()) as { purchases: { by: string | null }[] };
    expect(listed.map(({ by }) => by).slice(1)).toEqual(['alice', 'client 7']);
  });

  it('the page of a suspended service does not say that it was due on a day to come', async () => {
    await at.sluice.provision.suspend('svc-2', {});
    const page = await read('/services/svc-2');
    expect(page).toContain('It is held until its suspension is ended.');
    expect(page).not.toContain('was due');
  });

  it('the page of a run lists only services that need attention', async () => {
    for (let number = 3; number < 9; number++) await at.addService(number, '7', 10);
    const start = await read('/');
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(start) ?? [];
    const body = new URLSearchParams({ csrf, key: 'key-0123456789', command: 'poll' });
    const started = await at.fetch('/runs', { method: 'POST', cookie, body });
    const path = started.headers.get('location') ?? '';
    let page = await read(path);
    // Where scripts run, the page of a run is not loaded again before its end.
    expect(page).toMatch(/<dt>Started<\/dt> <dd><time[^>]*>20 Nov 2026 12:00</);
    for (let tries = 0; tries < 50 && page.includes('>Running'); tries++) page = await read(path);
    const rows = [...page.matchAll(/<th scope="row" ?><a href="\/services\/([^"]+)"/g)].map(([, id]) => id);
    expect(rows).toEqual(['svc-1', 'svc-2']);
  });
});

it('a service under observe would not be held while it is protected or released until a date', async () => {
  await at.addService(10, '10', 109);
  await at.sluice.panels.observe('dcim');
  await at.sluice.poll({ service: 'svc-10' });
  const used = '109 GB of 100 GB (109%) are used';
  expect(await read('/services/svc-10')).toContain(`svc-10 would be held (quota): ${used}.`);
  await at.sluice.services.set('svc-10', { protected_until: '2026-12-01' });
  const guarded = await read('/services/svc-10');
  expect(guarded).not.toContain('would be held');
  expect(guarded).toContain(`svc-10 is not held, although ${used}.`);
  await at.sluice.services.set('svc-10', { protected_until: '' });
  await at.sluice.holds.release('svc-10', { until: '2026-12-01' });
  const released = await read('/services/svc-10');
  expect([released.includes('would be held'), released.includes('Its limits are released until 2026-12-01')]).toEqual([
    false,
    true,
  ]);
  await at.sluice.panels.asConfigured('dcim');
});

it('a protected service is restricted by its manual hold alone, and its page says so', async () => {
  await at.addService(11, '11', 109);
  await at.sluice.services.set('svc-11', { protected_until: '2026-12-01' });
  await at.sluice.poll({ service: 'svc-11' });
  const isProtected = 'It is protected until 2026-12-01';
  expect(await read('/services/svc-11')).toContain(`${isProtected}: nothing is restricted before.`);
  await at.sluice.holds.add('svc-11', { note: 'abuse' });
  expect(await read('/services/svc-11')).toContain(`${isProtected}: only its manual hold restricts it before.`);
});

it('the page of a held service says what has stopped it besides', async () => {
  await at.addService(13, '13', 109);
  at.panel.staffDisablePort(7131);
  at.panel.staffDisablePort(7132);
  await at.sluice.poll({ service: 'svc-13' });
  expect(textOf(await read('/services/svc-13'))).toMatch(
    /svc-13 is stopped besides its holds: all its ports are disabled.*\. That its holds end does not start it\./,
  );
});

it('counts both directions of a panel that has no total', async () => {
  await at.addService(9, '9');
  const readAt = '2026-11-20T12:00:00.000Z';
  const allowance = { kind: 'limited', baseBytes: 100 * GB, extraBytes: 0, allowedBytes: 100 * GB, parts: [] };
  await at.store.decisions.record([
    {
      ...{ service: 'svc-9', run: 'run-9', at: readAt, readAt, cycle: null, mode: 'TOTAL', action: 'disable-ports' },
      ...{ inBytes: 60 * GB, outBytes: 30 * GB, totalBytes: null, allowance, status: 'ok', rule: 'below' },
      ...{ wouldHold: [], observing: false, errorCode: null, errorMessage: null, inputs: {} },
    },
  ]);
  expect(await read('/services/svc-9')).toContain('90 GB of 100 GB (90%) are used');
});

describe('a page that asks for what is not possible', () => {
  beforeAll(() => at.addService(12, '12', 109));

  it.each([
    ['2020-01-01', 'until: 2020-01-01 is not in the future'],
    ['2026-13-01', '2026-13-01'],
    ['tomorrow', 'tomorrow'],
  ])('says what is wrong with the date %s, and returns the form alone', async (until, why) => {
    const page = await read(`/services/svc-12/release?until=${until}`);
    const [alert = ''] = /role="alert"[\s\S]*?<\/p>/.exec(page) ?? [];
    expect(alert).toContain(why);
    expect(page).toContain(`name="until" value="${until}"`);
    expect(page).not.toMatch(/Try it anyway|method="post"/);
  });

  it('has no form where nothing can be corrected on it', async () => {
    const page = await read('/services/svc-12/change-package?product=none');
    expect(page).toMatch(/notice-warning[\s\S]*none/);
    expect(page).not.toContain('<form');
  });
});
