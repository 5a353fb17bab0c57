import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { codeOf, GB } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);
const INTO = 88;

/** A refund that was ordered and never sent; then staff merges the clients, which Sluice does not know yet. */
async function wait(): Promise<string> {
  await open();
  at.whmcs.addCredit(CLIENT, '100.00');
  const { id } = (await at.buy()).purchase;
  at.whmcs.server.inject({ endpoint: 'GetCredits', when: 'before', fault: { kind: 'cut' } });
  expect(await codeOf(at.sluice.purchases.cancel(id, { refund: true }))).toBe('billing_unavailable');
  at.whmcs.server.clearFaults();
  expect(await listStatuses(at)).toEqual(['refunding']);
  at.whmcs.addClient({ id: INTO, currency: 'EUR' });
  at.whmcs.mergeClients(CLIENT, INTO);
  return id;
}

describe('a refund that waits while its client is merged', () => {
  it('outlives a poll that can not ask for its client', async () => {
    await wait();
    at.whmcs.server.inject({ endpoint: 'GetClientsDetails', times: 3, fault: { kind: 'cut' } });
    await at.use(1);
    expect(await listStatuses(at)).toEqual(['refunding']);
    at.whmcs.server.clearFaults();
    await at.use(1);
    await at.use(1);
    expect([await listStatuses(at), at.whmcs.credit(INTO)]).toEqual([['refunded'], '100.00']);
  });

  it('stays due where a person repeats it before the merge is known', async () => {
    const id = await wait();
    const repeated = at.sluice.purchases.cancel(id, { refund: true });
    await expect(repeated).rejects.toMatchObject({
      code: 'unknown_client',
      message: expect.stringMatching(new RegExp(`The price of purchase ${id} is not returned yet\\.$`)),
    });
    await at.use(1);
    await at.use(1);
    expect([await listStatuses(at), at.whmcs.credit(INTO)]).toEqual([['refunded'], '100.00']);
  });
});

it.each(['invoice deleted', 'other currency'])(
  'a refund that was made before a merge, whose log is lost, never counts as paid again: %s',
  async (how) => {
    await open();
    at.whmcs.addCredit(CLIENT, '100.00');
    const { id, invoice } = (await at.buy()).purchase;
    at.whmcs.server.inject({ endpoint: 'AddCredit', when: 'after', times: 1, fault: { kind: 'cut' } });
    const off = at.whmcs.server.inject({ endpoint: 'GetCredits', skip: 1, times: 9, fault: { kind: 'cut' } });
    expect(await codeOf(at.sluice.purchases.cancel(id, { refund: true }))).toBe('outcome_unknown');
    off();
    at.whmcs.server.clearFaults();
    at.whmcs.addClient({ id: INTO, currency: how === 'other currency' ? 'USD' : 'EUR' });
    at.whmcs.mergeClients(CLIENT, INTO);
    at.whmcs.world.credits.splice(0);
    await at.sluice.clients.merge(String(CLIENT), { into: String(INTO) });
    if (how === 'invoice deleted') at.whmcs.deleteInvoice(Number(invoice));
    const reports = [await at.use(1), await at.use(1)];
    expect([await listStatuses(at), reports.map(({ services }) => services[0]?.allowance?.allowedBytes)]).toEqual([
      ['refunding'],
      [100 * GB, 100 * GB],
    ]);
  },
);

it('a refund that begins once its client was merged is refused, and the purchase stays paid', async () => {
  await open();
  at.whmcs.addCredit(CLIENT, '100.00');
  const { id } = (await at.buy()).purchase;
  at.whmcs.addClient({ id: INTO, currency: 'EUR' });
  at.whmcs.mergeClients(CLIENT, INTO);
  expect(await codeOf(at.sluice.purchases.cancel(id, { refund: true }))).toBe('unknown_client');
  expect(await listStatuses(at)).toEqual(['paid']);
});
