import type { RunReport } from '@sluice/engine';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { codeOf, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { noticeCodes } from '../loop/polls.js';
import { useOpened } from '../bench/each-test.js';
import { addHosting, readBooks } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);
beforeEach(() => open());

const CODE = 'purchase_of_former_client';

/** Buys from credit; the charge is made, and all answers from then on are lost. */
async function loseCharge(): Promise<string> {
  at.whmcs.addCredit(CLIENT, '100.00');
  const { server } = at.whmcs;
  server.inject({ endpoint: 'ApplyCredit', when: 'after', times: 1, fault: { kind: 'cut' } });
  const isCharged = (): boolean => server.calls.some(({ endpoint }) => endpoint === 'ApplyCredit');
  const found = server.inject({
    match: ({ endpoint }) => endpoint !== 'ApplyCredit' && isCharged(),
    fault: { kind: 'cut' },
  });
  expect(await codeOf(at.buy())).toBe('outcome_unknown');
  found();
  const [row] = await at.purchases();
  expect([row?.status, at.whmcs.credit(CLIENT)]).toEqual(['pending', '95.00']);
  return row!.id;
}

/** Refunds a paid purchase; the request never arrives. */
async function loseRefund(): Promise<string> {
  at.whmcs.addCredit(CLIENT, '100.00');
  const { id } = (await at.buy()).purchase;
  at.whmcs.server.inject({ endpoint: 'AddCredit', times: 1, fault: { kind: 'cut' } });
  await expect(at.sluice.purchases.cancel(id, { refund: true })).rejects.toMatchObject({ code: 'outcome_unknown' });
  return id;
}

const OPEN: [string, () => Promise<string>][] = [
  ['waits for its payment', async () => (await at.buyPending()).id],
  ['may have been charged', loseCharge],
  ['is being refunded', loseRefund],
];

const run = (what: 'poll' | 'reconcile' = 'poll'): Promise<RunReport> => {
  at.bench.clock.advance(HOUR);
  return what === 'poll' ? at.sluice.poll() : at.sluice.reconcile();
};

describe('the removal of a service', () => {
  it.each(OPEN)('is refused while a purchase %s', async (_name, begin) => {
    const id = await begin();
    await expect(at.sluice.services.remove('whmcs-1')).rejects.toMatchObject({
      ...{ kind: 'conflict', code: 'purchase_unfinished', message: expect.stringContaining(id) },
      details: { service: 'whmcs-1', purchase: id },
    });
    at.bench.clock.advance(HOUR);
    // A charge that was made after all is refused first: its purchase is paid.
    expect([null, 'purchase_paid']).toContain(await codeOf(at.sluice.purchases.cancel(id, { refund: true })));
    await at.sluice.services.remove('whmcs-1');
    expect(['cancelled', 'refunded', 'paid']).toContain((await at.purchases())[0]?.status);
  });

  it('is possible once the next run has finished the purchase', async () => {
    await loseCharge();
    await run();
    await at.sluice.services.remove('whmcs-1');
    expect(await readBooks(at)).toEqual(['95.00', ['Paid'], ['paid']]);
  });
});

describe('a purchase of a service that was removed from the store', () => {
  const remove = async (): Promise<void> => {
    const now = new Date(at.bench.clock.now()).toISOString();
    await at.bench.store.services.remove('whmcs-1', now);
  };

  it('is cancelled with the invoice that waits for its payment', async () => {
    await at.buyPending();
    await remove();
    expect(noticeCodes(await run())).toEqual([CODE]);
    expect(await readBooks(at)).toEqual(['0.00', ['Cancelled'], ['cancelled']]);
    expect(noticeCodes(await run())).toEqual([]);
  });

  it('becomes credit where it is paid', async () => {
    const { invoice } = await at.buyPending();
    await remove();
    at.whmcs.pay(invoice);
    expect(noticeCodes(await run())).toEqual([CODE]);
    expect(await readBooks(at)).toEqual(['5.00', ['Paid'], ['refunded']]);
    await run('reconcile');
    expect(at.whmcs.credit(CLIENT)).toBe('5.00');
  });

  it('becomes credit where it is paid while its invoice is cancelled', async () => {
    const { invoice } = await at.buyPending();
    await remove();
    await run();
    at.whmcs.world.invoices.get(invoice)!.status = 'Unpaid';
    at.whmcs.pay(invoice);
    expect(noticeCodes(await run('reconcile'))).toEqual([CODE]);
    expect(await readBooks(at)).toEqual(['5.00', ['Paid'], ['refunded']]);
  });

  it.each(OPEN.slice(1))('returns its price where it %s', async (_name, begin) => {
    await begin();
    await remove();
    expect(noticeCodes(await run())).toEqual([CODE]);
    expect(await readBooks(at)).toEqual(['100.00', ['Paid'], ['refunded']]);
    await run('reconcile');
    expect(at.whmcs.credit(CLIENT)).toBe('100.00');
  });

  it('is reported, and left to the next run, where it can not be ended', async () => {
    const { invoice } = await at.buyPending();
    const hosting = addHosting(at);
    at.whmcs.mergeInvoice(invoice, hosting);
    await remove();
    const report = await run();
    expect(report.run.outcome).toBe('done');
    const [notice] = report.notices.filter(({ code }) => code === CODE);
    expect(notice?.message).toContain(`several lines of invoice ${hosting}; remove that line`);
    expect(at.whmcs.invoice(hosting).status).toBe('Unpaid');
    expect(noticeCodes(await run())).toEqual([]);
  });

  it('is not changed by a dry run', async () => {
    await at.buyPending();
    await remove();
    await at.sluice.plan();
    expect(await readBooks(at)).toEqual(['0.00', ['Unpaid'], ['pending']]);
  });
});
