import { describe, expect, it } from '@jest/globals';
import { booking, invoice, moves } from '../test/ledger-records.js';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

const CLIENT = 'client:7';

describe('the ledger', () => {
  const at = useStore();

  it('books each key of a kind once, and keeps running balances per currency', async () => {
    const { ledger } = at.store;
    expect(await ledger.book(booking('b-1', { ref: 'k' }), moves(CLIENT, 'cash', '10.00'))).toEqual([
      { booking: 'b-1', account: CLIENT, currency: 'EUR', amount: '10.00', balance: '10.00' },
      { booking: 'b-1', account: 'cash', currency: 'EUR', amount: '-10.00', balance: '-10.00' },
    ]);
    expect(await ledger.book(booking('b-2', { ref: 'k' }), moves('client:8', 'cash', '5.00'))).toBeNull();
    await ledger.book(booking('b-3', { ref: 'k', kind: 'payment' }), moves('income', CLIENT, '2.50'));
    await ledger.book(booking('b-4', { ref: null }), moves('client:8', 'cash', '7', 'JPY'));
    await ledger.book(booking('b-5', { ref: null }), moves(CLIENT, 'cash', '1.00'));
    expect(await ledger.balances('cash')).toMatchObject([
      { currency: 'EUR', balance: '-11.00' },
      { currency: 'JPY', balance: '-7' },
    ]);
    expect(await ledger.balances('client:9')).toEqual([]);
    expect((await ledger.entries({ account: CLIENT })).map((entry) => [entry.of.id, entry.balance])).toEqual([
      ['b-1', '10.00'],
      ['b-3', '7.50'],
      ['b-5', '8.50'],
    ]);
    expect(await ledger.find('payment', 'k')).toMatchObject({ booking: { id: 'b-3' }, entries: [{}, {}] });
    expect(await ledger.find('refund', 'k')).toBeNull();
    expect(await at.store.invoices.clients()).toEqual(['7', '8']);
  });

  it('refuses what does not sum to zero, and a client below zero', async () => {
    const { ledger } = at.store;
    const [half] = moves(CLIENT, 'cash', '1.00');
    const invalid = { code: 'store_invalid' };
    await expect(ledger.book(booking('b-1'), [half!])).rejects.toMatchObject(invalid);
    await expect(ledger.book(booking('b-1'), [])).rejects.toMatchObject(invalid);
    await expect(
      ledger.book(booking('b-1'), [half!, { ...half!, currency: 'USD', amount: '-1.00' }]),
    ).rejects.toMatchObject(invalid);
    await ledger.book(booking('b-1'), moves(CLIENT, 'cash', '1.00'));
    await expect(ledger.book(booking('b-2'), moves('income', CLIENT, '1.01'))).rejects.toMatchObject({
      code: 'store_conflict',
      message: expect.stringContaining('-0.01 EUR'),
    });
    expect(await ledger.entries()).toHaveLength(2);
  });

  it('has the bookings of an invoice, and is not pruned', async () => {
    const { ledger, invoices } = at.store;
    await invoices.open(invoice('inv-1'));
    await ledger.book(booking('b-1', { at: '2020-01-01T00:00:00.000Z' }), moves(CLIENT, 'cash', '5.00'));
    await ledger.book(booking('b-2', { kind: 'payment', invoice: 'inv-1' }), moves('income', CLIENT, '5.00'));
    const unknown = booking('b-3', { invoice: 'inv-2' });
    await expect(ledger.book(unknown, moves(CLIENT, 'cash', '1.00'))).rejects.toMatchObject({ code: 'store_conflict' });
    await at.store.maintenance.prune({ now: minute(0), apiLogDays: 0, samplesDays: 0 });
    expect(await ledger.entries({ invoice: 'inv-1' })).toHaveLength(2);
    expect(await ledger.entries()).toHaveLength(4);
  });
});
