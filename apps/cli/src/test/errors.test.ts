import { openSync, closeSync, copyFileSync, rmSync, writeSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { startForAllTests } from './each-test.js';
import { configText, toIds, startEasyDcimBench, TOKEN } from './easydcim-bench.js';
import { folderBytes } from './folder-bytes.js';
import type { RunReport } from '@sluice/engine';
import { handleOn } from './sqlite.js';

const at = startForAllTests(startEasyDcimBench);
beforeAll(async () => {
  for (const number of [1, 2]) await at.addService(number);
  at.use(1, 200);
  await at.poll();
  at.panel.server.clearCalls();
});

interface ErrorDocument {
  error: { code: string; message: string; details: unknown };
}

/** Runs a command as people and as programs do: one clear error, nothing stored and nothing called. */
async function expectRefusal(words: string, exitCode: number, code: string, says: RegExp): Promise<void> {
  const before = folderBytes(at.bench.folder);
  const plain = await at.bench.sluice(words);
  expect([words, plain.exitCode, plain.stdout]).toEqual([words, exitCode, '']);
  // One line; a config and a CSV file list their problems below it.
  const lists = code === 'config_invalid' || / (open|twice)\.csv$/.test(words);
  expect(plain.stderr).toMatch(lists ? /^sluice: [^\n]*\n( {2}[^\n]*\n)+$/ : /^sluice: [^\n]*\n$/);
  expect(plain.stderr).toMatch(says);
  expect(plain.stderr).not.toMatch(/^\s+at /m);
  const json = await at.bench.sluice(`${words} --json`);
  expect([json.exitCode, json.stderr]).toEqual([exitCode, '']);
  const { error, ...others } = json.json<ErrorDocument>();
  expect(others).toEqual({});
  expect(error).toEqual({ code, message: expect.stringMatching(says), details: expect.any(Object) });
  const verbose = await at.bench.sluice(`${words} --verbose`);
  expect(verbose.exitCode).toBe(exitCode);
  expect(verbose.stderr).toMatch(/^\s+at /m);
  expect(folderBytes(at.bench.folder)).toEqual(before);
  expect(at.panel.server.calls).toEqual([]);
}

it.each([
  'explain svc-x',
  'usage svc-x',
  'usage svc-x --refresh',
  'usage history svc-x',
  'service show svc-x',
  'service set svc-x client=7',
  'service remove svc-x --yes',
  'override set svc-x --unlimited',
  'override clear svc-x',
  'override list svc-x',
  'hold list svc-x',
  'hold add svc-x',
  'hold add svc-x --dry-run',
  'hold release svc-x',
  'hold adopt svc-x --ports 7011',
  'provision suspend svc-x',
  'provision unsuspend svc-x',
  'provision renew svc-x',
  'provision change-package svc-x order',
  'poll --service svc-x',
  'reconcile --service svc-x',
  'plan --service svc-x',
  'log list --service svc-x',
])('an unknown service %s', async (words) => {
  await expectRefusal(words, 1, 'unknown_service', /svc-x.*svc-1/);
});

describe('an unknown panel, product or option', () => {
  it.each(['poll --panel dcin', 'plan --panel dcin', 'observe dcin', 'enforce dcin --yes', 'panel test dcin'])(
    '%s',
    async (words) => {
      await expectRefusal(words, 1, 'unknown_panel', /"dcin".*"dcim"/);
    },
  );

  it.each(['enforce dcim --only port --yes', 'provision change-package svc-1 port'])('%s', async (words) => {
    await expectRefusal(words, 1, 'unknown_product', /"port".*"ports"/);
  });

  it.each<[words: string, code: string, says: RegExp]>([
    ['override set svc-1 --quota much', 'bad_override', /much/],
    ['hold adopt svc-1 --reason fun --ports 7011', 'bad_option', /"fun".*quota/],
    ['hold release', 'bad_option', /--all/],
    ['hold release svc-1 --all --yes', 'bad_option', /svc-1/],
    ['hold release --all', 'not_confirmed', /Not confirmed; nothing was changed\. Add --yes/],
    ['service remove svc-1', 'not_confirmed', /--yes/],
    ['enforce dcim --yes --only', 'usage', /only/],
    ['compare dcim --with old.csv', 'bad_import', /old\.csv/],
    ['hold release --all --yes --from old.json', 'bad_holds_file', /old\.json/],
  ])('%s', async (words, code, says) => {
    if (code === 'usage') {
      // The parser's own words: nothing was begun.
      const { exitCode, stdout, stderr } = await at.bench.sluice(words);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(says);
    } else await expectRefusal(words, 2, code, says);
  });

  it('names the nearest command and option', async () => {
    for (const [words, near] of [
      ['pol', 'poll'],
      ['hold adopd svc-1', 'adopt'],
      ['poll --alow-mass', '--allow-mass'],
    ] as const) {
      const { exitCode, stderr } = await at.bench.sluice(words);
      expect([words, exitCode]).toEqual([words, 2]);
      expect(stderr).toMatch(/^sluice: Unknown (command|option) ".*\. Did you mean ".*"\?\n$/);
      expect(stderr).toContain(`Did you mean "${near}"?`);
      const json = await at.bench.sluice(`${words} --json`);
      expect(json.json<ErrorDocument>().error).toMatchObject({ code: 'usage', details: {} });
    }
  });

  it('are said of missing arguments', async () => {
    const said = async (words: string): Promise<unknown[]> => {
      const { exitCode, stderr } = await at.bench.sluice(words);
      return [exitCode, stderr];
    };
    expect(await said('explain')).toEqual([2, 'sluice: Missing required argument "service"\n']);
    for (const words of ['version', '-V', '--version'])
      expect((await at.bench.sluice(words)).stdout).toBe('0.0.0-test\n');
  });
});

describe('a bad config', () => {
  it.each<[name: string, text: (url: string) => string, says: RegExp]>([
    ['with an unknown key', (url) => `${configText(url)}\nenfroce: on`, /line \d+: enfroce: .*"enforce"/],
    ['that is not YAML', (url) => configText(url).replace('panels:', 'panels: ['), /line \d+/],
    ['with an impossible value', (url) => configText(url, 'poll: { interval: soon }'), /poll\.interval/],
    [
      'with a product on no panel',
      (url) => configText(url).replace('bare: { panel: dcim }', 'bare: { panel: x }'),
      /bare/,
    ],
    ['that is empty', () => '', /panels/],
  ])('%s', async (_name, text, says) => {
    const good = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', text(at.panel.url));
    for (const words of ['poll', 'plan', 'explain svc-1', 'db check', 'hold release --all --yes'])
      await expectRefusal(words, 2, 'config_invalid', says);
    at.bench.write('sluice.yaml', good);
  });

  it('that is not there', async () => {
    await expectRefusal('poll --config other.yaml', 2, 'config_missing', /other\.yaml/);
  });

  it('whose secret is not there', async () => {
    Reflect.deleteProperty(at.bench.env, 'DCIM_TOKEN');
    for (const words of ['plan', 'poll --panel dcim', 'poll --service svc-1'])
      await expectRefusal(words, 2, 'secret_missing', /panels\.dcim\.token.*DCIM_TOKEN/);
    at.bench.env['DCIM_TOKEN'] = TOKEN;
  });

  it('of one panel whose secret is not there keeps no run from the others', async () => {
    const good = at.bench.read('sluice.yaml');
    const late = `  later: { kind: easydcim, url: "${at.panel.url}", allowHttp: true, token: "\${env:LATER_TOKEN}" }\nproducts:\n  late: { panel: later, quota: 1TB }`;
    at.bench.write('sluice.yaml', good.replace('products:', late));
    const pairs = ['panel=later', 'product=late', 'billing_cycle=monthly', 'next_due_date=2026-12-15'];
    await at.bench.sluice(['service', 'add', 'svc-9', ...pairs, 'easydcim_service_id=509']);
    const run = (await at.poll()).json<RunReport>();
    expect(run.run.outcome).toBe('partial');
    expect(run.panels).toEqual([{ panel: 'later', error: expect.objectContaining({ code: 'secret_missing' }) }]);
    expect(run.services).toContainEqual(expect.objectContaining({ id: 'svc-1', error: null }));
    at.panel.server.clearCalls();
    await expectRefusal('poll --panel later', 2, 'secret_missing', /panels\.later\.token/);
    await at.bench.sluice('service remove svc-9 --yes');
    at.bench.write('sluice.yaml', good);
  });
});

it.each<[name: string, file: string, text: string | null]>([
  ['that is not there', 'gone.csv', null],
  ['of another kind', 'services.txt', 'id\n'],
  ['that is not JSON', 'services.json', '{ "services": ['],
  ['that is not YAML', 'services.yaml', 'services: [ { id: '],
  ['with a quote that does not end', 'open.csv', 'id,panel\n"svc-3,dcim\n'],
  ['with a repeated column', 'twice.csv', 'id,panel,panel\nsvc-3,dcim,dcim\n'],
])('a bad import %s', async (_name, file, text) => {
  if (text !== null) at.bench.write(file, text);
  await expectRefusal(`service import ${file}`, 2, 'bad_import', new RegExp(file));
});

it('a wrong token is one clear error that names the config key, and changes nothing', async () => {
  at.bench.env['DCIM_TOKEN'] = 'not-the-token-4711';
  const before = at.panel.snapshot();
  for (const words of ['poll', 'reconcile', 'plan']) {
    const plain = await at.bench.sluice(words);
    expect([words, plain.exitCode]).toEqual([words, 1]);
    expect(plain.stderr).toMatch(/^sluice: [^\n]*did not accept the credentials[^\n]*panels\.dcim\.token[^\n]*\n$/);
    expect(plain.stdout).not.toContain('did not accept');
    const json = await at.bench.sluice(`${words} --json`);
    expect([json.exitCode, json.stderr]).toEqual([1, '']);
    const report = json.json<RunReport>();
    expect(report.error).toMatchObject({ code: 'PANEL_AUTH', message: expect.stringContaining('panels.dcim.token') });
    expect(report.services.map((service) => service.error?.code)).toEqual(['PANEL_AUTH', 'PANEL_AUTH']);
  }
  expect((await at.bench.sluice('panel test')).stdout).toContain('panels.dcim.token');
  expect((await at.bench.sluice('panel test --json')).exitCode).toBe(1);
  const enforced = await at.bench.sluice('enforce dcim --yes --json');
  expect([enforced.exitCode, enforced.json<ErrorDocument>().error.code]).toEqual([1, 'doctor_failed']);
  const said = (await at.bench.sluice('enforce dcim --yes')).stderr;
  expect(said).toMatch(/"sluice doctor --panel dcim", then enforce again/);
  const adopted = await at.bench.sluice('hold adopt svc-1 --ports 7011 --json');
  expect([adopted.exitCode, adopted.json<ErrorDocument>().error.code]).toEqual([1, 'not_restricted']);
  expect(at.panel.snapshot()).toEqual(before);
  expect(at.panel.server.changingCalls()).toEqual([]);
  expect(at.bench.printed).not.toContain('not-the-token-4711');
  at.bench.env['DCIM_TOKEN'] = TOKEN;
  const next = await at.poll();
  expect([next.exitCode, next.json<RunReport>().totals.held]).toEqual([0, 1]);
  expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
  at.panel.server.clearCalls();
});

describe('a store that can not be used', () => {
  const COMMANDS = ['poll', 'reconcile', 'plan', 'explain svc-1', 'hold add svc-1', 'observe dcim'];

  async function withStore(spoil: () => void, look: () => Promise<void>): Promise<void> {
    const file = at.bench.path('sluice.db');
    copyFileSync(file, at.bench.path('good.db'));
    spoil();
    await look();
    copyFileSync(at.bench.path('good.db'), file);
    rmSync(at.bench.path('good.db'));
    const next = await at.poll();
    expect([next.exitCode, next.json<RunReport>().totals.held]).toEqual([0, 1]);
    expect((await at.bench.sluice('db check')).exitCode).toBe(0);
    at.panel.server.clearCalls();
  }

  const alter = (sql: string) => (): void => {
    handleOn(at.bench.path('sluice.db')).exec(sql);
  };
  const overwrite = (from: number, bytes: number) => (): void => {
    const handle = openSync(at.bench.path('sluice.db'), 'r+');
    writeSync(handle, Buffer.alloc(bytes, 'x'), 0, bytes, from);
    closeSync(handle);
  };

  it.each<[why: string, spoil: () => void, code: string, says: RegExp]>([
    [
      'a newer version wrote it',
      alter("insert into schema_migrations (version, name, applied_at) values (99, 'later', '2027-01-01')"),
      'store_too_new',
      /sluice\.db.*newer/,
    ],
    ['its head is damaged', overwrite(0, 100), 'store_damaged', /sluice\.db.*restore a backup/],
    [
      "it is another program's",
      alter('alter table schema_migrations rename to something_else'),
      'store_unsupported',
      /sluice\.db/,
    ],
  ])('because %s', async (_why, spoil, code, says) => {
    await withStore(spoil, async () => {
      for (const words of COMMANDS) await expectRefusal(words, 1, code, says);
      const checked = await at.bench.sluice('db check --json');
      expect(checked.exitCode).toBe(1);
      expect(checked.json()).toMatchObject({ ok: false, checks: [{ name: code, status: 'failed' }] });
    });
  });

  it('because all but its first page is damaged', async () => {
    await withStore(overwrite(4096, 65_536), async () => {
      const polled = await at.bench.sluice('poll --json');
      expect([polled.exitCode, polled.stderr]).toEqual([1, '']);
      expect(polled.json<ErrorDocument>().error.code).toBe('store_damaged');
      expect(at.panel.server.changingCalls()).toEqual([]);
      expect((await at.bench.sluice('db check')).exitCode).toBe(1);
      at.panel.server.clearCalls();
    });
  });

  it('because workers need one on PostgreSQL', async () => {
    await expectRefusal('worker', 2, 'worker_needs_postgres', /Workers need a store on PostgreSQL/);
    await expectRefusal('worker --concurrency 0', 2, 'bad_option', /--concurrency: "0" is not a whole number/);
  });

  it('because its address can not be read, of which nothing is shown', async () => {
    const good = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', `${good}\nstate: postgres://ops:12/hunter2@db.example.com/sluice`);
    await expectRefusal(
      'poll',
      2,
      'config_invalid',
      /state: is not an address such as postgres:\/\/user@host\/database/,
    );
    expect((await at.bench.sluice('config check --json')).stdout).not.toContain('hunter2');
    at.bench.write('sluice.yaml', good);
  });
});
