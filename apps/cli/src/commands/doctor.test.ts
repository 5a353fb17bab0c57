import { closeSync, copyFileSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Check } from '@sluice/engine';
import { closeAfterTest } from '../test/each-test.js';
import { configText, GB, HOUR, startEasyDcimBench, type EasyDcimBench } from '../test/easydcim-bench.js';
import { startFlvxBench } from '../test/flvx-bench.js';
import type { Bench } from '../test/harness.js';
import { handleOn } from '../test/sqlite.js';
import { startHiddifyBench } from '../test/hiddify-bench.js';

const start = async (): Promise<EasyDcimBench> => closeAfterTest(await startEasyDcimBench());

async function readChecks(bench: Bench, words = 'doctor --contract'): Promise<{ exitCode: number; checks: Check[] }> {
  const { exitCode, json } = await bench.sluice(`${words} --json`);
  const { checks, error } = json<{ checks?: Check[]; error?: unknown }>();
  if (checks === undefined) throw new Error(JSON.stringify(error));
  return { exitCode, checks };
}
const named = (checks: readonly Check[], name: string): string[] =>
  checks.filter((check) => check.name === name).map(({ object, status, message }) => `${status} ${object}: ${message}`);

describe('doctor', () => {
  it('prints its checks in sections, with a summary', async () => {
    const at = await start();
    await at.addService(1);
    at.panel.addTraffic(501, { in: GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    at.bench.edit('  bare: { panel: dcim }', '');
    at.bench.edit('token: "${env:DCIM_TOKEN}"', 'token: "${env:DCIM_TOKEN}", concurrency: 4');
    const { exitCode, stdout } = await at.bench.sluice('doctor');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      'Config',
      'Store',
      'Runs and clock',
      'Panel "dcim"',
      '1 warning.',
    ]);
    expect(stdout).toContain('  ! config (panels.dcim.url): plain HTTP sends the credentials unencrypted\n');
    expect(stdout).toMatch(/\n {2}✓ store \(.*sluice\.db\): \d+ checks passed\n/);
    expect((await at.bench.sluice('doctor --verbose')).stdout).toContain('✓ store one-open-hold');
    const quiet = await at.bench.sluice('doctor --quiet');
    expect(quiet.stdout.split('\n').filter((line) => line.includes('✓'))).toEqual([]);
  });

  it('warns of a secret that is too short to be masked', async () => {
    const at = await start();
    expect(named((await readChecks(at.bench)).checks, 'secret')).toEqual([]);
    at.bench.env['DCIM_TOKEN'] = 'short';
    expect(named((await readChecks(at.bench)).checks, 'secret')).toEqual([
      'warning panels.dcim.token: it has fewer than 6 characters, too few to be masked in messages: set a longer one',
    ]);
  });

  it('warns of a token of the server that could be guessed', async () => {
    const at = await start();
    const edited = at.bench.env;
    at.bench.edit('panels:', 'serve: { token: "${env:SERVE}" }\npanels:');
    const warnings = async (token: string | undefined): Promise<string[]> => {
      if (token === undefined) delete edited['SERVE'];
      else edited['SERVE'] = token;
      const { checks } = await readChecks(at.bench, 'doctor');
      return named(checks, 'config').filter((line) => line.includes('guessed'));
    };
    const short = 'warning serve.token: it has fewer than 32 characters, so that it could be guessed';
    expect(await warnings('first-start-1234')).toEqual([short]);
    expect(await warnings('ab'.repeat(20))).toEqual([
      'warning serve.token: it repeats few characters, so that it could be guessed',
    ]);
    expect(await warnings('3f9c0d7be1a24865b7c90e1f2a3d4c5b')).toEqual([]);
    // The environment of the server may be another one.
    expect(await warnings(undefined)).toEqual([]);
    edited['SERVE'] = 'first-start-1234';
    expect((await at.bench.sluice('doctor')).stdout).toContain('openssl rand -base64 32');
  });

  it('warns of services that share an id or a port, and of products and panels that are gone', async () => {
    const at = await start();
    const shared = [{ id: 7001, name: 'eth0' }];
    await at.addService(1, { ports: shared, serverId: 301 });
    await at.addService(2, {
      ports: shared,
      serverId: 301,
      values: ['easydcim_order_id=901', '--allow-duplicate-refs'],
    });
    for (const number of [3, 4, 5, 6]) await at.addService(number, { product: 'order' });
    await at.bench.sluice('reconcile');
    at.bench.edit('\n  order:', '\n  orders:');

    const { exitCode, checks } = await readChecks(at.bench, 'doctor');
    expect(exitCode).toBe(1);
    const gone = '4 services have the product "order", which is not in the config: svc-3, svc-4, svc-5 and 1 other';
    const twice = '"svc-2": easydcim_order_id 901 is already that of service "svc-1"';
    expect(named(checks, 'product')).toEqual([`failed order: ${gone}`]);
    expect(named(checks, 'duplicate id')).toEqual([`warning svc-2: ${twice}`]);
    expect(named(checks, 'shared')).toEqual([
      'warning svc-1, svc-2: 2 services use order 901, port 7001, as last read',
    ]);

    const configured = await at.bench.sluice('config check --json');
    expect(configured.exitCode).toBe(0);
    const messages = configured.json<{ problems: { message: string }[] }>().problems.map(({ message }) => message);
    expect(messages).toEqual(expect.arrayContaining([expect.stringContaining(gone), expect.stringContaining(twice)]));
    const polled = await at.bench.sluice('poll --service svc-3');
    expect(polled.stderr).toContain('product "order" is not in the config');
    const all = await at.bench.sluice('poll');
    expect(all.stdout).toContain(
      'svc-3, svc-4, svc-5 and 1 other: unknown product: product "order" is not in the config',
    );
    expect(all.stdout.match(/is not in the config/g)).toHaveLength(1);
    expect((await at.bench.sluice('plan')).stdout.match(/is not in the config/g)).toHaveLength(1);

    at.bench.write(
      'sluice.yaml',
      at.bench
        .read('sluice.yaml')
        .replaceAll('dcim:', 'new:')
        .replaceAll('panel: dcim', 'panel: new')
        .replaceAll('//127.0.0.1:', '//localhost:'),
    );
    expect((await at.bench.sluice('config check')).stdout).toContain(
      'warning 6 services have the panel "dcim", which is not in the config: svc-1, svc-2, svc-3 and 3 others',
    );
  });

  it('is not needed to see which services a failed poll names: all, in one line', async () => {
    const at = await start();
    for (const number of [1, 2]) await at.addService(number, { product: 'order' });
    at.bench.edit('\n  order:', '\n  orders:');
    const { exitCode, stdout, stderr } = await at.bench.sluice('poll');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^sluice: svc-1, svc-2: product "order" is not in the config\. [^\n]*\n$/);
    expect(stdout).not.toContain('is not in the config');
  });

  it('checks the panels as far as it can where the store can not be opened', async () => {
    const at = await start();
    await at.addService(1);
    await at.poll();
    const file = at.bench.path('sluice.db');
    copyFileSync(file, at.bench.path('good.db'));
    const expectChecked = async (code: RegExp): Promise<void> => {
      const { exitCode, checks } = await readChecks(at.bench, 'doctor');
      expect([exitCode, named(checks, 'store')]).toEqual([1, [expect.stringMatching(code)]]);
      expect(named(checks, 'panel')).toEqual([expect.stringMatching(/^ok dcim: answered/)]);
      expect(named(checks, 'config')[0]).toMatch(/^ok/);
      expect((await at.bench.sluice('doctor')).stdout).toMatch(/\n\d+ problem.*\n$/);
    };
    const expectUnknown = async (): Promise<void> => {
      expect(named((await readChecks(at.bench, 'doctor')).checks, 'enforce')).toEqual([
        "skipped dcim: not known: the store can't be read",
      ]);
    };
    const overwrite = (from: number, bytes: number): void => {
      copyFileSync(at.bench.path('good.db'), file);
      const handle = openSync(file, 'r+');
      writeSync(handle, Buffer.alloc(bytes, 'x'), 0, bytes, from);
      closeSync(handle);
    };
    for (const name of ['-wal', '-shm']) rmSync(`${file}${name}`, { force: true });
    overwrite(0, 100);
    await expectChecked(/sluice\.db.*(damaged|not a)/);
    await expectUnknown();
    overwrite(4096, 65_536);
    await expectChecked(/sluice\.db/);
    copyFileSync(at.bench.path('good.db'), file);
    handleOn(file).exec(
      "insert into schema_migrations (version, name, applied_at) values (999, 'newer', '2026-11-20T12:00:00.000Z')",
    );
    await expectChecked(/sluice\.db: .*version 999.*supports at most/);
    // The services and switches of a store that is too new are not read.
    await expectUnknown();
    expect(named((await readChecks(at.bench)).checks, 'mapping')).toEqual([]);
    copyFileSync(at.bench.path('good.db'), file);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    for (const name of ['', '-wal', '-shm']) rmSync(`${file}${name}`, { force: true });
    await expectChecked(/sluice\.db: .*(missing|lost|does not exist)/);
    expect((await at.bench.sluice('doctor')).stdout).toContain('Restore a backup with "sluice db restore FILE"');
    expect(existsSync(file)).toBe(false);
    at.bench.write('sluice.yaml', configText(at.panel.url, 'state: ./sluice.yaml/sluice.db'));
    await expectChecked(/sluice\.db/);
    expect((await at.bench.sluice('doctor --accept-clock')).exitCode).toBe(1);
  });
});

describe('doctor --contract', () => {
  it('does not let one wrong id fail the panel, and names figures as people read them', async () => {
    const at = await start();
    await at.bench.sluice(
      'service add a-wrong panel=dcim product=ports billing_cycle=monthly next_due_date=2026-12-15 easydcim_service_id=9999',
    );
    await at.addService(1);
    at.panel.addTraffic(501, { in: 9 * GB, out: GB, at: at.bench.clock.now() - 9 * 24 * HOUR });
    at.panel.addTraffic(501, { in: 9 * GB, out: GB });
    at.bench.clock.advance(HOUR);
    const { exitCode, checks } = await readChecks(at.bench);
    expect(exitCode).toBe(1);
    expect(named(checks, 'bandwidth')).toEqual([
      expect.stringMatching(/^ok service 501 \(svc-1\): in 9 GB \(9663676416 bytes\), out 1 GB \(1073741824 bytes\)/),
    ]);
    expect(named(checks, 'windows')).toEqual([expect.stringMatching(/^ok .*two weeks of 10 GB \(10737418240 bytes\)/)]);
    const mapping = checks.filter((check) => check.name === 'mapping');
    expect(mapping.map(({ object, status }) => [object, status])).toContainEqual(['svc-1', 'ok']);
    expect(mapping.filter(({ object }) => object === 'a-wrong').map(({ status }) => status)).toContain('failed');
  });

  it('reads each endpoint of FLVX once and checks every mapping', async () => {
    const at = closeAfterTest(await startFlvxBench());
    const user = await at.create(1);
    await at.addService(2, { values: ['flvx_user_id=777'] });
    await at.addService(3);
    const bare = at.panel.addUser({ user: 'bare' });
    await at.addService(4, { values: [`flvx_user_id=${bare}`] });
    await at.addService(5, { values: [`flvx_user_id=${user}`, 'flvx_username=else', '--allow-duplicate-refs'] });
    at.panel.server.clearCalls();
    const { exitCode, checks } = await readChecks(at.bench);
    expect(exitCode).toBe(1);
    expect(named(checks, 'contract')).toEqual([
      expect.stringMatching(/^ok user\/list: 3 users, \S+ (bytes|\w+B .*) used in all$/),
      'ok backup/export: 2 permissions, 0 closed',
      'ok forward/list: 1 forward, 0 paused',
      'ok tunnel/list: 2 tunnels',
      'ok node/check-status: 2 nodes',
      'ok speed-limit/list: 0 speed limits',
      'ok group/tunnel/list: 0 tunnel groups',
      'ok group/user/list: 0 user groups',
      'ok group/permission/list: 0 grants',
    ]);
    expect(named(checks, 'mapping')).toEqual([
      expect.stringMatching(/^ok svc-1: user \d+ \("\S+"\): 0 bytes used of 100 GB \(107374182400 bytes\), tunnels 1/),
      'failed svc-2: the panel has no user 777',
      'failed svc-3: it has no flvx_user_id',
      `warning svc-4: user ${bare} ("bare") has no tunnel`,
      expect.stringMatching(/^warning svc-5: user .* has another name than the service, which has "else"$/),
    ]);
    expect(named(checks, 'panel')).toContainEqual(
      'warning relay: the account still has the publicly known name or password of a new panel: change both',
    );
    expect(at.panel.server.changingCalls()).toEqual([]);
    at.panel.server.inject({ endpoint: /v1\/tunnel\/list/, skip: 1, fault: { kind: 'status', status: 500 } });
    const broken = await readChecks(at.bench);
    expect(named(broken.checks, 'contract').filter((line) => !line.startsWith('ok'))).toEqual([
      expect.stringMatching(/^failed tunnel\/list: PANEL_/),
    ]);
    expect(named(broken.checks, 'mapping')[0]).toMatch(/^ok svc-1/);
  });

  it('reads each endpoint of Hiddify once and checks every mapping', async () => {
    const at = closeAfterTest(await startHiddifyBench());
    const uuid = await at.create(1);
    at.panel.use(uuid, 3 * GB);
    await at.addService(2, { values: ['hiddify_user_uuid=5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7'] });
    await at.addService(3);
    const { exitCode, checks } = await readChecks(at.bench);
    expect(exitCode).toBe(1);
    expect(named(checks, 'contract').map((line) => line.split(':')[0])).toEqual([
      'ok GET /api/v2/admin/me/',
      'ok GET /api/v2/admin/admin_user/',
      'ok GET /api/v2/admin/user/',
      'ok GET /api/v2/admin/server_status/',
    ]);
    expect(named(checks, 'mapping')).toEqual([
      expect.stringMatching(/^ok svc-1: user ".*": 3 GB \(3221225472 bytes\) used of 50 GB \(53687091200 bytes\)$/),
      'failed svc-2: the panel has no user 5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7',
      'failed svc-3: it has no hiddify_user_uuid',
    ]);
  });
});
