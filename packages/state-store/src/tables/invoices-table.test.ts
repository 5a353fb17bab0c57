import { describe, expect, it } from '@jest/globals';
import { invoice, invoiceLine } from '../test/ledger-records.js';
import { minute } from '../test/records.js';
import { expectRefused, useStore } from '../test/use-store.js';

describe('invoices', () => {
  const at = useStore();

  it('sum up their lines, each key once', async () => {
    const { invoices } = at.store;
    await invoices.open(invoice('inv-1'));
    await invoices.open(invoice('inv-2', { client: '8', currency: 'JPY' }));
    expect(await invoices.addLine(invoiceLine('a', { amount: '0.10' }))).toBe(true);
    expect(await invoices.addLine(invoiceLine('b', { amount: '0.20' }))).toBe(true);
    expect(await invoices.addLine(invoiceLine('b', { invoice: 'inv-2', amount: '7' }))).toBe(false);
    expect(await invoices.get('inv-1')).toEqual({
      id: 'inv-1',
      client: '7',
      currency: 'EUR',
      status: 'open',
      total: '0.30',
      createdAt: minute(0),
      paidAt: null,
      closedAt: null,
    });
    expect((await invoices.lines(['inv-1', 'inv-2'])).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(await invoices.findLine('b')).toEqual(invoiceLine('b', { amount: '0.20' }));
    expect([await invoices.get('inv-9'), await invoices.findLine('c')]).toEqual([null, null]);
    expect((await invoices.list({ client: '8' })).map(({ id }) => id)).toEqual(['inv-2']);
    expect(await invoices.clients()).toEqual(['7', '8']);
  });

  it('take lines while they are open only', async () => {
    const { invoices } = at.store;
    await invoices.open(invoice('inv-1'));
    await invoices.addLine(invoiceLine('a'));
    await invoices.update('inv-1', { status: 'cancelled', closedAt: minute(3) });
    await expect(invoices.addLine(invoiceLine('b'))).rejects.toMatchObject({
      code: 'store_conflict',
      row: { table: 'invoices', id: 'inv-1' },
    });
    expect(await invoices.addLine(invoiceLine('a'))).toBe(false);
    expect(await invoices.lines(['inv-1'])).toHaveLength(1);
    expect(await invoices.list({ status: 'cancelled' })).toMatchObject([{ total: '9.90', closedAt: minute(3) }]);
    await expectRefused(invoices.addLine(invoiceLine('c', { invoice: 'inv-9' })), 'store_not_found');
    await expect(invoices.update('inv-9', { status: 'paid' })).rejects.toMatchObject({ code: 'store_not_found' });
    await invoices.open(invoice('inv-2'));
    await expectRefused(invoices.addLine(invoiceLine('d', { invoice: 'inv-2', amount: '1,5' })), 'store_invalid');
  });
});

describe('preferences for auto-buy', () => {
  const at = useStore();

  it('are one per service and client', async () => {
    const { autoBuy } = at.store;
    const record = {
      scope: 'client' as const,
      subject: '7',
      enabled: true,
      package: 'extra-100',
      thresholdBytes: null,
      thresholdPercent: '10',
      maxPerCycle: 3,
      link: null,
      updatedAt: minute(0),
    };
    const empty = { ...record, scope: 'service' as const, enabled: null, thresholdPercent: null, maxPerCycle: null };
    await autoBuy.put({ ...record, enabled: false });
    await autoBuy.put(record);
    await autoBuy.put(empty);
    expect(await autoBuy.list()).toEqual([record, empty]);
    expect(await autoBuy.list({ scope: 'client', subject: '7' })).toEqual([record]);
    expect([await autoBuy.remove('client', '7'), await autoBuy.remove('client', '7')]).toEqual([true, false]);
    expect(await autoBuy.list()).toEqual([empty]);
  });
});
