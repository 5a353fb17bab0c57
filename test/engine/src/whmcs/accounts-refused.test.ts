import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { startAccountsBench } from '../bench/accounts-bench.js';
import { useOpened } from '../bench/each-test.js';
import { errors, listActions } from './accounts.js';

const [at, begin] = useOpened(startAccountsBench);

const endOrder = async (number: number): Promise<void> => {
  at.whmcs.service(number).status = 'Terminated';
  await at.sync();
};

describe("an account of somebody else's", () => {
  it.each([false, true])('stays where the creation of its name was refused (FLVX, with its id: %s)', async (hasId) => {
    await begin({ product: 'terminate: auto' });
    at.addOrder(1);
    const taken = at.relay.addUser({ user: 'taken' });
    at.relay.addPermission(taken, 1);
    at.whmcs.setField(1, 'flvx_username', 'taken');
    await at.sync();
    expect(errors(await at.reconcile())).toEqual(['account_exists']);
    expect(await at.create('whmcs-1')).toBe('failed');
    if (hasId) await at.sluice.services.set('whmcs-1', { flvx_user_id: String(taken) });
    await endOrder(1);
    expect(listActions(await at.plan())).toEqual([]);
    for (let n = 0; n < 2; n++) expect((await at.reconcile({ allowMass: true })).run.outcome).toBe('done');
    expect([at.relayUsers(), at.relay.permissionStatus(taken, 1)]).toEqual([['taken'], 1]);
  });

  it('stays where the creation with its id was refused (Hiddify)', async () => {
    await begin({ product: 'terminate: auto' });
    at.addOrder(1, { product: 11 });
    await at.sync();
    const foreign = at.vpn.addUser({ name: 'somebody' });
    await at.sluice.services.set('whmcs-1', { hiddify_user_uuid: foreign });
    expect(await at.create('whmcs-1')).toBe('failed');
    await endOrder(1);
    for (let n = 0; n < 2; n++) expect((await at.reconcile({ allowMass: true })).run.outcome).toBe('done');
    expect(at.vpnUsers()).toEqual(['somebody']);
  });
});

describe('the removal of an account', () => {
  it('leaves the one that a field of its order named before its creation was known to be done', async () => {
    await begin({ product: 'terminate: auto' });
    const foreign = at.relay.addUser({ user: 'foreign' });
    at.addOrder(1);
    await at.sync();
    await at.loseCreation();
    expect([at.relayUsers().length, (await at.plan()).run.changes]).toEqual([2, true]);
    at.whmcs.setField(1, 'flvx_user_id', String(foreign));
    expect((await at.sluice.services.sync()).problems).toMatchObject([{ key: 'flvx_user_id' }]);
    expect((await at.reconcile()).run.outcome).toBe('done');
    at.whmcs.setField(1, 'flvx_user_id', '');
    await endOrder(1);
    expect((await at.reconcile()).run.outcome).toBe('done');
    expect(at.relayUsers()).toEqual(['foreign']);
  });

  it('leaves one of another name, as after a restore of the panel', async () => {
    await begin({ product: 'terminate: auto' });
    at.addOrder(1);
    await at.sync();
    await at.reconcile();
    const [user] = [...at.relay.world.users.values()].slice(-1);
    if (user !== undefined) user.user = 'foreign';
    await endOrder(1);
    expect(errors(await at.plan())).toEqual(['account_renamed']);
    expect(errors(await at.reconcile())).toEqual(['account_renamed']);
    expect((await at.sluice.provision.terminate('whmcs-1')).run.outcome).toBe('failed');
    expect(at.relayUsers()).toEqual(['foreign']);
    await at.sluice.services.remove('whmcs-1');
  });
});

it('is not left on its panel by an order that changes to a product of another panel', async () => {
  await begin();
  for (const number of [1, 2, 3]) at.addOrder(number, number === 2 ? { product: 11 } : {});
  await at.sync();
  await at.loseCreation();
  await at.sluice.provision.create('whmcs-3');
  expect([at.relayUsers().length, at.vpnUsers().length]).toEqual([2, 1]);
  for (const number of [1, 2, 3]) at.whmcs.service(number).productId = number === 2 ? 10 : 11;
  at.addOrder(4);
  const synced = await at.sluice.services.sync();
  const { totals, problems } = synced;
  expect([synced.run.outcome, totals.added, totals.changed]).toEqual(['partial', 1, 3]);
  expect(problems[1]).toEqual({
    service: 'whmcs-2',
    key: 'panel',
    code: 'account_left_behind',
    message: '"whmcs-2" has an account on panel "vpn" (product "vpn-50"), and product "relay-100" is on panel "relay"',
  });
  expect(problems.map(({ code }) => code)).toEqual(Array(3).fill('account_left_behind'));
  const texts = { panel: 'relay', product: 'relay-100' };
  const { services } = at.sluice;
  for (const set of [services.set('whmcs-2', texts), services.setWhere([['id', 'whmcs-2']], texts)])
    await expect(set).rejects.toMatchObject({ code: 'account_left_behind' });
  expect((await at.sluice.provision.terminate('whmcs-2')).run.outcome).toBe('done');
  await at.sluice.services.sync();
  await at.reconcile();
  expect([at.relayUsers().length, at.vpnUsers()]).toEqual([4, []]);
});

describe('an order that WHMCS does not return', () => {
  it('waits alone, with its own error', async () => {
    await begin();
    for (const number of [1, 2, 3]) {
      at.addOrder(number, { product: 11, status: 'Pending' });
      const items = [{ description: 'VPN', amount: '10.00', service: number }];
      at.whmcs.pay(at.whmcs.addInvoice({ client: 77, items }));
    }
    await at.sync();
    const refusal = JSON.stringify({ result: 'error', message: 'Invoice ID Not Found' });
    const run = async (what: 'plan' | 'reconcile'): Promise<RunReport> => {
      for (const body of ['Fatal error', refusal])
        at.whmcs.server.inject({ endpoint: 'GetInvoice', times: 1, fault: { kind: 'status', status: 200, body } });
      return at[what]();
    };
    const plan = await run('plan');
    const report = await run('reconcile');
    for (const shown of [plan, report]) {
      expect([shown.run.outcome, shown.error]).toEqual(['partial', null]);
      expect(errors(shown)).toEqual(['order_unreadable', 'order_unreadable', null]);
    }
    expect([at.vpnUsers(), report.services[0]?.error?.message]).toEqual([
      ['whmcs-3'],
      expect.stringMatching(/^The order of service 1 of WHMCS can't be read: /),
    ]);
    await at.reconcile();
    expect(at.vpnUsers().sort()).toEqual(['whmcs-1', 'whmcs-2', 'whmcs-3']);
  });
});

describe('an order whose invoice was merged into another', () => {
  /** Adds a pending order with a merged invoice, to which the order still refers. */
  const addMerged = async (): Promise<number> => {
    at.addOrder(1, { product: 11, status: 'Pending' });
    const own = at.whmcs.addInvoice({ client: 77, items: [{ description: 'VPN', amount: '10.00', service: 1 }] });
    const other = at.whmcs.addInvoice({ client: 77, items: [{ description: 'Hosting', amount: '30.00' }] });
    at.whmcs.mergeInvoice(own, other);
    const change = (json: unknown): unknown => {
      for (const row of (json as { orders: { order: { invoiceid: number }[] } }).orders.order) row.invoiceid = own;
      return json;
    };
    at.whmcs.server.inject({ endpoint: 'GetOrders', fault: { kind: 'mutate', change } });
    await at.sync();
    return other;
  };

  it('gets its account when that is paid', async () => {
    await begin();
    const other = await addMerged();
    at.whmcs.pay(at.whmcs.addInvoice({ client: 77, items: [{ description: 'Another', amount: '1.00' }] }));
    await at.reconcile();
    expect(at.vpnUsers()).toEqual([]);
    at.whmcs.pay(other);
    await at.reconcile();
    expect(at.vpnUsers()).toEqual(['whmcs-1']);
  });

  it('waits with an error of its own without the right to list invoices', async () => {
    await begin();
    at.whmcs.pay(await addMerged());
    at.whmcs.quirks.denied.add('GetInvoices');
    const denied = await at.reconcile();
    expect([denied.run.outcome, errors(denied), at.vpnUsers()]).toEqual(['failed', ['order_unreadable'], []]);
    at.whmcs.quirks.denied.clear();
    await at.reconcile();
    expect(at.vpnUsers()).toEqual(['whmcs-1']);
  });
});

it('is announced by doctor if the credentials lack a right that accounts need', async () => {
  await begin();
  const rights = async (): Promise<string[]> => {
    const { checks } = await at.sluice.panels.doctor();
    return checks.filter(({ name, object }) => object === 'whmcs' && /^right/.test(name)).map(({ message }) => message);
  };
  expect(await rights()).toEqual([
    expect.stringMatching(/allows GetClientsProducts, GetOrders, GetInvoice; not tested, .*: UpdateClientProduct$/),
  ]);
  at.whmcs.quirks.denied.add('GetOrders');
  expect(await rights()).toEqual([expect.stringContaining('"getorders" is not allowed')]);
});
