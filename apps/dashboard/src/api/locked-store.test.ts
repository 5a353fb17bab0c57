import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStore, type StateStore } from '@sluice/state-store';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { startResellers } from '../test/reseller-bench.js';

/** How long requests wait for the lock. */
const LOCKED_MS = 300;
/** How long all of many take; each after the other they would take several times as long. */
const MOST_MS = 3000;

let at: DashboardBench;
let other: StateStore;
let release = (): Promise<void> => Promise.resolve();
beforeAll(async () => {
  at = await startBench({ dashboard: { limits: { lockedMs: LOCKED_MS } } });
  await at.addService(1, 'c-1');
  await at.sluice.poll();
  other = await openStore({ location: at.location });
});
afterAll(async () => {
  await other.close();
  await at.close();
});

/** Holds the lock of the file with a connection of its own, until `release`. */
function lock(by: StateStore = other): Promise<void> {
  return new Promise((begun) => {
    const held = new EventEmitter();
    const locked = by.write(async () => {
      begun();
      await once(held, 'free');
    });
    release = () => {
      held.emit('free');
      return locked;
    };
  });
}

async function timed<T>(work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  let result: T;
  try {
    result = await work();
  } finally {
    await release();
  }
  expect(performance.now() - since).toBeLessThan(MOST_MS);
  return result;
}

const hold = (key: string) => at.call('POST /services/svc-1/holds', { body: {}, key });
const holds = async () => (await at.sluice.holds.list({ open: true })).holds.length;

it('requests that change something are refused soon while another process locks the store, and can be sent again', async () => {
  await lock();
  const answers = await timed(() => Promise.all(Array.from({ length: 30 }, (_, n) => hold(`k-${n}`))));
  for (const { status, json } of answers)
    expect([status, json['error']]).toEqual([
      503,
      expect.objectContaining({ code: 'store_busy', message: expect.stringMatching(/locked by another.*try again/) }),
    ]);
  expect(await holds()).toBe(0);
  expect((await hold('k-0')).status).toBe(200);
  expect(await holds()).toBe(1);
});

it('forms and logins are, too, with a page that says so', async () => {
  const cookie = await at.login();
  const page = await (await at.fetch('/services/svc-1', { cookie })).text();
  const [csrf = '', key = ''] = ['csrf', 'key'].map(
    (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1],
  );
  const body = new URLSearchParams({ csrf, key, reason: 'x' });
  await lock();
  const answers = await timed(() =>
    Promise.all([
      at.fetch('/services/svc-1/hold', { method: 'POST', body, cookie }),
      at.fetch('/login', { method: 'POST', body: new URLSearchParams({ token: SERVE_TOKEN }) }),
    ]),
  );
  for (const answer of answers) {
    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/locked by another process.*try again/);
  }
});

it('reads need no lock', async () => {
  const cookie = await at.login();
  await lock();
  await timed(async () => {
    for (const path of ['/', '/services/svc-1', '/log'])
      expect([path, (await at.fetch(path, { cookie })).status]).toEqual([path, 200]);
    expect((await at.call('GET /services/svc-1')).status).toBe(200);
  });
});

it('pages of a reseller, which store what they read of the panel, are refused soon in words of its own', async () => {
  const { at: bench, link, fake } = await startResellers({ lockedMs: LOCKED_MS });
  const beside = await openStore({ location: bench.location });
  try {
    fake.addUser({ agent: fake.addAgent(undefined, { name: 'west' }), name: 'new' });
    await lock(beside);
    const answers = await timed(() => Promise.all(Array.from({ length: 8 }, () => link.get('/'))));
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      const text = await answer.text();
      expect(text).toContain('try again later');
      expect(text).not.toContain('locked');
    }
    expect((await link.get('/')).status).toBe(200);
  } finally {
    await beside.close();
    await bench.close();
  }
});
