import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

/** Staff deletes the client with all that he had. */
async function deleteClient(): Promise<void> {
  for (const { invoice } of await at.purchases()) at.whmcs.deleteInvoice(Number(invoice));
  at.whmcs.deleteService(1);
  at.whmcs.world.clients.delete(CLIENT);
}

const sync = (): Promise<unknown> => at.sync({ allowMass: true });

const state = (dryRun = false) => at.sluice.clients.merge(String(CLIENT), { into: 'none', dryRun });
const alarms = async (): Promise<string[]> => (await at.sluice.notices.alarms()).alarms.map(({ code }) => code);
const failures = async (): Promise<unknown[]> => {
  const { services } = await at.sluice.reconcile();
  return services.flatMap(({ error }) => (error === null ? [] : [error.code]));
};

it.each(['never', 'once'])(
  'a refund that was sent %s to a client who was deleted ends as a person states it',
  async (how) => {
    await open();
    at.whmcs.addCredit(CLIENT, '100.00');
    const { id } = (await at.buy()).purchase;
    const endpoint = how === 'never' ? 'GetCredits' : 'AddCredit';
    at.whmcs.server.inject({ endpoint, when: 'before', fault: { kind: 'cut' } });
    const refused = how === 'never' ? 'billing_unavailable' : 'outcome_unknown';
    expect(await codeOf(at.sluice.purchases.cancel(id, { refund: true }))).toBe(refused);
    at.whmcs.server.clearFaults();
    expect(await codeOf(state())).toBe('client_exists');
    await deleteClient();
    await at.use(1);
    expect([await listStatuses(at), await alarms()]).toEqual([
      ['refunding'],
      expect.arrayContaining(['client_missing']),
    ]);
    expect(await codeOf(at.sluice.services.remove('whmcs-1'))).toBe('purchase_unfinished');
    expect(await state(true)).toMatchObject({ services: 0, purchases: 1, bills: 0 });
    expect(await listStatuses(at)).toEqual(['refunding']);
    expect(await state()).toMatchObject({ into: 'none', run: { changes: true }, services: 0, purchases: 1, bills: 0 });
    expect([await failures(), await listStatuses(at), await alarms()]).toEqual([[], ['cancelled'], []]);
    expect(await state()).toMatchObject({ run: { changes: false }, purchases: 0 });
    expect(await codeOf(at.sluice.services.remove('whmcs-1'))).toBeNull();
  },
);

it.each([true, false])(
  'an open purchase of a client who was deleted ends as a person states it, synced: %s',
  async (isSynced) => {
    await open();
    await at.buyPending();
    await deleteClient();
    if (isSynced) await sync();
    for (let poll = 0; poll < 2; poll += 1) {
      await at.use(1);
      expect([await listStatuses(at), await alarms()]).toEqual([
        ['pending'],
        expect.arrayContaining(['client_missing']),
      ]);
    }
    await state();
    await at.sluice.reconcile();
    const before = (await at.bench.store.notices.list()).length;
    expect([await failures(), await listStatuses(at), await alarms()]).toEqual([[], ['cancelled'], []]);
    expect(await at.bench.store.notices.list()).toHaveLength(before);
  },
);

it('a client whose invoices are another one’s was merged, not deleted', async () => {
  await open();
  await at.buyPending();
  at.whmcs.addClient({ id: 88, currency: 'EUR' });
  at.whmcs.mergeClients(CLIENT, 88);
  expect(await codeOf(state())).toBe('other_client');
  expect(await listStatuses(at)).toEqual(['pending']);
});
