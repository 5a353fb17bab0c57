import { statSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import type { CommandReport } from '@sluice/engine';
import { ADMIN_PASSWORD, GB, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';
import type { Outcome } from '../../harness.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

const order = (outcome: Outcome): CommandReport => outcome.json<CommandReport>();
const findError = (outcome: Outcome): { code: string; message: string } | null => {
  const document = outcome.json<{ error?: { code: string; message: string }; service?: CommandReport['service'] }>();
  return document.error ?? document.service?.error ?? null;
};
async function login(username: string, password: string): Promise<number> {
  const answer = await fetch(`${at.panel.url}/api/v1/user/login`, {
    method: 'POST',
    body: JSON.stringify({ username, password }),
  });
  return ((await answer.json()) as { code: number }).code;
}

const changing = (): string[] => at.panel.server.changingCalls().map((call) => call.path.replace('/api/v1', ''));

describe('create', () => {
  it('is done once: a repeat finds everything as it should be', async () => {
    await at.create(1);
    const before = at.panel.state();
    at.panel.server.clearCalls();
    const again = await at.run('provision create svc-1');
    expect(again.exitCode).toBe(0);
    expect(order(again)).toMatchObject({ actions: [], credentials: null });
    expect(changing()).toEqual([]);
    expect(diffStates(before, at.panel.state())).toEqual([]);
  });

  it('gives its quota to a service that was pending', async () => {
    await at.addService(1, { values: ['status=pending'] });
    const made = await at.run('provision create svc-1');
    expect([made.exitCode, order(made).service.lifecycle]).toEqual([0, 'active']);
    const user = Number(order(made).service.refs['flvx_user_id']);
    expect([at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow]).toEqual([100, 100]);
  });

  it('is what a pending service needs before its account can be changed', async () => {
    await at.addService(1, { values: ['status=pending'] });
    const before = (await at.run('service show svc-1')).json();
    for (const verb of ['change-password svc-1', 'renew svc-1 --until 2027-05-01', 'change-package svc-1 big']) {
      const refused = await at.run(`provision ${verb}`);
      expect([refused.exitCode, findError(refused)?.code]).toEqual([1, 'no_account']);
    }
    expect((await at.run('service show svc-1')).json()).toEqual(before);
    expect((await at.run('provision create svc-1')).exitCode).toBe(0);
  });

  it('refuses a name that another account has, and says that it can’t be told whose it is', async () => {
    await at.addService(1, { values: ['flvx_username=somebody-else'] });
    const before = at.panel.state();
    const refused = await at.run('provision create svc-1');
    expect(refused.exitCode).toBe(1);
    expect(findError(refused)).toMatchObject({ code: 'account_exists' });
    expect(findError(refused)?.message).toMatch(/nothing proves that it belongs to this service/);
    expect(diffStates(before, at.panel.state())).toEqual([]);
    const { lifecycle } = (await at.run('service show svc-1')).json<{ lifecycle: string }>();
    expect(lifecycle).toBe('active');
  });

  it('refuses an account that belongs to another service, also with --adopt', async () => {
    const user = await at.create(1);
    await at.addService(2, { values: [`flvx_user_id=${user}`, '--allow-duplicate-refs'] });
    for (const words of ['provision create svc-2', 'provision create svc-2 --adopt']) {
      const refused = await at.run(words);
      expect(refused.exitCode).toBe(1);
      expect(findError(refused)).toMatchObject({ code: 'account_exists' });
      expect(findError(refused)?.message).toMatch(/belongs to svc-1/);
    }
  });

  it('takes an account over by the service’s own id and --adopt, and leaves its password', async () => {
    const user = at.panel.addUser({ user: 'anna', password: 'Her-own-1', flow: 5 });
    at.panel.addForward(user, at.tunnels.hk, { name: 'hers' });
    await at.addService(1, { values: [`flvx_user_id=${user}`] });
    const refused = await at.run('provision create svc-1');
    expect(findError(refused)).toMatchObject({ code: 'account_exists' });
    expect(
      (await at.bench.sluice(`provision create svc-1 --password-file ${at.bench.path('no.password')}`)).stdout,
    ).toContain('adopt this account with --adopt');
    const before = at.panel.user(user);
    const file = at.bench.path('anna.password');
    const adopted = await at.run(`provision create svc-1 --adopt --password-file ${file}`);
    expect(adopted.exitCode).toBe(0);
    expect(order(adopted)).toMatchObject({
      credentials: null,
      service: { lifecycle: 'active', refs: { flvx_user_id: String(user), flvx_username: 'anna' } },
    });
    expect(existsSync(file)).toBe(false);
    expect(at.panel.user(user)).toMatchObject({ pwd: before?.pwd, flow: 100 });
    expect(at.panel.permission(user, 1)).toMatchObject({ flow: 100, status: 1 });
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('takes an account over by name on the operator’s word', async () => {
    const user = at.panel.addUser({ user: 'anna' });
    await at.addService(1, { values: ['flvx_username=anna'] });
    const adopted = await at.run('provision create svc-1 --adopt');
    expect(adopted.exitCode).toBe(0);
    expect(order(adopted).service.refs).toMatchObject({ flvx_user_id: String(user) });
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('takes an account over after it was refused, with nothing left of either', async () => {
    at.panel.addUser({ user: 'anna' });
    await at.addService(1, { values: ['flvx_username=anna'] });
    expect((await at.run('poll')).exitCode).toBe(1);
    expect((await at.run('provision create svc-1 --password-file pw')).exitCode).toBe(1);
    const adopted = await at.run('provision create svc-1 --adopt --password-file pw');
    expect(adopted.exitCode).toBe(0);
    expect(order(adopted)).toMatchObject({ credentials: null, service: { status: 'ok', error: null } });
    // The account keeps its password: nobody should take the one of the refused order for it.
    expect(existsSync(at.bench.path('pw'))).toBe(false);
  });

  it('does not take over one of two accounts of a name', async () => {
    at.panel.addUser({ user: 'anna' });
    at.panel.addUser({ user: 'anna' });
    await at.addService(1, { values: ['flvx_username=anna'] });
    const refused = await at.run('provision create svc-1 --adopt');
    expect([refused.exitCode, findError(refused)?.code]).toEqual([1, 'ambiguous_account']);
  });

  it('makes one account when the answer is lost and the run dies', async () => {
    await at.addService(1);
    const users = Object.keys(at.panel.state().users).length;
    const dying = new AbortController();
    at.panel.server.inject({ endpoint: /user\/create$/, when: 'after', fault: { kind: 'cut' }, times: 1 });
    at.panel.server.inject({
      endpoint: /user\/list$/,
      skip: 1,
      match: () => {
        dying.abort('SIGTERM');
        return true;
      },
      fault: { kind: 'cut' },
      times: 20,
    });
    const first = await at.bench.sluice('provision create svc-1 --json', { signal: dying.signal });
    expect(first.exitCode).not.toBe(0);
    at.panel.server.clearFaults();
    expect((await at.run('provision create svc-1')).exitCode).toBe(0);
    expect(Object.keys(at.panel.state().users)).toHaveLength(users + 1);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('is what a run and doctor name while it is missing or was broken off', async () => {
    await at.addService(1);
    expect(findError(await at.run('poll'))?.code).toBe('not_mapped');
    expect((await at.bench.sluice('poll')).stderr).toContain('"sluice provision create svc-1" creates one');
    at.panel.server.inject({ endpoint: /tunnel\/user\/assign/, fault: { kind: 'status', status: 500 } });
    expect((await at.run('provision create svc-1')).exitCode).toBe(3);
    const { stdout } = await at.bench.sluice('doctor');
    expect(stdout).toMatch(/svc-1, provision create svc-1\).*Finish it with "sluice provision create svc-1"/);
  });

  it('takes all tunnels of a group', async () => {
    at.panel.addTunnelGroup('asia', [at.tunnels.hk, at.tunnels.jp]);
    const user = await at.create(1, { product: 'group' });
    expect([1, 2].map((tunnel) => at.panel.permission(user, tunnel)?.flow)).toEqual([100, 100]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it.each([
    ['product=group', 'unknown_tunnel_group', 1],
    ['flvx_tunnel_id=99', 'unknown_tunnel', 1],
  ])('refuses %s before anything is made', async (value, code, exitCode) => {
    await at.addService(1, { values: [value] });
    const refused = await at.run('provision create svc-1');
    expect([refused.exitCode, findError(refused)?.code]).toEqual([exitCode, code]);
    expect(changing()).toEqual([]);
  });

  it('is shown by a dry run, which calls and stores nothing', async () => {
    await at.addService(1, { product: 'big' });
    const shown = await at.run('provision create svc-1 --dry-run --detailed-exitcode');
    expect(shown.exitCode).toBe(4);
    expect(order(shown).actions.map((action) => action.type)).toEqual([
      'create-user',
      'assign-tunnel',
      'assign-tunnel',
    ]);
    expect(changing()).toEqual([]);
    const { refs } = (await at.run('service show svc-1')).json<{ refs: object }>();
    expect(refs).toEqual({});
  });
});

describe('a password', () => {
  const md5OfUser = (): string | undefined => at.panel.user(3)?.pwd;

  it('goes into a file of its own, never over another', async () => {
    await at.addService(1);
    const file = at.bench.path('secret.txt');
    const made = await at.run(`provision create svc-1 --password-file ${file}`);
    expect(order(made).credentials).toEqual({
      username: at.panel.user(3)?.user,
      password: null,
      passwordFile: file,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const password = readFileSync(file, 'utf8').trim();
    expect(at.panel.user(3)).toBeDefined();
    expect(await login(at.panel.user(3)!.user, password)).toBe(0);
    await at.addService(2);
    const refused = await at.run(`provision create svc-2 --password-file ${file}`);
    expect([refused.exitCode, findError(refused)?.code]).toEqual([2, 'password_file_exists']);
  });

  it('that would go nowhere is refused before anything is called', async () => {
    await at.addService(1);
    const refused = await at.bench.sluice('provision create svc-1');
    expect(refused.exitCode).toBe(2);
    expect(at.panel.server.calls).toEqual([]);
  });

  it('is changed alone: quota, expiry, number, status and permissions stay', async () => {
    await at.create(1);
    at.panel.addPermission(3, at.tunnels.jp, { flow: 7, num: 2, expTime: 1_900_000_000_000, flowResetTime: 4 });
    at.panel.addForward(3, at.tunnels.jp, { name: 'off', paused: true });
    const before = at.panel.state();
    const md5 = md5OfUser();
    const changed = await at.run('provision change-password svc-1');
    expect(changed.exitCode).toBe(0);
    expect(md5OfUser()).not.toBe(md5);
    expect(diffStates(before, at.panel.state()).map((line) => line.split(':')[0])).toEqual(['users.3.pwd']);
    const { username, password } = order(changed).credentials!;
    expect(await login(username!, password!)).toBe(0);
  });

  it('is given with the name that the account has by now', async () => {
    await at.create(1);
    at.panel.world.users.get(3)!.user = 'anna-renamed';
    const changed = await at.run('provision change-password svc-1');
    const { username, password } = order(changed).credentials!;
    expect(username).toBe('anna-renamed');
    expect(await login(username!, password!)).toBe(0);
  });

  it('of the customer’s choice comes from standard input and is printed nowhere', async () => {
    await at.create(1);
    const printed = at.bench.printed.length;
    const changed = await at.bench.sluice('provision change-password svc-1 --password-stdin --json', {
      readStdin: () => Promise.resolve(Buffer.from('Chosen-by-customer-9\n')),
    });
    expect(changed.exitCode).toBe(0);
    expect(order(changed).credentials).toMatchObject({ password: null });
    expect(at.bench.printed.slice(printed)).not.toContain('Chosen-by-customer-9');
    expect(await login(at.panel.user(3)!.user, 'Chosen-by-customer-9')).toBe(0);
  });
});

describe('where a new password is read from and written to', () => {
  it('--password-file never reads a file, and a repeat after a failure uses the one that it wrote', async () => {
    await at.addService(1);
    await at.run('provision create svc-1 --password-file first.txt');
    const before = at.panel.state();
    for (const words of [
      'change-password svc-1 --password-file first.txt',
      'change-password svc-1 --password-file new.txt --password-stdin',
      'create svc-1 --password-from first.txt --password-stdin',
      'change-password svc-1 --password-from missing.txt',
    ]) {
      const refused = await at.run(`provision ${words}`);
      expect([words, refused.exitCode]).toEqual([words, 2]);
    }
    expect(diffStates(before, at.panel.state())).toEqual([]);
    at.panel.server.inject({ endpoint: /user\/update$/, fault: { kind: 'status', status: 500 } });
    expect((await at.run('provision change-password svc-1 --password-file new.txt')).exitCode).not.toBe(0);
    at.panel.server.clearFaults();
    const written = at.bench.read('new.txt').trim();
    const repeated = await at.run('provision change-password svc-1 --password-file new.txt');
    expect([repeated.exitCode, at.bench.read('new.txt').trim()]).toEqual([0, written]);
    expect(await login(at.panel.user(3)!.user, written)).toBe(0);
    const refused = await at.run('provision change-password svc-1 --password-file new.txt');
    expect([refused.exitCode, findError(refused)?.code]).toEqual([2, 'password_file_exists']);
  });

  it('--password-from reads the password of an account that is created or changed', async () => {
    await at.addService(1);
    at.bench.write('chosen.txt', 'Chosen-by-customer-1\n');
    const made = await at.run('provision create svc-1 --password-from chosen.txt');
    expect(order(made).credentials).toMatchObject({ password: null, passwordFile: null });
    expect(await login(at.panel.user(3)!.user, 'Chosen-by-customer-1')).toBe(0);
    at.bench.write('chosen.txt', 'Chosen-by-customer-2\n');
    expect((await at.run('provision change-password svc-1 --password-from chosen.txt')).exitCode).toBe(0);
    expect(await login(at.panel.user(3)!.user, 'Chosen-by-customer-2')).toBe(0);
    expect(at.bench.printed).not.toContain('Chosen-by-customer');
  });
});

describe('secrets', () => {
  it('stand in no output, no row of the store, no log', async () => {
    const made = await at.addService(1).then(() => at.run('provision create svc-1'));
    const secrets = [order(made).credentials!.password!, ADMIN_PASSWORD];
    const changed = await at.run('provision change-password svc-1');
    secrets.push(order(changed).credentials!.password!);
    at.panel.addForward(3, 1);
    at.panel.traffic(2, { in: 120 * GB, out: 0 });
    await at.run('poll');
    await at.run('provision suspend svc-1');
    at.panel.server.inject({ endpoint: /user\/update$/, fault: { kind: 'cut' }, times: 2 });
    await at.run('provision change-password svc-1');
    const tokens = at.panel.server.calls
      .map((call) => call.headers['authorization'] ?? '')
      .filter((text) => text !== '');
    expect(tokens.length).toBeGreaterThan(5);
    secrets.push(...new Set(tokens));
    for (const call of at.panel.server.calls) {
      const { pwd } = JSON.parse(call.body === '' ? '{}' : call.body) as { pwd?: string };
      if (pwd !== undefined) secrets.push(pwd);
    }
    const shown = [made.stdout, changed.stdout];
    for (const words of ['log list', 'log list --actions', 'log list --api', 'explain svc-1', 'service show svc-1']) {
      shown.push((await at.run(words)).stdout);
    }
    const rest = shown.slice(2).join('\n');
    const stored = readdirSync(at.bench.folder)
      .filter((name) => /^sluice\.db(-wal|-shm)?$/.test(name))
      .map((name) => readFileSync(at.bench.path(name), 'latin1'))
      .join('\n');
    expect(stored).toContain('svc-1');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(8);
      expect(rest.includes(secret)).toBe(false);
      expect(stored.includes(secret)).toBe(false);
      expect(stored.includes(Buffer.from(secret).toString('base64'))).toBe(false);
    }
    // Given once, each in the document that it was ordered with.
    expect(shown[0]).toContain(secrets[0]);
    expect(at.bench.printed.split(secrets[0]!)).toHaveLength(2);
  });
});

describe('two operations on one user at once', () => {
  // Whoever waits for the lease really waits: on the common clock the others would have no time.
  const together = (words: string): Promise<Outcome> =>
    at.bench.sluice(`${words} --json`, { clock: { now: at.bench.clock.now, sleep: (ms: number) => setTimeout(ms) } });

  it('wait for each other, and neither loses what the other has changed', async () => {
    await at.create(1);
    at.panel.addForward(3, 1);
    await at.run('poll');
    const outcomes = await Promise.all([
      together('provision change-package svc-1 big'),
      together('provision renew svc-1 --until 2027-03-15'),
      together('provision change-password svc-1'),
      together('provision suspend svc-1'),
    ]);
    expect(outcomes.map((outcome) => outcome.exitCode)).toEqual([0, 0, 0, 0]);
    expect(at.panel.user(3)).toMatchObject({ flow: 300, num: 20, expTime: Date.parse('2027-03-15'), status: 0 });
    expect(at.panel.permission(3, 2)).toMatchObject({ flow: 300, status: 0, expTime: Date.parse('2027-03-15') });
    expect(at.panel.runningForwards()).toEqual([1]);
    const updates = at.panel.server.calls.filter((call) => call.path.endsWith('/user/update'));
    expect(updates.length).toBeGreaterThanOrEqual(4);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('make one account with one password', async () => {
    await at.addService(1);
    const outcomes = await Promise.all([together('provision create svc-1'), together('provision create svc-1')]);
    expect(outcomes.map((outcome) => outcome.exitCode)).toEqual([0, 0]);
    const given = outcomes.flatMap((outcome) => order(outcome).credentials ?? []);
    expect(given).toHaveLength(1);
    expect(await login(given[0]!.username!, given[0]!.password!)).toBe(0);
  });

  it('make no account anew that the other one removes', async () => {
    await at.create(1);
    at.panel.server.latencyMs = 20;
    at.panel.server.clearCalls();
    const terminated = together('provision terminate svc-1 --yes');
    while (at.panel.server.calls.length === 0) await setTimeout(5);
    const created = await together('provision create svc-1');
    expect([(await terminated).exitCode, created.exitCode]).toEqual([0, 1]);
    expect(findError(created)).toMatchObject({ code: 'wrong_lifecycle' });
    expect(at.panel.user(3)).toBeUndefined();
    expect(at.panel.user(4)).toBeUndefined();
  });

  it('of a poll and an order end as if one had come after the other', async () => {
    await at.create(1);
    at.panel.addForward(3, 1);
    await at.run('poll');
    at.panel.traffic(2, { in: 120 * GB, out: 0 });
    const [polled, ordered] = await Promise.all([at.run('poll'), at.run('provision change-package svc-1 big')]);
    expect([0, 1, 3]).toContain(polled.exitCode);
    expect(ordered.exitCode).toBe(0);
    await at.run('poll');
    expect(at.panel.user(3)).toMatchObject({ flow: 300, num: 20 });
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('renew and change-package', () => {
  it('move the due date once when a repeat finishes what was broken off', async () => {
    await at.create(1);
    at.panel.server.inject({ endpoint: /user\/update$/, fault: { kind: 'cut' }, times: 2 });
    const broken = await at.run('provision renew svc-1');
    expect(broken.exitCode).not.toBe(0);
    expect((await at.run('provision renew svc-1')).exitCode).toBe(0);
    expect(at.panel.user(3)?.expTime).toBe(Date.parse('2027-01-15'));
    expect((await at.run('provision renew svc-1')).exitCode).toBe(0);
    expect(at.panel.user(3)?.expTime).toBe(Date.parse('2027-02-15'));
  });

  it('keep forwards on a tunnel that the new product lacks, paused, until it has the tunnel again', async () => {
    await at.create(1, { product: 'big' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'tokyo' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'off', paused: true });
    await at.run('poll');
    expect((await at.run('provision change-package svc-1 relay')).exitCode).toBe(0);
    expect(at.panel.permissionStatus(3, 2)).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1]);
    expect((await at.run('plan')).exitCode).toBe(0);
    expect((await at.run('provision change-package svc-1 big')).exitCode).toBe(0);
    expect(at.panel.permissionStatus(3, 2)).toBe(1);
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('remember what ran on such a tunnel also when the service was held meanwhile', async () => {
    await at.create(1, { product: 'big' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'tokyo' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'off', paused: true });
    await at.run('poll');
    for (const words of ['suspend svc-1', 'change-package svc-1 relay', 'unsuspend svc-1'])
      expect((await at.run(`provision ${words}`)).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1]);
    expect((await at.run('plan')).exitCode).toBe(0);
    expect((await at.run('provision change-package svc-1 big')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('terminate', () => {
  it('keeps user and permission while a forward can’t be deleted, and says so', async () => {
    await at.create(1);
    at.panel.addForward(3, 1);
    at.panel.nodeOffline(1);
    const broken = await at.run('provision terminate svc-1 --yes');
    expect([1, 3]).toContain(broken.exitCode);
    expect(order(broken).actions.map(({ type, state }) => `${type} ${state}`)).toEqual([
      'update-user applied',
      'assign-tunnel applied',
      'pause-forward failed',
      'delete-forward failed',
      'remove-tunnel failed',
      'delete-user failed',
    ]);
    expect(changing().slice(-1)).toEqual(['/forward/pause']);
    expect(at.panel.permission(3, 1)).toBeDefined();
    at.panel.nodeOnline(1);
    expect((await at.run('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(at.panel.user(3)).toBeUndefined();
    expect(at.panel.services().map((service) => service.forwardId)).toEqual([1, 1]);
  });

  it('demands --yes', async () => {
    await at.create(1);
    at.panel.server.clearCalls();
    const refused = await at.run('provision terminate svc-1');
    expect(refused.exitCode).toBe(2);
    expect(at.panel.server.calls).toEqual([]);
  });

  it('refuses while another service names the same user', async () => {
    const user = await at.create(1);
    await at.addService(2, { values: [`flvx_user_id=${user}`, '--allow-duplicate-refs'] });
    const refused = await at.run('provision terminate svc-2 --yes');
    expect([refused.exitCode, findError(refused)?.code]).toEqual([1, 'shared_account']);
    expect(at.panel.user(user)).toBeDefined();
  });
});
