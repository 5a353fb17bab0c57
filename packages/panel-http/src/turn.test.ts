import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from './clock.js';
import { callPanel } from './panel-call.js';
import { createTransport, type Transport } from './transport.js';
import type { PanelHttpOptions, PanelRequest } from './types.js';

const read: PanelRequest<unknown> = { method: 'GET', path: '/x', endpoint: 'GET /x' };
const RTT_MS = 20;

/** A transport whose panel answers 429 at some times and notes when each attempt started. */
function open(options: Partial<PanelHttpOptions>, refuses: (at: number) => number | null) {
  const starts: number[] = [];
  const begun = Date.now();
  const transport: Transport = {
    ...createTransport({
      panel: 'dcim',
      baseUrl: 'http://127.0.0.1:1',
      breaker: false,
      clock: systemClock,
      ...options,
    }),
    async attempt() {
      const at = Date.now() - begun;
      starts.push(at);
      const seconds = refuses(at);
      await systemClock.sleep(RTT_MS);
      const headers: Record<string, string> = seconds === null ? {} : { 'retry-after': String(seconds) };
      return { status: seconds === null ? 200 : 429, headers, body: Buffer.from('{}'), receivedBytes: 2 };
    },
  };
  const call = (count: number, signal?: AbortSignal): Promise<unknown[]> => {
    const request = signal === undefined ? read : { ...read, signal };
    return Promise.all(
      Array.from({ length: count }, () => callPanel(transport, request).catch((error: unknown) => error)),
    );
  };
  return { transport, starts, call };
}

/** Returns how many of these instants are in the fullest span of so many milliseconds. */
function most(starts: number[], spanMs: number): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + spanMs).length));
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the pace', () => {
  it.each<[perSecond: number, concurrency: number, retryAfter: number]>([
    [5, 30, 12],
    [5, 4, 5],
    [1, 8, 3],
    [20, 8, 1],
    [100, 30, 2],
    [0.5, 8, 12],
  ])(
    'stays at %d per second with %d at once after a panel asked for %d seconds',
    async (perSecond, concurrency, wait) => {
      const { starts, call } = open({ requestsPerSecond: perSecond, concurrency }, (at) => (at < 2_000 ? wait : null));
      void call(40 + 4 * perSecond);
      await jest.advanceTimersByTimeAsync(60_000);
      const spanMs = Math.max(1_000, 1_000 / perSecond);
      expect(most(starts, spanMs)).toBeLessThanOrEqual(Math.max(1, perSecond));
      // None in the pause, and no more time without any than it takes.
      const gaps = starts.slice(1).map((at, index) => at - starts[index]!);
      expect(Math.max(...gaps)).toBeGreaterThanOrEqual(wait * 1_000 - RTT_MS);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(wait * 1_000 + 2 * RTT_MS + 2_000 / perSecond);
    },
  );

  it('is that of turns among processes too', async () => {
    let turn = Date.now();
    const admit = async (): Promise<void> => {
      turn = Math.max(turn + 200, Date.now());
      if (turn > Date.now()) await systemClock.sleep(turn - Date.now());
    };
    const { starts, call } = open({ admit, concurrency: 8 }, (at) => (at < 2_000 ? 5 : null));
    void call(40);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(starts.length).toBeGreaterThanOrEqual(40);
    expect(most(starts, 1_000)).toBeLessThanOrEqual(5);
  });

  it('stays after a probe for which calls waited', async () => {
    const options = { requestsPerSecond: 5, concurrency: 10, retry: { attempts: 1 } };
    const breaker = { failures: 1, cooldownMs: 1_000 };
    const { transport, starts, call } = open({ ...options, breaker }, (at) => (at < 500 ? 0 : null));
    void call(1);
    await jest.advanceTimersByTimeAsync(1_500);
    const { attempt } = transport;
    Object.assign(transport, {
      attempt: async (...request: Parameters<typeof attempt>) => {
        const answer = attempt(...request);
        if (starts.length === 2) await systemClock.sleep(4_000);
        return answer;
      },
    });
    void call(10);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(starts).toHaveLength(11);
    expect(most(starts, 1_000)).toBeLessThanOrEqual(5);
  });

  it('is no way around a circuit that opened while calls waited for their turn', async () => {
    const options = { requestsPerSecond: 1, concurrency: 8, retry: { attempts: 1 }, breaker: { failures: 1 } };
    const { starts, call } = open(options, () => 0);
    const ended = call(8);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(starts).toHaveLength(1);
    const codes = (await ended).map((error) => (error as { code: string }).code);
    expect(codes).toEqual(['PANEL_RATE_LIMITED', ...Array.from({ length: 7 }, () => 'PANEL_CIRCUIT_OPEN')]);
  });

  it('leaves the pause to the others when a call is called off, also by a clock that only wakes', async () => {
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms, signal).catch(() => undefined),
    };
    const { starts, call } = open({ clock, retry: { attempts: 1 } }, (at) => (at < 500 ? 7 : null));
    void call(1);
    await jest.advanceTimersByTimeAsync(100);
    const off = new AbortController();
    void call(1, off.signal);
    void call(1);
    await jest.advanceTimersByTimeAsync(100);
    off.abort(new Error('called off'));
    await jest.advanceTimersByTimeAsync(100);
    void call(1);
    await jest.advanceTimersByTimeAsync(6_000);
    expect(starts).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(starts).toHaveLength(3);
  });
});
