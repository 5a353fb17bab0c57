import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { processParts, realClock } from '@sluice/engine/process';
import { KeyedRequests } from './keyed.js';
import { OnceByKey } from './once.js';

/** As after the start of a container whose host name is new. */
const ELSEWHERE = { host: 'container-1', pid: 1, processStart: '1' };
const ANSWER = { status: 200, answer: { done: true } };
let at: DashboardBench;
let once: OnceByKey;
const parts = () => ({
  store: at.store,
  clock: { ...at.clock, sleep: realClock.sleep },
  process: processParts(),
  randomBytes,
});
beforeAll(async () => {
  at = await startBench();
  once = new OnceByKey(parts());
});
afterAll(async () => {
  jest.useRealTimers();
  await at.close();
});

const keyed = (key: string) => ({ who: 'w', key, fingerprint: 'f' });
const begin = (key: string) => once.begin(keyed(key));
const stored = async (key: string) => (await at.store.requests.get('w', key))!;
/** Begins a request as a process of another host. */
async function beginElsewhere(key: string): Promise<void> {
  await begin(key);
  await at.store.requests.put({ ...(await stored(key)), owner: ELSEWHERE });
  await once.end(keyed(key), ANSWER);
  expect(await stored(key)).toMatchObject({ state: 'running', owner: ELSEWHERE });
}

it('runs again what a process of another host left, once it is not renewed', async () => {
  await beginElsewhere('left');
  at.clock.advance(59_999);
  await expect(begin('left')).rejects.toMatchObject({ code: 'request_running' });
  at.clock.advance(1);
  expect(await begin('left')).toEqual({ repeated: false, interrupted: true });
  await expect(begin('left')).rejects.toMatchObject({ code: 'request_running' });
  await once.end(keyed('left'), ANSWER);
  expect(await begin('left')).toEqual({ repeated: true, answer: ANSWER });
});

it('does not wait for a clock that was set back', async () => {
  await beginElsewhere('ahead');
  await at.store.requests.put({ ...(await stored('ahead')), at: '2036-01-01T00:00:00.000Z' });
  expect(await begin('ahead')).toEqual({ repeated: false, interrupted: true });
  await once.end(keyed('ahead'), null);
});

it('renews what runs, and never runs it a second time beside itself', async () => {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'setTimeout', 'Date', 'performance'],
  });
  await begin('long');
  at.clock.advance(3_600_000);
  await expect(begin('long')).rejects.toMatchObject({ code: 'request_running' });
  jest.advanceTimersByTime(15_000);
  const now = new Date(at.clock.now()).toISOString();
  for (let tries = 0; tries < 50 && (await stored('long')).at !== now; tries++) await at.sluice.access.list();
  expect((await stored('long')).at).toBe(now);
  await once.end(keyed('long'), null);
  expect(await begin('long')).toEqual({ repeated: false, interrupted: false });
  await once.end(keyed('long'), null);
});

it('stores nothing that a password can be guessed with, and compares it only as long as the process runs', async () => {
  const secret = { who: 'w', key: 'secret', isOfClient: false };
  const start = () => new KeyedRequests(parts());
  const send = (requests: KeyedRequests, password: string) =>
    requests.perform({ ...secret, content: ['POST', '/x', { values: { sip_password: password } }] }, () =>
      Promise.resolve({ status: 200, answer: 'first', stored: { answer: 'again' } }),
    );
  const requests = start();
  expect(await send(requests, 'MYPASSword987')).toMatchObject({ answer: 'first', replayed: false });
  expect(await send(requests, 'MYPASSword987')).toMatchObject({ answer: 'again', replayed: true });
  await expect(send(requests, 'another')).rejects.toMatchObject({ code: 'key_reused' });
  const shown = JSON.stringify(['POST', '/x', { values: { sip_password: true } }]);
  expect((await stored('secret')).fingerprint).toBe(createHash('sha256').update(shown).digest('base64url'));
  expect(await send(start(), 'MYPASSword987')).toMatchObject({ answer: 'again', replayed: true });
});

it('keeps the newest thousand of a client, and all of an operator', async () => {
  const requests = new KeyedRequests(parts());
  const count = async (isOfClient: boolean): Promise<number> => {
    const who = `sender ${String(isOfClient)}`;
    for (let n = 0; n < 1003; n++)
      await requests.perform({ who, key: `k-${n}`, content: n, isOfClient }, () =>
        Promise.resolve({ status: 200, answer: n, stored: { answer: n } }),
      );
    const kept = Array.from({ length: 1003 }, (_, n) => at.store.requests.get(who, `k-${n}`));
    return (await Promise.all(kept)).filter((row) => row !== null).length;
  };
  expect(await count(true)).toBe(1001);
  expect(await count(false)).toBe(1003);
});
