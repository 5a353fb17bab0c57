import { describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { logIn } from './customer.js';
import { done, failure, expectSettled } from '../bench/outcomes.js';

const at = useFlvxBench(`
  tiny: { panel: relay, quota: { total: 10GB }, flvx: { tunnelId: 1 } }
  odd: { panel: relay, quota: { total: 20.5GB }, flvx: { tunnelId: 1 } }
  limited: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, speedLimitId: 1, resetDay: 9, maxForwards: 3 } }`);

const paths = (): string[] => at.panel.server.calls.map((call) => call.path.replace('/api/v1', ''));

/** Sixteen mistakes that a client of this panel can make, each with what Sluice does instead. */
describe('the mistakes of the WHMCS module are not made:', () => {
  it('1. quotas are sent in GB, so that 10 GB are neither blocked nor unlimited', async () => {
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

  it('2. suspending and unsuspending keep quota, number, speed, expiry and reset day', async () => {
    at.panel.addSpeedLimit(1, 30);
    const user = await at.create(1, { product: 'limited' });
    const before = at.panel.state();
    await at.sluice.provision.suspend('svc-1');
    expect(diffStates(before, at.panel.state())).toEqual([
      'permissions.2.status: 1 -> 0',
      `users.${user}.status: 1 -> 0`,
    ]);
    await at.sluice.provision.unsuspend('svc-1');
    expect(diffStates(before, at.panel.state())).toEqual([]);
    expect(at.panel.permission(user, 1)).toMatchObject({ speedId: 1, flow: 100, num: 3, flowResetTime: 9 });
  });

  it('3. suspending stops what runs and refuses the login', async () => {
    await at.addService(1);
    const { credentials } = await at.sluice.provision.create('svc-1');
    at.panel.addForward(3, 1);
    await at.sluice.provision.suspend('svc-1');
    expect(at.panel.traffic(2, GB)).toBe(false);
    expect(await logIn(at, credentials?.username, credentials?.password)).toEqual({ code: -1, msg: '账号被停用' });
    const refused = await at.panel.customer(3).createForward(1, 'new', '198.51.100.9:80');
    expect(refused.code).toBe(-1);
  });

  it('4. a change of package is checked, keeps a suspended service suspended, and restarts no expiry', async () => {
    at.panel.addSpeedLimit(1, 30);
    const user = await at.create(1, { product: 'limited' });
    at.panel.addForward(user, 1);
    await at.sluice.provision.suspend('svc-1');
    const { expTime } = at.panel.user(user)!;
    at.panel.server.inject({
      endpoint: /user\/update$/,
      fault: { kind: 'body', body: '{"code":-1,"msg":"用户名不能为空","ts":1795176000000}' },
      times: 1,
    });
    await failure(at.sluice.provision.changePackage('svc-1', 'relay'));
    await done(at.sluice.provision.changePackage('svc-1', 'relay'));
    expect(at.panel.user(user)).toMatchObject({ flow: 100, num: 10, flowResetTime: 0, status: 0, expTime });
    expect(at.panel.permission(user, 1)).toMatchObject({
      num: 10,
      flowResetTime: 0,
      status: 0,
      expTime,
      speedId: null,
    });
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it('5. a change of password leaves the package alone', async () => {
    at.panel.addSpeedLimit(1, 30);
    await at.create(1, { product: 'limited' });
    await at.sluice.provision.suspend('svc-1');
    const before = at.panel.state();
    await at.sluice.provision.changePassword('svc-1');
    expect(diffStates(before, at.panel.state()).map((line) => line.split(':')[0])).toEqual(['users.3.pwd']);
  });

  it('6. terminating leaves nothing running, and forgets nothing before it is done', async () => {
    const before = at.panel.state();
    const user = await at.create(1);
    at.panel.addForward(user, 1);
    at.panel.nodeOffline(1);
    const broken = await at.sluice.provision.terminate('svc-1');
    expect(broken.service).toMatchObject({ lifecycle: 'active', refs: { flvx_user_id: String(user) } });
    at.panel.nodeOnline(1);
    await at.sluice.provision.terminate('svc-1');
    expect(diffStates(before, at.panel.state())).toEqual([]);
    expect(at.panel.services().every((service) => service.forwardId === 1)).toBe(true);
  });

  it('7. no account is taken over because of its name', async () => {
    await at.addService(1, { values: { flvx_username: 'somebody-else', email: 'somebody-else@example.com' } });
    const before = at.panel.state();
    const refused = await failure(at.sluice.provision.create('svc-1'));
    expect(refused).toMatchObject({ as: 'failed', code: 'account_exists' });
    expect(refused.message).toMatch(/nothing proves that it belongs to this service/);
    expect(diffStates(before, at.panel.state())).toEqual([]);
    expect((await at.sluice.services.show('svc-1')).lifecycle).toBe('active');
  });

  it('8. a renewal moves the expiry and starts what had stopped', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, 1);
    await at.poll();
    at.bench.clock.set('2026-12-20T00:00:10Z');
    at.panel.midnight();
    expect(at.panel.isRunning(2)).toBe(false);
    await done(at.sluice.provision.renew('svc-1'));
    expect(at.panel.user(user)).toMatchObject({ expTime: Date.parse('2027-01-15'), status: 1 });
    expect(at.panel.traffic(2, GB)).toBe(true);
  });

  it('9. usage is compared in bytes, and a hold is enforced on the panel', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, 1);
    at.panel.traffic(2, 99 * GB);
    const [first] = (await at.poll()).services;
    expect(first).toMatchObject({ status: 'ok', allowance: { allowedBytes: 100 * GB, remainingBytes: GB } });
    at.panel.traffic(2, GB - 1);
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).services[0]?.status).toBe('ok');
    at.panel.report('2_3_2_tcp', 1);
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).services[0]?.status).toBe('held');
    expect(at.panel.permissionStatus(user, 1)).toBe(0);
  });

  it('10. the quota is shown in bytes, and the true status of a permission is read', async () => {
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

  it('11. the administrator’s own account is never taken for the customer’s', async () => {
    await at.create(1);
    await at.poll();
    await at.sluice.reconcile();
    await at.sluice.services.show('svc-1');
    expect(paths()).not.toContain('/user/package');
  });

  it('12. each code is what it is: 401 logs in once more, 403 does not, -1 is an error', async () => {
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

  it('13. an answer without data is a success, HTTP 200 alone is none, and a captcha is told apart', async () => {
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

  it('14. the port of the address is used', async () => {
    expect(new URL(at.panel.url).port).not.toBe('');
    expect((await at.sluice.panels.test(['relay'])).panels).toMatchObject([{ ok: true }]);
    const { checks } = await at.sluice.panels.doctor();
    const told = checks.find((check) => check.name === 'panel')?.message;
    expect(told).toContain('with 2 tunnels; 2 of 2 nodes online, node agents of version 2.1.4');
    expect(paths()).toContain('/user/login');
  });

  it('15. nothing is looked for by e-mail, and a renamed customer is still the same', async () => {
    const user = await at.create(1, { values: { email: 'anna@example.com' } });
    const bodies = at.panel.server.calls.map((call) => call.body).join('\n');
    expect(bodies).not.toContain('anna@example.com');
    at.panel.world.users.get(user)!.user = 'anna-renamed';
    await done(at.sluice.provision.renew('svc-1'));
    expect(at.panel.user(user)).toMatchObject({ user: 'anna-renamed', expTime: Date.parse('2027-01-15') });
    await expectSettled(at);
  });

  it('15b. another account with the id, as after a restore of the panel, is neither changed nor deleted', async () => {
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

  it('16. no single sign-on is pretended, and no password stands in an address or in the store', async () => {
    await at.addService(1);
    const { credentials } = await at.sluice.provision.create('svc-1');
    const link = await at.sluice.panels.loginLink('svc-1');
    expect(link).toEqual({ url: null, username: credentials?.username, singleSignOn: false });
    expect(at.panel.server.calls.map((call) => call.query.toString()).filter((query) => query !== '')).toEqual([]);
    const shown = await at.sluice.services.show('svc-1');
    expect(JSON.stringify(shown)).not.toContain(credentials?.password);
  });
});
