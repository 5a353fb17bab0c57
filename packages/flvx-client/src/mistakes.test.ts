import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFlvxClient } from './create-flvx-client.js';
import {
  changePackage,
  changePassword,
  ensurePermission,
  ensureUser,
  renew,
  resume,
  suspend,
  terminate,
} from './operations/run-operations.js';
import { customerAndNeighbour } from './test/scenarios.js';
import { day, GB, name, password, product, start, startWorld, type World } from './test/world.js';
import { bytes, epochMs, gigabytes, quotaFor } from './units/units.js';

/** What an earlier module for this panel got wrong (contract, section 14), one by one. */
const scope = { userId: 2, name };
let world: World;
beforeEach(async () => {
  world = await startWorld();
  customerAndNeighbour(world.flvx);
});
afterEach(async () => {
  await world.close();
});

const user = (): unknown => world.flvx.user(2);
const sent = (path: string): Record<string, unknown>[] =>
  world.flvx.server.calls
    .filter((call) => call.path === `/api/v1${path}`)
    .map((call) => JSON.parse(call.body) as Record<string, unknown>);
const held = { hold: { mode: 'pause', closeUser: true }, evidence: null } as const;
const newPackage = {
  quota: gigabytes(300),
  maxForwards: 5,
  resetDay: 0,
  tunnels: [1],
  previousTunnels: [1],
  speed: { kind: 'none' as const },
};

describe('the mistakes that were made before', () => {
  it('1: a quota in bytes where GB are meant', async () => {
    await ensurePermission(world.client, scope, {
      ...product,
      quota: quotaFor(bytes(10 * GB)),
      tunnels: [1],
      speed: { kind: 'none' },
    });
    expect(sent('/tunnel/user/assign')).toEqual([{ userId: 2, tunnelId: 1, flow: 10 }]);
    world.flvx.traffic(1, GB);
    expect(world.flvx.isRunning(1)).toBe(true);
  });

  it('2: a suspension and its end that wipe quota, speed and expiry', async () => {
    world.flvx.world.permissionOf(2, 1)!.speedId = 1;
    const before = world.flvx.state().permissions;
    const { evidence } = await suspend(world.client, scope, held);
    expect(world.flvx.permission(2, 1)).toMatchObject({ status: 0, flow: 100, num: 10, speedId: 1, flowResetTime: 0 });
    await resume(world.client, scope, { evidence: evidence! });
    expect(world.flvx.state().permissions).toEqual(before);
  });

  it('3: a suspension under which traffic goes on and the customer logs in', async () => {
    await suspend(world.client, scope, held);
    expect(world.flvx.traffic(1, 1)).toBe(false);
    expect(world.flvx.user(2)?.status).toBe(0);
  });

  it('4: a change of package that fails, enables what is suspended, and starts the expiry anew', async () => {
    await suspend(world.client, scope, held);
    const result = await changePackage(world.client, scope, { ...newPackage, hold: held.hold });
    expect(result.done).toBe(true);
    expect(user()).toMatchObject({ user: name, flow: 300, num: 5, status: 0, expTime: product.expiresAt });
    expect(world.flvx.permission(2, 1)).toMatchObject({ flow: 300, status: 0, expTime: product.expiresAt });
  });

  it('5: a change of password that resets the package', async () => {
    const before = world.flvx.state();
    await changePassword(world.client, scope, {}, { password: 'Brand-New-9' });
    const after = world.flvx.state();
    expect(after.permissions).toEqual(before.permissions);
    expect({ ...(after.users[2] as object), pwd: '' }).toEqual({ ...(before.users[2] as object), pwd: '' });
    expect(await world.client.passwordOpens(name, 'Brand-New-9')).toBe(true);
    expect(await world.client.passwordOpens(name, password)).toBe(false);
  });

  it('6: a termination that leaves forwards running and the user there', async () => {
    expect((await terminate(world.client, scope, {})).done).toBe(true);
    expect(world.flvx.runningForwards()).toEqual([5]);
    expect(user()).toBeUndefined();
    expect([...world.flvx.world.permissions.values()].some((row) => row.userId === 2)).toBe(false);
  });

  it('7: a creation that takes over an account of the same name', async () => {
    const before = world.flvx.state();
    await expect(ensureUser(world.client, { name }, { name, ...product }, { password })).rejects.toMatchObject({
      code: 'account_exists',
    });
    expect(world.flvx.state()).toEqual(before);
  });

  it('8: no renewal, and nothing that brings a service back after it', async () => {
    world.flvx.midnight(start + 40 * day);
    expect(world.flvx.isRunning(1)).toBe(false);
    const expiresAt = epochMs(start + 60 * day);
    await renew(world.client, scope, { expiresAt, reopen: true, resumeForwards: [1, 3] });
    expect(user()).toMatchObject({ status: 1, expTime: expiresAt });
    expect(world.flvx.permission(2, 1)).toMatchObject({ status: 1, expTime: expiresAt });
    expect(world.flvx.isRunning(1)).toBe(true);
  });

  it('9 and 10: a quota that is read as bytes, and a status that is read where it is always 1', async () => {
    await suspend(world.client, scope, held);
    const snapshot = await world.client.snapshot();
    expect(snapshot.users.get(2)?.quota).toBe(100);
    expect(snapshot.permissionsOf(2).map((row) => row.status)).toEqual([0, 0]);
    expect((await world.client.permissions.ofUser(2)).some((row) => 'status' in row)).toBe(false);
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
