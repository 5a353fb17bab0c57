import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import { GB } from '../bench/engine-bench.js';
import { ADMIN_PASSWORD, useFlvxBench } from '../bench/flvx-bench.js';
import { onFiles } from '../bench/on-files.js';
import { done, failure } from '../bench/outcomes.js';
import { logIn } from './customer.js';

const at = useFlvxBench();

const file = (name: string): string => path.join(at.bench.folder, name);
const read = (name: string): string => readFileSync(file(name), 'utf8').trim();
const username = (): string => at.panel.user(3)?.user ?? '';

describe('a password', () => {
  it('goes into a file of its own, never over another', async () => {
    await at.addService(1);
    const { credentials } = await at.sluice.provision.create('svc-1', { passwordFile: file('secret.txt') });
    expect(credentials).toEqual({ username: username(), password: null, passwordFile: file('secret.txt') });
    expect(statSync(file('secret.txt')).mode & 0o777).toBe(0o600);
    expect(await logIn(at, username(), read('secret.txt'))).toMatchObject({ code: 0 });
    await at.addService(2);
    const refused = await failure(at.sluice.provision.create('svc-2', { passwordFile: file('secret.txt') }));
    expect(refused).toMatchObject({ as: 'usage', code: 'password_file_exists' });
  });

  it('is the one of its file when a change that failed is repeated, and never one of another file', async () => {
    await at.addService(1);
    await at.sluice.provision.create('svc-1', { passwordFile: file('first.txt') });
    const change = (name: string) => at.sluice.provision.changePassword('svc-1', { passwordFile: file(name) });
    const before = at.panel.state();
    expect(await failure(change('first.txt'))).toMatchObject({ as: 'usage', code: 'password_file_exists' });
    expect(diffStates(before, at.panel.state())).toEqual([]);
    at.panel.server.inject({ endpoint: /user\/update$/, fault: { kind: 'status', status: 500 } });
    await failure(change('new.txt'));
    at.panel.server.clearFaults();
    const written = read('new.txt');
    await done(change('new.txt'));
    expect(read('new.txt')).toBe(written);
    expect(await logIn(at, username(), written)).toMatchObject({ code: 0 });
    expect(await failure(change('new.txt'))).toMatchObject({ as: 'usage', code: 'password_file_exists' });
  });

  it('of the caller is set and not returned', async () => {
    await at.addService(1);
    const made = await at.sluice.provision.create('svc-1', { password: 'Chosen-by-customer-1' });
    expect(made.credentials).toMatchObject({ password: null, passwordFile: null });
    expect(await logIn(at, username(), 'Chosen-by-customer-1')).toMatchObject({ code: 0 });
    const password = () => Promise.resolve('Chosen-by-customer-2');
    const changed = await done(at.sluice.provision.changePassword('svc-1', { password }));
    expect(changed.credentials).toMatchObject({ password: null });
    expect(await logIn(at, username(), 'Chosen-by-customer-2')).toMatchObject({ code: 0 });
  });

  it('that would go nowhere is refused before anything is called', async () => {
    await at.addService(1);
    const refused = await failure(at.sluice.provision.create('svc-1', { showPassword: false }));
    expect(refused.as).toBe('usage');
    expect(at.panel.server.calls).toEqual([]);
  });

  it('is given with the name that the account has by now', async () => {
    await at.create(1);
    at.panel.world.users.get(3)!.user = 'anna-renamed';
    const { credentials } = await at.sluice.provision.changePassword('svc-1');
    expect(credentials?.username).toBe('anna-renamed');
    expect(await logIn(at, 'anna-renamed', credentials?.password)).toMatchObject({ code: 0 });
  });
});

describe('secrets', () => {
  onFiles('stand in no document but the one that they are ordered with, no row of the store, no log', async () => {
    await at.addService(1);
    const { sluice, folder } = at.bench;
    const made = await sluice.provision.create('svc-1');
    const changed = await sluice.provision.changePassword('svc-1');
    const secrets = [made, changed].map(({ credentials }) => credentials?.password ?? '');
    at.panel.addForward(3, 1);
    at.panel.traffic(2, { in: 120 * GB, out: 0 });
    const documents: unknown[] = [await at.poll(), await sluice.provision.suspend('svc-1')];
    at.panel.server.inject({ endpoint: /user\/update$/, fault: { kind: 'cut' }, times: 2 });
    await sluice.provision.changePassword('svc-1');
    const tokens = at.panel.server.calls
      .map((call) => call.headers['authorization'] ?? '')
      .filter((text) => text !== '');
    expect(tokens.length).toBeGreaterThan(5);
    secrets.push(ADMIN_PASSWORD, ...new Set(tokens));
    for (const call of at.panel.server.calls) {
      const { pwd } = JSON.parse(call.body === '' ? '{}' : call.body) as { pwd?: string };
      if (pwd !== undefined) secrets.push(pwd);
    }
    documents.push(await sluice.log.list(), await sluice.explain('svc-1'), await sluice.services.show('svc-1'));
    const shown = JSON.stringify(documents);
    const stored = readdirSync(folder)
      .filter((name) => /^sluice\.db(-wal|-shm)?$/.test(name))
      .map((name) => readFileSync(file(name), 'latin1'))
      .join('\n');
    expect(shown).toContain('svc-1');
    expect(stored).toContain('svc-1');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(8);
      expect(shown.includes(secret)).toBe(false);
      expect(stored.includes(secret)).toBe(false);
      expect(stored.includes(Buffer.from(secret).toString('base64'))).toBe(false);
    }
    const [first = ''] = secrets;
    expect([JSON.stringify(made).split(first).length, JSON.stringify(changed).includes(first)]).toEqual([2, false]);
  });
});
