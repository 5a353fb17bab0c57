import type { RunReport } from '@sluice/engine';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop, type WhmcsShop } from '../bench/whmcs-bench.js';

const isLong = process.env['SLUICE_LONG'] === '1';

let at: WhmcsShop;
afterEach(async () => {
  expect(at.whmcs.server.failures).toEqual([]);
  await at.close();
});

const OTHER = 78;
const CODE = 'purchase_of_former_client';

const move = async (): Promise<void> => {
  at.whmcs.addClient({ id: OTHER, currency: 'EUR' });
  at.whmcs.service(1).clientId = OTHER;
  expect((await at.sync()).run.outcome).toBe('done');
};
const terminate = async (): Promise<void> => {
  at.whmcs.service(1).status = 'Terminated';
  expect((await at.sync()).run.outcome).toBe('done');
};
const vanish = async (): Promise<void> => {
  at.whmcs.deleteService(1);
  await at.sync({ allowMass: true });
};
const ENDS: [string, () => Promise<void>][] = [
  ['has another client', move],
  ['is terminated', terminate],
  ['is gone from WHMCS', vanish],
];

const poll = (what: 'poll' | 'reconcile' = 'poll'): Promise<RunReport> => {
  at.bench.clock.advance(HOUR);
  return what === 'poll' ? at.sluice.poll() : at.sluice.reconcile();
};
const codes = ({ notices }: RunReport): string[] => notices.map(({ code }) => code);
/** Credit of the payer, statuses of his invoices and of the purchases, and the traffic bought for the service. */
const outcome = async (): Promise<unknown[]> => {
  const statuses = (await at.purchases()).map(({ status }) => status);
  return [at.whmcs.credit(CLIENT), at.invoices(), statuses];
};
const allowed = (report: RunReport): unknown => report.services[0]?.allowance?.extraBytes ?? 0;

describe('a purchase that waits for its payment', () => {
  it.each(ENDS)('is cancelled with its invoice once its service %s', async (_name, end) => {
    at = await openWhmcsShop();
    await at.buyPending();
    await end();
    const report = await poll();
    expect(codes(report)).toContain(CODE);
    expect(codes(report)).not.toContain('purchase_ended');
    expect(report.services.map(({ error }) => error)).toEqual(report.services.map(() => null));
    expect(await outcome()).toEqual(['0.00', ['Cancelled'], ['cancelled']]);
  });

  it.each(ENDS)('becomes credit where it was paid before a run saw that its service %s', async (_name, end) => {
    at = await openWhmcsShop();
    const { invoice } = await at.buyPending();
    await end();
    at.whmcs.pay(invoice);
    const report = await poll();
    expect([codes(report).includes(CODE), allowed(report), report.totals.purchased]).toEqual([true, 0, 0]);
    expect(await outcome()).toEqual(['5.00', ['Paid'], ['refunded']]);
    expect(allowed(await poll('reconcile'))).toBe(0);
    expect(await outcome()).toEqual(['5.00', ['Paid'], ['refunded']]);
  });

  it('becomes credit where it is paid after its invoice was cancelled', async () => {
    at = await openWhmcsShop();
    const { invoice } = await at.buyPending();
    await move();
    await poll();
    at.whmcs.world.invoices.get(invoice)!.status = 'Unpaid';
    at.whmcs.pay(invoice);
    expect(codes(await poll('reconcile'))).toContain(CODE);
    expect(await outcome()).toEqual(['5.00', ['Paid'], ['refunded']]);
  });

  it('is reported where its line is on an invoice with others, and is never counted', async () => {
    at = await openWhmcsShop();
    const { invoice } = await at.buyPending();
    const items = [{ description: 'Hosting', amount: '30.00' }];
    const hosting = at.whmcs.addInvoice({ client: CLIENT, items });
    at.whmcs.mergeInvoice(invoice, hosting);
    await move();
    const report = await poll();
    const [notice] = report.notices.filter(({ code }) => code === CODE);
    expect(notice?.message).toContain(`several lines of invoice ${hosting}; remove that line`);
    expect([at.whmcs.invoice(hosting).status, report.services[0]?.error]).toEqual(['Unpaid', null]);
    at.whmcs.pay(hosting);
    const paid = await poll();
    expect(paid.notices.find(({ code }) => code === CODE)?.message).toContain('return the price of that line');
    expect([allowed(paid), (await at.purchases()).map(({ status }) => status)]).toEqual([0, ['cancelled']]);
  });

  it('is asked for as before while its client has the service, and after its cycle', async () => {
    at = await openWhmcsShop();
    const { invoice } = await at.buyPending();
    at.bench.clock.advance(26 * 24 * HOUR);
    await poll();
    expect(await outcome()).toEqual(['0.00', ['Unpaid'], ['pending']]);
    at.whmcs.pay(invoice);
    await poll();
    expect(await outcome()).toEqual(['0.00', ['Paid'], ['paid']]);
  });

  it('is returned by a cancellation of which the client was faster', async () => {
    at = await openWhmcsShop();
    const { id, invoice } = await at.buyPending();
    await move();
    at.whmcs.pay(invoice);
    await at.sluice.purchases.cancel(id);
    expect(await outcome()).toEqual(['5.00', ['Paid'], ['refunded']]);
  });
});

describe('a call that fails while a former client’s purchase ends', () => {
  const CALLS = ['GetInvoice', 'GetInvoices', 'UpdateInvoice', 'AddCredit', 'GetCredits'];
  const cases = CALLS.flatMap((endpoint) =>
    (['before', 'after'] as const).flatMap((when) => [false, true].map((paid) => ({ endpoint, when, paid }))),
  );
  const sample = cases.filter(({ endpoint, when, paid }) => when === 'after' && (endpoint === 'AddCredit') === paid);
  it.each(isLong ? cases : sample)(
    'is made up for: $endpoint, cut $when, paid: $paid',
    async ({ endpoint, when, paid }) => {
      at = await openWhmcsShop();
      const { invoice } = await at.buyPending();
      await move();
      if (paid) at.whmcs.pay(invoice);
      const off = at.whmcs.server.inject({ endpoint, when, times: 2, fault: { kind: 'cut' } });
      const report = await poll();
      expect([report.services[0]?.error, allowed(report)]).toEqual([null, 0]);
      off();
      for (let runs = 0; runs < 4; runs++) expect(allowed(await poll())).toBe(0);
      expect(await outcome()).toEqual(paid ? ['5.00', ['Paid'], ['refunded']] : ['0.00', ['Cancelled'], ['cancelled']]);
    },
  );
});
