import { describe, expect, it } from '@jest/globals';
import { SERVE_TOKEN, useBench } from '../test/dashboard-bench.js';

const at = useBench({ dashboard: { limits: { loginsPerMinute: 4 } } });

const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  at.fetch('/login', { method: 'POST', body: new URLSearchParams(fields), headers });

describe('/login', () => {
  it('opens a session with a token, and goes to a path of this host only', async () => {
    for (const [next, goes] of [
      ['/services/svc-1?x=1', '/services/svc-1?x=1'],
      ['//evil.example.com', '/'],
      ['https://evil.example.com', '/'],
    ] as const) {
      const answer = await post({ token: SERVE_TOKEN, next });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, goes]);
      expect(answer.headers.get('set-cookie')).toMatch(/^sluice=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Lax$/);
    }
  });

  it('limits failed attempts per address, and accepts a valid token all the same', async () => {
    for (let attempt = 0; attempt < 4; attempt++) expect((await post({ token: `wrong-${attempt}` })).status).toBe(401);
    const answer = await post({ token: 'wrong' });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([429, null]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const right = await post({ token: SERVE_TOKEN });
    expect([right.status, right.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('sluice=')]);
  });

  it('refuses a form of another site where the browser states its origin only', async () => {
    const { host } = new URL(at.dashboard.url);
    const from = async (origin: string): Promise<number> => (await post({ token: SERVE_TOKEN }, { origin })).status;
    expect([await from('http://evil.example'), await from('null'), await from(`http://${host}`)]).toEqual([
      403, 403, 303,
    ]);
  });

  it('accepts forms only', async () => {
    const answer = await at.fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: SERVE_TOKEN }),
    });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([415, null]);
  });

  it('says when a session ends', async () => {
    expect(await (await at.fetch('/login')).text()).toContain('after 20 later logins with its token');
  });

  it('is where a form without a session leads, before its body is read', async () => {
    const body = new URLSearchParams({ reason: 'x'.repeat(3_000_000) });
    const answer = await at.fetch('/services/svc-1/hold', { method: 'POST', body });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login']);
    expect((await at.fetch('/share/wrong/services/svc-1/buy', { method: 'POST', body })).status).toBe(404);
    expect((await post({ token: 'x'.repeat(20_000) })).status).toBe(413);
  });

  it('reads no JSON on pages', async () => {
    const cookie = await at.login();
    const json = { method: 'POST', cookie, headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await at.fetch('/services/svc-1/hold', json)).status).toBe(415);
  });

  it('sends headers that keep other sites out', async () => {
    const answer = await at.fetch('/login');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toContain('name="token"');
  });
});

describe('/logout', () => {
  it('reads a short form only, and no JSON', async () => {
    const cookie = await at.login();
    const long = new URLSearchParams({ csrf: 'x'.repeat(20_000) });
    expect((await at.fetch('/logout', { method: 'POST', cookie, body: long })).status).toBe(413);
    const json = { method: 'POST', cookie, headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await at.fetch('/logout', json)).status).toBe(415);
    expect((await at.fetch('/', { cookie })).status).toBe(200);
  });
});
