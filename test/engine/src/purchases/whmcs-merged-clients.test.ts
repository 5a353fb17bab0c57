import type { RunReport } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { codeOf, GB } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { done } from '../bench/outcomes.js';
import { listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

/** The client into whom CLIENT is merged. */
const INTO = 88;

/** Staff merges the clients. */
function merge(): void {
  at.whmcs.addClient({ id: INTO, currency: 'EUR' });
  at.whmcs.mergeClients(CLIENT, INTO);
}

const sync = (): Promise<unknown> => done(at.sync());
/** Credit of the client into whom it was merged, and statuses of invoices and purchases. */
const readBooks = async (): Promise<unknown> => [
  at.whmcs.credit(INTO),
  at.whmcs.invoices(INTO).map(({ status }) => status),
  await listStatuses(at),
];
const refunds = (client: number): string[] =>
  at.whmcs
    .credits(client)
    .filter(({ description }) => description.startsWith('Refund'))
    .map(({ amount }) => amount);
const failed = (report: RunReport): string | undefined => report.services[0]?.error?.code;
const allowed = (report: RunReport): number | null | undefined => report.services[0]?.allowance?.allowedBytes;

describe('a refund that was sent before its client was merged into another', () => {
  /** Sends a refund whose outcome is not known; `when` WHMCS has booked it, or before that. */
  async function interrupt(when: 'before' | 'after'): Promise<void> {
    await open();
    at.whmcs.addCredit(CLIENT, '100.00');
    const { id } = (await at.buy()).purchase;
    at.whmcs.server.inject({ endpoint: 'AddCredit', when, times: 1, fault: { kind: 'cut' } });
    const off = at.whmcs.server.inject({ endpoint: 'GetCredits', skip: 1, times: 9, fault: { kind: 'cut' } });
    expect(await codeOf(at.sluice.purchases.cancel(id, { refund: true }))).toBe('outcome_unknown');
    off();
  }

  it('never counts as paid again while it is not known whether it was made', async () => {
    await interrupt('after');
    at.whmcs.deleteInvoice(Number((await at.purchases())[0]?.invoice));
    at.whmcs.world.clients.delete(CLIENT);
    for (let poll = 0; poll < 3; poll += 1) {
      const report = await at.use(1);
      expect([failed(report), await listStatuses(at), allowed(report)]).toEqual([
        'unknown_client',
        ['refunded'],
        100 * GB,
      ]);
    }
  });

  it('is in doubt when the clients were merged while it was sent', async () => {
    await open();
    at.whmcs.addCredit(CLIENT, '100.00');
    const { id } = (await at.buy()).purchase;
    at.whmcs.addClient({ id: INTO, currency: 'EUR' });
    const off = at.whmcs.server.onCall(({ endpoint }) => {
      if (endpoint === 'GetCredits' && refunds(CLIENT).length > 0) at.whmcs.mergeClients(CLIENT, INTO);
    });
    expect(await codeOf(at.sluice.purchases.cancel(id, { refund: true }))).toBe('outcome_unknown');
    off();
    expect([await listStatuses(at), refunds(INTO)]).toEqual([['refunded'], ['5.00']]);
  });

  it.each([
    ['before', 'GetCredits'],
    ['after', 'GetCredits'],
    ['after', 'GetClientsDetails'],
  ] as const)('is found or made once, cut %s it was made, also where %s fails at first', async (when, failing) => {
    await interrupt(when);
    merge();
    const off = at.whmcs.server.inject({ endpoint: failing, fault: { kind: 'cut' } });
    await at.sync();
    await at.use(1);
    expect(await listStatuses(at)).toEqual(['refunded']);
    off();
    const reports = [await at.use(1), await at.use(1)];
    expect([failed(reports[1]!), allowed(reports[1]!)]).toEqual([undefined, 100 * GB]);
    expect([refunds(INTO), await readBooks()]).toEqual([['5.00'], ['100.00', ['Paid'], ['refunded']]]);
  });
});

describe('a purchase that waits while its client is merged into another', () => {
  it.each(['sync', 'poll'] as const)('counts once it is paid, where the %s comes first', async (first) => {
    await open();
    const { invoice } = await at.buyPending();
    merge();
    at.whmcs.pay(invoice);
    if (first === 'sync') await sync();
    const report = await at.use(1);
    if (first === 'poll') await sync();
    expect([failed(report), allowed(report), allowed(await at.use(1))]).toEqual([undefined, 150 * GB, 150 * GB]);
    expect(await readBooks()).toEqual(['0.00', ['Paid'], ['paid']]);
  });

  it('is not cancelled, and counts once it is paid later', async () => {
    await open();
    const { invoice } = await at.buyPending();
    merge();
    await sync();
    await at.use(1);
    expect(await readBooks()).toEqual(['0.00', ['Unpaid'], ['pending']]);
    at.whmcs.pay(invoice);
    expect(allowed(await at.use(1))).toBe(150 * GB);
  });

  it('is not cancelled while it can’t be asked whether the client is there', async () => {
    await open();
    await at.buyPending();
    merge();
    const off = at.whmcs.server.onCall(({ endpoint }) => {
      if (endpoint === 'GetClientsDetails') at.whmcs.server.inject({ endpoint, times: 1, fault: { kind: 'cut' } });
    });
    await sync();
    await at.use(1);
    off();
    at.whmcs.server.clearFaults();
    expect(await readBooks()).toEqual(['0.00', ['Unpaid'], ['pending']]);
    await at.use(1);
    expect(await readBooks()).toEqual(['0.00', ['Unpaid'], ['pending']]);
  });

  it.each(['before', 'after'] as const)('is charged once, where its invoice was cut %s it was made', async (when) => {
    await open();
    at.whmcs.addCredit(CLIENT, '20.00');
    at.whmcs.server.inject({ endpoint: 'CreateInvoice', when, fault: { kind: 'cut' }, times: 1 });
    const lists = at.whmcs.server.inject({ endpoint: 'GetInvoices', skip: 1, fault: { kind: 'cut' } });
    expect(await codeOf(at.buy())).toBe('outcome_unknown');
    lists();
    merge();
    await sync();
    await at.use(1);
    expect(await listStatuses(at)).toEqual(['pending']);
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ code }) => code)).toEqual(['client_missing']);
    await at.sluice.clients.merge(String(CLIENT), { into: String(INTO) });
    expect(allowed(await at.use(1))).toBe(150 * GB);
    expect(await readBooks()).toEqual(['15.00', ['Paid'], ['paid']]);
    expect((await at.sluice.notices.alarms()).alarms).toEqual([]);
  });
});
