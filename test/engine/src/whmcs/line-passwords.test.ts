import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { errors, listActions } from './accounts.js';
import { startTelephonyBench, type TelephonyOptions } from '../bench/telephony-bench.js';
import { useOpened } from '../bench/each-test.js';

const [at, begin] = useOpened((options: TelephonyOptions) => startTelephonyBench(options));

/** Starts with a paid order of a line whose password is written to WHMCS. */
async function order(wire: NonNullable<TelephonyOptions['wire']>): Promise<void> {
  await begin({ wire, whmcs: '' });
  const auto = 'provision: auto, credentials: { writeTo: whmcs }';
  const line = `  line: { panel: voice, astbilling: { planId: "11" }, whmcs: { productIds: [10] }, ${auto} }`;
  await at.bench.edit(/^ {2}line: .*$/m, line);
  at.whmcs.addClient({ id: 77, firstName: 'Ana', lastName: 'Souza', currency: 'BRL' });
  at.whmcs.addProduct({ id: 10, name: 'Line', fields: ['ddd', 'channels'] });
  const fields = { ddd: '11', channels: '2' };
  at.whmcs.addService({ id: 7, client: 77, product: 10, nextDueDate: '2026-12-01', fields });
  expect((await at.sluice.services.sync()).problems).toEqual([]);
}

async function reconcile(): Promise<RunReport> {
  at.bench.clock.advance(3_600_000);
  return at.sluice.reconcile();
}

/** Reconciles while WHMCS refuses to store a password. */
async function reconcileRefused(): Promise<RunReport> {
  at.whmcs.quirks.denied.add('UpdateClientProduct');
  const report = await reconcile();
  at.whmcs.quirks.denied.clear();
  return report;
}

const findMade = () => at.panel.subscribers().find(({ id, status }) => id !== '9001' && status !== 'terminated');

function expectDelivered(): void {
  const made = findMade();
  const { username, password } = at.whmcs.service(7);
  expect([username, password]).toEqual([made?.username, made?.password]);
}

describe('the password of a line that WHMCS did not store', () => {
  it('is set and written again, as the plan shows', async () => {
    await order('default');
    expect(JSON.stringify(await reconcileRefused())).toContain('the next reconcile sets another in both');
    expect(listActions(await at.sluice.reconcile({ dryRun: true }))).toEqual(['whmcs-7 update-subscriber']);
    const done = await reconcile();
    expect([done.run.outcome, listActions(done)]).toEqual(['done', ['whmcs-7 update-subscriber']]);
    expectDelivered();
    expect(listActions(await reconcile())).toEqual([]);
  });

  it('is not taken for known where the panel can’t change it, until the line is removed', async () => {
    await order('magnusbilling');
    expect(JSON.stringify(await reconcileRefused())).toContain('remove the account on the panel');
    expect(errors(await at.sluice.reconcile({ dryRun: true }))).toEqual(['password_unknown']);
    const stuck = await reconcile();
    expect([stuck.run.outcome, errors(stuck)]).toEqual(['failed', ['password_unknown']]);
    at.panel.deleteSubscriber(findMade()?.id ?? '');
    expect((await reconcile()).run.outcome).toBe('done');
    expectDelivered();
  });

  it('stays as staff set it where an operator adopts the line', async () => {
    await order('magnusbilling');
    await reconcileRefused();
    const adopted = await at.sluice.provision.create('whmcs-7', { adopt: true });
    expect([adopted.run.outcome, adopted.credentials]).toEqual(['done', null]);
    expect(at.whmcs.service(7).password).not.toBe(findMade()?.password);
    expect((await reconcile()).run.outcome).toBe('done');
  });
});
