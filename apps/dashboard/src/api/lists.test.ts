import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ActionRecord } from '@sluice/state-store';
import { useBench } from '../test/dashboard-bench.js';

const at = useBench();
beforeAll(async () => {
  for (const [number, usedGb] of [150, 10, 120, 20, 30, 40].entries())
    await at.addService(number + 1, number % 2 === 0 ? '42' : '43', usedGb);
  await at.sluice.poll();
  const instant = new Date(at.clock.now()).toISOString();
  const about = { run: null, service: null, panel: 'dcim', message: 'It was so.', data: null, at: instant };
  await at.store.write(async ({ notices, deliveries }) => {
    for (const id of ['n-1', 'n-2', 'n-3']) {
      await notices.add([{ id, key: id, code: 'threshold', ...about }]);
      const attempt = { state: 'pending' as const, attempts: 0, nextAt: instant, lastError: null, sentAt: null };
      await deliveries.add([
        { id: `d-${id}`, notice: id, channel: 'ops', event: 'threshold', recipient: null, at: instant, ...attempt },
      ]);
    }
  });
});

async function get(path: string, token?: string): Promise<Record<string, unknown>> {
  const { status, json } = await at.call(`GET ${path}`, { token });
  expect([path, status]).toEqual([path, 200]);
  return json;
}

/** Reads all pages of a list; returns each page. */
async function pages(path: string, list: string, token?: string): Promise<Record<string, unknown>[][]> {
  const found: Record<string, unknown>[][] = [];
  let after: string | null = null;
  do {
    const mark = path.includes('?') ? '&' : '?';
    const page = await get(after === null ? path : `${path}${mark}after=${encodeURIComponent(after)}`, token);
    found.push(page[list] as Record<string, unknown>[]);
    after = page['next'] as string | null;
  } while (after !== null);
  return found;
}

const ids = (found: readonly Record<string, unknown>[][]) => found.map((page) => page.map(({ id }) => id));

describe('services', () => {
  it('are listed whole, with their number, as before', async () => {
    const whole = await get('/services');
    expect([(whole['services'] as unknown[]).length, whole['total'], whole['next']]).toEqual([6, 6, null]);
  });

  it('are listed in pages that have each of them once', async () => {
    expect(ids(await pages('/services?limit=4', 'services'))).toEqual([
      ['svc-1', 'svc-2', 'svc-3', 'svc-4'],
      ['svc-5', 'svc-6'],
    ]);
    expect(ids(await pages('/services?limit=3', 'services'))).toHaveLength(2);
    expect(await get('/services?limit=2&client=43')).toMatchObject({ total: 3, next: 'svc-4' });
  });

  it('are found by their status, also in pages', async () => {
    expect(ids(await pages('/services?status=held', 'services'))).toEqual([['svc-1', 'svc-3']]);
    expect(ids(await pages('/services?status=ok&limit=2', 'services'))).toEqual([
      ['svc-2', 'svc-4'],
      ['svc-5', 'svc-6'],
    ]);
    expect(await get('/services?status=ok&limit=1')).toMatchObject({ total: 4, next: 'svc-2' });
    expect(await get('/services?status=failed')).toEqual({ services: [], total: 0, next: null });
    expect(ids(await pages('/services?search=c-6', 'services'))).toEqual([['svc-6']]);
    expect(ids(await pages('/services?drifting=true', 'services'))).toEqual([[]]);
  });

  it('are sorted by their figures, also in pages', async () => {
    expect(ids(await pages('/services?order=used&limit=4', 'services'))).toEqual([
      ['svc-1', 'svc-3', 'svc-6', 'svc-5'],
      ['svc-4', 'svc-2'],
    ]);
  });

  it('of others stay hidden from a client, whatever is asked', async () => {
    const own = await at.token('client:42');
    for (const query of [
      '',
      '?status=ok',
      '?order=used',
      '?search=svc',
      '?limit=1',
      '?status=ok&client=43',
      '?client=43',
    ])
      expect(
        (await pages(`/services${query}`, 'services', own)).flat().filter(({ client }) => client !== '42'),
      ).toEqual([]);
    expect(await get('/services?search=svc&limit=1', own)).toMatchObject({ total: 3 });
  });

  it.each(['status=helt', 'order=size', 'after=x&order=used', 'limit=0'])('refuse %s', async (query) => {
    expect((await at.call(`GET /services?${query}`)).status).toBe(400);
  });
});

describe('other lists', () => {
  it.each([
    ['/holds', 'holds'],
    ['/usage', 'services'],
    ['/tokens', 'tokens'],
    ['/overrides', 'overrides'],
    ['/purchases', 'purchases'],
    ['/invoices', 'invoices'],
    ['/call-bills', 'bills'],
    ['/notices', 'deliveries'],
  ])('have pages: %s', async (path, list) => {
    const whole = (await get(path))[list] as unknown[];
    if (list === 'deliveries') expect(whole).toHaveLength(3);
    expect((await pages(`${path}?limit=1`, list)).flat()).toEqual(whole);
    expect(await get(`${path}?limit=1`)).toMatchObject({ total: whole.length });
  });
});

describe('the log', () => {
  it('is read to its end in pages, each entry once, also of the same instant', async () => {
    const instant = new Date(at.clock.now() - 60_000).toISOString();
    const call = { panel: 'dcim', run: null, service: null, endpoint: 'x', method: 'GET', path: '/x', attempt: 1 };
    const failed = { status: 500, ok: false, code: 'PANEL_HTTP', changing: false };
    const calls = Array.from({ length: 7 }, (_, n) => ({
      ...{ ...call, ...failed, at: instant, durationMs: 1, message: `call ${n}` },
    }));
    await at.store.apiCalls.add(calls);
    // It was planned long before it ended, and other changes between.
    const [action] = await at.store.actions.list({ limit: 1 });
    const plannedAt = new Date(at.clock.now() - 3_600_000).toISOString();
    await at.store.actions.plan([
      { ...action, id: 'long', plannedAt, endedAt: null, state: 'planned' } as ActionRecord,
    ]);
    const whole = ((await get('/log?limit=10000'))['entries'] as unknown[]).map((entry) => JSON.stringify(entry));
    for (const limit of [1, 3, 10]) {
      const found = (await pages(`/log?limit=${limit}`, 'entries')).flat().map((entry) => JSON.stringify(entry));
      expect(found).toEqual(whole);
    }
    const runs = (await pages('/log?limit=1&kind=run&kind=action&panel=dcim', 'entries')).flat();
    expect(runs.length).toBe(whole.filter((text) => text.includes('"kind":"action"')).length);
  });

  it.each(['x', Buffer.from('run 2026 1').toString('base64url')])('refuses the cursor %s', async (after) => {
    const { status, json } = await at.call(`GET /log?after=${after}`);
    expect([status, JSON.stringify(json)]).toEqual([400, expect.stringContaining('begin without it')]);
  });
});
