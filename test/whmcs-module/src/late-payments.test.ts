import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite } from './test/module-site.js';
import { startLosingProxy } from './test/losing-proxy.js';
import { noPhp } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;

withPhp(`a service that is held when it is overdue, and paid late${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite('poll: { overdue: hold }\n');
    at.dcim.addService({ id: 501, orderId: 901, serverId: 301, user: 11, ports: [{ id: 7001, name: 'eth0' }] });
    at.whmcs.addService({
      ...{ id: 50, client: IDS.ana, product: IDS.dedicated, status: 'Pending' },
      ...{ billingCycle: 'Monthly', nextDueDate: '2026-11-15' },
      fields: { easydcim_service_id: '501', easydcim_order_id: '901', easydcim_server_id: '301' },
    });
    await at.command('CreateAccount', 50);
    await at.command('SuspendAccount', 50);
  });
  afterAll(() => at.close());

  const order = () => at.dcim.order(901).status;
  const poll = async (): Promise<string> => {
    at.clock.advance(3_600_000);
    await at.bench.sluice('poll --allow-mass');
    return order();
  };

  it('stays served after Unsuspend, also before the next sync', async () => {
    expect(await poll()).toBe('suspended');
    at.whmcs.service(50).nextDueDate = '2026-12-15';
    expect((await at.command('UnsuspendAccount', 50)).returned).toBe('success');
    expect(order()).toBe('active');
    expect(await poll()).toBe('active');
    expect((await at.bench.sluice('service show whmcs-50 --json')).json()).toMatchObject({ nextDueDate: '2026-12-15' });
  });

  it('is served after Unsuspend, too, where Sluice can not read it from WHMCS', async () => {
    await at.command('SuspendAccount', 50);
    at.whmcs.server.inject({ match: () => true, fault: { kind: 'status', status: 503 } });
    const done = await at.command('UnsuspendAccount', 50);
    at.whmcs.server.clearFaults();
    expect(done.moduleLog.map(({ action }) => action)).toContain('POST /services/sync');
    expect(done.returned).toBe('success');
    expect(await poll()).toBe('active');
  });

  it('is served after Unsuspend, too, where the answer to the sync before it is lost', async () => {
    await at.command('SuspendAccount', 50);
    const proxy = await startLosingProxy(at.url);
    proxy.loses = /services\/sync$/;
    const done = await at.command('UnsuspendAccount', 50, { serverport: proxy.port });
    await proxy.close();
    expect(done.moduleLog.map(({ action }) => action)).toContain('POST /services/sync');
    expect([done.returned, order()]).toEqual(['success', 'active']);
  });
});
