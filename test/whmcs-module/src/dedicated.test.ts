import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, serverParams, startModuleSite } from './test/module-site.js';
import { noPhp, type PhpResult } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const FIELDS = { easydcim_service_id: '501', easydcim_order_id: '901', easydcim_server_id: '301' };
const GB = 1024 ** 3;

withPhp(`the provisioning module for a dedicated server${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite();
    at.dcim.addService({ id: 501, orderId: 901, serverId: 301, user: 11, ports: [{ id: 7001, name: 'eth0' }] });
    at.whmcs.addService({
      ...{ id: 50, client: IDS.ana, product: IDS.dedicated, status: 'Pending' },
      ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
      fields: FIELDS,
    });
    at.whmcs.addService({ id: 51, client: IDS.ana, product: IDS.dedicated, status: 'Pending' });
    at.dcim.addTraffic(501, { in: 30 * GB, out: 10 * GB });
    at.clock.advance(3_600_000);
  });
  afterAll(() => at.close());

  const order = () => at.dcim.order(901).status;
  const call = async (
    name: string,
    params: Record<string, unknown>,
    post?: Record<string, unknown>,
  ): Promise<PhpResult> => {
    const asked = { module: 'servers/sluice', call: name, params, ...(post && { post }) };
    return (await at.php([asked]))[0] as PhpResult;
  };

  it('tests the server, and lists the products for the setting of the module', async () => {
    const server = serverParams(at.tables['tblservers']?.[0] ?? {});
    expect((await call('TestConnection', server)).returned).toEqual({ success: true, error: '' });
    const wrong = await call('TestConnection', { ...server, serverpassword: 'sluice_wrong-token' });
    expect(wrong.returned).toEqual({ success: false, error: expect.stringMatching(/Check the token/) });
    expect((await call('Products', server)).returned).toMatchObject({ '': expect.any(String), line: 'line (voice)' });
    expect((await call('Products', { ...server, serverport: '1' })).thrown).toMatch(/can't be reached/);
  });

  it('takes over the order that the service names, and refuses one without', async () => {
    expect((await at.command('CreateAccount', 50)).returned).toBe('success');
    expect((await at.command('CreateAccount', 51)).returned).toMatch(/easydcim|account|reading/i);
  });

  it('suspends and restores the order, and moves it to another product', async () => {
    await at.command('SuspendAccount', 50);
    expect(order()).toBe('suspended');
    await at.command('UnsuspendAccount', 50);
    expect(order()).toBe('active');
    at.whmcs.service(50).productId = IDS.bigger;
    // WHMCS takes the values of custom fields along.
    for (const [name, value] of Object.entries(FIELDS)) at.whmcs.setField(50, name, value);
    expect((await at.command('ChangePackage', 50)).returned).toBe('success');
    expect((await at.command('Renew', 50)).returned).toBe('success');
  });

  it('writes usage and allowance into the fields of WHMCS, in megabytes', async () => {
    await at.bench.sluice('poll');
    const updated = await call('UsageUpdate', serverParams(at.tables['tblservers']?.[0] ?? {}));
    expect(updated.returned).toBe('success');
    expect(at.whmcs.service(50)).toMatchObject({ bandwidthUsage: 40 * 1024, bandwidthLimit: 900 * 1024 });
    expect(at.whmcs.service(51)).toMatchObject({ bandwidthUsage: 0, bandwidthLimit: 0 });
  });

  it('writes what counts, as Sluice names it', async () => {
    const update = async () => {
      await at.bench.sluice('poll');
      await call('UsageUpdate', serverParams(at.tables['tblservers']?.[0] ?? {}));
      return [at.whmcs.service(50).bandwidthUsage, at.whmcs.service(50).bandwidthLimit];
    };
    // The quota of the product counts the total only.
    await at.bench.sluice('override set whmcs-50 --mode OUT');
    expect(await update()).toEqual([10 * 1024, 0]);
    await at.bench.sluice('override set whmcs-50 --mode OUT --quota 1KB');
    expect(await update()).toEqual([10 * 1024, 1]);
    await at.bench.sluice('override clear whmcs-50');
    expect(await update()).toEqual([40 * 1024, 900 * 1024]);
  });

  it('sends only the parts of the override that staff changed', async () => {
    const form = (before: object, now: object) => ({
      modulefields: { sluice_override_before: before, sluice_override: now },
    });
    const none = { quota: '', unlimited: '', mode: '', action: '' };
    const unchanged = await call('AdminServicesTabFieldsSave', at.params(50), form(none, none));
    expect(unchanged.moduleLog).toEqual([]);
    const set = await call('AdminServicesTabFieldsSave', at.params(50), form(none, { ...none, quota: '2TB' }));
    expect(set.moduleLog.map(({ action }) => action)).toEqual(['PUT /services/whmcs-50/override']);
    expect(set.moduleLog[0]?.request).not.toMatch(/mode|unlimited/);
    const withQuota = { ...none, quota: '2TB' };
    await call('AdminServicesTabFieldsSave', at.params(50), form(withQuota, { ...withQuota, mode: 'OUT' }));
    const tab = (await call('AdminServicesTabFields', at.params(50))).returned as Record<string, string>;
    expect(tab['Override']).toMatch(/value="2TB".*value="OUT" selected/s);
    const wrong = await call('AdminServicesTabFieldsSave', at.params(50), form(none, { ...none, quota: '<b>' }));
    expect(wrong).toMatchObject({
      thrown: null,
      activity: [{ message: expect.stringMatching(/^Sluice: .*not a size/) }],
    });
    const told = (await call('AdminServicesTabFields', at.params(50))).returned as Record<string, string>;
    expect(told['Not saved']).toMatch(/not a size/);
    const both = { ...withQuota, mode: 'OUT' };
    const save = (now: object) => call('AdminServicesTabFieldsSave', at.params(50), form(both, now));
    const override = async () => (await at.bench.sluice('service show whmcs-50 --json')).json().overrides;
    // A refused part changes nothing of the others.
    await save({ ...none, quota: '3 XB' });
    expect(await override()).toMatchObject({ quotaBytes: 2 * 1024 * GB, mode: 'OUT' });
    await save(withQuota);
    expect(await override()).toMatchObject({ quotaBytes: 2 * 1024 * GB, mode: null });
    await save({ ...both, unlimited: '1' });
    expect(await override()).toMatchObject({ quotaBytes: null, unlimited: true });
    const cleared = await save(none);
    expect(cleared.moduleLog.map(({ action }) => action)).toEqual(['PUT /services/whmcs-50/override']);
    expect(await override()).toBeNull();
    const after = (await call('AdminServicesTabFields', at.params(50))).returned as Record<string, string>;
    expect(after['Override']).not.toMatch(/2TB/);
  });

  it('says what would be held to staff, and that the traffic is used up to its client, until it is restricted', async () => {
    const text = (html: unknown): string =>
      JSON.stringify(html)
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ');
    const read = async () => ({
      staff: text((await call('AdminServicesTabFields', at.params(50))).returned),
      client: text((await call('ClientArea', at.params(50))).returned),
    });
    await at.bench.sluice('observe dcim');
    await at.bench.sluice('override set whmcs-50 --quota 1GB');
    at.clock.advance(3_600_000);
    await at.bench.sluice('poll');
    const observed = await read();
    expect(observed.staff).toContain('would be held');
    expect(observed.client).toMatch(/used up/);
    expect(observed.client).not.toMatch(/restricted|suspended|would be held|observe/i);
    expect(order()).toBe('active');
    await at.bench.sluice('enforce dcim --yes');
    await at.bench.sluice('poll --allow-mass');
    const held = await read();
    expect(held.staff).not.toContain('would be held');
    expect(held.client).toMatch(/The service is restricted\. The traffic of this period is used up/);
    await at.bench.sluice('override clear whmcs-50');
    await at.bench.sluice('poll --allow-mass');
  });

  it('opens the pages of the client where the panel has no login', async () => {
    const { returned } = await call('ServiceSingleSignOn', at.params(50));
    const { redirectTo } = returned as { redirectTo: string };
    expect(redirectTo).toMatch(/^https:\/\/sluice\.example\.com\/share\//);
    const page = await fetch(new URL(new URL(redirectTo).pathname, at.url));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('whmcs-50');
  });

  const tokens = async (): Promise<{ id: string }[]> => {
    const { stdout } = await at.bench.sluice('api-token list --json');
    return (JSON.parse(stdout) as { tokens: { id: string }[] }).tokens;
  };
  /** What a click needs, in a session of its own. */
  const clickOn = (more = {}) => ({
    ...{ module: 'servers/sluice', call: 'ServiceSingleSignOn', params: at.params(50, more) },
  });
  const toAddress = ({ returned }: PhpResult): string | undefined => (returned as { redirectTo?: string }).redirectTo;

  it('makes one link for the clicks of a session, and keeps none of them for ever', async () => {
    const count = async () => (await tokens()).length;
    const before = await count();
    const click = clickOn();
    const next = { ...click, isSameSession: true } as const;
    const results = await at.php([click, next, next, click]);
    const addresses = results.map(toAddress);
    expect(new Set(addresses).size).toBe(2);
    expect(await count()).toBe(before + 2);
    at.clock.advance(31 * 86_400_000);
    await at.bench.sluice('reconcile');
    expect(await count()).toBe(before - 1);
  });

  it('makes another link where staff revoked the one of the session', async () => {
    const [first] = await at.php([clickOn()]);
    const { session } = first!;
    const before = await tokens();
    const [same] = await at.php([{ ...clickOn(), session }]);
    await at.bench.sluice(`api-token revoke ${before.at(-1)!.id}`);
    const [other] = await at.php([{ ...clickOn(), session }]);
    expect([toAddress(same!), toAddress(other!) === toAddress(first!)]).toEqual([toAddress(first!), false]);
    expect((await fetch(new URL(new URL(toAddress(other!)!).pathname, at.url))).status).toBe(200);
    expect((await tokens()).length).toBe(before.length + 1);
    expect(JSON.stringify(other!.moduleLog)).not.toContain('/share/');
  });

  it('makes one link for each Sluice, also where WHMCS reaches nothing but its API', async () => {
    const asked: string[] = [];
    const second = createServer(({ method, url = '' }, reply) => {
      asked.push(`${method} ${url}`);
      const isLogin = url.endsWith('/login-link');
      const link = { token: 'other', url: 'https://second.example.com/share/other', access: {} };
      const isService = url.endsWith('/services/whmcs-50');
      reply.writeHead(isLogin ? 422 : method === 'POST' ? 201 : isService ? 200 : 404);
      const own = isService ? { client: String(IDS.ana) } : link;
      reply.end(JSON.stringify(isLogin ? { error: { code: 'unsupported', message: 'no', details: {} } } : own));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => second.once('listening', resolve));
    const other = clickOn({ serverid: 5, serverport: (second.address() as AddressInfo).port });
    const next = { isSameSession: true } as const;
    const clicks = [clickOn(), { ...other, ...next }, { ...other, ...next }, { ...clickOn(), ...next }];
    const [first, there, again, back] = (await at.php(clicks)).map(toAddress);
    second.close();
    expect([there, again, back]).toEqual(['https://second.example.com/share/other', there, first]);
    expect(asked.filter((one) => one.startsWith('POST'))).toHaveLength(1);
  });

  it('says that staff removes the order on the panel', async () => {
    expect((await at.command('TerminateAccount', 50)).returned).toMatch(/does not support terminate/);
    expect(at.whmcs.service(50).status).toBe('Active');
  });
});
