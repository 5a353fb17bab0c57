import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, ServiceDetail, SyncReport } from '@sluice/engine';
import { toIds } from '../easydcim-bench.js';
import { accountsConfig, startAccountsBench } from './accounts-bench.js';
import { startWhmcsBench, type WhmcsBench } from './whmcs-bench.js';

let at: WhmcsBench;
beforeEach(async () => {
  at = await startWhmcsBench();
  at.whmcs.addProduct({ id: 30, name: 'Unclaimed', groupId: 5, fields: ['easydcim_service_id'] });
});
afterEach(() => at.close());

const services = async (): Promise<string[]> => {
  const list = (await at.bench.sluice('service list --json')).json<{ services: ServiceDetail[] }>();
  return list.services.map(({ id, product, lifecycle }) => `${id} ${product} ${lifecycle}`);
};
const refs = async (id: string): Promise<Record<string, string>> =>
  (await at.bench.sluice(`service show ${id} --json`)).json<ServiceDetail>().refs;
const one = async (words: string): Promise<string> => {
  const { exitCode, stdout } = await at.sync(words);
  const {
    error,
    changes = [],
    skipped = [],
  } = JSON.parse(stdout) as Partial<SyncReport> & {
    error?: { code: string; message: string };
  };
  if (error !== undefined) return `${exitCode} ${error.code}: ${error.message}`;
  return [exitCode, ...changes.map(({ id, change }) => `${id} ${change}`), ...skipped.map(({ reason }) => reason)].join(
    ', ',
  );
};

describe('service sync of one service', () => {
  it('reads and stores only that one, and marks no other as vanished', async () => {
    for (const number of [1, 2, 3]) at.addService(number);
    await at.sync();
    at.whmcs.deleteService(2);
    at.whmcs.service(3).nextDueDate = '2027-01-15';
    at.addService(4, { status: 'Pending' });
    const before = at.whmcs.server.calls.length;
    expect(await one('--service 4')).toBe('0, whmcs-4 added');
    expect(at.whmcs.server.calls.slice(before).map(({ endpoint }) => endpoint)).toEqual([
      'GetClientsProducts',
      'GetProducts',
    ]);
    expect(await services()).toEqual([
      'whmcs-1 ports active',
      'whmcs-2 ports active',
      'whmcs-3 ports active',
      'whmcs-4 ports pending',
    ]);
    expect(await one('--service 3 --dry-run')).toBe('0, whmcs-3 changed');
    expect([await one('--service 3'), await one('--service 3')]).toEqual(['0, whmcs-3 changed', '0']);
    expect(await one('--service 2')).toBe('0, whmcs-2 vanished');
    expect(await one('--service 99')).toMatch(/^1 not_listed: WHMCS lists no service "whmcs-99"/);
    expect(await one('--service whmcs-1')).toMatch(/^2 bad_service: .*digits/);
  });

  it('takes the named product where none claims it, and keeps it until one does', async () => {
    at.addService(1, { product: 30 });
    at.addService(2);
    expect(await one('--service 1')).toBe(
      '0, product 30 (Unclaimed) of WHMCS is not claimed by a product of the config',
    );
    expect(await one('--service 1 --product big')).toBe('0, whmcs-1 added');
    expect((await refs('whmcs-1'))['whmcs_product_id']).toBe('30');
    expect(await one('')).toBe('0, whmcs-2 added');
    expect(await services()).toEqual(['whmcs-1 big active', 'whmcs-2 ports active']);
    expect(await one('--service 1 --product ports')).toBe('0, whmcs-1 changed');
    expect(await one('')).toBe('0');
    expect(await one('--service 2 --product big')).toMatch(
      /^1 product_conflict: .*"big".*"ports" of the config claims/,
    );
    expect(await one('--service 2 --product ports')).toBe('0');
    expect(await one('--service 2 --product bigg')).toMatch(/^1 unknown_product: .*"big"/);
    expect(await one('--product big')).toMatch(/^2 bad_option/);
    at.whmcs.service(1).productId = 11;
    at.whmcs.setField(1, 'easydcim_service_id', String(toIds(1).service));
    expect(await one('')).toBe('0, whmcs-1 changed');
    expect(await refs('whmcs-1')).toEqual({ easydcim_service_id: String(toIds(1).service), whmcs_service_id: '1' });
    at.whmcs.service(1).productId = 30;
    expect(await one('')).toMatch(/^0, product 30/);
  });
});

it('brings an account to the package that a sync of the service has stored already', async () => {
  const orders = await startAccountsBench({ more: '' });
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
  await orders.close();
});
