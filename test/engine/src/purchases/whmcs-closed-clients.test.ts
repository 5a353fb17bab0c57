import type { RunReport } from '@sluice/engine';
import { afterEach, describe, expect, it } from '@jest/globals';
import { codeOf, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop, type WhmcsShop } from '../bench/whmcs-bench.js';

let at: WhmcsShop;
afterEach(async () => {
  expect(at.whmcs.server.failures).toEqual([]);
  await at.close();
});

const AUTO = ', autoBuy: { enabled: true, package: extra, thresholdGb: 10, maxPerCycle: 2 }';
const setStatus = (status: string): void => {
  at.whmcs.world.clients.get(CLIENT)!.status = status;
};
const outcome = async (): Promise<unknown> => {
  const statuses = (await at.purchases()).map(({ status }) => status);
  return [at.whmcs.credit(CLIENT), at.invoices(), statuses];
};
const refusals = ({ notices }: RunReport): string[] =>
  notices.filter(({ code }) => code === 'auto_buy_refused').map(({ message }) => message);

describe('a client who is closed in WHMCS', () => {
  it('can’t buy, and has no invoice then', async () => {
    at = await openWhmcsShop();
    at.whmcs.addCredit(CLIENT, '50.00');
    setStatus('Closed');
    expect(await codeOf(at.sluice.purchases.create('whmcs-1', 'extra'))).toBe('client_closed');
    expect(await outcome()).toEqual(['50.00', [], []]);
    setStatus('Inactive');
    expect(await codeOf(at.sluice.purchases.create('whmcs-1', 'extra'))).toBeNull();
    expect(await outcome()).toEqual(['45.00', ['Paid'], ['paid']]);
  });

  it('is not charged by auto-buy, which says so', async () => {
    at = await openWhmcsShop({ product: AUTO });
    at.whmcs.addCredit(CLIENT, '50.00');
    setStatus('Closed');
    const report = await at.use(85);
    expect(refusals(report)).toEqual([expect.stringContaining(`client ${CLIENT} is closed in the billing system`)]);
    expect([report.services[0]?.error, await outcome()]).toEqual([null, ['50.00', [], []]]);
  });

  it.each([
    ['CreateInvoice', 'before', [] as string[], 'failed'],
    ['ApplyCredit', 'before', ['Cancelled'], 'cancelled'],
    ['ApplyCredit', 'after', ['Paid'], 'paid'],
  ] as const)('ends what was interrupted at %s, cut %s', async (endpoint, when, invoices, status) => {
    at = await openWhmcsShop();
    at.whmcs.addCredit(CLIENT, '50.00');
    const off = at.whmcs.server.inject({ endpoint, when, fault: { kind: 'cut' } });
    await codeOf(at.buy());
    off();
    setStatus('Closed');
    at.bench.clock.advance(HOUR);
    await at.poll();
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect(await outcome()).toEqual([status === 'paid' ? '45.00' : '50.00', invoices, [status]]);
  });

  it('gets back what was paid', async () => {
    at = await openWhmcsShop();
    at.whmcs.addCredit(CLIENT, '50.00');
    await at.buy();
    setStatus('Closed');
    const [row] = await at.purchases();
    expect(await codeOf(at.sluice.purchases.cancel(row?.id ?? '', { refund: true }))).toBeNull();
    expect(await outcome()).toEqual(['50.00', ['Paid'], ['refunded']]);
  });
});
