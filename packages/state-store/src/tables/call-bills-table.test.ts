import { describe, expect, it } from '@jest/globals';
import { callBill } from '../test/ledger-records.js';
import { minute, service } from '../test/records.js';
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

  describe('of a panel that got another name', () => {
    const line = { line: '9001' };
    const made = (id: string, panel: string, refs: Record<string, string> = line) => service(id, { panel, refs });

    async function rename(id: string, objects: string[]): Promise<string[]> {
      const { services, callBills } = at.store;
      await services.update([{ id, panel: 'voice', updatedAt: minute(9) }]);
      await callBills.renamePanel({ service: id, objects, from: 'tel', to: 'voice' });
      return (await callBills.list({})).map((bill) => `${bill.id} ${bill.panel ?? '-'}`);
    }

    it('have its new name: those of a service, and of one that had its line and was removed', async () => {
      const { services, callBills } = at.store;
      await services.put([made('svc-0', 'tel')]);
      await services.remove('svc-0', minute(2));
      await services.put([made('svc-1', 'tel', { line: '7' })]);
      await services.update([{ id: 'svc-1', refs: line, updatedAt: minute(3) }]);
      for (const [id, change] of Object.entries({
        'b-0': { service: 'svc-0', subscriber: '9001' },
        'b-1': { service: 'svc-1', subscriber: '9001' },
        'b-2': { service: 'svc-1', subscriber: '7', start: minute(0) },
        'b-3': { service: 'svc-1', subscriber: '7', start: minute(-1), panel: 'other' },
        'b-4': { service: 'svc-9', subscriber: '9001' },
      }))
        await callBills.add(callBill(id, change));
      expect(await rename('svc-1', ['9001'])).toEqual(['b-0 voice', 'b-1 voice', 'b-2 voice', 'b-3 other', 'b-4 tel']);
    });

    it('keep it where another service has a line of that id there', async () => {
      const { services, callBills } = at.store;
      await services.put([made('svc-1', 'tel'), made('svc-2', 'voice')]);
      await callBills.add(callBill('b-1', { subscriber: '9001' }));
      expect(await rename('svc-1', ['9001'])).toEqual(['b-1 tel']);
    });
  });
});
