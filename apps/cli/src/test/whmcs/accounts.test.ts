import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import type { RunReport, ServiceDetail } from '@sluice/engine';
import { type AccountsBench, type AccountsOptions, startAccountsBench } from './accounts-bench.js';

let at: AccountsBench;
afterEach(() => at.close());
const begin = async (options?: AccountsOptions): Promise<void> => {
  at = await startAccountsBench(options);
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const show = async (id: string): Promise<ServiceDetail> => (await at.run(`service show ${id}`)).json();
const explained = async (id: string): Promise<string> => (await at.bench.sluice(`explain ${id}`)).stdout;
const listActions = ({ services }: RunReport): string[] =>
  services.flatMap(({ id, actions }) => actions.map(({ type }) => `${id} ${type}`));
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
  it('become accounts, as the plan says; passwords go to WHMCS and nowhere else', async () => {
    await begin();
    at.addOrder(1);
    at.addOrder(2, { product: 11 });
    at.addOrder(3, { status: 'Pending' });
    await at.sync();
    const poll = await at.run('poll');
    expect([poll.exitCode, states(poll.json())]).toEqual([
      0,
      ['whmcs-1 skipped', 'whmcs-3 skipped', 'whmcs-2 skipped'],
    ]);
    const shown = await at.bench.sluice('plan');
    expect([shown.exitCode, shown.stdout]).toEqual([4, expect.stringContaining('whmcs-1 on relay')]);
    const planned = await at.plan();
    expect(changes()).toBe(0);
    expect(await explained('whmcs-1')).toContain('whmcs-1 has no account yet');
    const made = await at.reconcile();
    expect(listActions(made)).toEqual(listActions(planned));
    expect(listActions(made)).toEqual(['whmcs-1 create-user', 'whmcs-1 assign-tunnel', 'whmcs-2 create-user']);
    expect(states(made)).toEqual(['whmcs-1 ok', 'whmcs-3 skipped', 'whmcs-2 ok']);
    expect(made.run.outcome).toBe('done');
    expectUsable(1);
    expect(at.vpnUsers()).toEqual(['whmcs-2']);
    const { refs, lifecycle } = await show('whmcs-2');
    expect([lifecycle, at.vpn.hasUser(refs['hiddify_user_uuid'] ?? '')]).toEqual(['active', true]);
    const { password } = at.whmcs.service(1);
    const log = (await at.run('log list')).stdout + (await at.run('log list --api')).stdout;
    expect(at.bench.printed + log).not.toContain(password);
    const files = readdirSync(at.bench.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of files) expect(at.bench.read(name)).not.toContain(password);
    const before = changes();
    const again = await at.run('reconcile');
    expect([again.exitCode, listActions(again.json()), changes()]).toEqual([0, [], before]);
    expect(states(again.json())).toEqual(['whmcs-1 ok', 'whmcs-3 skipped', 'whmcs-2 ok']);
    const changed = (await at.run('provision change-password whmcs-1')).json<{ credentials: unknown }>();
    const { username } = at.whmcs.service(1);
    expect(changed.credentials).toEqual({ username, password: null, passwordFile: null, writtenTo: 'WHMCS' });
    expect(at.whmcs.service(1).password).not.toBe(password);
    expectUsable(1);
  });

  it('become accounts while pending once their invoice is paid', async () => {
    await begin();
    at.addOrder(1, { status: 'Pending' });
    const invoice = at.whmcs.addInvoice({ client: 77, items: [{ description: 'Relay', amount: '10.00', service: 1 }] });
    await at.sync();
    expect(listActions(await at.reconcile())).toEqual([]);
    expect(await explained('whmcs-1')).toContain('is not paid');
    at.whmcs.quirks.denied.add('GetOrders');
    const denied = await at.run('reconcile');
    expect([denied.exitCode, states(denied.json())]).toEqual([1, ['whmcs-1 failed']]);
    at.whmcs.quirks.denied.clear();
    at.whmcs.pay(invoice);
    expect(listActions(await at.plan())).toEqual(['whmcs-1 create-user', 'whmcs-1 assign-tunnel']);
    await at.reconcile();
    expectUsable(1);
    await at.sync();
    expect((await show('whmcs-1')).lifecycle).toBe('active');
  });

  it('write password files where the product names a folder', async () => {
    await begin({ writeTo: './secrets' });
    at.addOrder(1);
    await at.sync();
    expect((await at.reconcile()).run.outcome).toBe('done');
    expect(readdirSync(at.bench.path('secrets'))).toEqual(['whmcs-1.password']);
    expect(statSync(at.bench.path('secrets/whmcs-1.password')).mode & 0o777).toBe(0o600);
    const password = at.bench.read('secrets/whmcs-1.password').trim();
    const [name = ''] = at.relayUsers();
    expect(at.relay.user(name)?.pwd).toBe(md5(password));
    expect(at.bench.printed).not.toContain(password);
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
    expect(await explained('whmcs-1')).toContain('its account is still on the panel');
    const shown = (await at.run('reconcile --dry-run --allow-mass')).json<RunReport>();
    expect([listActions(shown).at(-1), changes()]).toEqual(['whmcs-2 delete-user', before]);
    const ended = await at.reconcile('--allow-mass');
    expect([listActions(ended), ended.run.outcome]).toEqual([listActions(shown), 'done']);
    expect([at.relayUsers(), at.vpnUsers()]).toEqual([[], []]);
    expect((await show('whmcs-1')).holds).toEqual([]);
    expect([listActions(await at.reconcile('--allow-mass')), codes(await at.plan())]).toEqual([[], []]);
  });

  it('are ended without an operator where the product says so, but not all at once', async () => {
    await begin({ product: 'terminate: auto' });
    for (let number = 1; number <= 20; number++) at.addOrder(number);
    await at.sync();
    const braked = await at.run('reconcile');
    expect([braked.exitCode, braked.json<RunReport>().error?.code]).toEqual([6, 'mass_change']);
    expect([changes(), listActions(braked.json()).length]).toEqual([0, 40]);
    expect(await explained('whmcs-7')).toContain('the brake stopped');
    const allowed = await at.reconcile('--allow-mass');
    expect([allowed.run.outcome, at.relayUsers().length]).toEqual(['done', 20]);
    for (const number of [1, 2, 3]) at.whmcs.service(number).status = 'Terminated';
    await at.sync();
    await at.reconcile();
    expect(at.relayUsers().length).toBe(17);
    for (const last of [8, 18]) {
      for (let number = 4; number <= last; number++) at.whmcs.service(number).status = 'Cancelled';
      await at.sync();
      expect(codes(await at.plan())).toEqual(['mass_change ']);
      expect((await at.run('reconcile')).exitCode).toBe(6);
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
    expect((await at.run('reconcile')).exitCode).toBe(6);
    expect(at.relayUsers().length).toBe(3);
    await at.reconcile('--allow-mass');
    expect(at.relayUsers().length).toBe(1);
  });

  it('change nothing under observe, and are made when it ends', async () => {
    await begin();
    at.addOrder(1);
    await at.sync();
    await at.run('observe relay');
    const observed = await at.reconcile();
    expect([states(observed), listActions(observed).length, changes()]).toEqual([['whmcs-1 skipped'], 2, 0]);
    expect(await explained('whmcs-1')).toContain('under observe');
    const enforced = (await at.run('enforce relay --yes')).json<{ plan: RunReport }>();
    expect(listActions(enforced.plan)).toEqual(listActions(observed));
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
    const first = await at.run('reconcile');
    expect([first.exitCode, states(first.json())]).toEqual([3, ['whmcs-1 failed', 'whmcs-2 failed', 'whmcs-3 ok']]);
    const errors = first.json<RunReport>().services.map(({ error }) => error?.code ?? null);
    expect(errors).toEqual(['account_exists', 'credentials_refused', null]);
    await at.run('poll');
    expect(await explained('whmcs-1')).toContain('nothing proves that it belongs to this service');
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
    const create = 'provision create whmcs-2 --wait-lock 0s';
    const ends = await Promise.all(['reconcile', 'reconcile', create].map((words) => at.run(words)));
    const [first = -1, second = -1] = ends.map(({ exitCode }) => exitCode).sort((a, b) => b - a);
    expect(first).toBe(5);
    expect([0, 3, 5]).toContain(second);
    expect((await at.reconcile()).run.outcome).toBe('done');
    expect(at.relayUsers().length).toBe(3);
    for (const number of [1, 2, 3]) expectUsable(number);
  });

  it('wait while their agent is full, without an error of the polls', async () => {
    await begin();
    const north = at.vpn.addAgent(undefined, { name: 'north' });
    const config = at.bench.read('sluice.yaml').replace('packageDays: 30', `agent: ${north}, packageDays: 30`);
    at.bench.write('sluice.yaml', config);
    for (const number of [1, 2]) at.addOrder(number, { product: 11 });
    await at.sync();
    expect((await at.run('agent limit north --gb 60')).exitCode).toBe(0);
    const full = await at.run('reconcile');
    expect([full.exitCode, states(full.json())]).toEqual([3, ['whmcs-1 ok', 'whmcs-2 failed']]);
    expect(full.json<RunReport>().services[1]?.error?.code).toBe('agent_limit');
    const poll = await at.run('poll');
    expect([poll.exitCode, states(poll.json())]).toEqual([0, ['whmcs-1 ok', 'whmcs-2 skipped']]);
    expect(await explained('whmcs-2')).toContain('60 GB');
    await at.run('agent limit north --gb 100');
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
    expect((await at.reconcile('--allow-mass')).run.outcome).toBe('done');
    expect(at.relayUsers()).toEqual([]);
    expect(codes(await at.plan())).toEqual([]);
  });
});

describe('a lost answer', () => {
  it.each(['whmcs', './secrets'])('at any change leaves one account with a known password (%s)', async (writeTo) => {
    await begin({ writeTo });
    let number = 0;
    for (const when of ['before', 'after'] as const)
      for (let n = 0; n < (writeTo === 'whmcs' ? 3 : 2); n++) {
        number++;
        at.addOrder(number);
        await at.sync();
        let seen = 0;
        const match = ({ changing }: { changing: boolean }): boolean => changing && seen++ === n;
        for (const { server } of [at.relay, at.whmcs]) server.inject({ match, when, times: 1, fault: { kind: 'cut' } });
        await at.reconcile('--allow-mass');
        for (const { server } of [at.relay, at.whmcs]) server.clearFaults();
        expect(seen).toBeGreaterThan(n);
        await at.reconcile('--allow-mass');
        expect((await at.reconcile('--allow-mass')).run.outcome).toBe('done');
        expect(at.relayUsers().length).toBe(number);
        if (writeTo === 'whmcs') expectUsable(number);
        else {
          const { username } = (await show(`whmcs-${number}`)).account ?? { username: '' };
          const password = at.bench.read(`secrets/whmcs-${number}.password`).trim();
          expect(at.relay.user(username)?.pwd).toBe(md5(password));
        }
      }
  });
});
