import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

const services = '/api/v3/client/services';
const ids = ({ body }: Answer): unknown[] => (body as { data: { id: unknown }[] }).data.map(({ id }) => id);

describe('a token', () => {
  it('is needed, known and not revoked', async () => {
    const unauthenticated = { status: 401, body: { message: 'Unauthenticated.' } };
    expect(await panel.get(services, { token: null })).toMatchObject(unauthenticated);
    expect(await panel.get(services, { token: 'wrong' })).toMatchObject(unauthenticated);
    expect((await panel.get(services)).status).toBe(200);
    panel.fake.revokeToken('admin-token');
    expect(await panel.get(services)).toMatchObject(unauthenticated);
  });

  it('may be met with a redirect to the sign-in page, or with the page itself', async () => {
    panel.fake.behaviour.unauthenticated = 'redirect';
    const moved = await panel.get(services, { token: 'wrong' });
    expect([moved.status, moved.headers.get('location')]).toEqual([302, `${panel.fake.url}/auth/login`]);
    const page = await panel.get('/auth/login', { token: null });
    expect(page).toMatchObject({ status: 200, text: expect.stringMatching('Sign in') });
    panel.fake.behaviour.unauthenticated = 'sign-in-page';
    expect((await panel.get(services, { token: 'wrong' })).text).toBe(page.text);
  });

  it('of a client opens his own services only', async () => {
    panel.fake.addToken({ token: 'his', user: 17 });
    const his = { token: 'his' };
    expect(ids(await panel.get(services, his))).toEqual([501]);
    expect((await panel.get(`${services}/501/ports`, his)).status).toBe(200);
    expect((await panel.get(`${services}/502/ports`, his)).status).toBe(404);
    panel.fake.behaviour.foreignService = 403;
    expect((await panel.get(`${services}/502/ports`, his)).status).toBe(403);
    expect((await panel.get('/api/v3/admin/ports/9001', his)).status).toBe(403);
    expect((await panel.post('/api/v3/admin/ports/9001/disable', {}, his)).status).toBe(403);
    expect((await panel.get(services, { ...his, as: 18 })).status).toBe(403);
    expect(panel.fake.port(9001).adminState).toBe('up');
    expect(() => {
      panel.fake.addToken({ token: 'x', user: 99 });
    }).toThrow('There is no user 99');
  });

  it('of an administrator sees all client services by itself, or none', async () => {
    expect(ids(await panel.get(services))).toEqual([501, 502]);
    panel.fake.behaviour.adminWithoutImpersonation = 'own';
    expect(ids(await panel.get(services))).toEqual([]);
    expect((await panel.bandwidth()).status).toBe(404);
  });
});

describe('impersonation', () => {
  it('goes by id and by e-mail address', async () => {
    expect(ids(await panel.get(services, { as: 18 }))).toEqual([502]);
    expect(ids(await panel.get(services, { as: 'Client@Example.test' }))).toEqual([501]);
    expect((await panel.get(`${services}/501`, { as: 18 })).status).toBe(404);
  });

  it('goes by id only on older installations', async () => {
    panel.fake.behaviour.impersonateByEmail = false;
    expect(await panel.get(services, { as: 'client@example.test' })).toMatchObject({
      status: 422,
      body: { message: 'Impersonated user not found' },
    });
    expect((await panel.get(services, { as: 17 })).status).toBe(200);
  });

  it('fails for an inactive user, with the message that real panels give', async () => {
    panel.fake.setUserActive(17, false);
    expect(await panel.get(services, { as: 17 })).toMatchObject({
      status: 422,
      body: { message: 'Impersonated user account is inactive' },
    });
    panel.fake.setUserActive(17, true);
    expect((await panel.get(services, { as: 17 })).status).toBe(200);
  });

  it("fails for unknown users, without the ability, and on the administrators' endpoints", async () => {
    expect((await panel.get(services, { as: 999 })).status).toBe(422);
    panel.fake.addToken({ token: 'weak', mayImpersonate: false });
    expect((await panel.get(services, { token: 'weak', as: 17 })).status).toBe(403);
    expect((await panel.get(services, { token: 'weak' })).status).toBe(200);
    expect((await panel.get('/api/v3/admin/orders', { as: 17 })).status).toBe(403);
  });
});

describe('sign-in', () => {
  const path = '/api/v3/login';
  const right = { email: 'admin@example.test', password: 'fake-password', device_name: 'test' };

  it('gives a token that works, under the key of the installation', async () => {
    const { body } = await panel.post(path, right, { token: null });
    const { token } = body as { token: string };
    expect((await panel.get(services, { token })).status).toBe(200);
    panel.fake.answers.login.shape = 'data-access_token';
    const other = (await panel.post(path, right)).body as { data: { access_token: string } };
    expect(other.data.access_token).not.toBe(token);
    panel.fake.answers.login.shape = 'plainTextToken';
    expect(Object.keys((await panel.post(path, right)).body as object)).toEqual(['plainTextToken']);
    expect(panel.fake.server.changingCalls()).toEqual([]);
  });

  it('fails with the wrong password and with a field missing', async () => {
    const wrong = await panel.post(path, { ...right, password: 'guess' });
    expect(wrong).toMatchObject({
      status: 422,
      body: { errors: { email: ['These credentials do not match our records.'] } },
    });
    expect((await panel.post(path, { email: right.email })).body).toMatchObject({
      errors: {
        password: ['The password field is required.'],
        device_name: ['The device name field is required.'],
      },
    });
  });
});

describe('endpoints', () => {
  it('that few installations have are absent until they are let in', async () => {
    const { absent } = panel.fake.behaviour;
    const paths = [
      '/api/v3/admin/orders/342/ports',
      '/api/v3/admin/orders/342/service/ports',
      '/api/v3/client/items/163/ports',
      '/api/v3/client/servers/163/ports',
      '/api/v3/admin/items/163/ports',
      '/api/v3/admin/servers/163/ports',
      '/api/v3/client/servers/163',
      '/api/v3/admin/items/163',
    ];
    const statuses = async (): Promise<number[]> => {
      const found = [];
      for (const path of paths) found.push((await panel.get(path)).status);
      return found;
    };
    expect(await statuses()).toEqual(paths.map(() => 404));
    absent.clear();
    expect(await statuses()).toEqual(paths.map(() => 200));
    expect((await panel.get('/api/v3/client/servers/163', { as: 18 })).status).toBe(404);
    expect((await panel.get('/api/v3/client/servers/163', { as: 17 })).body).toMatchObject({
      data: { id: 163, ports: [{ id: 9001 }, { id: 9002 }, { id: 9003 }] },
    });
    panel.fake.behaviour.adminWithoutImpersonation = 'own';
    expect((await panel.get('/api/v3/client/servers/163')).status).toBe(404);
    for (const path of paths) expect((await panel.get(path.replace(/\d{3}/, '999'))).status).toBe(404);
  });

  it('can be taken away', async () => {
    panel.fake.behaviour.absent.add('GET /api/v3/client/services/{id}');
    expect((await panel.get(`${services}/501`)).status).toBe(404);
    expect((await panel.get(services)).status).toBe(200);
    panel.fake.behaviour.notFound = 'html';
    expect((await panel.get(`${services}/501`)).text).toBe('<html><body>404</body></html>');
  });

  it('that are unknown get 404, with the wrong method 405', async () => {
    expect((await panel.get('/api/v2/order/342')).status).toBe(404);
    expect((await panel.get('/api/v3/client/services/abc/ports')).status).toBe(404);
    expect((await panel.get('/api/v3/admin/ports/9001/disable')).status).toBe(405);
    expect((await panel.get('/backend/login')).text).toMatch('Sign in');
    expect((await panel.get('/api/v3/admin/client-area/config')).body).toEqual({ data: { enabled: true } });
  });

  it('live under a path when told', async () => {
    await panel.fake.close();
    panel = await panelUnderTest({ basePath: '/panel' });
    expect(panel.fake.url).toMatch(/:\d+\/panel$/);
    expect((await panel.get(services)).status).toBe(200);
    await panel.post('/api/v3/admin/ports/9001/disable');
    expect(panel.fake.server.changingCalls()).toMatchObject([
      { endpoint: 'POST /api/v3/admin/ports/{id}/disable', path: '/panel/api/v3/admin/ports/9001/disable' },
    ]);
    const outside = await fetch(panel.fake.url.replace('/panel', services));
    expect(outside.status).toBe(404);
    expect(outside.headers.get('content-type')).toMatch('text/html');
  });

  it('search all ports by a named field, or by any column', async () => {
    panel.fake.addService({
      id: 700,
      orderId: 701,
      serverId: 1163,
      user: 17,
      ports: [{ id: 702, name: 'eth0', description: 'beside 163' }],
    });
    const search = async (rest: string): Promise<unknown[]> =>
      ids(await panel.get(`/api/v3/admin/ports?page=1&per_page=100&search_term=163&search_op=eq${rest}`));
    expect(await search('&search_fields=item_id')).toEqual([9001, 9002, 9003]);
    expect(await search('&search_fields%5B0%5D=item_id')).toEqual([9001, 9002, 9003]);
    expect(await search('&search_fields%5B%5D=item_id')).toEqual([9001, 9002, 9003]);
    expect(await search('')).toEqual([9001, 9002, 9003, 702]);
    panel.fake.behaviour.portSearch = 'any-column';
    expect(await search('&search_fields=item_id')).toEqual([9001, 9002, 9003, 702]);
    expect(ids(await panel.get('/api/v3/admin/ports'))).toEqual([9001, 9002, 9003, 9101, 702]);
  });
});
