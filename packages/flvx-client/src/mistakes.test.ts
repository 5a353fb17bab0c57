import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFlvxClient } from './client/create-flvx-client.js';
import { customerAndNeighbour } from './test/customers.js';
import { close, ensureUser } from './test/orders.js';
import { day, name, password, product, startWorld, type World } from './test/world.js';

/** What an earlier module for this panel got wrong in its calls, one by one; what it got wrong in its work is tested with the product. */
const scope = { userId: 2, name };
let world: World;
beforeEach(async () => {
  world = await startWorld();
  customerAndNeighbour(world.flvx);
});
afterEach(async () => {
  await world.close();
});

const sent = (path: string): Record<string, unknown>[] =>
  world.flvx.server.calls
    .filter((call) => call.path === `/api/v1${path}`)
    .map((call) => JSON.parse(call.body) as Record<string, unknown>);
describe('the mistakes that were made before', () => {
  it('9 and 10: a quota that is read as bytes, and a status that is read where it is always 1', async () => {
    await close(world.client, scope, {});
    const snapshot = await world.client.snapshot();
    expect(snapshot.users.get(2)?.quota).toBe(100);
    expect(snapshot.listPermissions(2).map((row) => row.status)).toEqual([0, 0]);
    expect((await world.client.permissions.listByUser(2)).some((row) => 'status' in row)).toBe(false);
  });

  it('11: the administrator’s own account taken for the customer’s', async () => {
    await world.client.observe(scope);
    expect(sent('/user/package')).toEqual([]);
  });

  it('12: no renewed token, no refusal of an account without rights, instants in seconds', async () => {
    await world.client.session();
    world.clock.at += 91 * day;
    await expect(world.client.users.list()).resolves.toHaveLength(2);
    const customer = world.connect({ username: name, password });
    await expect(customer.users.list()).rejects.toMatchObject({ code: 'PANEL_FORBIDDEN' });
    expect(world.client.clockDifference()).toEqual({ ms: 0, measuredAt: world.clock.at });
  });

  it('13: success taken from the HTTP status, an answer without data taken for something', async () => {
    await expect(world.client.forwards.pause(999)).rejects.toMatchObject({ code: 'PANEL_NOT_FOUND' });
    await expect(world.client.users.reset(2)).resolves.toBeUndefined();
    world.flvx.setCaptcha(true);
    await expect(world.connect().users.list()).rejects.toMatchObject({ panelCode: 'captcha' });
    await expect(world.client.session()).resolves.toMatchObject({ mustChangePassword: true });
  });

  it('14: an address without its port', () => {
    const client = createFlvxClient({
      panel: 'relay',
      baseUrl: 'https://relay.example.com:6365/',
      username: 'a',
      password: 'b',
    });
    expect(client.baseUrl).toBe('https://relay.example.com:6365');
    client.close();
  });

  it('15 and 16: an e-mail that the panel does not store, a password kept in clear', async () => {
    const result = await ensureUser(
      world.client,
      { name: 'sl-x', nameIsOurs: true },
      { name: 'sl-x', ...product },
      { password },
    );
    expect(Object.keys(sent('/user/create')[0] ?? {}).sort()).toEqual([
      'expTime',
      'flow',
      'flowResetTime',
      'num',
      'pwd',
      'status',
      'user',
    ]);
    expect(JSON.stringify(result)).not.toContain(password);
  });
});
