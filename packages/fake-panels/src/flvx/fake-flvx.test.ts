import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeFlvx } from './fake-flvx.js';
import { diffStates } from './flvx-state.js';
import { startFakeFlvx } from './start-fake-flvx.js';

interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly data?: unknown;
}

const day = 86_400_000;
const start = Date.UTC(2026, 10, 20, 9);
let clock = start;
let flvx: FakeFlvx;
let admin = '';
let user = 0;
let tunnel = 0;
let forward = 0;

beforeEach(async () => {
  clock = start;
  flvx = await startFakeFlvx({ now: () => clock, onWait: (ms) => (clock += ms), timeZone: 'Asia/Shanghai' });
  const login = await post('/user/login', { username: 'admin_user', password: 'admin_user' });
  admin = (login.data as { token: string }).token;
  tunnel = flvx.addTunnel({ name: 'HK-01' });
  user = flvx.addUser({ user: 'svc-1', password: 'Secret-1', expTime: start + 30 * day });
  flvx.addPermission(user, tunnel);
  forward = flvx.addForward(user, tunnel);
});
afterEach(async () => {
  await flvx.close();
  expect(flvx.server.failures).toEqual([]);
});

async function post(path: string, body: unknown = {}): Promise<Envelope> {
  const response = await fetch(`${flvx.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: admin },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Envelope;
}

describe('nodes', () => {
  it('are offline for commands, listed so or not', async () => {
    flvx.nodeOffline(1);
    expect(await post('/forward/pause', { id: forward })).toMatchObject({ code: -1, msg: '节点不在线' });
    expect((await post('/node/list')).data).toMatchObject([{ id: 1, status: 0 }]);
    flvx.nodeOffline(1, { stillListed: true });
    expect((await post('/node/list')).data).toMatchObject([{ id: 1, status: 1 }]);
    flvx.nodeOnline(1);
    expect(await post('/forward/pause', { id: forward })).toMatchObject({ code: 0 });
    expect(flvx.isRunning(forward)).toBe(false);
  });

  it('cost the panel 12 seconds per unanswered command, and the answer after 30', async () => {
    const second = flvx.addForward(user, tunnel);
    flvx.node(1).silent = true;
    expect(await post('/forward/pause', { id: forward })).toMatchObject({ msg: '等待节点响应超时' });
    expect(clock - start).toBe(12_000);
    await expect(post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, flow: 7 })).rejects.toThrow();
    expect(clock - start).toBe(12_000 + 2 * 24_000);
    expect(flvx.permission(user, tunnel)?.flow).toBe(7);
    flvx.node(1).silent = false;
    flvx.node(1).delayMs = 11_000;
    await expect(post('/forward/pause', { id: second })).rejects.toThrow();
    expect([flvx.forward(second)?.status, flvx.isRunning(second)]).toEqual([0, false]);
    flvx.node(1).delayMs = 12_000;
    expect(await post('/forward/resume', { id: second })).toMatchObject({ msg: '等待节点响应超时' });
    expect([flvx.forward(second)?.status, flvx.services().filter((one) => one.running).length]).toEqual([0, 3]);
  });

  it('cost 12 seconds more per push with a speed limit, and an edit that fails is pushed back', async () => {
    await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, speedId: flvx.addSpeedLimit(tunnel, 6) });
    flvx.node(1).silent = true;
    await expect(post('/tunnel/user/assign', { userId: user, tunnelId: tunnel })).rejects.toThrow();
    expect(clock - start).toBe(36_000);
    await expect(post('/forward/update', { id: forward, name: 'other' })).rejects.toThrow();
    expect(clock - start).toBe(36_000 + 72_000);
    expect(flvx.forward(forward)?.name).toBe('forward-1');
    expect([...flvx.node(1).agent.limiters.values()]).toEqual(['$ 0.8MB 0.8MB']);
  });

  it('answer with their own text as often as told', async () => {
    flvx.node(1).failures = [{ message: 'disk full', type: 'PauseService', times: 1 }];
    expect(await post('/forward/pause', { id: forward })).toMatchObject({ msg: 'disk full' });
    expect(await post('/forward/pause', { id: forward })).toMatchObject({ code: 0 });
  });

  it('run everything again after a restart, and nothing of deleted users after the cleanup', async () => {
    await post('/forward/pause', { id: forward });
    flvx.restartNode(1);
    expect([flvx.runningForwards(), flvx.forward(forward)?.status]).toEqual([[forward], 0]);
    await post('/user/delete', { id: user });
    expect(flvx.runningForwards()).toEqual([forward]);
    flvx.cleanup();
    expect(flvx.services()).toEqual([]);
  });

  it('keep the speed of a limit that they were first told', async () => {
    const limit = flvx.addSpeedLimit(tunnel, 16);
    await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, speedId: limit });
    await post('/speed-limit/update', { id: limit, name: 'x', tunnelId: tunnel, speed: 8 });
    await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel });
    expect(flvx.node(1).agent.limiters.get(String(limit))).toBe('$ 2.0MB 2.0MB');
    expect(flvx.services().map((service) => service.limiter)).toEqual([String(limit), String(limit)]);
  });

  it('are the entries alone, in a tunnel with exits', async () => {
    const exit = flvx.addNode('exit');
    const long = flvx.addTunnel({ entryNodes: [1], exitNodes: [exit] });
    flvx.addPermission(user, long);
    const far = flvx.addForward(user, long, { paused: true });
    flvx.nodeOffline(exit);
    expect([flvx.isRunning(far), await post('/forward/resume', { id: far })]).toMatchObject([false, { code: 0 }]);
    expect(flvx.isRunning(far)).toBe(true);
  });
});

describe('customers with an old token', () => {
  it('resume and redeploy whatever the status of user and permission', async () => {
    await post('/user/update', { id: user, user: 'svc-1', status: 0 });
    await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, status: 0 });
    await post('/forward/pause', { id: forward });
    expect(flvx.permissionStatus(user, tunnel)).toBe(0);
    expect(await flvx.customerRedeploy(forward)).toMatchObject({ code: 0, data: { successCount: 1 } });
    expect([flvx.isRunning(forward), flvx.forward(forward)?.status]).toEqual([true, 0]);
    flvx.traffic(forward, 1000);
    expect(flvx.isRunning(forward)).toBe(true);
    expect(await flvx.customerResume(forward)).toMatchObject({ code: 0 });
    flvx.traffic(forward, 1000);
    expect([flvx.isRunning(forward), flvx.forward(forward)?.status]).toEqual([false, 0]);
  });

  it('make and change forwards while their permission is open', async () => {
    const customer = flvx.customer(user);
    expect(await customer.createForward(tunnel, 'web', '198.51.100.1:80', 21_000)).toMatchObject({ code: 0 });
    const made = forward + 1;
    expect(await customer.pause(made)).toMatchObject({ code: 0 });
    expect(await customer.updateForward(made, { remoteAddr: '198.51.100.2:80' })).toMatchObject({ code: 0 });
    expect(flvx.services().find((service) => service.forwardId === made)?.targets).toEqual(['198.51.100.2:80']);
    expect(await customer.resume(made)).toMatchObject({ code: 0 });
    expect(await customer.redeploy(made, forward)).toMatchObject({ data: { successCount: 2 } });
    expect(await customer.deleteForward(made)).toMatchObject({ code: 0 });
    expect(await flvx.customer(user, 91 * day).post('/user/package')).toMatchObject({ code: 401 });
    expect(() => flvx.customerResume(made)).toThrow('no forward');
  });
});

describe('the jobs', () => {
  it('reset at the local day, then expire users, then permissions', () => {
    const other = flvx.addTunnel();
    flvx.addPermission(user, other, { flowResetTime: 21, expTime: start - 1 });
    const second = flvx.addForward(user, other);
    flvx.traffic(forward, 5);
    flvx.report(`${second}_${user}_2_tcp`, 0);
    const before = flvx.state();
    flvx.midnight(Date.parse('2026-11-20T16:00:05Z'));
    expect(diffStates(before, flvx.state())).toEqual(['permissions.2.status: 1 -> 0']);
    flvx.traffic(forward, 5);
    flvx.midnight(Date.parse('2026-12-31T16:00:05Z'));
    expect(flvx.user(user)).toMatchObject({ inFlow: 0, status: 0 });
    expect([flvx.permissionStatus(user, tunnel), flvx.forward(forward)?.status]).toEqual([0, 0]);
    expect(flvx.runningForwards()).toEqual([]);
  });

  it('write an hourly row that the customer sees', async () => {
    flvx.traffic(forward, 5);
    flvx.hour();
    flvx.traffic(forward, 7);
    clock += 3_600_000;
    flvx.hour();
    const { data } = await flvx.customer(user).post('/user/package');
    expect((data as { statisticsFlows: unknown }).statisticsFlows).toMatchObject([
      { userId: user, flow: 5, totalFlow: 5, time: '17:00' },
      { userId: user, flow: 7, totalFlow: 12, time: '18:00' },
    ]);
    flvx.hour(clock + 60 * 3_600_000);
    expect(flvx.world.statistics.of(user)).toHaveLength(1);
  });
});

describe('the switches', () => {
  it('ask for a captcha, which a program passes only without a foreign service', async () => {
    const login = (captchaId?: string) =>
      post('/user/login', {
        username: 'svc-1',
        password: 'Secret-1',
        ...(captchaId === undefined ? {} : { captchaId }),
      });
    flvx.setCaptcha(true);
    expect(await post('/captcha/check')).toMatchObject({ data: 1 });
    expect(await login()).toMatchObject({ msg: '验证码校验失败' });
    await post('/captcha/verify', { id: 'c-1', data: 'ok' });
    expect([await login('c-1'), await login('c-1')]).toMatchObject([{ code: 0 }, { code: -1 }]);
    await post('/captcha/verify', { id: 'c-2', data: 'ok' });
    clock += 300_000;
    expect(await login('c-2')).toMatchObject({ code: -1 });
    flvx.setCaptcha(true, { turnstile: true });
    expect(await post('/captcha/verify', { id: 'c-3', data: 'ok' })).toMatchObject({ success: false });
    flvx.setCaptcha(false);
    expect(await login()).toMatchObject({ code: 0 });
  });

  it('let two creates of one name succeed, but only at the same time', async () => {
    const create = () => post('/user/create', { user: 'twin', pwd: 'x' });
    flvx.createsRace = true;
    expect(await Promise.all([create(), create()])).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(await create()).toMatchObject({ code: -1, msg: '用户名已存在' });
    flvx.createsRace = false;
    expect(await create()).toMatchObject({ code: -1 });
  });

  it('lock the database', async () => {
    flvx.traffic(forward, 5);
    const before = flvx.state();
    flvx.databaseLocked = true;
    const locked = { code: -2, msg: 'database is locked (5) (SQLITE_BUSY)' };
    expect(await post('/user/create', { user: 'x', pwd: 'x' })).toMatchObject(locked);
    flvx.createsRace = true;
    expect(await post('/user/create', { user: 'x', pwd: 'x' })).toMatchObject(locked);
    expect(await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, flow: 1 })).toMatchObject(locked);
    expect(await post('/user/reset', { id: user, type: 1 })).toMatchObject({ code: 0 });
    expect(await post('/forward/batch-delete', { ids: [99, forward] })).toMatchObject({ data: { failCount: 2 } });
    expect(diffStates(before, flvx.state()).filter((line) => !line.startsWith('nodes.'))).toEqual([]);
    expect(await post('/forward/batch-resume', { ids: [forward] })).toMatchObject({ data: { successCount: 0 } });
    flvx.databaseLocked = false;
    expect(await post('/user/reset', { id: user, type: 1 })).toMatchObject({ code: 0 });
    expect(flvx.user(user)?.inFlow).toBe(0);
  });
});

describe('what a test builds', () => {
  it('is served by the API', async () => {
    flvx.addAdmin('boss', 'Boss-1');
    expect(await post('/user/create', { user: 'boss', pwd: 'x' })).toMatchObject({ msg: '用户名已存在' });
    const group = flvx.addTunnelGroup('asia', [tunnel, flvx.addTunnel({ name: 'JP-02', status: 0 })]);
    expect((await post('/group/tunnel/list')).data).toMatchObject([
      { id: group, name: 'asia', tunnelNames: ['HK-01', 'JP-02'] },
    ]);
    const users = flvx.addUserGroup('basic', [user]);
    flvx.addGroupPermission(users, group);
    expect((await post('/tunnel/user/list', { userId: user })).data).toMatchObject([
      { tunnelId: tunnel, status: 1 },
      { tunnelName: 'JP-02', flow: 100 },
    ]);
    expect(flvx.user('svc-1')?.id).toBe(user);
    expect([flvx.user('nobody'), flvx.permission(user, 99)]).toEqual([undefined, undefined]);
    expect(() => flvx.addPermission(user, tunnel)).toThrow('has a permission');
    expect(() => flvx.node(9)).toThrow('no node 9');
  });

  it('is counted in the log of calls, where lists are no changes', async () => {
    flvx.server.clearCalls();
    await post('/user/list');
    await post('/backup/export', { types: ['userTunnels'] });
    await post('/user/reset', { id: user, type: 1 });
    await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel });
    expect(flvx.server.changingCalls().map((call) => call.endpoint)).toEqual([
      'POST /api/v1/user/reset',
      'POST /api/v1/tunnel/user/assign',
    ]);
  });
});
