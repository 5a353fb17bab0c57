import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { codeOf, DAY, GB, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

it.each([10, 61])(
  'an invoice that is paid an hour after its purchase was cancelled is found, ordered %i days before',
  async (days) => {
    await open();
    const { id, invoice } = await at.buyPending();
    at.bench.clock.advance(days * DAY);
    await at.sluice.reconcile();
    expect(await listStatuses(at)).toEqual(['pending']);
    await at.sluice.purchases.cancel(id);
    const row = at.whmcs.world.invoices.get(invoice);
    if (row !== undefined) row.status = 'Unpaid';
    at.whmcs.pay(invoice);
    at.bench.clock.advance(HOUR);
    await at.sluice.reconcile();
    expect(await listStatuses(at)).toEqual(['paid']);
  },
);

/** Lets days pass until the next cycle has begun, without a run in it. */
async function passCycle(): Promise<void> {
  while (at.bench.clock.now() < Date.parse('2026-12-13T12:00:00Z')) {
    at.bench.clock.advance(DAY);
    await at.use(1);
  }
  at.bench.clock.set(Date.parse('2026-12-15T12:00:00Z'));
}

describe('a package that a cancellation finds paid after its cycle', () => {
  async function openPaid({ polls }: { polls: boolean }): Promise<{ id: string; invoice: number }> {
    await open();
    const pending = await at.buyPending();
    await passCycle();
    if (polls) await at.use(1);
    at.whmcs.pay(pending.invoice);
    expect(await codeOf(at.sluice.purchases.cancel(pending.id))).toBe('purchase_paid');
    const notices = (await at.bench.store.notices.list()).filter(({ code }) => code === 'purchase');
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/ is paid .*its billing cycle is over, so it counts in the current one$/),
    ]);
    return pending;
  }

  it('is refunded while it is unused', async () => {
    const { id } = await openPaid({ polls: true });
    await at.sluice.purchases.cancel(id, { refund: true });
    expect([await listStatuses(at), at.whmcs.credit(CLIENT)]).toEqual([['refunded'], '5.00']);
    expect((await at.use(1)).services[0]?.allowance?.allowedBytes).toBe(100 * GB);
  });

  it('is not refunded before its usage in the cycle is known', async () => {
    const { id } = await openPaid({ polls: false });
    expect(await codeOf(at.sluice.purchases.cancel(id, { refund: true }))).toBe('not_metered_yet');
    await at.use(1);
    await at.sluice.purchases.cancel(id, { refund: true });
    expect(await listStatuses(at)).toEqual(['refunded']);
  });

  it.each([true, false])('ends with the reconcile after staff has returned its price (polled: %s)', async (polls) => {
    const { invoice } = await openPaid({ polls });
    at.whmcs.setInvoiceStatus(invoice, 'Refunded');
    const { services } = await at.sluice.reconcile();
    expect([await listStatuses(at), services[0]?.allowance?.allowedBytes]).toEqual([['refunded'], 100 * GB]);
  });
});

describe('a package of a cycle that a wrong clock has closed', () => {
  async function openClosed(): Promise<{ id: string; invoice: number }> {
    await open();
    at.whmcs.addCredit(CLIENT, '5.00');
    const { id, invoice } = await at.buyPending();
    const [cycle] = await at.bench.store.cycles.ofService('whmcs-1');
    if (cycle === undefined) throw new Error('no cycle');
    const openedAt = '2026-12-31T12:00:00.000Z';
    const future = { start: '2026-12-15T00:00:00.000Z', end: '2027-01-15T00:00:00.000Z' };
    await at.bench.store.cycles.put([
      { ...cycle, closedAt: openedAt },
      { ...cycle, id: 'cyc-future', ...future, openedAt },
    ]);
    return { id, invoice };
  }

  it('is refunded while it is unused', async () => {
    const { id } = await openClosed();
    await at.sluice.purchases.cancel(id, { refund: true });
    expect([await listStatuses(at), at.whmcs.credit(CLIENT)]).toEqual([['refunded'], '5.00']);
  });

  it('ends with the reconcile after staff has returned its price', async () => {
    const { invoice } = await openClosed();
    at.whmcs.setInvoiceStatus(invoice, 'Refunded');
    const { services } = await at.sluice.reconcile();
    expect([await listStatuses(at), services[0]?.allowance?.allowedBytes]).toEqual([['refunded'], 100 * GB]);
  });
});
