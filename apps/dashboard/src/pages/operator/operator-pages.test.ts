import { afterEach, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../test/browser/world.js';

let world: World;
afterEach(async () => {
  await world.close();
});

const listKeys = (text: string): string[] =>
  [...text.matchAll(/name="key" value="([^"]+)"/g)].map(([, key = '']) => key);
const toCsrf = (text: string): string => /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';

async function get(path: string): Promise<Response> {
  return world.bench.fetch(path, { cookie: world.cookie });
}

async function post(path: string, fields: Record<string, string>, cookie = world.cookie): Promise<Response> {
  return world.bench.fetch(path, { method: 'POST', cookie, body: new URLSearchParams(fields) });
}

describe("the operator's pages", () => {
  it('send the first page of 5,000 services in less than 200 kB, which no browser keeps', async () => {
    world = await startWorld({ services: 5000 });
    const first = await get('/');
    const text = await first.text();
    expect(first.status).toBe(200);
    expect(Buffer.byteLength(text)).toBeLessThan(200_000);
    expect([first.headers.get('cache-control'), first.headers.get('etag')]).toEqual(['no-store', null]);
    const second = await (await get('/')).text();
    expect(listKeys(second)).toHaveLength(listKeys(text).length);
    expect(listKeys(second)).not.toContain(listKeys(text)[0]);
    expect(toCsrf(second)).toBe(toCsrf(text));
  });

  it('show the effect of a form at once, and act once on a repeated one', async () => {
    world = await startWorld({ services: 2 });
    const page = await (await get('/services/svc-2')).text();
    const [key = ''] = listKeys(page);
    const fields = { csrf: toCsrf(page), key, quota: '300GB' };
    expect((await post('/services/svc-2/override', fields)).headers.get('location')).toBe(
      '/services/svc-2?done=override',
    );
    expect((await post('/services/svc-2/override', fields)).status).toBe(303);
    expect(await (await get('/services/svc-2?done=override')).text()).toContain('The override is set');
    expect(await (await get('/services/svc-2?done=constructor')).text()).not.toContain('native code');
    const { overrides } = await world.bench.sluice.overrides.list({ service: 'svc-2' });
    expect(overrides).toMatchObject([{ quotaBytes: 300 * 1024 ** 3 }]);
    expect((await post('/services/svc-2/override', { ...fields, csrf: 'x' })).status).toBe(409);
  });

  it('show a token that may only read no forms, and refuse them', async () => {
    world = await startWorld({ services: 1 });
    const cookie = await world.bench.login(await world.bench.token('read'));
    const page = await (await world.bench.fetch('/services/svc-1', { cookie })).text();
    expect(page).toContain('is held since');
    expect(page).not.toContain('/services/svc-1/suspend');
    expect((await world.bench.fetch('/services/svc-1/suspend', { cookie })).status).toBe(403);
    const fields = { csrf: toCsrf(page), key: 'key-0123456789' };
    expect((await post('/services/svc-1/suspend', fields, cookie)).status).toBe(403);
  });

  it('lead from a service of telephony to its line, calls and bills, and show no traffic', async () => {
    world = await startWorld({ services: 8, others: true });
    const page = await (await get('/services/line-1')).text();
    for (const address of ['/lines/9001?panel=voice', '/calls?panel=voice&amp;service=line-1', '/bills?service=line-1'])
      expect(page).toContain(address);
    expect(page).not.toMatch(/not read yet|Override|>Renew|Usage in this cycle|Usage of each cycle/);
    const drifting = await (await get('/services/svc-7')).text();
    expect(drifting).toMatch(/a difference from its target: port eth0 is enabled/);
    expect(await (await get('/')).text()).toContain('line-1');
  });

  it('tell a panel that is down from one that answers some calls with errors, and from one that works', async () => {
    world = await startWorld({ services: 1 });
    const { store, clock } = world.bench;
    const call = {
      panel: 'dcim',
      run: null,
      service: null,
      endpoint: 'x',
      method: 'GET',
      path: '/',
      durationMs: 1,
      attempt: 1,
    };
    const add = async (status: number, code: string | null) => {
      clock.advance(1500);
      const at = new Date(clock.now()).toISOString();
      await store.apiCalls.add([{ ...call, at, status, ok: code === null, code, message: code, changing: false }]);
    };
    await add(200, null);
    await add(500, 'PANEL_UNAVAILABLE');
    const notice = {
      id: 'n-bill',
      key: 'k-1',
      run: 'run-1',
      at: new Date(clock.now()).toISOString(),
      code: 'bill_failed',
    };
    const message = 'not billed until 2026-10-31T23:00:00.000Z';
    await store.notices.add([{ ...notice, panel: 'dcim', service: null, message, data: null }]);
    for (const path of ['/', '/panels', '/panels/dcim'])
      expect(await (await get(path)).text()).toContain('answers with errors');
    expect(await (await get('/')).text()).toContain('1 with errors');
    expect(await (await get('/')).text()).toMatch(/not billed until <time datetime="[^"]*">\d+ \w{3} 2026/);
    clock.advance(120_000);
    await add(500, 'PANEL_UNAVAILABLE');
    for (const path of ['/', '/panels', '/panels/dcim'])
      expect(await (await get(path)).text()).toMatch(/>down<\/span> <span class="soft">since <time/);
    await add(404, 'PANEL_NOT_FOUND');
    expect(await (await get('/panels')).text()).not.toMatch(/answers with errors|>down</);
  });

  it('escape hostile names, and show a fault of a panel as one sentence', async () => {
    world = await startWorld({ services: 1 });
    const { bench } = world;
    const id = '"><script>alert(1)</script>\u202Etxet/../x';
    const [row] = await bench.store.services.list({ ids: ['svc-1'] });
    if (row === undefined) throw new Error('no service');
    await bench.store.services.put([{ ...row, id, client: '<b>\u0007c' }]);
    const overview = await (await get('/?order=id')).text();
    expect(overview).not.toContain('<script>alert');
    expect(overview).not.toContain('\u202E');
    expect(overview).toContain('&lt;b&gt; c');
    const own = await get(`/services/${encodeURIComponent(id)}`);
    expect(own.status).toBe(200);
    expect(await own.text()).not.toContain('<script>alert');
    await bench.panel.close();
    const preview = await (await get('/services/svc-1/suspend')).text();
    expect(preview).toContain('notice-warning');
    expect((await get('/panels/dcim?test=yes')).status).toBe(200);
  });
});
