import { describe, expect, it } from '@jest/globals';
import { isPanelError, type CallEvent, type PanelError } from '@sluice/panel-http';
import { day, name, password, product, start, toAnswer, useWorld } from '../../test/world.js';
import type { FlvxOptions } from '../client.js';
import { parseToken } from './session-keeper.js';

const world = useWorld();

const logins = (): number => world.flvx.server.calls.filter((call) => call.path.endsWith('/user/login')).length;

async function refusal(work: Promise<unknown>): Promise<PanelError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isPanelError(error)) throw new Error('It was not refused.');
  return error;
}

describe('the session', () => {
  it('sends the raw token and logs in once for many calls', async () => {
    await Promise.all([world.client.tunnels.list(), world.client.users.list(), world.client.forwards.list()]);
    expect(logins()).toBe(1);
    const call = world.flvx.server.calls.find((one) => one.path.endsWith('/tunnel/list'));
    expect(call?.headers.authorization).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('tells when it ends and that the seeded account is in use', async () => {
    expect(await world.client.session()).toEqual({
      name: 'admin_user',
      expiresAt: start + 90 * day,
      mustChangePassword: true,
    });
  });

  it('is renewed before the token runs out, by the clock of the panel', async () => {
    await world.client.tunnels.list();
    world.clock.at += 90 * day - 5 * 60_000;
    await world.client.tunnels.list();
    expect(logins()).toBe(2);
    const refused = world.flvx.server.calls.filter((call) => call.path.endsWith('/tunnel/list'));
    expect(refused).toHaveLength(2);
  });

  it('logs in once more when the panel refuses the token, and repeats a write once', async () => {
    const tunnel = world.flvx.addTunnel();
    await world.client.tunnels.list();
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/tunnel/user/assign',
      times: 1,
      fault: toAnswer(401, '无效的token或token已过期'),
    });
    const user = world.flvx.addUser();
    await world.client.permissions.assign(user, tunnel, { status: 0 });
    expect(world.flvx.permissionStatus(user, tunnel)).toBe(0);
    expect(logins()).toBe(2);
  });

  it('gives up when the new token is refused, too', async () => {
    world.flvx.server.inject({ endpoint: 'POST /api/v1/tunnel/list', fault: toAnswer(401, '未登录或token已过期') });
    expect(await refusal(world.client.tunnels.list())).toMatchObject({ code: 'PANEL_AUTH', panelCode: 401 });
    expect(logins()).toBe(2);
  });

  it('reports a captcha as such, also when it came between two logins', async () => {
    await world.client.tunnels.list();
    world.flvx.setCaptcha(true);
    await world.client.tunnels.list();
    world.clock.at += 90 * day;
    const error = await refusal(world.client.tunnels.list());
    expect(error).toMatchObject({ name: 'PanelAuthError', code: 'PANEL_AUTH', panelCode: 'captcha' });
    expect(error.message).toContain('Turn off the captcha');
  });

  it('reports the captcha rather than the refused token', async () => {
    await world.client.tunnels.list();
    world.flvx.setCaptcha(true);
    world.flvx.server.inject({ endpoint: 'POST /api/v1/tunnel/list', fault: toAnswer(401, '未登录或token已过期') });
    expect(await refusal(world.client.tunnels.list())).toMatchObject({ panelCode: 'captcha' });
  });

  it('reports an account that is not an administrator before anything else is called', async () => {
    world.flvx.addUser({ user: name, password });
    const client = world.connect({ username: name, password });
    expect(await refusal(client.users.list())).toMatchObject({ code: 'PANEL_FORBIDDEN', panelCode: 'not_admin' });
    expect(world.flvx.server.calls.map((call) => call.path)).toEqual(['/api/v1/user/login']);
  });

  it('reports an administrator who was made a customer since', async () => {
    world.flvx.server.inject({ endpoint: 'POST /api/v1/user/list', fault: toAnswer(403, '权限不足，仅管理员可操作') });
    expect(await refusal(world.client.users.list())).toMatchObject({ code: 'PANEL_FORBIDDEN', panelCode: 'not_admin' });
    expect(logins()).toBe(1);
  });

  it('reports wrong credentials and a disabled account', async () => {
    const wrong = await refusal(world.connect({ password: 'nope' }).users.list());
    expect(wrong).toMatchObject({ code: 'PANEL_AUTH', panelCode: 'bad_credentials' });
    world.flvx.addUser({ user: name, password, status: 0 });
    const disabled = await refusal(world.connect({ username: name, password }).users.list());
    expect(disabled).toMatchObject({ code: 'PANEL_AUTH', panelCode: 'account_disabled' });
    expect(wrong.message + disabled.message).not.toContain('nope');
  });

  it('refuses a token that cannot be read', async () => {
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/user/login',
      fault: { kind: 'mutate', change: (json) => ({ ...(json as object), data: { ...toData(json), token: 'a.b.c' } }) },
    });
    expect(await refusal(world.client.users.list())).toMatchObject({ code: 'PANEL_UNREADABLE' });
  });
});

describe('a given token', () => {
  const admin = (ageMs = 0): string => world.flvx.customer(1, ageMs).token;
  const paths = (): string[] => world.flvx.server.calls.map((call) => call.path);

  it('is sent as it is, and nothing ever logs in', async () => {
    const client = world.connect({ token: `  ${admin(10 * day)}\n` });
    expect(await client.session()).toEqual({
      name: 'admin_user',
      expiresAt: start + 80 * day,
      mustChangePassword: null,
    });
    expect(paths()).toEqual([]);
    await client.tunnels.list();
    world.flvx.setCaptcha(true);
    expect(await client.probe()).toMatchObject({ captcha: true, session: { expiresAt: start + 80 * day } });
    world.clock.at += 80 * day - 60_000;
    await client.users.list();
    expect(logins()).toBe(0);
    expect(world.flvx.server.calls[0]?.headers.authorization).toBe(admin(90 * day - 60_000));
  });

  it('that the panel refuses is reported with the end of its validity, by the clock of the panel', async () => {
    const expired = await refusal(world.connect({ token: admin(90 * day) }).tunnels.list());
    expect(expired).toMatchObject({
      code: 'PANEL_AUTH',
      panelCode: 'token_expired',
      endpoint: 'POST /api/v1/tunnel/list',
    });
    expect(expired.message).toMatch(
      /"relay" refused the token, which was valid until 2026-11-20T09:00:00.000Z\..*configure/,
    );
    const [head, claims] = admin().split('.');
    const altered = await refusal(world.connect({ token: `${head}.${claims}.${'x'.repeat(43)}` }).tunnels.list());
    expect(altered).toMatchObject({ code: 'PANEL_AUTH', panelCode: 'token_refused' });
    expect(altered.message).toMatch(/although it is valid until 2027-02-18T09:00:00.000Z: .*JWT_SECRET/);
    expect(logins()).toBe(0);
    // The local clock is behind: only the panel's says that the token has expired.
    const late = world.connect({ token: admin(90 * day), clock: { ...world.clock, now: () => start - day } });
    await late.captchaRequired();
    expect(await refusal(late.tunnels.list())).toMatchObject({ panelCode: 'token_expired' });
  });

  it('replaces name and password: with both, and with neither, a program does not compile', () => {
    const base = { panel: 'relay', baseUrl: 'https://relay.example.com' };
    const right: FlvxOptions[] = [
      { ...base, token: 'x' },
      { ...base, username: 'a', password: 'b' },
    ];
    // @ts-expect-error: credentials are required
    const neither: FlvxOptions = base;
    // @ts-expect-error: a token replaces name and password
    const both: FlvxOptions = { ...base, token: 'x', username: 'a', password: 'b' };
    // @ts-expect-error: a name needs its password
    const half: FlvxOptions = { ...base, username: 'a' };
    expect([...right, neither, both, half]).toHaveLength(5);
  });

  it('of a customer, or that is none, is refused before anything is called', async () => {
    const customer = world.flvx.customer(world.flvx.addUser({ user: name })).token;
    const foreign = await refusal(world.connect({ token: customer }).users.list());
    expect(foreign).toMatchObject({ code: 'PANEL_FORBIDDEN', panelCode: 'not_admin' });
    expect(foreign.message).toContain(`"${name}", who is not an administrator`);
    for (const token of ['', 'abc', `Bearer ${admin()}`, `"${admin()}"`]) {
      const none = await refusal(world.connect({ token }).users.list());
      expect(none).toMatchObject({ code: 'PANEL_AUTH', panelCode: 'token_unreadable' });
    }
    expect(paths()).toEqual([]);
  });

  it('stands in no event and no error, and passwords of customers are tried as before', async () => {
    const events: CallEvent[] = [];
    const token = admin();
    const client = world.connect({ token, onCall: (event) => events.push(event) });
    world.flvx.server.inject({ endpoint: 'POST /api/v1/tunnel/list', fault: toAnswer(-1, `token ${token}`) });
    const error = await refusal(client.tunnels.list());
    expect(events.length).toBe(1);
    expect(JSON.stringify(events) + error.message).not.toContain(token);
    world.flvx.addUser({ user: name, password });
    expect(await client.passwordOpens(name, password)).toBe(true);
    expect(await client.passwordOpens(name, 'wrong')).toBe(false);
  });
});

function toData(json: unknown): object {
  return (json as { data: object }).data;
}

describe('a token', () => {
  const token = (payload: string): string => `x.${Buffer.from(payload).toString('base64url')}.y`;

  it('is read by hand, its instant in seconds', () => {
    expect(parseToken(token('{"exp":1802932811,"role_id":0,"name":"admin_user"}'))).toEqual({
      expiresAt: 1_802_932_811,
      role: 0,
      name: 'admin_user',
    });
  });

  it.each(['', 'abc', 'a.b.c', token('[]'), token('{"exp":"soon","role_id":0,"name":"x"}')])(
    'is nothing when it is %j',
    (text) => {
      expect(parseToken(text)).toBeNull();
    },
  );
});

describe('passwords of customers', () => {
  it('are tried without a session, and a disabled account tells as well', async () => {
    world.flvx.addUser({ user: name, password });
    world.flvx.addUser({ user: 'off', password, status: 0 });
    expect(await world.client.passwordOpens(name, password)).toBe(true);
    expect(await world.client.passwordOpens(name, 'wrong')).toBe(false);
    expect(await world.client.passwordOpens('off', password)).toBe(true);
    expect(await world.client.passwordOpens('off', 'wrong')).toBe(false);
    world.flvx.setCaptcha(true);
    expect(await world.client.passwordOpens(name, password)).toBeNull();
  });
});

describe('the clock of the panel', () => {
  it('is compared by the stamps of its answers', async () => {
    expect(world.client.clockDifference()).toBeNull();
    const late = world.connect({ clock: { now: () => start - 90_000, sleep: world.clock.sleep } });
    await late.tunnels.list();
    expect(late.clockDifference()).toEqual({ ms: 90_000, measuredAt: start - 90_000 });
    expect((await late.snapshot()).at).toBe(start);
  });
});

describe('secrets', () => {
  it('stand in no event and no error', async () => {
    const events: CallEvent[] = [];
    const errors: string[] = [];
    const client = world.connect({ onCall: (event) => events.push(event) });
    const values = { name, status: 1, ...product };
    await client.users.create(values, password);
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/user/create',
      fault: toAnswer(-1, `odd: ${password} admin_user-secret`),
    });
    errors.push((await refusal(client.users.create({ ...values, name: 'b' }, password))).message);
    world.flvx.server.clearFaults();
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/tunnel/list',
      fault: { kind: 'mutate', change: () => ({ code: -1, msg: `token ${toToken()}`, ts: start }) },
    });
    errors.push((await refusal(client.tunnels.list())).message);
    expect(await client.passwordOpens(name, password)).toBe(true);
    const text = JSON.stringify(events) + errors.join('\n');
    expect(events.length).toBeGreaterThan(4);
    expect(text).not.toContain(password);
    expect(text).not.toContain(toToken());
  });

  function toToken(): string {
    const call = world.flvx.server.calls.findLast((one) => one.headers.authorization !== undefined);
    return call?.headers.authorization ?? '';
  }
});

describe('addresses', () => {
  it('lose what people paste with them', () => {
    const client = world.connect({ baseUrl: `${world.flvx.url}/api/v1/` });
    expect(client.baseUrl).toBe(world.flvx.url);
    expect(client.warnings).toHaveLength(1);
  });

  it('are not taken in plain http unless allowed', () => {
    expect(() => world.connect({ allowHttp: false })).toThrow('plain http');
  });

  it('that answer with another page are unreadable, not empty', async () => {
    world.flvx.server.inject({ endpoint: /user\/list/, fault: { kind: 'html' } });
    expect(await refusal(world.client.users.list())).toMatchObject({ code: 'PANEL_UNREADABLE' });
  });

  it('behind the web port are told from the panel itself', async () => {
    expect((await world.client.probe()).port).toBe('panel');
    world.flvx.server.inject({ endpoint: 'GET /flow/test', fault: { kind: 'html' } });
    expect((await world.client.probe()).port).toBe('web');
  });
});
