import type { RunReport } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../bench/engine-bench.js';
import { openWhmcsShop } from '../bench/whmcs-bench.js';
import { noticeCodes } from '../loop/polls.js';
import { useOpened } from '../bench/each-test.js';
import { addHosting, listStatuses, readBooks, setStatus, vanish } from './whmcs-steps.js';

const isLong = process.env['SLUICE_LONG'] === '1';

const [at, open] = useOpened(openWhmcsShop);

const OTHER = 78;
const CODE = 'purchase_of_former_client';

const move = async (): Promise<void> => {
  at.whmcs.addClient({ id: OTHER, currency: 'EUR' });
  at.whmcs.service(1).clientId = OTHER;
  expect((await at.sync()).run.outcome).toBe('done');
};
const ENDS: [string, () => Promise<void>][] = [
  ['has another client', move],
  ['is terminated', () => setStatus(at, 'Terminated')],
  ['is gone from WHMCS', () => vanish(at)],
];

const poll = (what: 'poll' | 'reconcile' = 'poll'): Promise<RunReport> => {
  at.bench.clock.advance(HOUR);
  return what === 'poll' ? at.sluice.poll() : at.sluice.reconcile();
};
const allowed = (report: RunReport): unknown => report.services[0]?.allowance?.extraBytes ?? 0;

describe('a purchase that waits for its payment', () => {
  it.each(ENDS)('is cancelled with its invoice once its service %s', async (_name, end) => {
    await open();
    await at.buyPending();
    await end();
    const report = await poll();
    expect(noticeCodes(report)).toContain(CODE);
    expect(noticeCodes(report)).not.toContain('purchase_ended');
    expect(report.services.map(({ error }) => error)).toEqual(report.services.map(() => null));
    expect(await readBooks(at)).toEqual(['0.00', ['Cancelled'], ['cancelled']]);
  });

  it.each(ENDS)('becomes credit where it was paid before a run saw that its service %s', async (_name, end) => {
    await open();
    const { invoice } = await at.buyPending();
    await end();
    at.whmcs.pay(invoice);
    const report = await poll();
    expect([noticeCodes(report).includes(CODE), allowed(report), report.totals.purchased]).toEqual([true, 0, 0]);
    expect(await readBooks(at)).toEqual(['5.00', ['Paid'], ['refunded']]);
    expect(allowed(await poll('reconcile'))).toBe(0);
    expect(await readBooks(at)).toEqual(['5.00', ['Paid'], ['refunded']]);
  });

  it('becomes credit where it is paid after its invoice was cancelled', async () => {
    await open();
    const { invoice } = await at.buyPending();
    await move();
    await poll();
    at.whmcs.world.invoices.get(invoice)!.status = 'Unpaid';
    at.whmcs.pay(invoice);
    expect(noticeCodes(await poll('reconcile'))).toContain(CODE);
    expect(await readBooks(at)).toEqual(['5.00', ['Paid'], ['refunded']]);
  });

  it('is reported where its line is on an invoice with others, and is never counted', async () => {
    await open();
    const { invoice } = await at.buyPending();
    const hosting = addHosting(at);
    at.whmcs.mergeInvoice(invoice, hosting);
    await move();
    const report = await poll();
    const [notice] = report.notices.filter(({ code }) => code === CODE);
    expect(notice?.message).toContain(`several lines of invoice ${hosting}; remove that line`);
    expect([at.whmcs.invoice(hosting).status, report.services[0]?.error]).toEqual(['Unpaid', null]);
    at.whmcs.pay(hosting);
    const paid = await poll();
    expect(paid.notices.find(({ code }) => code === CODE)?.message).toContain('return the price of that line');
    expect([allowed(paid), await listStatuses(at)]).toEqual([0, ['cancelled']]);
  });

  it('is paid for as before while its service is pending, and counts once that is active', async () => {
    await open();
    const { invoice } = await at.buyPending();
    await setStatus(at, 'Pending');
    expect((await at.bench.store.services.get('whmcs-1'))?.status).toBe('pending');
    expect(noticeCodes(await poll())).not.toContain(CODE);
    expect(await readBooks(at)).toEqual(['0.00', ['Unpaid'], ['pending']]);
    at.whmcs.pay(invoice);
    await poll();
    await setStatus(at, 'Active');
    expect(allowed(await poll())).toBeGreaterThan(0);
    expect(await readBooks(at)).toEqual(['0.00', ['Paid'], ['paid']]);
  });

  it('is asked for as before while its client has the service, and after its cycle', async () => {
    await open();
    const { invoice } = await at.buyPending();
    at.bench.clock.advance(26 * 24 * HOUR);
    await poll();
    expect(await readBooks(at)).toEqual(['0.00', ['Unpaid'], ['pending']]);
    at.whmcs.pay(invoice);
    await poll();
    expect(await readBooks(at)).toEqual(['0.00', ['Paid'], ['paid']]);
  });

  it('is returned by a cancellation of which the client was faster', async () => {
    await open();
    const { id, invoice } = await at.buyPending();
    await move();
    at.whmcs.pay(invoice);
    await at.sluice.purchases.cancel(id);
    expect(await readBooks(at)).toEqual(['5.00', ['Paid'], ['refunded']]);
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
      await open();
      const { invoice } = await at.buyPending();
      await move();
      if (paid) at.whmcs.pay(invoice);
      const off = at.whmcs.server.inject({ endpoint, when, times: 2, fault: { kind: 'cut' } });
      const report = await poll();
      expect([report.services[0]?.error, allowed(report)]).toEqual([null, 0]);
      off();
      for (let runs = 0; runs < 4; runs++) expect(allowed(await poll())).toBe(0);
      expect(await readBooks(at)).toEqual(
        paid ? ['5.00', ['Paid'], ['refunded']] : ['0.00', ['Cancelled'], ['cancelled']],
      );
    },
  );
});
