import { describe, expect, it } from '@jest/globals';
import { callBill } from '../test/ledger-records.js';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('bills of calls', () => {
  const at = useStore();

  it('have each period once, change, and are listed newest period first', async () => {
    const { callBills } = at.store;
    const later = { start: '2026-11-01T03:00:00.000Z', end: '2026-12-01T03:00:00.000Z' };
    expect(await callBills.add(callBill('b-1'))).toBe(true);
    expect(await callBills.add(callBill('b-2', { key: 'key-b-1', amount: '9.00' }))).toBe(false);
    expect(await callBills.add(callBill('b-3', { ...later, client: '8' }))).toBe(true);
    const change = { state: 'confirmed', invoice: 'inv-1', sentAt: minute(1), endedAt: minute(2) } as const;
    await callBills.update('b-1', change);
    await callBills.update('b-3', {});
    expect(await callBills.get('b-1')).toEqual(callBill('b-1', change));
    expect(await callBills.find('key-b-3')).toEqual(callBill('b-3', { ...later, client: '8' }));
    expect([await callBills.get('b-2'), await callBills.find('key-b-9')]).toEqual([null, null]);
    const ids = async (filter?: Parameters<typeof callBills.list>[0]): Promise<string[]> =>
      (await callBills.list(filter)).map(({ id }) => id);
    expect(await ids()).toEqual(['b-3', 'b-1']);
    expect(await ids({ service: 'svc-1', states: ['confirmed'] })).toEqual(['b-1']);
    expect(await ids({ subscriber: '501' })).toEqual(['b-3', 'b-1']);
    expect(await ids({ subscriber: '9002' })).toEqual([]);
    expect(await ids({ client: '8' })).toEqual(['b-3']);
    expect(await ids({ invoice: 'inv-1' })).toEqual(['b-1']);
    expect(await ids({ states: [] })).toEqual([]);
    await expect(callBills.update('b-9', { state: 'zero' })).rejects.toMatchObject({ code: 'store_not_found' });
  });
});
