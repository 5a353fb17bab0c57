import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { startAccountsBench } from '../bench/accounts-bench.js';
import { useOpened } from '../bench/each-test.js';
import { errors, listActions, md5 } from './accounts.js';

const [at, begin] = useOpened(startAccountsBench);

describe('the password of an account', () => {
  const credentials = (): string[] => [at.whmcs.service(1).username, at.whmcs.service(1).password];
  const before = ['earlier', 'secret'];
  const addOrder = async (): Promise<void> => {
    at.addOrder(1);
    Object.assign(at.whmcs.service(1), { username: 'earlier', password: 'secret' });
    at.whmcs.setField(1, 'flvx_username', 'chosen');
    await at.sync();
  };
  /** Reconciles while WHMCS refuses to store a password. */
  const reconcileRefused = async (): Promise<RunReport> => {
    at.whmcs.quirks.denied.add('UpdateClientProduct');
    const report = await at.reconcile();
    at.whmcs.quirks.denied.clear();
    return report;
  };
  const expectUsable = (): void => {
    const [username, password = ''] = credentials();
    expect([username, at.relay.user('chosen')?.pwd]).toEqual(['chosen', md5(password)]);
    expect(at.relayUsers()).toEqual(['chosen']);
  };

  it('does not reach WHMCS where the creation is refused or fails', async () => {
    await begin();
    await addOrder();
    const taken = at.relay.addUser({ user: 'chosen' });
    expect(await at.create('whmcs-1')).toBe('failed');
    expect(errors(await at.reconcile())).toEqual(['account_exists']);
    expect(credentials()).toEqual(before);
    at.relay.world.users.delete(taken);
    const refusal = { kind: 'status', status: 200, body: { code: -1, msg: 'refused', ts: 0, data: null } } as const;
    at.relay.server.inject({ endpoint: /user\/create$/, fault: refusal });
    expect((await at.reconcile()).run.outcome).toBe('failed');
    expect(credentials()).toEqual(before);
    at.relay.server.clearFaults();
    expect((await at.reconcile()).run.outcome).toBe('done');
    expectUsable();
  });

  it('is set and written again if WHMCS did not store it; other creations wait', async () => {
    await begin();
    await addOrder();
    at.addOrder(2);
    await at.sync();
    expect(errors(await reconcileRefused())).toEqual(['billing_unavailable', 'billing_unavailable']);
    expect([credentials(), at.relayUsers()]).toEqual([before, ['chosen']]);
    at.whmcs.deleteService(2);
    expect(listActions(await at.plan())).toContain('whmcs-1 update-user');
    expect(errors(await at.reconcile())).toEqual([null, 'credentials_refused']);
    expectUsable();
  });

  it('is set when the creation is finished, which also ends the hold of a suspension, as the plan shows', async () => {
    await begin();
    await addOrder();
    await reconcileRefused();
    for (const status of ['Suspended', 'Active'] as const) {
      at.whmcs.service(1).status = status;
      await at.sync();
      if (status === 'Suspended') expect((await at.reconcile()).totals.held).toBe(1);
    }
    const planned = await at.plan();
    const done = await at.reconcile();
    expect(listActions(done)).toEqual(listActions(planned));
    expect([planned.totals.wouldRelease, done.totals.held, done.totals.released]).toEqual([1, 0, 1]);
    expect(done.services.map(({ status, holds }) => [status, holds])).toEqual([['ok', []]]);
    expect(done.notices).toMatchObject([{ code: 'release', service: 'whmcs-1' }]);
    expectUsable();
  });

  it('is set and written again by a run if WHMCS did not store a changed one', async () => {
    await begin();
    await addOrder();
    await at.reconcile();
    at.whmcs.quirks.denied.add('UpdateClientProduct');
    const changed = await at.sluice.provision.changePassword('whmcs-1');
    expect(changed.run.outcome).toBe('partial');
    expect(JSON.stringify(changed)).toContain('the next reconcile sets another');
    at.whmcs.quirks.denied.clear();
    expect(listActions(await at.plan())).toEqual(['whmcs-1 update-user']);
    const done = await at.reconcile();
    expect([done.run.outcome, listActions(done)]).toEqual(['done', ['whmcs-1 update-user']]);
    expectUsable();
    expect(listActions(await at.plan())).toEqual([]);
  });

  it('reaches WHMCS where a creation that may adopt makes or completes the account', async () => {
    await begin();
    await addOrder();
    at.addOrder(2);
    await at.sync();
    await reconcileRefused();
    for (const number of [1, 2]) {
      const { credentials: shown } = await at.sluice.provision.create(`whmcs-${number}`, { adopt: true });
      expect(shown).toMatchObject({ password: null, passwordFile: null, writtenTo: 'WHMCS' });
      const { username, password } = at.whmcs.service(number);
      expect(at.relay.user(username)?.pwd).toBe(md5(password));
    }
    const again = await at.sluice.provision.create('whmcs-1', { adopt: true });
    expect([again.run.outcome, again.credentials]).toEqual(['done', null]);
  });

  it('is set by an adoption of an account with a chosen name whose creation was cut off', async () => {
    await begin();
    await addOrder();
    at.relay.server.inject({ endpoint: /user\/create$/, when: 'after', times: 1, fault: { kind: 'cut' } });
    const ignore = at.relay.server.onCall(({ endpoint }) => {
      if (endpoint.endsWith('user/create'))
        at.relay.server.inject({ endpoint: /list$|login$/, fault: { kind: 'cut' } });
    });
    await at.reconcile();
    ignore();
    at.relay.server.clearFaults();
    expect(errors(await at.reconcile())).toEqual(['account_exists']);
    expect(await at.create('whmcs-1', { adopt: true })).toBe('done');
    expectUsable();
    expect((await at.reconcile()).run.outcome).toBe('done');
  });

  it('stays where the account is adopted as it is, also without a place for another one', async () => {
    await begin();
    at.relay.addPermission(at.relay.addUser({ user: 'chosen', password: 'own-password' }), 1);
    const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await at.sluice.services.add('own-1', { panel: 'relay', product: 'relay-100', ...due, flvx_username: 'chosen' });
    const adopted = await at.sluice.provision.create('own-1', { adopt: true });
    expect([adopted.run.outcome, adopted.credentials]).toEqual(['done', null]);
    expect(at.relay.user('chosen')?.pwd).toBe(md5('own-password'));
  });
});
