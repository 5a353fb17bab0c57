import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diffStates } from './flvx-state.js';
import { type FakeFlvx } from './fake-flvx.js';
import { startFakeFlvx } from './start-fake-flvx.js';

interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly ts: number;
  readonly data?: unknown;
}

const start = Date.UTC(2026, 10, 20, 9);
const GB = 2 ** 30;
let clock = start;
let flvx: FakeFlvx;
let admin = '';

beforeEach(async () => {
  clock = start;
  flvx = await startFakeFlvx({ now: () => clock, onWait: (ms) => (clock += ms), timeZone: 'Asia/Shanghai' });
  admin = (await login('admin_user', 'admin_user')).token;
});
afterEach(async () => {
  await flvx.close();
  expect(flvx.server.failures).toEqual([]);
});

async function post(path: string, body: unknown = {}, token = admin): Promise<Envelope> {
  const response = await fetch(`${flvx.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: token },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Envelope;
}

async function login(username: string, password: string): Promise<{ token: string }> {
  const answer = await post('/user/login', { username, password }, '');
  expect(answer.msg).toBe('操作成功');
  return answer.data as { token: string };
}

/** A customer with 1 GB for himself and on his tunnel, and two forwards. */
function customer(): { user: number; tunnel: number; first: number; second: number } {
  const tunnel = flvx.addTunnel({ name: 'HK-01' });
  const user = flvx.addUser({ user: 'svc-1', password: 'Secret-1', flow: 1 });
  flvx.addPermission(user, tunnel);
  return { user, tunnel, first: flvx.addForward(user, tunnel), second: flvx.addForward(user, tunnel) };
}

describe('the state of a fake FLVX panel', () => {
  it('is a deep copy whose differences can be named', async () => {
    const { user } = customer();
    const before = flvx.state();
    expect(diffStates(before, flvx.state())).toEqual([]);
    await post('/user/update', { id: user, user: 'svc-1', flow: 7, num: 10, expTime: start, flowResetTime: 1 });
    expect(diffStates(before, flvx.state())).toEqual([
      `permissions.1.expTime: ${start + 365 * 86_400_000} -> ${start}`,
      'permissions.1.flow: 1 -> 7',
      `users.2.expTime: ${start + 365 * 86_400_000} -> ${start}`,
      'users.2.flow: 1 -> 7',
    ]);
    expect(flvx.state({ times: true })).not.toEqual(flvx.state());
  });
});

describe('traffic', () => {
  it('counts by ratio and multiplier for forward, user and permission', () => {
    const tunnel = flvx.addTunnel({ flow: 2, trafficRatio: 1.5 });
    const user = flvx.addUser();
    flvx.addPermission(user, tunnel);
    const forward = flvx.addForward(user, tunnel);
    expect(flvx.traffic(forward, { in: 1001, out: 3 })).toBe(true);
    for (const row of [flvx.user(user), flvx.permission(user, tunnel), flvx.forward(forward)]) {
      expect(row).toMatchObject({ inFlow: 3002, outFlow: 8 });
    }
  });

  it('pauses all forwards of the tunnel when the permission reaches its quota, and those of the user above his', () => {
    const { user, tunnel, first, second } = customer();
    flvx.traffic(first, GB - 1);
    expect(flvx.runningForwards()).toEqual([first, second]);
    flvx.traffic(second, 1);
    expect(flvx.runningForwards()).toEqual([]);
    expect([flvx.forward(first)?.status, flvx.forward(second)?.status]).toEqual([0, 0]);
    expect([flvx.user(user)?.status, flvx.permissionStatus(user, tunnel)]).toEqual([1, 1]);
    expect(flvx.traffic(first, 1)).toBe(false);
  });

  it('sets status 0 while an offline node goes on, and never tries again', () => {
    const { first, second } = customer();
    flvx.nodeOffline(1);
    flvx.traffic(first, 2 * GB);
    expect(flvx.runningForwards()).toEqual([first, second]);
    expect(flvx.forward(first)?.status).toBe(0);
    flvx.nodeOnline(1);
    flvx.traffic(first, 5);
    expect(flvx.isRunning(first)).toBe(true);
  });

  it('enforces nothing on a forward without a permission', () => {
    const { first } = customer();
    const free = flvx.addForward(1, flvx.addTunnel());
    flvx.report(`${free}_2_0_tcp`, 3 * GB);
    expect(flvx.isRunning(first)).toBe(true);
    flvx.report(`${first}_2_1_udp`, 0);
    expect(flvx.isRunning(first)).toBe(false);
  });

  it('wraps a quota that was sent in bytes', () => {
    const tunnel = flvx.addTunnel();
    for (const [gigabytes, blocked] of [
      [10, true],
      [16, true],
      [20, false],
      [200, true],
      [500, false],
    ] as const) {
      const user = flvx.addUser({ flow: 1000 });
      flvx.addPermission(user, tunnel, { flow: gigabytes * GB });
      const forward = flvx.addForward(user, tunnel);
      flvx.traffic(forward, 1);
      expect([gigabytes, !flvx.isRunning(forward)]).toEqual([gigabytes, blocked]);
    }
  });

  it('goes on through an open connection, and not through a service that leads to the node itself', async () => {
    const { first, second } = customer();
    await post('/forward/pause', { id: first });
    expect(flvx.traffic(first, 1)).toBe(false);
    expect(flvx.traffic(first, 1, { openConnection: true })).toBe(true);
    await post('/forward/update', { id: second, remoteAddr: '127.0.0.1:9' });
    expect([flvx.isRunning(second), flvx.traffic(second, 1)]).toEqual([true, false]);
  });
});
