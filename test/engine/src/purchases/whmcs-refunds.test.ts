import type { PurchaseDetail, RunReport } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { addHosting, listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

/** Opens a shop with a purchase that was paid from credit; 95.00 of it is left. */
async function openPaid(options?: Parameters<typeof openWhmcsShop>[0]): Promise<{ id: string; invoice: number }> {
  await open(options);
  at.whmcs.addCredit(CLIENT, '100.00');
  const { id, invoice, status } = (await at.buy()).purchase;
  expect([status, at.whmcs.credit(CLIENT)]).toEqual(['paid', '95.00']);
  return { id, invoice: Number(invoice) };
}

const cancel = (id: string): Promise<{ purchase: PurchaseDetail }> => at.sluice.purchases.cancel(id, { refund: true });
const refusal = (id: string): Promise<string | null> => codeOf(at.sluice.purchases.cancel(id, { refund: true }));
const refunds = (): string[] =>
  at.whmcs
    .credits(CLIENT)
    .filter(({ description }) => description.startsWith('Refund'))
    .map(({ amount }) => amount);
const paidNotices = async (): Promise<string[]> =>
  (await at.bench.store.notices.list()).filter(({ code }) => code === 'purchase').map(({ message }) => message);
const statuses = (): Promise<string[]> => listStatuses(at);
const allowed = (report: RunReport): number | null | undefined => report.services[0]?.allowance?.allowedBytes;
const failed = (report: RunReport): string | undefined => report.services[0]?.error?.code;

describe('a purchase that is cancelled with a refund when its client has just paid it', () => {
  it.each([
    [10, null, ['refunded'], ['5.00']],
    [110, 'purchase_used', ['paid'], []],
  ])('is returned at once unless it is used (%i GB)', async (gigabytes, code, status, returned) => {
    await open();
    await at.use(gigabytes);
    const { id, invoice } = await at.buyPending();
    at.whmcs.pay(invoice);
    expect(await refusal(id)).toBe(code);
    expect([await statuses(), refunds()]).toEqual([status, returned]);
    const [decision] = await at.bench.store.decisions.latest(['whmcs-1']);
    expect(decision?.allowance).toMatchObject({ allowedBytes: (code === null ? 100 : 150) * GB });
    expect(await paidNotices()).toEqual(code === null ? [] : [expect.stringMatching(/\(whmcs-1\): .* is paid \(pur-/)]);
    expect(allowed(await at.use(0))).toBe((code === null ? 100 : 150) * GB);
  });
});

describe('a refund is made once', () => {
  it('when its first attempt is completed after a repeat has searched for it', async () => {
    const { id } = await openPaid({ section: ', timeout: 200ms' });
    let release = (): void => undefined;
    const until = (): Promise<void> => new Promise((resolve) => (release = resolve));
    at.whmcs.server.inject({ endpoint: 'AddCredit', times: 1, fault: { kind: 'wait', until } });
    expect(await refusal(id)).toBe('outcome_unknown');
    expect(await refusal(id)).toBe('outcome_unknown');
    expect(refunds()).toEqual([]);
    release();
    await at.use(1);
    await at.use(1);
    expect([refunds(), at.whmcs.credit(CLIENT), await statuses()]).toEqual([['5.00'], '100.00', ['refunded']]);
  });

  it('when two runs make it at the same time', async () => {
    const { id } = await openPaid();
    at.whmcs.server.inject({ endpoint: 'AddCredit', times: 1, fault: { kind: 'cut' } });
    expect(await refusal(id)).toBe('outcome_unknown');
    at.bench.clock.advance(HOUR);
    const isReturning = ({ endpoint }: { endpoint: string }): boolean => endpoint === 'AddCredit';
    const repeat = async (): Promise<void> => {
      expect(await codeOf(at.sluice.purchases.cancel(id, { waitMs: 0, refund: true }))).toBe('lease_held');
      // The lease of a run that stood still has run out.
      at.bench.clock.advance(120_000);
      expect(await refusal(id)).toBe('outcome_unknown');
    };
    await during(at.whmcs.server, isReturning, () => codeOf(at.poll()), repeat);
    expect(failed(await at.use(1))).toBeUndefined();
    expect([refunds(), at.whmcs.credit(CLIENT), await statuses()]).toEqual([['5.00'], '100.00', ['refunded']]);
  });

  it('when its answer is lost, and again when it never arrived', async () => {
    const { id } = await openPaid();
    const lost = { endpoint: 'AddCredit', times: 1, fault: { kind: 'cut' } } as const;
    at.whmcs.server.inject(lost);
    const read = at.whmcs.server.inject({ endpoint: 'GetCredits', skip: 1, times: 9, fault: { kind: 'cut' } });
    expect(await refusal(id)).toBe('outcome_unknown');
    read();
    at.bench.clock.advance(60_000);
    expect(failed(await at.poll())).toBe('billing_unavailable');
    expect(refunds()).toEqual([]);
    at.whmcs.server.inject({ ...lost, when: 'after' });
    expect(failed(await at.use(1))).toBeUndefined();
    expect([refunds(), await statuses()]).toEqual([['5.00'], ['refunded']]);
  });

  it('at once after a call that did not reach WHMCS', async () => {
    const { id } = await openPaid();
    at.whmcs.quirks.denied.add('AddCredit');
    expect(await refusal(id)).toBe('billing_unavailable');
    at.whmcs.quirks.denied.clear();
    await cancel(id);
    expect(refunds()).toEqual(['5.00']);
  });
});

describe('a refund that WHMCS cannot make ends', () => {
  /** Leaves a refund behind that did not arrive, an hour ago. */
  const interrupt = async (): Promise<{ id: string; invoice: number }> => {
    const paid = await openPaid();
    at.whmcs.server.inject({ endpoint: 'AddCredit', times: 1, fault: { kind: 'cut' } });
    expect([await refusal(paid.id), await statuses()]).toEqual(['outcome_unknown', ['refunding']]);
    return paid;
  };

  const changes: Record<string, (invoice: number) => void> = {
    'is deleted': (invoice) => {
      at.whmcs.deleteInvoice(invoice);
    },
    'is not paid any more': (invoice) => {
      at.whmcs.setInvoiceStatus(invoice, 'Unpaid');
    },
    'has got other lines': (invoice) => {
      at.whmcs.mergeInvoice(addHosting(at), invoice);
    },
  };

  it.each(Object.entries(changes))('where its invoice %s: the purchase counts again', async (_name, change) => {
    const { invoice } = await interrupt();
    change(invoice);
    const report = await at.use(1);
    expect(report.services[0]?.error?.message).toMatch(/was not returned.* stays paid/);
    expect([await statuses(), refunds()]).toEqual([['paid'], []]);
    const next = await at.use(1);
    expect([failed(next), allowed(next)]).toEqual([undefined, 150 * GB]);
  });

  it('where staff has returned the money meanwhile: none is returned again', async () => {
    const { invoice } = await interrupt();
    at.whmcs.setInvoiceStatus(invoice, 'Refunded');
    expect(failed(await at.use(1))).toBeUndefined();
    expect(failed(await at.use(1))).toBeUndefined();
    expect([await statuses(), refunds()]).toEqual([['refunded'], []]);
  });

  it('where nothing was paid: there is nothing to return', async () => {
    await open();
    await at.bench.edit('price: "5.00"', 'price: "0.00"');
    const { id } = (await at.buy()).purchase;
    await cancel(id);
    expect([await statuses(), refunds(), failed(await at.use(1))]).toEqual([['refunded'], [], undefined]);
  });
});

describe('a refund returns what was paid', () => {
  it('in part, where a person set the invoice to paid', async () => {
    await open({ taxRate: '20.000' });
    const { id, invoice } = await at.buyPending();
    const row = at.whmcs.world.invoices.get(invoice);
    if (row !== undefined) at.whmcs.world.addPayment(row, 2_00n, 'part');
    at.whmcs.setInvoiceStatus(invoice, 'Paid');
    expect((await at.use(1)).totals.purchased).toBe(1);
    await cancel(id);
    expect(refunds()).toEqual(['2.00']);
  });

  it('not more than the price, where more was paid', async () => {
    await open();
    const { id, invoice } = await at.buyPending();
    const row = at.whmcs.world.invoices.get(invoice);
    if (row !== undefined) at.whmcs.world.addPayment(row, 50_00n, 'too much');
    await at.use(1);
    await cancel(id);
    expect(refunds()).toEqual(['5.00']);
  });

  it('in the currency of the purchase only', async () => {
    const { id, invoice } = await openPaid();
    at.whmcs.setInvoiceCurrency(invoice, 'USD');
    expect(await refusal(id)).toBe('currency_mismatch');
    at.whmcs.setInvoiceCurrency(invoice, 'EUR');
    at.whmcs.addClient({ id: CLIENT, currency: 'JPY', credit: '95.00' });
    expect(await refusal(id)).toBe('currency_mismatch');
    expect([await statuses(), refunds(), at.whmcs.credit(CLIENT)]).toEqual([['paid'], [], '95.00']);
    const report = await at.use(1);
    expect([failed(report), allowed(report)]).toEqual([undefined, 150 * GB]);
  });

  it('not from an invoice of others, until its line is apart', async () => {
    await open();
    const { id, invoice } = await at.buyPending();
    const hosting = addHosting(at);
    at.whmcs.mergeInvoice(invoice, hosting);
    at.whmcs.pay(hosting);
    await at.use(1);
    await expect(cancel(id)).rejects.toMatchObject({
      code: 'invoice_closed',
      message: expect.stringMatching(/one of several lines.*; nothing was cancelled or returned$/),
    });
    expect([await statuses(), refunds()]).toEqual([['paid'], []]);
    const split = at.whmcs.splitInvoice(hosting, 'Extra traffic');
    at.whmcs.pay(split);
    await cancel(id);
    expect(refunds()).toEqual(['5.00']);
  });
});
