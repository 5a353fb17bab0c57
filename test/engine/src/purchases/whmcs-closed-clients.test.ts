import type { RunReport } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { pollLater } from '../loop/polls.js';
import { useOpened } from '../bench/each-test.js';
import { AUTO, readBooks } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

const setStatus = (status: string): void => {
  at.whmcs.world.clients.get(CLIENT)!.status = status;
};
const refusals = ({ notices }: RunReport): string[] =>
  notices.filter(({ code }) => code === 'auto_buy_refused').map(({ message }) => message);

describe('a client who is closed in WHMCS', () => {
  it('can’t buy, and has no invoice then', async () => {
    await open();
    at.whmcs.addCredit(CLIENT, '50.00');
    setStatus('Closed');
    expect(await codeOf(at.sluice.purchases.create('whmcs-1', 'extra'))).toBe('client_closed');
    expect(await readBooks(at)).toEqual(['50.00', [], []]);
    setStatus('Inactive');
    expect(await codeOf(at.sluice.purchases.create('whmcs-1', 'extra'))).toBeNull();
    expect(await readBooks(at)).toEqual(['45.00', ['Paid'], ['paid']]);
  });

  it('is offered no package where his credit was read, and can’t switch on automatic purchases', async () => {
    await open();
    setStatus('Closed');
    const credit = await at.sluice.credit.show(String(CLIENT));
    const { packages } = await at.sluice.purchases.packages({ service: 'whmcs-1', credit });
    expect(packages.map(({ refused }) => refused)).toEqual(packages.map(() => 'client_closed'));
    const set = (enabled: boolean) =>
      at.sluice.autoBuy.set({ service: 'whmcs-1' }, { enabled, package: 'extra', threshold: '10%', maxPerCycle: 1 });
    expect(await codeOf(set(true))).toBe('client_closed');
    expect(await codeOf(set(false))).toBeNull();
    at.whmcs.server.inject({ fault: { kind: 'status', status: 503 } });
    expect(await codeOf(set(true))).toBeNull();
  });

  it('is not charged by auto-buy, which says so', async () => {
    await open({ product: AUTO });
    at.whmcs.addCredit(CLIENT, '50.00');
    setStatus('Closed');
    const report = await at.use(85);
    expect(refusals(report)).toEqual([expect.stringContaining(`client ${CLIENT} is closed in the billing system`)]);
    expect([report.services[0]?.error, await readBooks(at)]).toEqual([null, ['50.00', [], []]]);
  });

  it.each([
    ['CreateInvoice', 'before', [] as string[], 'failed'],
    ['ApplyCredit', 'before', ['Cancelled'], 'cancelled'],
    ['ApplyCredit', 'after', ['Paid'], 'paid'],
  ] as const)('ends what was interrupted at %s, cut %s', async (endpoint, when, invoices, status) => {
    await open();
    at.whmcs.addCredit(CLIENT, '50.00');
    const off = at.whmcs.server.inject({ endpoint, when, fault: { kind: 'cut' } });
    await codeOf(at.buy());
    off();
    setStatus('Closed');
    for (const _poll of [1, 2]) await pollLater(at);
    expect(await readBooks(at)).toEqual([status === 'paid' ? '45.00' : '50.00', invoices, [status]]);
  });

  it('gets back what was paid', async () => {
    await open();
    at.whmcs.addCredit(CLIENT, '50.00');
    await at.buy();
    setStatus('Closed');
    const [row] = await at.purchases();
    expect(await codeOf(at.sluice.purchases.cancel(row?.id ?? '', { refund: true }))).toBeNull();
    expect(await readBooks(at)).toEqual(['50.00', ['Paid'], ['refunded']]);
  });
});
