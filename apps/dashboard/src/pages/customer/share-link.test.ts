import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { startBench, useBench } from '../../test/dashboard-bench.js';
import { extractMain } from '../../test/page-texts.js';
import { toKey, Link } from '../../test/share-link.js';

const HOSTILE = '"><script>alert(1)</script>\u202Egnp.exe';

const at = useBench({
  config: {
    graphCache: '30m',
    brand: { contact: 'help@example.com', topUpUrl: 'https://billing.example.com/add-funds' },
  },
});
let link: Link;
beforeAll(async () => {
  await at.addService(1, 'c-1', 20);
  await at.addService(2, 'c-2', 10);
  await at.addService(3, HOSTILE, 1);
  at.clock.advance(60_000);
  await at.sluice.poll();
  await at.sluice.credit.add('c-1', { amount: '12.00', currency: 'EUR' });
  link = await Link.open(at, { client: 'c-1', buy: true });
});

/** Returns the address of the page that asks before a purchase. */
async function askFor(of: Link, name: string): Promise<string> {
  const to = (await of.get(`/services/svc-1/buy?package=${name}`)).headers.get('location') ?? '';
  return to.slice(`/share/${of.token}`.length);
}

describe('a share link', () => {
  it('shows the services of its client: usage, what is left, the period and the credit', async () => {
    const first = await link.text('/');
    expect(first).toContain('svc-1');
    expect(first).toContain('12.00 EUR');
    expect(first).not.toMatch(/svc-2|svc-3/);
    const page = await link.text('/services/svc-1');
    expect(page).toContain('20 GB');
    expect(page).toContain('80 GB');
    expect(page).toContain('15 Dec 2026');
    expect(page).toContain('<dd>15 Dec 2026</dd>');
    expect(page).toContain('chart-wide');
    expect(page).toContain('5.00 EUR');
  });

  it('shows the quota of a service that was not read yet, and never as one that is not metered', async () => {
    await at.addService(4, 'c-4');
    const fresh = await Link.open(at, { client: 'c-4' });
    const pages = [await fresh.text('/'), await fresh.text('/services/svc-4')];
    for (const page of pages) {
      expect(page).toMatch(/not read yet<\/span>, 100 GB allowed/);
      expect(page).not.toContain('not metered');
    }
    expect(pages[1]).toMatch(/<dt>Left<\/dt> ?<dd><span class="unknown">unknown/);
    const token = await at.token('read');
    const embedded = await at.fetch('/api/v1/embedded/clients/c-4', { token });
    expect(await embedded.text()).toContain('"active: not read yet, 100 GB allowed"');
    const cookie = await at.login();
    const own = await at.page('/services/svc-4', cookie);
    expect(own).toMatch(/<dt>Allowed<\/dt> ?<dd><span class="number">100 GB/);
    await at.sluice.services.remove('svc-4');
  });

  it('answers for a service of another client as for none', async () => {
    for (const path of ['/services/svc-2', '/services/svc-2/bills/x']) {
      const [other, none] = [await link.get(path), await link.get(path.replace('svc-2', 'svc-9'))];
      expect([other.status, none.status]).toEqual([404, 404]);
      const body = async (answer: Response): Promise<string> => (await answer.text()).replaceAll(/svc-\d/g, '');
      expect(await body(other)).toBe(await body(none));
    }
    const answer = await link.post('/services/svc-2/buy', { package: 'extra-50' });
    expect(answer.status).toBe(404);
    expect((await at.sluice.purchases.list()).purchases).toEqual([]);
  });

  it('is not valid with any character changed, past its end, or revoked', async () => {
    const { token } = link;
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      expect((await at.fetch(`/share/${changed}`)).status).toBe(404);
    }
    const short = await Link.open(at, { client: 'c-1', expiresAt: new Date(at.clock.now() + 60_000).toISOString() });
    expect((await short.get('/')).status).toBe(200);
    const revoked = await Link.open(at, { client: 'c-1' });
    await at.sluice.access.revoke(revoked.id);
    const dead = await revoked.get('/');
    const page = await dead.text();
    expect([
      dead.status,
      page.includes('href="mailto:help@example.com"'),
      page.includes('Back to the overview'),
      page.includes('href="/"'),
    ]).toEqual([404, true, false, false]);
    at.clock.advance(60_001);
    expect((await short.get('/')).status).toBe(404);
  });

  it('offers no form that its rights lack, and refuses it', async () => {
    const bare = await Link.open(at, { client: 'c-1' });
    const page = await bare.text('/services/svc-1');
    expect(page).not.toContain('method="post"');
    const csrf = bare.csrf();
    for (const [form, fields] of [
      ['buy', { package: 'extra-50' }],
      ['auto-buy', { enabled: 'yes', package: 'extra-50', threshold: '10%', max: '3' }],
      ['destination', { number: '1', destination: '2' }],
      ['caller-id', { caller_id: '123' }],
      ['password', {}],
    ] as const) {
      const answer = await bare.send(`/services/svc-1/${form}`, { ...fields, csrf, key: toKey() });
      expect([form, answer.status]).toEqual([form, 403]);
    }
    for (const path of ['buy?package=extra-50', 'password'])
      expect([path, (await bare.get(`/services/svc-1/${path}`)).status]).toEqual([path, 403]);
    expect((await at.sluice.purchases.list()).purchases).toEqual([]);
    expect((await at.sluice.autoBuy.show({ service: 'svc-1' })).autoBuy.enabled).toBe(false);
  });

  it('asks before it buys, with the price', async () => {
    const page = await link.text('/services/svc-1');
    expect(link.readForm(page, '/buy')).toEqual({});
    expect(page).toContain(`href="/share/${link.token}/services/svc-1/buy?package=extra-50"`);
    expect(await link.text(await askFor(link, 'extra-50'))).toContain('5.00 EUR');
    expect((await link.get('/services/svc-1/buy?package=other')).status).toBe(409);
    expect((await link.get('/services/svc-2/buy?package=extra-50')).status).toBe(404);
    expect((await at.sluice.purchases.list()).purchases).toEqual([]);
  });

  it('buys a package once, however often the form is sent', async () => {
    const asking = await askFor(link, 'extra-50');
    const fields = link.readForm(await link.text(asking), '/buy');
    expect(fields).toMatchObject({ package: 'extra-50' });
    const sent = await Promise.all([1, 2, 3].map(() => link.send('/services/svc-1/buy', fields)));
    expect(sent.map(({ status }) => status).every((status) => status === 303 || status === 409)).toBe(true);
    const again = await link.send('/services/svc-1/buy', fields);
    expect([again.status, again.headers.get('location')]).toEqual([
      303,
      `/share/${link.token}/services/svc-1?done=bought`,
    ]);
    const { purchases } = await at.sluice.purchases.list();
    expect(purchases.map(({ package: name, status }) => [name, status])).toEqual([['extra-50', 'paid']]);
    const back = await link.text(asking);
    expect(back).toContain('It is not bought again.');
    expect(link.readForm(back, '/buy')).toEqual({});
    const page = await link.text('/services/svc-1?done=bought');
    expect(page).toContain('The package was bought: <span class="number">150 GB</span> are allowed in this period.');
    expect(page).toContain('130 GB');
    const { entries } = await at.sluice.log.list({ kinds: ['run'], limit: 50 });
    expect(entries.filter((entry) => 'actor' in entry && entry.actor === 'client c-1')).toHaveLength(1);
  });

  it('refuses what is not on offer, and more than its maximum in total', async () => {
    const limited = await Link.open(at, { client: 'c-1', buy: true, maxAmount: '9.99' });
    await at.sluice.credit.add('c-1', { amount: '50.00', currency: 'EUR' });
    const buy = async (name: string): Promise<number> =>
      (await limited.post('/services/svc-1/buy', { package: name })).status;
    expect(await limited.text('/services/svc-1')).toMatch(/9\.99 EUR<\/span> in total; <span[^>]*>9\.99 EUR/);
    expect([await buy('other'), await buy('extra-50'), await buy('extra-50')]).toEqual([400, 303, 409]);
    expect((await at.sluice.purchases.list()).purchases).toHaveLength(2);
    const page = await limited.text('/services/svc-1');
    expect(page).toMatch(/9\.99 EUR<\/span> in total; <span[^>]*>4\.99 EUR/);
    expect(page).toContain('More than is left');
    expect(page).not.toContain('/buy?package=extra-50');
    const asked = await limited.text(await askFor(limited, 'extra-50'));
    expect(asked).toContain('costs more than the 4.99 EUR that are left to spend with this link');
    expect(asked).not.toContain('paid from your credit');
    expect(limited.readForm(asked, '/buy')).toEqual({});
    const wish = { enabled: 'yes', package: 'extra-50', threshold: '10%', max: '2' };
    expect((await limited.post('/services/svc-1/auto-buy', wish)).status).toBe(409);
    expect((await limited.post('/services/svc-1/auto-buy', { ...wish, max: '1' })).status).toBe(303);
    const { autoBuy } = await at.sluice.autoBuy.show({ service: 'svc-1' });
    expect(autoBuy).toMatchObject({
      enabled: true,
      package: 'extra-50',
      threshold: '10%',
      maxPerCycle: 1,
      source: 'service',
    });
    expect(await limited.text('/services/svc-1')).toContain('value="10%"');
    const persian = { ...wish, threshold: ' ۱۲٫۵٪', max: '۱' };
    expect((await limited.post('/services/svc-1/auto-buy', persian)).status).toBe(303);
    expect((await at.sluice.autoBuy.show({ service: 'svc-1' })).autoBuy).toMatchObject({ threshold: '12.5%' });
    // As many as a product may state, where the link has no maximum.
    expect((await link.post('/services/svc-1/auto-buy', { ...wish, enabled: '', max: '200' })).status).toBe(303);
    expect((await link.post('/services/svc-1/auto-buy', { ...wish, max: '1e3' })).status).toBe(400);
  });

  it.each(['constructor', '__proto__', 'toString'])('says nothing was done where its address has %s', async (word) => {
    const page = await (await link.get(`/services/svc-1?done=${word}`)).text();
    expect(page).not.toMatch(/native code|\[object/);
  });

  it('opens the only service of its client at once, with no way back to a list of one', async () => {
    const first = await link.get('/');
    expect(first.status).toBe(200);
    for (const page of [extractMain(await first.text()), await link.text('/services/svc-1')]) {
      expect(page).toMatch(/<h1[^>]*>svc-1<\/h1>.*id="now".*id="usage".*id="credit"/s);
      expect(page).not.toContain('All services');
    }
  });

  it('has no dead way back', async () => {
    expect((await at.fetch(`/share/${link.token}/`)).status).toBe(200);
    await at.addService(9, 'c-1', 1);
    const failed = await link.post('/services/svc-1/buy', { package: 'other' });
    const pages = [await link.text('/services/svc-1'), extractMain(await failed.text())];
    await at.sluice.services.remove('svc-9');
    for (const page of pages) {
      const ways = [...page.matchAll(/<a href="([^"?]*)"[^>]*>\s*(?:All|Back)/g)].map(([, to = '']) => to);
      expect(ways.length).toBeGreaterThan(0);
      for (const to of ways) expect([to, (await at.fetch(to)).status]).toEqual([to, 200]);
    }
  });

  it('shows hostile names as text', async () => {
    const hostile = await Link.open(at, { client: HOSTILE, buy: true });
    for (const path of ['/', '/services/svc-3']) {
      const page = await hostile.text(path);
      if (path === '/') expect(page).toContain('>none yet<');
      expect(page).not.toMatch(/<script>alert|\u202E/);
    }
  });

  it('shows the last good figures with one sentence while the panel fails, and never calls it for a page', async () => {
    at.panel.server.inject({ fault: { kind: 'status', status: 500 } });
    await at.sluice.poll();
    const before = at.panel.server.calls.length;
    const page = await link.text('/services/svc-1');
    expect(page).toContain('its panel can’t be read at the moment.</p> <p>The figures are from <time');
    expect(page).toContain('20 GB');
    expect(page).not.toMatch(/token|HTTP 500|dcim\.token/);
    expect(at.panel.server.calls).toHaveLength(before);
  });
});

describe('a client whose credit is too little', () => {
  it('reads what is missing and where to add it, and is sold nothing', async () => {
    at.panel.server.clearFaults();
    await at.addService(7, 'c-7', 120);
    await at.sluice.credit.add('c-7', { amount: '2.00', currency: 'EUR' });
    await at.sluice.poll({ allowMass: true });
    const poor = await Link.open(at, { client: 'c-7', buy: true });
    const way = 'href="https://billing.example.com/add-funds"';
    expect(await poor.text('/')).toContain(way);
    expect(await poor.text('/services/svc-7')).toMatch(/Your credit: <span[^>]*>2\.00 EUR/);
    const to = (await poor.get('/services/svc-7/buy?package=extra-50')).headers.get('location') ?? '';
    const asking = extractMain(await (await at.fetch(to)).text());
    expect(asking).toMatch(/3\.00 EUR<\/span> of credit are missing/);
    expect(asking).toContain('150 GB</span> in this period');
    expect([asking.includes(way), poor.readForm(asking, '/buy')]).toEqual([true, {}]);
    const refused = await poor.post('/services/svc-7/buy', { package: 'extra-50' });
    const page = extractMain(await refused.text());
    expect(refused.status).toBe(409);
    expect(page).toMatch(/You have <span[^>]*>2\.00 EUR<\/span> of credit, and the package costs <span[^>]*>5\.00 EUR/);
    expect([page.includes(way), page.includes('Client')]).toEqual([true, false]);
  });

  it('reads that the service is online again once it has bought', async () => {
    await at.sluice.credit.add('c-7', { amount: '10.00', currency: 'EUR' });
    at.clock.advance(31_000);
    const rich = await Link.open(at, { client: 'c-7', buy: true });
    const sent = await rich.post('/services/svc-7/buy', { package: 'extra-50' });
    const to = sent.headers.get('location') ?? '';
    expect(to).toContain('done=online');
    expect(extractMain(await (await at.fetch(to)).text())).toMatch(
      /Your service is online again; the package was bought: <span[^>]*>150 GB/,
    );
  });
});

it('shows the same pages to a token of one client', async () => {
  const cookie = await at.login(await at.token('read', 'client:c-2'));
  const page = await at.page('/services/svc-2', cookie);
  expect(page).toContain('10 GB');
  expect((await at.fetch('/services/svc-1', { cookie })).status).toBe(404);
});

it('a link stands in no row of the store', async () => {
  const own = await Link.open(at, { client: 'c-1', buy: true });
  const fields = { enabled: '', package: 'extra-50', threshold: '10%', max: '1', csrf: own.csrf(), key: toKey() };
  const first = await own.send('/services/svc-1/auto-buy', fields);
  expect(first.headers.get('location')).toContain(`/share/${own.token}/services/svc-1?done=auto-buy`);
  const again = await own.send('/services/svc-1/auto-buy', fields);
  expect([again.status, again.headers.get('location')]).toEqual([303, first.headers.get('location')]);
  const content = ['', '-wal'].map((end) => readFileSync(at.location + end, 'latin1')).join('');
  expect(content.includes('/services/svc-1?done=auto-buy')).toBe(true);
  expect(content.includes(own.token)).toBe(false);
});

describe('a link after a service has become another client’s', () => {
  it('buys nothing for that service, and has no more to spend than before', async () => {
    await at.addService(5, 'c-5', 1);
    await at.addService(6, 'c-5', 1);
    await at.sluice.poll();
    await at.sluice.credit.add('c-5', { amount: '50.00', currency: 'EUR' });
    const limited = await Link.open(at, { client: 'c-5', buy: true, maxAmount: '10.00' });
    const buy = async (service: string): Promise<number> =>
      (await limited.post(`/services/${service}/buy`, { package: 'extra-50' })).status;
    expect(await buy('svc-5')).toBe(303);
    await at.sluice.services.set('svc-5', { client: 'c-6' });
    expect(await limited.text('/services/svc-6')).toMatch(/10\.00 EUR<\/span> in total; <span[^>]*>5\.00 EUR/);
    expect([await buy('svc-5'), await buy('svc-6'), await buy('svc-6')]).toEqual([404, 303, 409]);
    const wish = { enabled: 'yes', package: 'extra-50', threshold: '10%', max: '1' };
    expect((await limited.post('/services/svc-5/auto-buy', wish)).status).toBe(404);
  });

  it('is refused by the engine, too, which waits for others that change the service', async () => {
    const now = new Date(at.clock.now()).toISOString();
    const owner = { host: 'elsewhere', pid: 1, processStart: '9' };
    const other = { owner, run: 'run-elsewhere', now, ttlMs: 60_000, isAlive: () => true };
    const taken = await at.store.leases.acquire({ name: 'service:svc-6', ...other });
    if (!taken.acquired) throw new Error('the service is in use');
    const refused = [
      at.sluice.purchases.create('svc-6', 'extra-50', { client: 'c-5', ref: 'late', waitMs: 10_000 }),
      at.sluice.autoBuy.set({ service: 'svc-6', owner: 'c-5' }, { enabled: true }, { waitMs: 10_000 }),
    ].map((call) => expect(call).rejects.toMatchObject({ code: 'unknown_service' }));
    await at.store.services.update([{ id: 'svc-6', client: 'c-6', updatedAt: now }]);
    await at.store.leases.release(taken.lease);
    await Promise.all(refused);
    const purchases = (await at.sluice.purchases.list({ service: 'svc-6' })).purchases;
    expect(purchases.map(({ client }) => client)).toEqual(['c-5']);
  });
});

describe('automatic purchases that a link set', () => {
  it('are within its maximum for all services, count in it, and end with it', async () => {
    const own = await startBench();
    try {
      for (const number of [1, 2]) await own.addService(number, 'c-1', 99);
      await own.sluice.poll();
      await own.sluice.credit.add('c-1', { amount: '100.00', currency: 'EUR' });
      const link = await Link.open(own, { client: 'c-1', buy: true, maxAmount: '6.00' });
      const set = async (service: string) => {
        const wish = { enabled: 'yes', package: 'extra-50', threshold: '10%', max: '1' };
        return (await link.post(`/services/${service}/auto-buy`, wish)).status;
      };
      const before = await link.text('/services/svc-1');
      expect(before).toMatch(/What you switch on here is in force until <time[^>]*>[^<]+<\/time>, when this link ends/);
      expect([await set('svc-1'), await set('svc-2')]).toEqual([303, 409]);
      const until = /In force until <time[^>]*>[^<]+<\/time>, when this link ends/;
      expect(await link.text('/services/svc-1')).toMatch(until);
      const other = await Link.open(own, { client: 'c-1' });
      expect(await other.text('/services/svc-1')).toContain('when the link that set it ends');
      const cookie = await own.login();
      expect(await own.page('/services/svc-1', cookie)).toMatch(
        new RegExp(`Set by the link [^,]*${link.id}[^,]*, until <time`),
      );
      await own.sluice.poll();
      expect((await own.sluice.purchases.list()).purchases.map(({ service }) => service)).toEqual(['svc-1']);
      const buy = () => link.post('/services/svc-2/buy', { package: 'extra-50' });
      expect((await buy()).status).toBe(409);
      await own.sluice.access.revoke(link.id);
      expect((await own.sluice.autoBuy.show({ service: 'svc-1' })).autoBuy.enabled).toBe(false);
    } finally {
      await own.close();
    }
  });
});
