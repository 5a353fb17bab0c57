import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import type { RunReport, ServiceDetail } from '@sluice/engine';
import { closeAfterTest } from '../each-test.js';
import { type AccountsBench, type AccountsOptions, startAccountsBench } from './accounts-bench.js';

let at: AccountsBench;
const begin = async (options?: AccountsOptions): Promise<void> => {
  at = closeAfterTest(await startAccountsBench(options));
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const show = async (id: string): Promise<ServiceDetail> => (await at.run(`service show ${id}`)).json();
const explained = async (id: string): Promise<string> => (await at.bench.sluice(`explain ${id}`)).stdout;
const listActions = ({ services }: RunReport): string[] =>
  services.flatMap(({ id, actions }) => actions.map(({ type }) => `${id} ${type}`));
const states = ({ services }: RunReport): string[] => services.map(({ id, status }) => `${id} ${status}`);
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

  it('are explained by what keeps their accounts from being made or removed', async () => {
    await begin();
    at.addOrder(1);
    at.addOrder(2, { status: 'Pending' });
    at.whmcs.addInvoice({ client: 77, items: [{ description: 'Relay', amount: '10.00', service: 2 }] });
    at.relay.addUser({ user: 'taken' });
    at.addOrder(3);
    at.whmcs.setField(3, 'flvx_username', 'taken');
    await at.sync();
    await at.reconcile();
    expect(await explained('whmcs-2')).toContain('is not paid');
    expect(await explained('whmcs-3')).toContain('nothing proves that it belongs to this service');
    at.whmcs.service(1).status = 'Terminated';
    await at.sync();
    await at.reconcile();
    expect(await explained('whmcs-1')).toContain('its account is still on the panel');
    at.addOrder(4);
    await at.sync();
    await at.run('observe relay');
    await at.reconcile();
    expect(await explained('whmcs-4')).toContain('under observe');
  });

  it('are explained by the brake', async () => {
    await begin();
    for (let number = 1; number <= 11; number++) at.addOrder(number);
    await at.sync();
    expect((await at.run('reconcile')).exitCode).toBe(6);
    expect(await explained('whmcs-7')).toContain('the brake stopped');
  });
});
