import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SyncOptions } from '@sluice/engine/options';
import { SluiceError } from '@sluice/panel-kind/errors';
import { toIds } from '../bench/easydcim-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startWhmcsBench);
beforeEach(() => {
  at.whmcs.addProduct({ id: 30, name: 'Unclaimed', groupId: 5, fields: ['easydcim_service_id'] });
});

const services = async (): Promise<string[]> => {
  const list = await at.sluice.services.list();
  return list.services.map(({ id, product, lifecycle }) => `${id} ${product} ${lifecycle}`);
};
const refs = async (id: string): Promise<Record<string, string>> => (await at.sluice.services.show(id)).refs;
/** What a sync did, in words. */
const one = async (options?: SyncOptions): Promise<string> => {
  try {
    const { run, changes, skipped } = await at.sync(options);
    const words = changes.map(({ id, change }) => `${id} ${change}`);
    return [run.outcome, ...words, ...skipped.map(({ reason }) => reason)].join(', ');
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return `${error.kind} ${error.code}: ${error.message}`;
  }
};

describe('service sync of one service', () => {
  it('reads and stores only that one, and marks no other as vanished', async () => {
    for (const number of [1, 2, 3]) at.addService(number);
    await at.sync();
    at.whmcs.deleteService(2);
    at.whmcs.service(3).nextDueDate = '2027-01-15';
    at.addService(4, { status: 'Pending' });
    const before = at.whmcs.server.calls.length;
    expect(await one({ service: '4' })).toBe('done, whmcs-4 added');
    const endpoints = at.whmcs.server.calls.slice(before).map(({ endpoint }) => endpoint);
    expect(endpoints).toEqual(['GetClientsProducts', 'GetProducts', 'GetClientsDetails']);
    expect(await services()).toEqual([
      'whmcs-1 ports active',
      'whmcs-2 ports active',
      'whmcs-3 ports active',
      'whmcs-4 ports pending',
    ]);
    expect(await one({ service: '3', dryRun: true })).toBe('done, whmcs-3 changed');
    expect([await one({ service: '3' }), await one({ service: '3' })]).toEqual(['done, whmcs-3 changed', 'done']);
    expect(await one({ service: '2' })).toBe('done, whmcs-2 vanished');
    expect(await one({ service: '99' })).toMatch(/^not-found not_listed: WHMCS lists no service "whmcs-99"/);
    expect(await one({ service: 'whmcs-1' })).toMatch(/^usage bad_service: .*digits/);
  });

  it('takes the named product where none claims it, and keeps it until one does', async () => {
    at.addService(1, { product: 30 });
    at.addService(2);
    expect(await one({ service: '1' })).toBe(
      'done, product 30 (Unclaimed) of WHMCS is not claimed by a product of the config',
    );
    expect(await one({ service: '1', product: 'big' })).toBe('done, whmcs-1 added');
    expect((await refs('whmcs-1'))['whmcs_product_id']).toBe('30');
    expect(await one()).toBe('done, whmcs-2 added');
    expect(await services()).toEqual(['whmcs-1 big active', 'whmcs-2 ports active']);
    expect(await one({ service: '1', product: 'ports' })).toBe('done, whmcs-1 changed');
    expect(await one()).toBe('done');
    expect(await one({ service: '2', product: 'big' })).toMatch(
      /^conflict product_conflict: .*"big".*"ports" of the config claims/,
    );
    expect(await one({ service: '2', product: 'ports' })).toBe('done');
    expect(await one({ service: '2', product: 'bigg' })).toMatch(/^not-found unknown_product: .*"big"/);
    expect(await one({ product: 'big' })).toMatch(/^usage bad_option/);
    at.whmcs.service(1).productId = 11;
    at.whmcs.setField(1, 'easydcim_service_id', String(toIds(1).service));
    expect(await one()).toBe('done, whmcs-1 changed');
    expect(await refs('whmcs-1')).toEqual({ easydcim_service_id: String(toIds(1).service), whmcs_service_id: '1' });
    at.whmcs.service(1).productId = 30;
    expect(await one()).toMatch(/^done, whmcs-1 changed, product 30/);
  });

  it('keeps the named product and reports it once WHMCS has another product that none claims', async () => {
    at.whmcs.addProduct({ id: 31, name: 'Large', groupId: 5, fields: ['easydcim_service_id'] });
    at.addService(1, { product: 30 });
    await one({ service: '1', product: 'ports' });
    Object.assign(at.whmcs.service(1), { productId: 31, nextDueDate: '2027-01-15' });
    at.whmcs.setField(1, 'easydcim_service_id', String(toIds(1).service));
    const skipped =
      'product 31 (Large) of WHMCS is not claimed by a product of the config; they keep their product, and follow in client, status and due date';
    expect(await one({ service: '1' })).toBe(`done, whmcs-1 changed, ${skipped}`);
    expect(await one()).toBe(`done, ${skipped}`);
    expect([await services(), (await refs('whmcs-1'))['whmcs_product_id']]).toEqual([['whmcs-1 ports active'], '30']);
    expect(await one({ service: '1', product: 'big' })).toBe('done, whmcs-1 changed');
    expect([await one(), (await refs('whmcs-1'))['whmcs_product_id']]).toEqual(['done', '31']);
    at.whmcs.service(1).productId = 30;
    expect(await one({ service: '1' })).toMatch(/^done, whmcs-1 changed, product 30 \(Unclaimed\)/);
    at.whmcs.service(1).productId = 31;
    expect([await one(), await services()]).toEqual(['done, whmcs-1 changed', ['whmcs-1 big active']]);
  });
});
