import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, startFlvxBench, type FlvxBench } from '../test/flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(() => at.close());

describe('tunnel list', () => {
  it('gives the tunnels as the panel has them', async () => {
    at.panel.addTunnel({ name: 'dear', flow: 2, trafficRatio: 1.5, status: 0 });
    const listed = await at.run('tunnel list');
    expect(listed.exitCode).toBe(0);
    expect(listed.json()).toEqual({
      tunnels: [
        { id: 1, name: 'HK-01', type: 1, status: 1, multiplier: 1, ratio: 1 },
        { id: 2, name: 'JP-02', type: 1, status: 1, multiplier: 1, ratio: 1 },
        { id: 3, name: 'dear', type: 1, status: 0, multiplier: 2, ratio: 1.5 },
      ],
    });
    const shown = await at.bench.sluice('tunnel list');
    expect(shown.stdout).toMatch(/dear\s+port forward\s+disabled\s+3×/);
  });
});

describe('relay users', () => {
  it('names the service of each account, and bytes as bytes', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk);
    at.panel.traffic(2, { in: GB, out: 2 * GB });
    const listed = await at.run('relay users --panel relay');
    expect(listed.json<{ users: unknown[] }>().users).toEqual([
      {
        id: 2,
        name: 'somebody-else',
        status: 1,
        usedBytes: 0,
        quotaBytes: 100 * GB,
        expiresAt: '2027-11-20T12:00:00.000Z',
        service: null,
      },
      {
        id: 3,
        name: at.panel.user(3)?.user,
        status: 1,
        usedBytes: 3 * GB,
        quotaBytes: 100 * GB,
        expiresAt: '2026-12-15T00:00:00.000Z',
        service: 'svc-1',
      },
    ]);
    expect((await at.bench.sluice('relay users')).stdout).toMatch(/somebody-else\s+active/);
  });

  it('is refused for a panel that is not there', async () => {
    const missing = await at.run('relay users --panel rely');
    expect(missing.exitCode).toBe(1);
    expect(missing.json<{ error: { code: string; message: string } }>().error).toMatchObject({
      code: 'unknown_panel',
    });
    expect(at.panel.server.calls).toEqual([]);
  });
});

describe('relay login-link', () => {
  it('gives address and account, without a call', async () => {
    const user = await at.create(1);
    at.panel.server.clearCalls();
    const link = await at.run('relay login-link svc-1');
    expect(link.json()).toEqual({ url: at.panel.url, username: at.panel.user(user)?.user, singleSignOn: false });
    expect((await at.bench.sluice('relay login-link svc-1')).stdout).toMatch(/no single sign-on/);
    expect(at.panel.server.calls).toEqual([]);
  });

  it('gives the name that the customer has given himself', async () => {
    const user = await at.create(1);
    at.panel.world.users.get(user)!.user = 'anna';
    await at.run('poll');
    expect((await at.run('relay login-link svc-1')).json()).toMatchObject({ username: 'anna' });
  });

  it('says that there is no account yet', async () => {
    await at.addService(1);
    const link = await at.run('relay login-link svc-1');
    expect(link.exitCode).toBe(1);
    expect(link.json<{ error: { code: string } }>().error.code).toBe('no_account');
  });
});

describe('panel test', () => {
  it('makes a real authenticated read', async () => {
    const tested = await at.run('panel test relay');
    expect(tested.exitCode).toBe(0);
    expect(tested.json<{ panels: unknown[] }>().panels).toMatchObject([{ name: 'relay', kind: 'flvx', ok: true }]);
  });
});
