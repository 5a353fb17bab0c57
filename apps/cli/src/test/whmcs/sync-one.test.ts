import { expect, it } from '@jest/globals';
import type { CommandReport, SyncReport } from '@sluice/engine';
import { closeAfterTest } from '../each-test.js';
import { accountsConfig, startAccountsBench } from './accounts-bench.js';
import { startWhmcsBench } from './whmcs-bench.js';

it('service sync of one service takes its id in WHMCS and a product', async () => {
  const at = closeAfterTest(await startWhmcsBench());
  at.whmcs.addProduct({ id: 30, name: 'Unclaimed', groupId: 5, fields: ['easydcim_service_id'] });
  at.addService(1, { product: 30 });
  at.addService(2);
  const synced = await at.sync('--service 1 --product big');
  expect([synced.exitCode, synced.json<SyncReport>().changes]).toMatchObject([0, [{ id: 'whmcs-1', change: 'added' }]]);
  for (const words of ['--service whmcs-1', '--product big']) expect((await at.sync(words)).exitCode).toBe(2);
});

it('brings an account to the package that a sync of the service has stored already', async () => {
  const orders = closeAfterTest(await startAccountsBench({ more: '' }));
  const { relay, vpn, whmcs, bench, run } = orders;
  const config = accountsConfig({ relay: relay.url, vpn: vpn.url, whmcs: whmcs.url }, {});
  const bigger =
    'relay-500: { panel: relay, quota: { total: 500GB }, flvx: { tunnelId: 1 }, whmcs: { productIds: [12] } }';
  bench.write('sluice.yaml', config.replace('products:\n', `products:\n  ${bigger}\n`));
  whmcs.addProduct({ id: 12, name: 'Relay 500', fields: ['flvx_username', 'flvx_user_id'] });
  orders.addOrder(1);
  await orders.sync();
  await orders.reconcile();
  const user = () => [...relay.world.users.values()].find(({ user: name }) => orders.relayUsers().includes(name));
  expect(user()?.flow).toBe(100);
  whmcs.service(1).productId = 12;
  await run('service sync --service 1 --product relay-500');
  const { run: made } = (await run('provision change-package whmcs-1 relay-500')).json<CommandReport>();
  expect([made.outcome, user()?.flow]).toEqual(['done', 500]);
});

it('doctor names a right of WHMCS that is missing', async () => {
  const at = closeAfterTest(await startWhmcsBench({ more: 'billing: whmcs\ncurrency: EUR\n' }));
  at.whmcs.quirks.denied = new Set(['WhmcsDetails', 'GetCredits']);
  const { exitCode, stdout } = await at.bench.sluice('doctor');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^Billing\n {2}! billing system \(whmcs\): .*allow WhmcsDetails/m);
});
