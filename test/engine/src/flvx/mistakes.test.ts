import { describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, failure, expectSettled } from '../bench/outcomes.js';
import { logIn } from './customer.js';

const at = useFlvxBench(`
  tiny: { panel: relay, quota: { total: 10GB }, flvx: { tunnelId: 1 } }
  odd: { panel: relay, quota: { total: 20.5GB }, flvx: { tunnelId: 1 } }`);

const paths = (): string[] => at.panel.server.calls.map((call) => call.path.replace('/api/v1', ''));

/** Mistakes that a client of this panel can make, each with what Sluice does instead. */
describe('the mistakes of the WHMCS module are not made:', () => {
  it('quotas are sent in GB, so that 10 GB are neither blocked nor unlimited', async () => {
    for (const [number, product, flow] of [
      [1, 'tiny', 10],
      [2, 'odd', 21],
      [3, 'big', 300],
    ] as const) {
      const user = await at.create(number, { product });
      expect([at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow]).toEqual([flow, flow]);
    }
    at.panel.addForward(3, 1);
    expect(at.panel.traffic(2, 9 * GB)).toBe(true);
    expect(at.panel.isRunning(2)).toBe(true);
    at.panel.traffic(2, GB);
    expect(at.panel.isRunning(2)).toBe(false);
  });

  it('suspending stops what runs and refuses the login', async () => {
    await at.addService(1);
    const { credentials } = await at.sluice.provision.create('svc-1');
    at.panel.addForward(3, 1);
    await at.sluice.provision.suspend('svc-1');
    expect(at.panel.traffic(2, GB)).toBe(false);
    expect(await logIn(at, credentials?.username, credentials?.password)).toEqual({ code: -1, msg: '账号被停用' });
    const refused = await at.panel.customer(3).createForward(1, 'new', '198.51.100.9:80');
    expect(refused.code).toBe(-1);
  });

  it('the quota is shown in bytes, and the true status of a permission is read', async () => {
    const user = await at.create(1);
    const users = await at.sluice.panels.users();
    expect(users.find((row) => row.id === user)?.quotaBytes).toBe(100 * GB);
    await at.sluice.provision.suspend('svc-1');
    at.panel.world.findPermission(user, 1)!.status = 1;
    const planned = await at.sluice.plan();
    expect(planned.services[0]?.actions).toEqual([
      { type: 'assign-tunnel', target: '1', name: expect.any(String) as unknown, state: 'planned' },
    ]);
  });

  it('the administrator’s own account is never taken for the customer’s', async () => {
    await at.create(1);
    await at.poll();
    await at.sluice.reconcile();
    await at.sluice.services.show('svc-1');
    expect(paths()).not.toContain('/user/package');
  });

  it('each code is what it is: 401 logs in once more, 403 does not, -1 is an error', async () => {
    await at.create(1);
    const refuse = (code: number, msg: string, times: number) =>
      at.panel.server.inject({
        endpoint: /user\/list$/,
        fault: { kind: 'body', body: JSON.stringify({ code, msg, ts: at.bench.clock.now() }) },
        times,
      });
    refuse(401, '无效的token或token已过期', 1);
    at.panel.server.clearCalls();
    await done(at.poll());
    expect(paths().filter((path) => path === '/user/login')).toHaveLength(2);
    for (const [code, msg, wanted] of [
      [403, '权限不足，仅管理员可操作', 'PANEL_FORBIDDEN'],
      [-1, '请求失败', 'PANEL_REJECTED'],
    ] as const) {
      refuse(code, msg, 1);
      at.panel.server.clearCalls();
      const { services } = await at.poll();
      expect(services[0]).toMatchObject({ status: 'unreadable', error: { code: wanted } });
      expect(paths().filter((path) => path === '/user/login')).toHaveLength(1);
    }
  });

  it('an answer without data is a success, HTTP 200 alone is none, and a captcha is told apart', async () => {
    const user = await at.create(1);
    expect(at.panel.user(user)).toBeDefined();
    at.panel.server.inject({ endpoint: /user\/list$/, fault: { kind: 'html' }, times: 1 });
    expect((await at.poll()).services[0]?.error?.code).toBe('PANEL_UNREADABLE');
    at.panel.setCaptcha(true, { turnstile: true });
    const { services } = await at.poll();
    expect(services[0]?.error).toMatchObject({ code: 'PANEL_AUTH' });
    expect(services[0]?.error?.message).toMatch(/captcha/);
    const tested = await at.sluice.panels.test(['relay']);
    expect(tested.panels).toMatchObject([{ ok: false, error: { message: expect.stringContaining('captcha') } }]);
  });

  it('the port of the address is used', async () => {
    expect(new URL(at.panel.url).port).not.toBe('');
    expect((await at.sluice.panels.test(['relay'])).panels).toMatchObject([{ ok: true }]);
    const { checks } = await at.sluice.panels.doctor();
    const told = checks.find((check) => check.name === 'panel')?.message;
    expect(told).toContain('with 2 tunnels; 2 of 2 nodes online, node agents of version 2.1.4');
    expect(paths()).toContain('/user/login');
  });

  it('nothing is looked for by e-mail, and a renamed customer is still the same', async () => {
    const user = await at.create(1, { values: { email: 'anna@example.com' } });
    const bodies = at.panel.server.calls.map((call) => call.body).join('\n');
    expect(bodies).not.toContain('anna@example.com');
    at.panel.world.users.get(user)!.user = 'anna-renamed';
    await done(at.sluice.provision.renew('svc-1'));
    expect(at.panel.user(user)).toMatchObject({ user: 'anna-renamed', expTime: Date.parse('2027-01-15') });
    await expectSettled(at);
  });

  it('another account with the id, as after a restore of the panel, is neither changed nor deleted', async () => {
    const user = await at.create(1);
    await done(at.sluice.reconcile());
    const row = at.panel.world.users.get(user)!;
    const name = row.user;
    Object.assign(row, { user: 'bob', createdTime: row.createdTime - 1000 });
    const before = at.panel.state();
    await at.sluice.provision.suspend('svc-1');
    for (const run of ['poll', 'reconcile', 'reconcile'] as const) {
      const { services } = await at.sluice[run]();
      expect(services).toMatchObject([{ error: { code: 'account_renamed' } }]);
    }
    for (const verb of ['terminate', 'create', 'changePassword'] as const)
      await failure(at.sluice.provision[verb]('svc-1'));
    expect(diffStates(before, at.panel.state())).toEqual([]);
    row.user = name;
    await done(at.sluice.reconcile());
    await done(at.sluice.provision.terminate('svc-1'));
    expect(at.panel.user(user)).toBeUndefined();
  });

  it('no single sign-on is pretended, and no password stands in an address or in the store', async () => {
    await at.addService(1);
    const { credentials } = await at.sluice.provision.create('svc-1');
    const link = await at.sluice.panels.loginLink('svc-1');
    expect(link).toEqual({ url: null, username: credentials?.username, singleSignOn: false });
    expect(at.panel.server.calls.map((call) => call.query.toString()).filter((query) => query !== '')).toEqual([]);
    const shown = await at.sluice.services.show('svc-1');
    expect(JSON.stringify(shown)).not.toContain(credentials?.password);
  });
});
