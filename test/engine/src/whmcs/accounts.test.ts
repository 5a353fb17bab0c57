import type { SluiceError } from '@sluice/panel-kind/errors';
import { describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import type { Explanation, RunReport, ServiceDetail } from '@sluice/engine';
import { startAccountsBench } from '../bench/accounts-bench.js';
import { GB } from '../bench/engine-bench.js';
import { useOpened } from '../bench/each-test.js';
import { errors, listActions, md5 } from './accounts.js';

const [at, begin] = useOpened(startAccountsBench);

const limit = (gb: number): Promise<unknown> => {
  const confirm = (): Promise<void> => Promise.resolve();
  const request = { panel: undefined, limitBytes: gb * GB, opening: undefined, dryRun: false, confirm };
  return at.sluice.agents.limit('north', request);
};
const show = async (id: string): Promise<ServiceDetail> => await at.sluice.services.show(id);
const accountDue = async (id: string): Promise<Explanation['accountDue']> => {
  const { accountDue: due, because } = await at.sluice.explain(id);
  expect(because[0]?.code === `account_${due?.reason ?? ''}`).toBe(due !== null);
  return due;
};
const states = ({ services }: RunReport): string[] => services.map(({ id, status }) => `${id} ${status}`);
const codes = ({ notices }: RunReport): string[] => notices.map(({ code, service }) => `${code} ${service ?? ''}`);
/** Changes of accounts; the mark of the store on the panel is none. */
const isOfAccount = ({ endpoint }: FakeCall): boolean => !endpoint.endsWith('/config/update-single');
const changes = (): number =>
  [at.relay, at.vpn].flatMap(({ server }) => server.changingCalls()).filter(isOfAccount).length +
  at.whmcs.server.calls.filter(({ endpoint }) => endpoint === 'UpdateClientProduct').length;

/** The service of WHMCS has the name and the password of the one account on the relay panel. */
function expectUsable(number: number): void {
  const { username, password } = at.whmcs.service(number);
  expect(password).toMatch(/^\w{24}$/);
  expect(at.relay.user(username)?.pwd).toBe(md5(password));
  const user = at.relay.user(username)?.id ?? 0;
  expect(at.relay.permissionStatus(user, 1)).toBe(1);
}

describe('orders of WHMCS', () => {
  it('become accounts while pending once their invoice is paid', async () => {
    await begin();
    at.addOrder(1, { status: 'Pending' });
    const invoice = at.whmcs.addInvoice({ client: 77, items: [{ description: 'Relay', amount: '10.00', service: 1 }] });
    await at.sync();
    expect(listActions(await at.reconcile())).toEqual([]);
    expect(await accountDue('whmcs-1')).toEqual({ verb: 'create', reason: 'not_paid' });
    at.whmcs.quirks.denied.add('GetOrders');
    const denied = await at.sluice.reconcile();
    expect([denied.run.outcome, states(denied)]).toEqual(['failed', ['whmcs-1 failed']]);
    at.whmcs.quirks.denied.clear();
    at.whmcs.pay(invoice);
    expect(listActions(await at.plan())).toEqual(['whmcs-1 create-user', 'whmcs-1 assign-tunnel']);
    await at.reconcile();
    expectUsable(1);
    await at.sync();
    expect((await show('whmcs-1')).lifecycle).toBe('active');
  });

  it('are suspended, renewed and ended with their services', async () => {
    await begin();
    at.addOrder(1);
    at.addOrder(2, { product: 11 });
    await at.sync();
    await at.reconcile();
    const [name = ''] = at.relayUsers();
    const uuid = (await show('whmcs-2')).refs['hiddify_user_uuid'] ?? '';
    for (const number of [1, 2]) at.whmcs.service(number).nextDueDate = '2027-01-15';
    await at.sync();
    const planned = listActions(await at.plan());
    expect(listActions(await at.reconcile())).toEqual(planned);
    expect(new Date(at.relay.user(name)?.expTime ?? 0).toISOString()).toBe('2027-01-15T00:00:00.000Z');
    const { startDate, packageDays } = at.vpn.user(uuid);
    expect(Date.parse(startDate ?? '') + packageDays * 86_400_000).toBe(Date.parse('2027-01-15'));

    at.whmcs.service(1).status = 'Suspended';
    await at.sync();
    expect(listActions(await at.plan())).toContain('whmcs-1 update-user');
    expect((await at.reconcile()).totals.held).toBe(1);
    expect(at.relay.user(name)?.status).toBe(0);

    at.whmcs.service(1).status = 'Terminated';
    at.whmcs.service(2).status = 'Cancelled';
    await at.sync();
    const before = changes();
    const waiting = await at.reconcile();
    expect([listActions(waiting), codes(waiting)]).toEqual([
      [],
      ['termination_waiting whmcs-1', 'termination_waiting whmcs-2'],
    ]);
    expect([changes(), codes(await at.reconcile()), codes(await at.plan())]).toEqual([before, [], codes(waiting)]);
    expect(await accountDue('whmcs-1')).toEqual({ verb: 'terminate', reason: 'operator' });
    const shown = await at.sluice.reconcile({ dryRun: true, allowMass: true });
    expect([listActions(shown).at(-1), changes()]).toEqual(['whmcs-2 delete-user', before]);
    const ended = await at.reconcile({ allowMass: true });
    expect([listActions(ended), ended.run.outcome]).toEqual([listActions(shown), 'done']);
    expect([at.relayUsers(), at.vpnUsers()]).toEqual([[], []]);
    expect((await show('whmcs-1')).holds).toEqual([]);
    expect([listActions(await at.reconcile({ allowMass: true })), codes(await at.plan())]).toEqual([[], []]);
  });

  it('are ended without an operator where the product says so, but not all at once', async () => {
    await begin({ product: 'terminate: auto' });
    for (let number = 1; number <= 20; number++) at.addOrder(number);
    await at.sync();
    const braked = await at.reconcile();
    expect([braked.run.outcome, braked.error?.code]).toEqual(['brake', 'mass_change']);
    expect([changes(), listActions(braked).length]).toEqual([0, 40]);
    expect(await accountDue('whmcs-7')).toEqual({ verb: 'create', reason: 'brake' });
    const allowed = await at.reconcile({ allowMass: true });
    expect([allowed.run.outcome, at.relayUsers().length]).toEqual(['done', 20]);
    for (const number of [1, 2, 3]) at.whmcs.service(number).status = 'Terminated';
    await at.sync();
    await at.reconcile();
    expect(at.relayUsers().length).toBe(17);
    for (const last of [8, 18]) {
      for (let number = 4; number <= last; number++) at.whmcs.service(number).status = 'Cancelled';
      await at.sync();
      expect(codes(await at.plan())).toEqual(['mass_change ']);
      expect((await at.sluice.reconcile()).run.outcome).toBe('brake');
      expect(at.relayUsers().length).toBe(17);
    }
  });

  it('are not ended at once on a small panel either, if they are more than half', async () => {
    await begin({ product: 'terminate: auto' });
    for (const number of [1, 2, 3]) at.addOrder(number);
    await at.sync();
    await at.reconcile();
    for (const number of [1, 2]) at.whmcs.service(number).status = 'Terminated';
    await at.sync();
    expect((await at.sluice.reconcile()).run.outcome).toBe('brake');
    expect(at.relayUsers().length).toBe(3);
    await at.reconcile({ allowMass: true });
    expect(at.relayUsers().length).toBe(1);
  });

  it('change nothing under observe, and are made when it ends', async () => {
    await begin();
    at.addOrder(1);
    await at.sync();
    await at.sluice.panels.observe('relay');
    const observed = await at.reconcile();
    expect([states(observed), listActions(observed).length, changes()]).toEqual([['whmcs-1 skipped'], 2, 0]);
    expect(await accountDue('whmcs-1')).toEqual({ verb: 'create', reason: 'observe' });
    expect(listActions(await at.sluice.panels.planEnforcing('relay'))).toEqual(listActions(observed));
    await at.sluice.panels.enforce('relay');
    await at.reconcile();
    expectUsable(1);
  });

  it('that are refused fail alone, keep their reason, and are tried again', async () => {
    await begin();
    for (const number of [1, 2, 3]) at.addOrder(number);
    const taken = at.relay.addUser({ user: 'taken' });
    at.whmcs.setField(1, 'flvx_username', 'taken');
    await at.sync();
    at.whmcs.deleteService(2);
    const first = await at.sluice.reconcile();
    expect([first.run.outcome, states(first)]).toEqual(['partial', ['whmcs-1 failed', 'whmcs-2 failed', 'whmcs-3 ok']]);
    expect(errors(first)).toEqual(['account_exists', 'credentials_refused', null]);
    await at.sluice.poll();
    expect(await accountDue('whmcs-1')).toEqual({ verb: 'create', reason: 'failed' });
    const explained = JSON.stringify(await at.sluice.explain('whmcs-1'));
    expect(explained).toContain('nothing proves that it belongs to this service');
    at.relay.world.users.delete(taken);
    at.whmcs.addService({ id: 2, client: 77, product: 10, nextDueDate: '2026-12-15' });
    expect((await at.reconcile()).run.outcome).toBe('done');
    for (const number of [1, 2, 3]) expectUsable(number);
    expect(at.relayUsers().length).toBe(3);
  });
});

describe('accounts without a command', () => {
  it('are made once by runs and commands at the same time', async () => {
    await begin();
    for (const number of [1, 2, 3]) at.addOrder(number);
    await at.sync();
    const outcomeOf = (run: Promise<{ run: { outcome: string } }>): Promise<string> =>
      run.then(
        (report) => report.run.outcome,
        (error: unknown) => (error as SluiceError).kind,
      );
    const runs = [
      at.bench.inAnother((by) => by.reconcile()),
      at.bench.inAnother((by) => by.reconcile()),
      at.bench.inAnother((by) => by.provision.create('whmcs-2', { waitMs: 0 })),
    ];
    const ends = await Promise.all(runs.map(outcomeOf));
    expect(ends).toContain('busy');
    expect(['done', 'partial', 'busy']).toEqual(expect.arrayContaining(ends));
    expect((await at.reconcile()).run.outcome).toBe('done');
    expect(at.relayUsers().length).toBe(3);
    for (const number of [1, 2, 3]) expectUsable(number);
  });

  it('wait while their agent is full, without an error of the polls', async () => {
    await begin();
    const north = at.vpn.addAgent(undefined, { name: 'north' });
    await at.bench.edit('packageDays: 30', `agent: ${north}, packageDays: 30`);
    for (const number of [1, 2]) at.addOrder(number, { product: 11 });
    await at.sync();
    await limit(60);
    const full = await at.sluice.reconcile();
    expect([full.run.outcome, states(full)]).toEqual(['partial', ['whmcs-1 ok', 'whmcs-2 failed']]);
    expect(full.services[1]?.error?.code).toBe('agent_limit');
    const poll = await at.sluice.poll();
    expect([poll.run.outcome, states(poll)]).toEqual(['done', ['whmcs-1 ok', 'whmcs-2 skipped']]);
    expect(await accountDue('whmcs-2')).toEqual({ verb: 'create', reason: 'failed' });
    expect(JSON.stringify(await at.sluice.explain('whmcs-2'))).toContain('60 GB');
    await limit(100);
    expect((await at.reconcile()).run.outcome).toBe('done');
    expect(at.vpnUsers().sort()).toEqual(['whmcs-1', 'whmcs-2']);
  });

  it('are removed if their order ended before their creation was known to be done', async () => {
    await begin();
    at.addOrder(1);
    await at.sync();
    await at.loseCreation();
    expect([at.relayUsers().length, (await show('whmcs-1')).refs['flvx_user_id']]).toEqual([1, undefined]);
    at.whmcs.service(1).status = 'Cancelled';
    await at.sync();
    expect(codes(await at.plan())).toEqual(['termination_waiting whmcs-1']);
    expect((await at.reconcile({ allowMass: true })).run.outcome).toBe('done');
    expect(at.relayUsers()).toEqual([]);
    expect(codes(await at.plan())).toEqual([]);
  });
});

describe('a lost answer', () => {
  it('at any change leaves one account with a known password', async () => {
    await begin();
    let number = 0;
    for (const when of ['before', 'after'] as const)
      for (let n = 0; n < 3; n++) {
        number++;
        at.addOrder(number);
        await at.sync();
        let seen = 0;
        const match = ({ changing }: { changing: boolean }): boolean => changing && seen++ === n;
        for (const { server } of [at.relay, at.whmcs]) server.inject({ match, when, times: 1, fault: { kind: 'cut' } });
        await at.reconcile({ allowMass: true });
        for (const { server } of [at.relay, at.whmcs]) server.clearFaults();
        expect(seen).toBeGreaterThan(n);
        await at.reconcile({ allowMass: true });
        expect((await at.reconcile({ allowMass: true })).run.outcome).toBe('done');
        expect(at.relayUsers().length).toBe(number);
        expectUsable(number);
      }
  });
});
