import { describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { all, catchFailure, reply, token, usePanel } from '../test/test-panel.js';

const window = { start: '2026-10-15T00:00:00.000Z', end: '2026-10-16T00:00:00.000Z' };
const inactive = { message: 'Impersonated user account is inactive' };

const panel = usePanel();

const users = (): unknown[] => panel.asked.map((asked) => asked.headers['x-impersonate-user'] ?? null);

/** Refuses calls on behalf of a user. */
function refuseUsers(status: number, body: unknown, otherwise: unknown = { in: 1, out: 2 }, otherStatus = 200): void {
  panel.answer = (asked, response) => {
    if (asked.headers['x-impersonate-user'] === undefined) reply(response, otherwise, otherStatus);
    else reply(response, body, status);
  };
}

describe('impersonation', () => {
  it('is off by default', async () => {
    panel.always({ in: 1, out: 2 });
    expect(await panel.client().bandwidth('501', window)).toMatchObject({ impersonated: null, fallback: false });
    expect(users()).toEqual([null]);
  });

  it('is set for the client and changed for a call', async () => {
    panel.always({ in: 1, out: 2 });
    const client = panel.client({ impersonate: '17' });
    expect(await client.bandwidth('501', window)).toMatchObject({ impersonated: '17' });
    expect(await client.bandwidth('501', window, { impersonate: 'x@example.test' })).toMatchObject({
      impersonated: 'x@example.test',
    });
    expect(await client.bandwidth('501', window, { impersonate: null })).toMatchObject({ impersonated: null });
    expect(users()).toEqual(['17', 'x@example.test', null]);
  });

  it('ends a read with the words of the panel when it is refused', async () => {
    refuseUsers(422, inactive);
    const error = await catchFailure(panel.client({ impersonate: '17' }).bandwidth('501', window));
    expect(error).toMatchObject({ code: 'PANEL_REJECTED', status: 422 });
    expect(error.message).toContain('Impersonated user account is inactive');
    expect(users()).toEqual(['17']);
  });

  it.each([
    [422, inactive],
    [401, { message: 'Unauthenticated.' }],
    [403, { message: 'This action is unauthorized.' }],
  ])('is left off once after %i where that is switched on', async (status, body) => {
    refuseUsers(status, body);
    const reading = await panel.client({ impersonate: '17', impersonateFallback: true }).bandwidth('501', window);
    expect(reading).toMatchObject({ impersonated: null, fallback: true, totalBytes: 3 });
    expect(users()).toEqual(['17', null]);
  });

  it.each([
    [422, { message: 'The given data was invalid.' }],
    [404, { message: 'Not Found' }],
    [400, inactive],
  ])('is not left off after %i %j', async (status, body) => {
    refuseUsers(status, body);
    await catchFailure(panel.client({ impersonate: '17', impersonateFallback: true }).bandwidth('501', window));
    expect(users()).toEqual(['17']);
  });

  it.each<[string, unknown, number, object]>([
    ['says what was wrong first when both ways are refused', { message: 'Not Found' }, 404, { status: 422 }],
    ['says so when the second way failed for another reason', '<html>', 200, { code: 'PANEL_UNREADABLE' }],
  ])('%s', async (_what, body, status, expected) => {
    refuseUsers(422, inactive, body, status);
    const { bandwidth } = panel.client({ impersonate: '17', impersonateFallback: true });
    expect(await catchFailure(bandwidth('501', window))).toMatchObject(expected);
    expect(users()).toEqual(['17', null]);
  });

  it('stays off for the other pages once it was left off', async () => {
    panel.answer = (asked, response) => {
      if (asked.headers['x-impersonate-user'] !== undefined) reply(response, inactive, 422);
      else reply(response, { data: [{ id: asked.n }], meta: { current_page: asked.n - 1, last_page: 2 } });
    };
    const ports = await all(panel.client({ impersonate: '17', impersonateFallback: true }).ports.list('501'));
    expect(ports.map((port) => port.id)).toEqual(['2', '3']);
    expect(users()).toEqual(['17', null, null]);
  });
});

describe('probe', () => {
  const config = 'GET /api/v3/admin/client-area/config';
  const services = 'GET /api/v3/client/services?page=1&per_page=1';

  it('is content with the documented read', async () => {
    panel.routes({ [config]: { data: {} } });
    expect(await panel.client({ impersonate: '17' }).probe()).toEqual({ ok: true, endpoint: config });
    expect(users()).toEqual([null]);
  });

  it('asks for services where that read does not exist', async () => {
    panel.routes({ [services]: { data: [] } });
    expect(await panel.client({ impersonate: '17' }).probe()).toEqual({
      ok: true,
      endpoint: 'GET /api/v3/client/services',
    });
    expect(panel.lines).toEqual([config, services]);
    expect(users()).toEqual([null, '17']);
  });

  it.each([403, 405])('asks for services after %i, the token may be that of a client', async (status) => {
    panel.answer = (asked, response) => {
      if (asked.line === config) reply(response, {}, status);
      else reply(response, { data: [] });
    };
    expect((await panel.client().probe()).endpoint).toBe('GET /api/v3/client/services');
  });

  it.each([
    ['with wrong credentials', 'PANEL_AUTH', 401, 1],
    ['when both are refused', 'PANEL_FORBIDDEN', 403, 2],
  ])('fails %s', async (_when, code, status, calls) => {
    panel.always({ message: 'no' }, status);
    expect((await catchFailure(panel.client().probe())).code).toBe(code);
    expect(panel.asked).toHaveLength(calls);
  });

  it.each([['<html>Welcome</html>'], ['[]'], ['"fine"']])('fails with %s', async (body) => {
    panel.always(body);
    expect((await catchFailure(panel.client().probe())).code).toBe('PANEL_UNREADABLE');
  });

  it('fails at a page to sign in on', async () => {
    panel.always('', 302, { location: '/auth/login' });
    expect((await catchFailure(panel.client().probe())).code).toBe('PANEL_AUTH');
  });
});

describe('login', () => {
  const { request, toleratedAnswers } = fixture('login') as {
    request: { path: string; body: object };
    toleratedAnswers: object[];
  };
  const credentials = { email: 'admin@example.test', password: '<secret>', deviceName: 'easydcim-client' };

  it.each(toleratedAnswers.map((answer) => [answer]))('finds the token in %j', async (answer) => {
    panel.always(answer);
    expect(await panel.client({ impersonate: '17' }).login(credentials)).toBe('<token>');
    expect(panel.lines).toEqual([`POST ${request.path}`]);
    expect(JSON.parse(panel.asked[0]?.body ?? '')).toEqual(request.body);
    expect(panel.asked[0]?.headers.authorization).toBeUndefined();
    expect(users()).toEqual([null]);
  });

  it.each([[{}], [{ token: '' }], [{ token: 7 }], [{ data: { user: 'x' } }], [{ token: 'a', access_token: 'b' }]])(
    'refuses %j',
    async (answer) => {
      panel.always(answer);
      expect((await catchFailure(panel.client().login(credentials))).code).toBe('PANEL_UNREADABLE');
    },
  );

  it('fails without the password in the error, whatever the panel says', async () => {
    panel.always({ message: 'wrong: <secret> of admin@example.test' }, 401);
    const error = await catchFailure(panel.client().login(credentials));
    expect(error.code).toBe('PANEL_AUTH');
    expect(error.message).toContain('wrong: [redacted] of [redacted]');
  });
});

describe('secrets', () => {
  const user = 'someone+x@example.test';

  it('are in no error and no event, whatever the panel says', async () => {
    const echo = (_asked: unknown, status: number): object => ({
      message: `${status} ${token} for ${user} ${encodeURIComponent(user)}`,
    });
    for (const status of [200, 400, 401, 403, 404, 422, 429, 500]) {
      panel.clear();
      panel.answer = (asked, response) => {
        reply(response, status === 200 ? { success: false, ...echo(asked, status) } : echo(asked, status), status);
      };
      for (const options of [{ impersonate: user }, {}]) {
        const client = panel.client({ ...options, retry: { attempts: 1 } });
        const call = { impersonate: user, tag: `service of ${user}` };
        const errors = [
          await catchFailure(client.bandwidth('501', window, call)),
          await catchFailure(all(client.ports.list('501', call))),
          await catchFailure(client.services.get('501', call)),
          await catchFailure(client.graphs.export('501', window, call)),
        ];
        const told = JSON.stringify([errors, errors.map((error) => [error.message, error.stack]), panel.events]);
        expect(told).toContain('[redacted]');
        for (const secret of [token, user, encodeURIComponent(user)]) expect(told).not.toContain(secret);
      }
    }
  });
});
