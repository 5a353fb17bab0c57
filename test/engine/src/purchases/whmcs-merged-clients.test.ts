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

const listAlarms = async (): Promise<string[]> =>
  (await at.sluice.notices.alarms()).alarms
    .filter(({ code }) => code === 'refund_in_doubt')
    .map(({ message }) => message);
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
      expect([failed(report), await listStatuses(at), allowed(report)]).toEqual([undefined, ['refunding'], 100 * GB]);
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
    expect([await listStatuses(at), refunds(INTO)]).toEqual([['refunding'], ['5.00']]);
  });

  it.each(['GetCredits', 'GetClientsDetails'])(
    'is found after the merge, also where %s fails at first',
    async (failing) => {
      await interrupt('after');
      merge();
      const off = at.whmcs.server.inject({ endpoint: failing, fault: { kind: 'cut' } });
      await at.sync();
      await at.use(1);
      expect(await listStatuses(at)).toEqual(['refunding']);
      off();
      await at.use(1);
      const report = await at.use(1);
      expect([failed(report), allowed(report)]).toEqual([undefined, 100 * GB]);
      expect([refunds(INTO), await readBooks()]).toEqual([['5.00'], ['100.00', ['Paid'], ['refunded']]]);
      expect(await listAlarms()).toEqual([]);
    },
  );

  it.each([
    ['before', 'its log moves', 1],
    ['after', 'its log is lost', 2],
  ] as const)('is sent again only on request, cut %s it was made, where %s', async (when, _log, times) => {
    await interrupt(when);
    merge();
    if (when === 'after') at.whmcs.world.credits.splice(0);
    await sync();
    for (let poll = 0; poll < 2; poll += 1) {
      const report = await at.use(1);
      expect([failed(report), allowed(report)]).toEqual([undefined, 100 * GB]);
      expect([refunds(INTO), await listStatuses(at)]).toEqual([[], ['refunding']]);
    }
    expect(await listAlarms()).toEqual([expect.stringMatching(/before its client was merged into another one/)]);
    const [row] = await at.purchases();
    await at.sluice.purchases.cancel(row?.id ?? '', { refund: true });
    expect([refunds(INTO), at.whmcs.credit(INTO)]).toEqual([['5.00'], times === 1 ? '100.00' : '105.00']);
    expect(await listAlarms()).toEqual([]);
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

it('a purchase that was paid before its client was merged is not cancelled without its price', async () => {
  await open();
  at.whmcs.addCredit(CLIENT, '20.00');
  // The answer that would show the payment is lost.
  const off = at.whmcs.server.onCall(({ endpoint }) => {
    const fault = { kind: 'cut' } as const;
    if (endpoint === 'ApplyCredit') at.whmcs.server.inject({ endpoint: 'GetInvoice', times: 9, fault });
  });
  expect(await codeOf(at.buy())).toBe('outcome_unknown');
  off();
  at.whmcs.server.clearFaults();
  merge();
  await sync();
  await at.use(1);
  const [row] = await at.purchases();
  expect(await codeOf(at.sluice.purchases.cancel(row?.id ?? ''))).toBe('unknown_client');
  expect(await readBooks()).toEqual(['15.00', ['Paid'], ['pending']]);
  await at.sluice.clients.merge(String(CLIENT), { into: String(INTO) });
  expect(allowed(await at.use(1))).toBe(150 * GB);
  expect(await readBooks()).toEqual(['15.00', ['Paid'], ['paid']]);
});

it('changes nothing where there is nothing to merge, in a dry run and in the run', async () => {
  await open();
  merge();
  const ask = async (dryRun: boolean) => {
    const { run, ...rows } = await at.sluice.clients.merge(String(CLIENT), { into: String(INTO), dryRun });
    return [run.outcome, run.changes, rows.services > 0];
  };
  for (const dryRun of [true, false]) expect(await ask(dryRun)).toEqual(['done', true, true]);
  for (const dryRun of [true, false]) expect(await ask(dryRun)).toEqual(['done', false, false]);
});
