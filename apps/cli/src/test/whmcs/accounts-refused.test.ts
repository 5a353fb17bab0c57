import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { type AccountsBench, type AccountsOptions, startAccountsBench } from './accounts-bench.js';

let at: AccountsBench;
afterEach(() => at.close());
const begin = async (options?: AccountsOptions): Promise<void> => {
  at = await startAccountsBench(options);
};

const errors = ({ services }: RunReport): (string | null)[] => services.map(({ error }) => error?.code ?? null);
const actionsOf = ({ services }: RunReport): string[] =>
  services.flatMap(({ id, actions }) => actions.map(({ type }) => `${id} ${type}`));
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
    expect((await at.run('provision create whmcs-1')).exitCode).toBe(1);
    if (hasId) expect((await at.run(`service set whmcs-1 flvx_user_id=${taken}`)).exitCode).toBe(0);
    await endOrder(1);
    expect(actionsOf(await at.plan())).toEqual([]);
    for (let n = 0; n < 2; n++) expect((await at.reconcile('--allow-mass')).run.outcome).toBe('done');
    expect([at.relayUsers(), at.relay.permissionStatus(taken, 1)]).toEqual([['taken'], 1]);
  });

  it('stays where the creation with its id was refused (Hiddify)', async () => {
    await begin({ product: 'terminate: auto' });
    at.addOrder(1, { product: 11 });
    await at.sync();
    const foreign = at.vpn.addUser({ name: 'somebody' });
    expect((await at.run(`service set whmcs-1 hiddify_user_uuid=${foreign}`)).exitCode).toBe(0);
    expect((await at.run('provision create whmcs-1')).exitCode).toBe(1);
    await endOrder(1);
    for (let n = 0; n < 2; n++) expect((await at.reconcile('--allow-mass')).run.outcome).toBe('done');
    expect(at.vpnUsers()).toEqual(['somebody']);
  });
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
    for (const body of ['Fatal error', refusal])
      at.whmcs.server.inject({ endpoint: 'GetInvoice', times: 1, fault: { kind: 'status', status: 200, body } });
    const report = await at.reconcile();
    expect(errors(report)).toEqual(['order_unreadable', 'order_unreadable', null]);
    expect([at.vpnUsers(), report.services[0]?.error?.message]).toEqual([
      ['whmcs-3'],
      expect.stringMatching(/^The order of service 1 of WHMCS can't be read: /),
    ]);
    await at.reconcile();
    expect(at.vpnUsers().sort()).toEqual(['whmcs-1', 'whmcs-2', 'whmcs-3']);
  });
});
