import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LosingProxy, startLosingProxy } from './test/losing-proxy.js';
import { IDS, type ModuleSite, startModuleSite } from './test/module-site.js';
import { noPhp } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

withPhp(`the provisioning module for a relay service${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  let proxy: LosingProxy;
  beforeAll(async () => {
    at = await startModuleSite();
    proxy = await startLosingProxy(at.url);
    for (const id of [42, 43, 44])
      at.whmcs.addService({
        ...{ id, client: IDS.ana, product: IDS.relay, status: 'Pending' },
        ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
      });
  });
  afterAll(async () => {
    await proxy.close();
    await at.close();
  });

  const account = (service: number) => at.relay.user(at.whmcs.service(service).username);

  const countUsers = () => Object.keys(at.relay.state().users).length;

  it('creates one account, with its credentials in the fields of the service', async () => {
    const created = await at.command('CreateAccount', 42);
    expect(created).toMatchObject({ returned: 'success', thrown: null });
    const { username, password } = at.whmcs.service(42);
    expect(account(42)?.pwd).toBe(md5(password));
    expect(username).not.toBe('');
    expect(JSON.stringify(created.moduleLog)).not.toContain(password);
    const users = countUsers();
    expect((await at.command('CreateAccount', 42)).returned).toBe('success');
    expect(countUsers()).toBe(users);
    expect(at.whmcs.service(42).password).toBe(password);
  });

  it('suspends and restores as often as WHMCS asks', async () => {
    for (const [command, status] of [
      ['SuspendAccount', 0],
      ['SuspendAccount', 0],
      ['UnsuspendAccount', 1],
      ['SuspendAccount', 0],
      ['UnsuspendAccount', 1],
    ] as const) {
      expect((await at.command(command, 42, { suspendreason: 'Overdue' })).returned).toBe('success');
      expect(account(42)?.status).toBe(status);
    }
  });

  it('sets the password of WHMCS, moves the expiry, and changes the package', async () => {
    const password = 'New & <secret>-1';
    const changed = await at.command('ChangePassword', 42, { password });
    expect(changed.returned).toBe('success');
    expect(account(42)?.pwd).toBe(md5(password));
    expect(JSON.stringify(changed)).not.toContain('<secret>');
    const before = account(42)?.expTime;
    at.whmcs.service(42).nextDueDate = '2027-01-15';
    expect((await at.command('Renew', 42)).returned).toBe('success');
    expect(account(42)?.expTime).toBeGreaterThan(before ?? 0);
    at.whmcs.addProduct({ id: 21, name: 'Relay 300', module: 'sluice' });
    at.whmcs.service(42).productId = 21;
    const unknown = await at.command('ChangePackage', 42);
    expect(unknown.returned).toMatch(/product/i);
    expect((await at.command('ChangePackage', 42, { configoption1: 'relay-300' })).returned).toBe('success');
    expect(account(42)?.flow).toBe(300);
  });

  it('ends with one account and a known password after a lost answer', async () => {
    const users = countUsers();
    proxy.loses = /create$/;
    const lost = await at.command('CreateAccount', 43, { serverport: proxy.port });
    expect(lost.returned).toMatch(/not known yet/);
    expect(at.whmcs.service(43)).toMatchObject({ status: 'Pending' });
    proxy.loses = null;
    expect((await at.command('CreateAccount', 43, { serverport: proxy.port })).returned).toBe('success');
    expect(countUsers()).toBe(users + 1);
    expect(account(43)?.pwd).toBe(md5(at.whmcs.service(43).password));
  });

  it('asks again after a lost answer, whatever that request did', async () => {
    const through = { serverport: proxy.port, suspendreason: 'Overdue' };
    proxy.loses = /suspend$/;
    expect((await at.command('SuspendAccount', 43, through)).returned).toMatch(/not known yet/);
    proxy.loses = null;
    expect((await at.command('UnsuspendAccount', 43, through)).returned).toBe('success');
    expect(account(43)?.status).toBe(1);
    expect((await at.command('SuspendAccount', 43, through)).returned).toBe('success');
    expect(account(43)?.status).toBe(0);
    expect((await at.command('UnsuspendAccount', 43, through)).returned).toBe('success');
  });

  it('reads WHMCS again after a lost answer of the reading', async () => {
    proxy.loses = /sync$/;
    expect((await at.command('Renew', 43, { serverport: proxy.port })).returned).toMatch(/not known yet/);
    proxy.loses = null;
    const before = account(43)?.expTime ?? Infinity;
    at.whmcs.service(43).nextDueDate = '2027-02-15';
    expect((await at.command('Renew', 43, { serverport: proxy.port })).returned).toBe('success');
    expect(account(43)?.expTime).toBeGreaterThan(before);
  });

  it('tries again what the panel refused', async () => {
    at.relay.server.inject({ endpoint: 'POST /api/v1/user/create', fault: { kind: 'cut' } });
    expect((await at.command('CreateAccount', 44)).returned).toMatch(/a run of Sluice may never finish it/);
    at.relay.server.clearFaults();
    expect((await at.command('CreateAccount', 44)).returned).toBe('success');
    expect(account(44)?.pwd).toBe(md5(at.whmcs.service(44).password));
  });

  it('does not report a change of an account that was never created', async () => {
    const own = { billingCycle: 'Monthly', nextDueDate: '2026-12-15' };
    at.whmcs.addService({ id: 45, client: IDS.ana, product: IDS.relay, status: 'Pending', ...own });
    for (const command of ['ChangePassword', 'Renew', 'ChangePackage'])
      expect((await at.command(command, 45, { password: 'Other-secret-1' })).returned).toMatch(/no account/);
  });

  it('sends the customer to the login of the panel', async () => {
    const [signed] = await at.php([{ module: 'servers/sluice', call: 'ServiceSingleSignOn', params: at.params(43) }]);
    expect(signed?.returned).toEqual({ success: true, redirectTo: 'https://relay.example.com' });
    // WHMCS has moved the service, and Sluice has not read that.
    Object.assign(at.whmcs.service(43), { clientId: IDS.eve });
    const [other] = await at.php([{ module: 'servers/sluice', call: 'ServiceSingleSignOn', params: at.params(43) }]);
    Object.assign(at.whmcs.service(43), { clientId: IDS.ana });
    expect(other?.returned).toMatchObject({ success: false });
  });

  it('removes the account', async () => {
    const { username } = at.whmcs.service(42);
    expect((await at.command('TerminateAccount', 42, { configoption1: 'relay-300' })).returned).toBe('success');
    expect(at.relay.user(username)).toBeUndefined();
    expect((await at.command('TerminateAccount', 42)).returned).toBe('success');
  });
});
