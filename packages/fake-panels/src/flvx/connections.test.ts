import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeFlvx } from './fake-flvx.js';
import { startFakeFlvx } from './start-fake-flvx.js';

let flvx: FakeFlvx;
let admin = '';
let user = 0;
let tunnel = 0;
let forward = 0;

beforeEach(async () => {
  flvx = await startFakeFlvx();
  admin = ((await post('/user/login', { username: 'admin_user', password: 'admin_user' })).data as { token: string })
    .token;
  tunnel = flvx.addTunnel();
  user = flvx.addUser();
  flvx.addPermission(user, tunnel);
  forward = flvx.addForward(user, tunnel);
});
afterEach(async () => {
  await flvx.close();
  expect(flvx.server.failures).toEqual([]);
});

async function post(path: string, body: unknown = {}): Promise<{ code: number; data?: unknown }> {
  const response = await fetch(`${flvx.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: admin },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { code: number; data?: unknown };
}

describe('an open connection', () => {
  it('is cut by a pause on a node with tcpkill, also of a service that is paused already, and by nothing else', async () => {
    const open = flvx.connect(forward);
    await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, status: 0 });
    await post('/forward/update', { id: forward, remoteAddr: '198.51.100.9:80' });
    await post('/forward/batch-redeploy', { ids: [forward] });
    expect(open?.carry(1000)).toBe(true);
    expect(flvx.forward(forward)?.inFlow).toBe(1000);
    await post('/forward/pause', { id: forward });
    expect(flvx.forward(forward)?.status).toBe(0);
    expect([open?.isOpen(), open?.carry(1000)]).toEqual([false, false]);
    expect(flvx.connect(forward)).toBeNull();

    await post('/forward/batch-redeploy', { ids: [forward] });
    const again = flvx.connect(forward);
    await post('/forward/pause', { id: forward });
    expect(again?.isOpen()).toBe(false);
  });

  it('outlives a pause on a node without tcpkill, and goes on being counted', async () => {
    flvx.node(1).agent.tcpkill = false;
    const open = flvx.connect(forward);
    await post('/forward/pause', { id: forward });
    expect(open?.carry({ out: 500 })).toBe(true);
    expect(flvx.forward(forward)).toMatchObject({ status: 0, outFlow: 500 });
  });

  it('outlives the deletion of its forward, counted for nobody once the user is gone', async () => {
    const open = flvx.connect(forward);
    await post('/forward/delete', { id: forward });
    expect(flvx.services(forward)).toEqual([]);
    await post('/user/delete', { id: user });
    expect(open?.carry(1000)).toBe(true);
  });

  it('ends with a restart of the agent', () => {
    const open = flvx.connect(forward);
    flvx.restartNode(1);
    expect(open?.isOpen()).toBe(false);
  });

  it('keeps the speed that it was made with', async () => {
    const before = flvx.connect(forward);
    const limit = flvx.addSpeedLimit(tunnel, 8);
    await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, speedId: limit });
    expect([before?.megabytesPerSecond, flvx.connect(forward)?.megabytesPerSecond]).toEqual([null, 1]);
  });
});

describe('a speed limit that is given while the node is away', () => {
  it('is shown by the panel and not in force until the forward is redeployed, which says so', async () => {
    flvx.nodeOffline(1);
    const limit = flvx.addSpeedLimit(tunnel, 8);
    expect((await post('/tunnel/user/assign', { userId: user, tunnelId: tunnel, speedId: limit })).code).toBe(0);
    expect(flvx.permission(user, tunnel)?.speedId).toBe(limit);
    const redeploy = async (): Promise<unknown> => (await post('/forward/batch-redeploy', { ids: [forward] })).data;
    expect(await redeploy()).toEqual({ successCount: 0, failCount: 1 });
    flvx.nodeOnline(1);
    expect(flvx.findSpeed(forward)).toBeNull();
    expect(await redeploy()).toEqual({ successCount: 1, failCount: 0 });
    expect(flvx.findSpeed(forward)).toBe(1);
  });
});
