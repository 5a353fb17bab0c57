import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAccountsBench } from '../bench/accounts-bench.js';
import { useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { intercept } from '../bench/intercept.js';
import { kill } from '../bench/killed-call.js';
import { done } from '../bench/outcomes.js';
import { listActions, md5 } from '../whmcs/accounts.js';

const [at, open] = useOpened(startAccountsBench);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const refuse = (endpoint: RegExp): void => {
  at.relay.server.inject({ endpoint, fault: { kind: 'status', status: 500 } });
};
/** The panel answers that it does not change an account. */
const refuseChange = (): void => {
  const body = { code: -1, msg: 'refused', data: null };
  at.relay.server.inject({ endpoint: /user\/update$/, fault: { kind: 'status', status: 200, body } });
};
const account = () => [...at.relay.world.users.values()].find(({ user }) => user === at.relayUsers()[0])!;
const isSet = (password: string): boolean => account().pwd === md5(password);
const read = (file: string): string => readFileSync(file, 'utf8').trim();

/** Reconciles an hour later without refusals; returns what was changed, as the plan shows it. */
async function finish(): Promise<string[]> {
  at.relay.server.clearFaults();
  at.bench.clock.advance(HOUR);
  const planned = listActions(await at.plan());
  const made = listActions(await done(at.reconcile()));
  expect(made).toEqual(planned);
  return made;
}

const makeHalf = async (writeTo: string): Promise<void> => {
  await open({ writeTo });
  at.addOrder(1);
  await at.sync();
  refuse(/tunnel\/user\/assign$/);
  await at.reconcile();
  expect(at.relayUsers()).toHaveLength(1);
};
const change = async (): Promise<string> => {
  const { credentials } = await done(at.sluice.provision.changePassword('whmcs-1', { showPassword: 'always' }));
  return credentials?.password ?? '';
};

/** Changes the password, and is killed once that is stored and before the command has ended. */
async function changeKilled(): Promise<void> {
  const { store } = at.bench;
  const known = new Set((await store.actions.list({ service: 'whmcs-1' })).map(({ id }) => id));
  const dying = intercept(store, async () => {
    const rows = await store.actions.list({ service: 'whmcs-1' });
    const isSent = rows.some(({ id, type, state }) => !known.has(id) && type === 'update-user' && state === 'applied');
    if (isSent) throw new Error('killed');
  });
  const { provision } = await at.bench.restart({ store: dying });
  await provision.changePassword('whmcs-1', { showPassword: 'always' }).catch(() => null);
  await at.bench.restart();
}

describe('the password of a half-made account', () => {
  let file = '';
  beforeEach(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-passwords-'));
    folders.push(folder);
    file = path.join(folder, 'whmcs-1.password');
    await makeHalf(folder);
  });

  it('stays as its creation set it', async () => {
    const first = read(file);
    expect(await finish()).toEqual(['whmcs-1 assign-tunnel']);
    expect([isSet(first), read(file)]).toEqual([true, first]);
  });

  it('stays as a command changed it', async () => {
    const changed = await change();
    expect(await finish()).toEqual(['whmcs-1 assign-tunnel']);
    expect(isSet(changed)).toBe(true);
  });

  it('is that of the file where a command that changed it was killed', async () => {
    const point = { endpoint: /user\/update$/, when: 'after', land: () => Promise.resolve() } as const;
    const showPassword = 'always';
    const bench = { bench: at.bench, panel: at.relay };
    await kill(bench, ({ provision }) => provision.changePassword('whmcs-1', { showPassword }), point);
    expect(isSet(read(file))).toBe(false);
    at.relay.server.clearFaults();
    at.bench.clock.advance(HOUR);
    await done(at.reconcile());
    expect(isSet(read(file))).toBe(true);
  });

  it.each([false, true])(
    'is that of the file where a change was killed after it was set (a repeat: %s)',
    async (isRepeat) => {
      if (isRepeat) {
        refuse(/user\/update$/);
        await at.sluice.provision.changePassword('whmcs-1', { showPassword: 'always' });
        at.relay.server.clearFaults();
        at.bench.clock.advance(HOUR);
      }
      await changeKilled();
      expect(isSet(read(file))).toBe(false);
      expect(await finish()).toEqual(['whmcs-1 update-user', 'whmcs-1 assign-tunnel']);
      expect(isSet(read(file))).toBe(true);
    },
  );

  it('is that of another file where a change that is older than its creation was killed', async () => {
    refuse(/user\/update$/);
    await at.sluice.provision.changePassword('whmcs-1', { showPassword: 'always' });
    at.bench.clock.advance(HOUR);
    const passwordFile = path.join(path.dirname(file), 'another');
    await at.sluice.provision.create('whmcs-1', { passwordFile });
    at.relay.server.clearFaults();
    await changeKilled();
    expect(isSet(read(passwordFile))).toBe(false);
    await finish();
    expect(isSet(read(passwordFile))).toBe(true);
  });

  it('stays where a change was killed before it was sent', async () => {
    const { store } = at.bench;
    const dying = intercept(store, async () => {
      const rows = await store.actions.list({ service: 'whmcs-1' });
      if (rows.some(({ type }) => type === 'update-user')) throw new Error('killed');
    });
    const { provision } = await at.bench.restart({ store: dying });
    await provision.changePassword('whmcs-1', { showPassword: 'always' }).catch(() => null);
    await at.bench.restart();
    expect(await finish()).toEqual(['whmcs-1 assign-tunnel']);
    expect(isSet(read(file))).toBe(true);
  });

  it('stays as a command changed it where another change was refused', async () => {
    const changed = await change();
    at.bench.clock.advance(HOUR);
    refuseChange();
    const { run } = await at.sluice.provision.changePassword('whmcs-1', { showPassword: 'always' });
    expect([run.outcome, isSet(changed)]).toEqual(['failed', true]);
    expect(await finish()).toEqual(['whmcs-1 assign-tunnel']);
    expect(isSet(changed)).toBe(true);
  });

  it('is not reported as that of the file by a repeat that could not set it again', async () => {
    await changeKilled();
    at.relay.server.clearFaults();
    refuseChange();
    at.bench.clock.advance(HOUR);
    const failed = await at.sluice.provision.create('whmcs-1', { passwordFile: file });
    expect([failed.run.outcome, failed.credentials]).toEqual(['failed', null]);
    at.relay.server.clearFaults();
    const made = await done(at.sluice.provision.create('whmcs-1', { passwordFile: file }));
    expect([made.credentials?.passwordFile, isSet(read(file))]).toEqual([file, true]);
  });

  it('is not reported as changed by a repeat of a change that fails after the creation was finished', async () => {
    const passwordFile = path.join(path.dirname(file), 'changed');
    const changeTo = () => at.sluice.provision.changePassword('whmcs-1', { passwordFile });
    refuseChange();
    await changeTo();
    rmSync(file);
    expect(await finish()).toContain('whmcs-1 update-user');
    refuseChange();
    const { run, credentials } = await changeTo();
    expect([run.outcome, credentials, isSet(read(file))]).toEqual(['failed', null, true]);
  });

  it('stays as its creation set it when another creation that repairs the account is interrupted', async () => {
    await finish();
    const first = read(file);
    for (const { id } of at.relay.world.permissions.of(account().id)) at.relay.world.permissions.delete(id);
    refuse(/tunnel\/user\/assign$/);
    await at.sluice.provision.create('whmcs-1');
    expect(await finish()).toEqual(['whmcs-1 assign-tunnel']);
    expect([isSet(first), read(file)]).toEqual([true, first]);
  });

  it('stays as the customer changed it', async () => {
    account().pwd = md5('Chosen-by-customer-1');
    expect(await finish()).toEqual(['whmcs-1 assign-tunnel']);
    expect(isSet('Chosen-by-customer-1')).toBe(true);
  });

  it('stays as a command changed it when the creation is repeated with the same file, or with another password', async () => {
    const changed = await change();
    await at.sluice.provision.create('whmcs-1', { passwordFile: file });
    at.relay.server.clearFaults();
    const made = await done(at.sluice.provision.create('whmcs-1', { password: 'Another-password-1' }));
    expect([made.credentials, isSet(changed)]).toEqual([null, true]);
  });

  it('is that of the file where the account is made again', async () => {
    await change();
    at.relay.world.users.delete(account().id);
    await finish();
    expect(isSet(read(file))).toBe(true);
  });

  it('is that of the file where its first file was removed', async () => {
    rmSync(file);
    at.relay.server.clearFaults();
    refuse(/user\/update$/);
    at.bench.clock.advance(HOUR);
    await at.reconcile();
    expect(isSet(read(file))).toBe(false);
    expect(await finish()).toContain('whmcs-1 update-user');
    expect(isSet(read(file))).toBe(true);
  });
});

describe('the password of a half-made account that WHMCS has', () => {
  beforeEach(() => makeHalf('whmcs'));
  const expectUsable = (): void => {
    expect(isSet(at.whmcs.service(1).password)).toBe(true);
  };

  it('stays as a command changed it', async () => {
    const changed = await change();
    expect(await finish()).toEqual(['whmcs-1 assign-tunnel']);
    expect(isSet(changed)).toBe(true);
    expectUsable();
  });

  it('is set again where WHMCS did not store the changed one', async () => {
    at.whmcs.quirks.denied.add('UpdateClientProduct');
    await at.sluice.provision.changePassword('whmcs-1');
    at.whmcs.quirks.denied.clear();
    expect(await finish()).toContain('whmcs-1 update-user');
    expectUsable();
  });
});
