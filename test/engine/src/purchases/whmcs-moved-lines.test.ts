import type { RunReport } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { codeOf } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { addHosting, listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

const AUTO = ', autoBuy: { enabled: true, package: extra }';
const OURS = 'Extra traffic';

const status = (invoice: number): string => at.whmcs.invoice(invoice).status;
const last = async (): Promise<unknown> => {
  const row = (await at.purchases()).at(-1);
  return [row?.status, Number(row?.invoice), row?.charged];
};

describe('a purchase whose line was moved to another invoice', () => {
  it('is cancelled with the invoice that has its line, not with the one that had it', async () => {
    await open();
    const { id, invoice } = await at.buyPending();
    at.whmcs.mergeInvoice(addHosting(at), invoice);
    expect(await codeOf(at.sluice.purchases.cancel(id))).toBe('invoice_closed');
    const split = at.whmcs.splitInvoice(invoice, OURS);
    await at.sluice.purchases.cancel(id);
    expect([status(invoice), status(split), await last()]).toEqual([
      'Unpaid',
      'Cancelled',
      ['cancelled', split, '5.00'],
    ]);
  });

  it('is not paid with the invoice that had its line, and never returns its total', async () => {
    await open();
    const { id, invoice } = await at.buyPending();
    at.whmcs.mergeInvoice(addHosting(at), invoice);
    const split = at.whmcs.splitInvoice(invoice, OURS);
    at.whmcs.pay(invoice);
    expect([(await at.use(1)).totals.purchased, await last()]).toEqual([0, ['pending', split, '5.00']]);
    at.whmcs.pay(split);
    expect([(await at.use(1)).totals.purchased, await last()]).toEqual([1, ['paid', split, '5.00']]);
    await at.sluice.purchases.cancel(id, { refund: true });
    expect(at.whmcs.credit(CLIENT)).toBe('5.00');
  });

  it('ends where its line was removed, and leaves the invoice to the others', async () => {
    await open();
    const { invoice } = await at.buyPending();
    const hosting = addHosting(at);
    at.whmcs.mergeInvoice(invoice, hosting);
    await at.use(1);
    expect(await last()).toEqual(['pending', hosting, '5.00']);
    at.whmcs.removeLines(hosting, OURS);
    at.whmcs.pay(hosting);
    expect([(await at.use(1)).totals.purchased, await last()]).toEqual([0, ['cancelled', hosting, '5.00']]);
    expect(status(hosting)).toBe('Paid');
  });

  it.each([
    ['this month', undefined],
    ['long before the purchase', '2026-10-01'],
  ])('is paid with an invoice of %s', async (_name, date) => {
    await open();
    const { invoice } = await at.buyPending();
    const hosting = addHosting(at, date);
    at.whmcs.mergeInvoice(invoice, hosting);
    at.whmcs.pay(hosting);
    expect([(await at.use(1)).totals.purchased, await last()]).toEqual([1, ['paid', hosting, '5.00']]);
  });
});

describe('a charge that is taken up again after its line was moved', () => {
  const interrupt = async (product: string): Promise<number> => {
    await open({ product });
    at.whmcs.addCredit(CLIENT, '100.00');
    const off = at.whmcs.server.inject({ endpoint: 'ApplyCredit', fault: { kind: 'cut' } });
    if (product === '') expect(await codeOf(at.buy())).toBe('outcome_unknown');
    else await at.use(100);
    off();
    const [made] = at.whmcs.invoices(CLIENT);
    expect([made?.status, (await at.purchases())[0]?.invoice]).toEqual(['Unpaid', null]);
    return made?.id ?? 0;
  };

  it.each([
    ['a manual one', ''],
    ['an automatic one', AUTO],
  ])('pays and cancels nothing of others (%s)', async (_name, product) => {
    const invoice = await interrupt(product);
    const hosting = addHosting(at, '2026-10-01');
    at.whmcs.mergeInvoice(invoice, hosting);
    const { totals, services } = await at.use(1);
    expect([totals.purchased, services[0]?.error?.message ?? null]).toEqual([
      0,
      product === '' ? null : expect.stringMatching(new RegExp(`payment of invoice ${hosting}.* remove the line`)),
    ]);
    expect([status(hosting), at.whmcs.credit(CLIENT), at.whmcs.invoices(CLIENT).length]).toEqual([
      'Unpaid',
      '100.00',
      2,
    ]);
    expect((await at.purchases())[0]).toMatchObject({ status: 'pending', invoice: String(hosting) });
    at.whmcs.addCredit(CLIENT, '-95.00');
    await at.use(1);
    expect(status(hosting)).toBe('Unpaid');
    at.whmcs.pay(hosting);
    await at.use(1);
    expect(await listStatuses(at)).toEqual(['paid']);
  });

  it('is not cancelled meanwhile', async () => {
    const invoice = await interrupt('');
    const isPaying = ({ endpoint }: { endpoint: string }): boolean => endpoint === 'ApplyCredit';
    const cancel = async (): Promise<void> => {
      const id = (await at.purchases())[0]?.id ?? '';
      expect(await codeOf(at.sluice.purchases.cancel(id, { waitMs: 0 }))).toBe('lease_held');
    };
    const { run } = await during(at.whmcs.server, isPaying, () => at.poll(), cancel);
    expect(run.outcome).toBe('done');
    expect([await last(), status(invoice)]).toEqual([['paid', invoice, '5.00'], 'Paid']);
  });

  it('does not charge again what was paid with an older invoice', async () => {
    const invoice = await interrupt('');
    const hosting = addHosting(at, '2026-10-01');
    at.whmcs.mergeInvoice(invoice, hosting);
    at.whmcs.pay(hosting);
    expect((await at.use(1)).totals.purchased).toBe(1);
    expect([(await at.purchases()).map((row) => row.invoice), at.whmcs.credit(CLIENT)]).toEqual([
      [String(hosting)],
      '100.00',
    ]);
  });

  it('waits for a person where its line has another price than the package had', async () => {
    const invoice = await interrupt('');
    const [item] = at.whmcs.world.invoices.get(invoice)?.items ?? [];
    if (item !== undefined) item.amount = 50_00n;
    const { services, totals } = await at.use(1);
    expect([services[0]?.error?.message, totals.purchased]).toEqual([
      expect.stringContaining(`50.00 EUR on invoice ${invoice}`),
      0,
    ]);
    expect([status(invoice), at.whmcs.credit(CLIENT)]).toEqual(['Unpaid', '100.00']);
    if (item !== undefined) item.amount = 5_00n;
    expect((await at.use(1)).totals.purchased).toBe(1);
  });

  it('waits for a person where two of its lines are on one invoice', async () => {
    const invoice = await interrupt('');
    const items = at.whmcs.world.invoices.get(invoice)?.items ?? [];
    for (const item of [...items]) items.push({ ...item, id: item.id + 1000 });
    const report: RunReport = await at.use(1);
    expect([report.totals.purchased, status(invoice), at.whmcs.credit(CLIENT)]).toEqual([0, 'Unpaid', '100.00']);
  });
});
