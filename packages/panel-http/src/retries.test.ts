import { describe, expect, it } from '@jest/globals';
import { catchFailure } from './test/catch-failure.js';
import { json } from './test/test-server.js';
import type { PanelRequest } from './types.js';
import { useServer } from './test/use-server.js';

const read: PanelRequest<unknown> = { method: 'GET', path: '/x', endpoint: 'GET /x' };
const write: PanelRequest<unknown> = { method: 'POST', path: '/x', endpoint: 'POST /x' };

describe('repeating', () => {
  const at = useServer({ random: () => 0, breaker: false });
  const failFirst = (times: number, status: number, headers: Record<string, string> = {}): void => {
    at.answer = (seen, response) => {
      if (seen.n <= times) json(response, { message: 'not now' }, status, headers);
      else json(response, { ok: seen.n });
    };
  };

  it('repeats a read until it succeeds', async () => {
    failFirst(2, 502);
    expect((await at.http.request(read)).body).toEqual({ ok: 3 });
    expect(at.clock.slept).toEqual([125, 250]);
    expect(at.events.map(({ attempt, ok, code }) => [attempt, ok, code])).toEqual([
      [1, false, 'PANEL_SERVER_ERROR'],
      [2, false, 'PANEL_SERVER_ERROR'],
      [3, true, null],
    ]);
    expect({ ...at.http.stats }).toMatchObject({ calls: 1, failures: 0, retries: 2 });
  });

  it('gives up after three tries', async () => {
    failFirst(99, 500);
    expect(await catchFailure(at.http.request(read))).toMatchObject({ code: 'PANEL_SERVER_ERROR' });
    expect(at.server.seen).toHaveLength(3);
    expect({ ...at.http.stats }).toMatchObject({ calls: 1, failures: 1, retries: 2 });
  });

  it('repeats after a cut connection and after half of an object', async () => {
    at.answer = (seen, response) => {
      if (seen.n === 1) response.socket?.destroy();
      else if (seen.n === 2) response.end('{"in": 1, "out":');
      else json(response, {});
    };
    expect((await at.http.request(read)).status).toBe(200);
    expect(at.server.seen).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 422, 501])('does not repeat after %i', async (status) => {
    failFirst(99, status);
    await catchFailure(at.http.request(read));
    expect(at.server.seen).toHaveLength(1);
  });

  it('does not repeat a page with status 200', async () => {
    at.always('<html>');
    await catchFailure(at.http.request(read));
    expect(at.server.seen).toHaveLength(1);
  });

  it.each([429, 500, 502, 503])('never repeats a write after %i', async (status) => {
    failFirst(99, status, { 'retry-after': '0' });
    await catchFailure(at.http.request(write));
    expect(at.server.seen).toHaveLength(1);
  });

  it('never repeats a write whose connection was cut', async () => {
    at.answer = (_seen, response) => {
      response.socket?.destroy();
    };
    expect((await catchFailure(at.http.request(write))).outcomeUnknown).toBe(true);
    expect(at.server.seen).toHaveLength(1);
  });

  it('repeats a POST that is declared harmless', async () => {
    failFirst(1, 500);
    expect((await at.http.request({ ...write, idempotent: true })).status).toBe(200);
  });

  it('does not repeat a read that does not want it', async () => {
    failFirst(1, 500);
    await catchFailure(at.http.request({ ...read, retryable: false }));
    expect(at.server.seen).toHaveLength(1);
  });

  it('keeps the doubt of an earlier attempt', async () => {
    at.answer = (seen, response) => {
      if (seen.n === 1) response.socket?.destroy();
      else json(response, { message: 'already disabled' }, 422);
    };
    const error = await catchFailure(at.http.request({ ...write, idempotent: true }));
    expect(error).toMatchObject({ code: 'PANEL_REJECTED', outcomeUnknown: true });
  });

  it('keeps the doubt when the call is called off between attempts', async () => {
    const stop = new AbortController();
    at.connect({
      clock: { ...at.clock, sleep: (_ms, signal) => (stop.abort(new Error('stop')), at.clock.sleep(0, signal)) },
    });
    failFirst(1, 500);
    const error = await catchFailure(at.http.request({ ...write, idempotent: true, signal: stop.signal }));
    expect(error).toMatchObject({ code: 'PANEL_TIMEOUT', outcomeUnknown: true });
    await expect(at.http.request({ ...read, signal: stop.signal })).rejects.toThrow('stop');
  });

  it.each<[string, number, (now: number) => string, number]>([
    ['as long as the panel asks', 429, () => '7', 7_000],
    ['until the date that the panel names', 503, (now) => new Date(now + 9_000).toUTCString(), 9_000],
  ])('waits %s', async (_how, status, toHeader, waited) => {
    failFirst(1, status, { 'retry-after': toHeader(at.clock.now()) });
    expect((await at.http.request(read)).status).toBe(200);
    expect(at.clock.slept).toEqual([waited]);
  });

  it('does not wait longer than it may, and says how long the panel wants', async () => {
    failFirst(1, 429, { 'retry-after': '31' });
    expect(await catchFailure(at.http.request(read))).toMatchObject({
      code: 'PANEL_RATE_LIMITED',
      retryAfterMs: 31_000,
    });
    expect(at.clock.slept).toEqual([]);
    expect((await at.http.request(read)).status).toBe(200);
  });

  it('lets the other calls wait too while the panel wants to be left alone', async () => {
    failFirst(1, 429, { 'retry-after': '7' });
    await catchFailure(at.http.request(write));
    at.clock.advance(2_000);
    expect((await at.http.request(write)).status).toBe(200);
    expect(at.clock.slept).toEqual([5_000]);
    expect((await at.http.request(write)).status).toBe(200);
    expect(at.clock.slept).toEqual([5_000]);
  });

  it('is not held up by a clock that was set back', async () => {
    failFirst(1, 429, { 'retry-after': '7' });
    await catchFailure(at.http.request(write));
    at.clock.advance(-86_400_000);
    for (let call = 0; call < 2; call++) expect((await at.http.request(write)).status).toBe(200);
    expect(at.clock.slept).toEqual([30_000]);
  });

  it('does not begin a wait that the total time has no room for', async () => {
    at.connect({ timeouts: { totalMs: 5_000 } });
    failFirst(1, 429, { 'retry-after': '6' });
    expect((await catchFailure(at.http.request(read))).code).toBe('PANEL_RATE_LIMITED');
    expect(at.clock.slept).toEqual([]);
  });

  it('repeats what the caller found to be passing', async () => {
    at.connect({
      failureIn: ({ json: body }) =>
        'busy' in (body as object) ? { code: 'PANEL_REJECTED', message: 'busy', retry: true } : null,
    });
    at.answer = (seen, response) => {
      json(response, seen.n === 1 ? { busy: true } : { ok: true });
    };
    expect((await at.http.request(read)).body).toEqual({ ok: true });
  });

  describe('with a circuit', () => {
    it('stops asking a panel that fails', async () => {
      at.connect({ breaker: { failures: 4, cooldownMs: 10_000 } });
      failFirst(5, 500);
      expect((await catchFailure(at.http.request(read))).code).toBe('PANEL_SERVER_ERROR');
      // The fourth failure opens it; what the panel said is worth more than that it is no longer asked.
      expect((await catchFailure(at.http.request(read))).code).toBe('PANEL_SERVER_ERROR');
      expect(at.server.seen).toHaveLength(4);
      const error = await catchFailure(at.http.request(read));
      expect(error).toMatchObject({ code: 'PANEL_CIRCUIT_OPEN', status: null, outcomeUnknown: false });
      expect(error.retryAfterMs).toBeGreaterThan(9_000);
      expect(error.message).toContain('next try in 10 s');
      expect(at.server.seen).toHaveLength(4);

      at.clock.advance(10_000);
      expect((await catchFailure(at.http.request(write))).code).toBe('PANEL_SERVER_ERROR');
      expect((await catchFailure(at.http.request(write))).code).toBe('PANEL_CIRCUIT_OPEN');
      at.clock.advance(10_000);
      expect((await at.http.request(read)).status).toBe(200);
      expect((await at.http.request(read)).status).toBe(200);
    });

    it('lets everything that waits fail at once', async () => {
      at.connect({ breaker: { failures: 5 }, concurrency: 2, retry: { attempts: 1 } });
      failFirst(1_000, 500);
      const codes = await Promise.all(
        Array.from({ length: 100 }, async () => (await catchFailure(at.http.request(read))).code),
      );
      expect(codes.filter((code) => code === 'PANEL_SERVER_ERROR').length).toBeLessThanOrEqual(6);
      expect(at.server.seen.length).toBeLessThanOrEqual(6);
    });
  });
});
