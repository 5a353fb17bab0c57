import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock, startFakeFlvx, type FakeFlvx } from '@sluice/fake-panels';
import { runCommand, type ProcessEnd } from './command-process.js';
import { ADMIN_PASSWORD, flvxConfig } from './flvx-bench.js';
import { Bench, type Outcome } from './harness.js';
import { REAL_PROCESS } from './real-process.js';

const KILL_AT_FILE = fileURLToPath(new URL('kill/kill-at-file.mjs', import.meta.url));
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe('an order that is killed while it writes the password file', () => {
  let panel: FakeFlvx;
  let bench: Bench;
  let secrets: string;
  let file: string;
  beforeEach(async () => {
    panel = await startFakeFlvx({ admin: { name: 'admin_user', password: ADMIN_PASSWORD } });
    panel.addTunnel({ name: 'HK-01' });
    bench = new Bench(manualClock(Date.now()));
    bench.env['FLVX_PASSWORD'] = ADMIN_PASSWORD;
    secrets = bench.path('secrets');
    file = path.join(secrets, 'svc-1.password');
    mkdirSync(secrets);
    bench.write('sluice.yaml', flvxConfig(panel.url));
    const values = ['panel=relay', 'product=relay', 'billing_cycle=monthly', 'next_due_date=2036-12-15'];
    const added = await sluice(['service', 'add', 'svc-1', ...values]);
    if (added.exitCode !== 0) throw new Error(added.stderr);
  });
  afterEach(async () => {
    await panel.close();
    bench.close();
  });

  const sluice = (words: string[]): Promise<Outcome> => bench.sluice(words, REAL_PROCESS);
  const orderWords = (): string[] => ['provision', 'create', 'svc-1', '--password-file', file, '--json'];
  const create = (): Promise<Outcome> => sluice(orderWords());
  /** In a process of its own, which ends at that step. */
  const createKilled = (when: 'before' | 'after', n: number): Promise<ProcessEnd> =>
    runCommand(orderWords(), {
      cwd: bench.folder,
      env: {
        FLVX_PASSWORD: ADMIN_PASSWORD,
        NODE_OPTIONS: `--import=${KILL_AT_FILE}`,
        KILL_AT_FILE: `${secrets}/|${when}|${n}`,
      },
    });

  /** The file holds the password of the one account beside the admin's, and no other file does. */
  function expectDone(repeat: Outcome): void {
    expect([repeat.exitCode, repeat.stderr]).toEqual([0, '']);
    const { credentials } = repeat.json<{ credentials: { username: string; passwordFile: string } }>();
    expect(credentials.passwordFile).toBe(file);
    const password = readFileSync(file, 'utf8');
    expect(password).toMatch(/^\w{24}\n$/);
    expect(panel.user(credentials.username)?.pwd).toBe(md5(password.trim()));
    expect(Object.keys(panel.state().users)).toHaveLength(2);
    expect(readdirSync(secrets)).toEqual([path.basename(file)]);
  }

  it('is finished by a repeat, wherever it was killed', async () => {
    for (let n = 1; ; n++) {
      const first = await createKilled('after', n);
      if (first.signal === null) {
        expect(n).toBeGreaterThan(4);
        expectDone(first);
        return;
      }
      expect(panel.server.changingCalls()).toEqual([]);
    }
  });

  it.each(['before', 'after'] as const)('is finished by a repeat that is not killed (%s each step)', async (when) => {
    const first = await createKilled(when, when === 'before' ? 1 : 4);
    expect(first.signal).toBe('SIGKILL');
    expectDone(await create());
  });

  it('is finished although half of a password was written', async () => {
    expect((await createKilled('before', 1)).signal).toBe('SIGKILL');
    writeFileSync(file, 'Half');
    expectDone(await create());
  });

  it('is refused before anything is stored or called when the file is somebody else’s', async () => {
    writeFileSync(file, 'mine\n');
    const refused = await create();
    expect([refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([
      2,
      'password_file_exists',
    ]);
    expect(readFileSync(file, 'utf8')).toBe('mine\n');
    rmSync(file);
    expectDone(await create());
  });

  it('takes another file for a repeat, and remembers that one', async () => {
    expect((await createKilled('after', 4)).signal).toBe('SIGKILL');
    rmSync(file, { force: true });
    const other = file;
    file = path.join(secrets, 'other.password');
    expect((await createKilled('after', 4)).signal).toBe('SIGKILL');
    expectDone(await create());
    expect(existsSync(other)).toBe(false);
  });

  it('is taken back where the file can’t be written', async () => {
    const good = file;
    file = path.join(secrets, 'x'.repeat(300));
    const refused = await create();
    expect([refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([
      2,
      'password_file_unwritable',
    ]);
    expect(panel.server.changingCalls()).toEqual([]);
    expect(readdirSync(secrets)).toEqual([]);
    file = good;
    const printed = await sluice(['log', 'list', '--actions', '--json']);
    expect(printed.json<{ entries: { state: string }[] }>().entries.map(({ state }) => state)).toEqual(['unneeded']);
    expectDone(await create());
  });
});
