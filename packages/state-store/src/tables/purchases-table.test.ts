import { describe, expect, it } from '@jest/globals';
import { minute, purchase } from '../test/records.js';
import { expectRefused, useStore } from '../test/use-store.js';

describe('purchases', () => {
  const at = useStore();

  it('books the same key once', async () => {
    expect(await at.store.purchases.add(purchase('p-1', { key: 'k' }))).toBe(true);
    expect(await at.store.purchases.add(purchase('p-2', { key: 'k', bytes: 7 }))).toBe(false);
    expect(await at.store.purchases.list()).toEqual([purchase('p-1', { key: 'k' })]);
    await expectRefused(at.store.purchases.add(purchase('p-1', { key: 'other' })), 'store_conflict');
  });

  it('changes a purchase and lists by each filter, oldest first', async () => {
    await at.store.purchases.add(purchase('p-1', { at: minute(3) }));
    await at.store.purchases.add(purchase('p-2', { at: minute(2), service: 'svc-2', cycle: 'cycle-2' }));
    await at.store.purchases.update('p-1', {
      status: 'paid',
      paidAt: minute(4),
      invoice: 'inv-1',
      cycle: 'cycle-3',
      charged: '11.78',
    });
    await at.store.purchases.update('p-2', {});
    const ids = async (filter: Parameters<typeof at.store.purchases.list>[0]): Promise<string[]> =>
      (await at.store.purchases.list(filter)).map((each) => each.id);
    expect(await ids({})).toEqual(['p-2', 'p-1']);
    expect(await ids({ service: 'svc-2' })).toEqual(['p-2']);
    expect(await ids({ services: ['svc-1', 'svc-2'], cycles: ['cycle-3'] })).toEqual(['p-1']);
    expect(await ids({ status: 'paid' })).toEqual(['p-1']);
    expect(await ids({ key: 'key-p-2' })).toEqual(['p-2']);
    expect((await at.store.purchases.get('p-2'))?.id).toBe('p-2');
    expect(await at.store.purchases.get('p-9')).toBeNull();
    expect(await at.store.purchases.list({ service: 'svc-1' })).toEqual([
      purchase('p-1', {
        at: minute(3),
        status: 'paid',
        paidAt: minute(4),
        invoice: 'inv-1',
        cycle: 'cycle-3',
        charged: '11.78',
      }),
    ]);
    await expect(at.store.purchases.update('p-9', { status: 'paid' })).rejects.toMatchObject({
      code: 'store_not_found',
      row: { table: 'purchases', id: 'p-9' },
    });
  });
});
