import { beforeEach, describe, expect, it } from '@jest/globals';
import { catchFailure } from './test/catch-failure.js';
import { json } from './test/test-server.js';
import type { PanelRequest } from './types.js';
import { useServer } from './test/use-server.js';

const read: PanelRequest<unknown> = { method: 'GET', path: '/x', endpoint: 'GET /x' };
const write: PanelRequest<unknown> = { method: 'POST', path: '/x', endpoint: 'POST /x' };

describe('renewing credentials', () => {
  /** What the panel accepts, and what the client holds. */
  let good: string;
  let held: string;
  let renewals: number;

  const at = useServer({
    auth: { headers: () => ({ authorization: held }) },
    onUnauthorized: async () => {
      renewals += 1;
      // Through the same transport, as clients do, and without saying that it is a login.
      const login = { method: 'POST', path: '/login', endpoint: 'POST /login' } as const;
      held = (await at.http.request<{ token: string }>(login)).body.token;
      return true;
    },
  });

  beforeEach(() => {
    good = 'token-two-2222';
    held = 'token-one-1111';
    renewals = 0;
    at.answer = (seen, response) => {
      if (seen.url === '/login')
        json(response, good === '' ? { message: 'bad password' } : { token: good }, good === '' ? 401 : 200);
      else if (seen.headers.authorization === good) json(response, { ok: true });
      else json(response, { message: 'Unauthenticated.' }, 401);
    };
  });

  const urls = (): string[] => at.server.seen.map((seen) => `${seen.method} ${seen.url}`);

  it('repeats the call once, also a write', async () => {
    expect((await at.http.request(write)).body).toEqual({ ok: true });
    expect(urls()).toEqual(['POST /x', 'POST /login', 'POST /x']);
    expect((await at.http.request(read)).status).toBe(200);
    expect(renewals).toBe(1);
  });

  it('has one renewal for many calls, even with a single place in the queue', async () => {
    for (const concurrency of [1, 8]) {
      at.connect({ concurrency });
      good = `token-for-${concurrency}`;
      renewals = 0;
      const replies = await Promise.all(Array.from({ length: 20 }, () => at.http.request(read)));
      expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: 20 }, () => 200));
      expect(renewals).toBe(1);
    }
  });

  it('does not open the circuit by refusals that were healed', async () => {
    at.connect({ breaker: { failures: 1 }, concurrency: 8 });
    const replies = await Promise.all(Array.from({ length: 20 }, () => at.http.request(read)));
    expect(replies).toHaveLength(20);
  });

  it('gives up when the new credentials are refused as well', async () => {
    at.connect({ onUnauthorized: () => Promise.resolve(((renewals += 1), true)) });
    expect((await catchFailure(at.http.request(read))).code).toBe('PANEL_AUTH');
    expect(at.server.seen).toHaveLength(2);
    expect(renewals).toBe(1);
  });

  it('gives up when nothing was renewed, and counts that for the circuit', async () => {
    at.connect({ onUnauthorized: () => Promise.resolve(false), breaker: { failures: 2 } });
    expect((await catchFailure(at.http.request(read))).code).toBe('PANEL_AUTH');
    expect((await catchFailure(at.http.request(read))).code).toBe('PANEL_AUTH');
    expect((await catchFailure(at.http.request(read))).code).toBe('PANEL_CIRCUIT_OPEN');
    expect(at.server.seen).toHaveLength(2);
  });

  it('ends with the failure of the login, not in a circle', async () => {
    good = '';
    const error = await catchFailure(at.http.request(read));
    expect(error).toMatchObject({ code: 'PANEL_AUTH', endpoint: 'POST /login' });
    expect(renewals).toBe(1);
    expect(urls()).toEqual(['GET /x', 'POST /login']);
  });

  it('is asked for when a success says that the credentials are not good', async () => {
    let sessions = 0;
    held = good;
    at.connect({
      onUnauthorized: () => Promise.resolve(true),
      failureIn: () => ((sessions += 1) === 1 ? { code: 'PANEL_AUTH', message: 'session expired' } : null),
    });
    expect((await at.http.request(read)).status).toBe(200);
    expect(sessions).toBe(2);
  });

  it('is not asked for by a call without credentials', async () => {
    expect((await catchFailure(at.http.request({ ...read, auth: false }))).code).toBe('PANEL_AUTH');
    expect(renewals).toBe(0);
  });
});
