import { describe, expect, it } from '@jest/globals';
import { errors, listActions } from './accounts.js';
import { useOpened } from '../bench/each-test.js';
import { startTelephonyBench, type TelephonyOptions } from '../bench/telephony-bench.js';

const [at, begin] = useOpened((options: TelephonyOptions) => startTelephonyBench(options));

/** The line of an older tool, without a reference, and a paid order that names its username and its customer. */
async function order(wire: NonNullable<TelephonyOptions['wire']>, externalRef?: string): Promise<string> {
  await begin({ wire, whmcs: '' });
  const auto = 'provision: auto, credentials: { writeTo: whmcs }';
  const line = `  line: { panel: voice, astbilling: { planId: "11" }, whmcs: { productIds: [10] }, ${auto} }`;
  await at.bench.edit(/^ {2}line: .*$/m, line);
  const owner = { name: 'Rui Costa', document: '11144477735', ...(externalRef !== undefined && { externalRef }) };
  const customer = at.panel.addCustomer(owner);
  const id = at.panel.addSubscriber({ username: 'old1', plan: '11', customer });
  at.whmcs.addClient({ id: 77, firstName: 'Rui', lastName: 'Costa', taxId: '111.444.777-35', currency: 'BRL' });
  at.whmcs.addProduct({ id: 10, name: 'Line', fields: ['ddd', 'channels'] });
  const fields = { ddd: '11', channels: '2' };
  at.whmcs.addService({ id: 7, client: 77, product: 10, domain: 'old1', nextDueDate: '2026-12-01', fields });
  expect((await at.sluice.services.sync()).problems).toEqual([]);
  await at.sluice.services.set('whmcs-7', { document: '11144477735' });
  at.panel.server.clearCalls();
  return id;
}

const lineOf = async (): Promise<string | undefined> =>
  (await at.sluice.services.show('whmcs-7')).refs['astbilling_subscriber_id'];

describe.each(['default', 'magnusbilling'] as const)('a line without a reference that an order names: %s', (wire) => {
  it('is not taken over before an operator does it', async () => {
    const id = await order(wire);
    expect(errors(await at.sluice.reconcile({ dryRun: true }))).toEqual(['line_unproven']);
    expect(errors(await at.sluice.reconcile())).toEqual(['line_unproven']);
    const ordered = await at.sluice.provision.create('whmcs-7', { ordered: true });
    expect([ordered.run.outcome, ordered.service.error?.code]).toEqual(['failed', 'line_unproven']);
    expect([at.panel.server.changingCalls(), await lineOf()]).toEqual([[], undefined]);
    const taken = await at.sluice.provision.create('whmcs-7');
    expect([taken.run.outcome, await lineOf()]).toEqual(['done', id]);
    expect(errors(await at.sluice.reconcile())).toEqual([null]);
  });
});

it('a line of the customer that has the client’s reference is taken over by its order', async () => {
  const id = await order('default', 'whmcs:client:77');
  const done = await at.sluice.reconcile();
  expect([done.run.outcome, listActions(done)]).toEqual(['done', ['whmcs-7 update-subscriber']]);
  expect(await lineOf()).toBe(id);
});

it('an order of another shop takes over no such line either', async () => {
  await order('default');
  await at.sluice.services.add('shop-1', {
    ...{ panel: 'voice', product: 'line', client: '78', status: 'pending', astbilling_username: 'old1' },
    ...{ first_name: 'Rui', last_name: 'Costa', document: '11144477735', ddd: '11', channels: '2' },
  });
  const { service } = await at.sluice.provision.create('shop-1', { ordered: true });
  expect(service.error?.code).toBe('line_unproven');
  await at.sluice.services.set('shop-1', { status: 'active' });
  await at.sluice.reconcile();
  expect(at.panel.server.changingCalls()).toEqual([]);
});
