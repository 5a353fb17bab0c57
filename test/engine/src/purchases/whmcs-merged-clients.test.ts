import type { RunReport } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { codeOf, GB } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

/** The client into whom CLIENT is merged. */
const INTO = 88;

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
        'billing_unavailable',
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
});
