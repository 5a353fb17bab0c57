import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startFakeAstbilling,
  startFakeEasyDcim,
  startFakeFlvx,
  startFakeHiddify,
  startFakeWhmcs,
  type FakeAstbilling,
  type FakeEasyDcim,
  type FakeFlvx,
  type FakeHiddify,
  type FakeWhmcs,
} from '@sluice/fake-panels';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';
import { COMMAND, runCommand } from './command-process.js';

const GB = 1024 ** 3;
const DAY = 86_400_000;
const NORTH = 'aaaaaaaa-0000-4000-8000-000000000001';
const ADMIN_PASSWORD = 'Very-secret-admin-1';
/** Exit codes of a command that did what was asked: `plan` and `compare` found something to change. */
const DONE = [0, 4];
const RUN_ALL = fileURLToPath(new URL('every-command/run-all.mjs', import.meta.url));

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-test-'));
const played: string[] = [];
let dcim: FakeEasyDcim;
let relay: FakeFlvx;
let vpn: FakeHiddify;
let whmcs: FakeWhmcs;
let voice: FakeAstbilling;

const write = (name: string, text: string): void => {
  writeFileSync(path.join(folder, name), text, { mode: 0o600 });
};

const due = (): string => new Date(Date.now() + 20 * DAY).toISOString().slice(0, 10);

const secrets = (): Record<string, string> => ({
  DCIM_TOKEN: 'token-of-dcim',
  FLVX_PASSWORD: ADMIN_PASSWORD,
  HIDDIFY_KEY: vpn.key,
  WHMCS_SECRET: whmcs.secret,
  VOICE_TOKEN: voice.token,
});

/** Runs commands that end well; returns what the last one printed. */
async function expectDone(lines: readonly string[]): Promise<string> {
  played.push(...lines);
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder, ...secrets() };
  const { stdout } = await promisify(execFile)(process.execPath, [RUN_ALL, COMMAND, ...lines], { cwd: folder, env });
  const outcomes = JSON.parse(stdout) as { words: string; exitCode: number; printed: string }[];
  expect(outcomes.map(({ words }) => words)).toEqual(lines);
  expect(outcomes.filter(({ exitCode }) => !DONE.includes(exitCode))).toEqual([]);
  return outcomes.at(-1)?.printed ?? '';
}

beforeAll(async () => {
  const { now } = Date;
  dcim = await startFakeEasyDcim({ token: 'token-of-dcim', now, timeZone: 'UTC' });
  relay = await startFakeFlvx({ now, admin: { name: 'admin_user', password: ADMIN_PASSWORD } });
  vpn = await startFakeHiddify({ now });
  whmcs = await startFakeWhmcs({ now });
  voice = await startFakeAstbilling({ now });
  const plan = voice.add('plans', { id: '11', name: 'Corporativo' });
  voice.addDid({ number: '+551140001234', subscriber: voice.addSubscriber({ username: 'joao1042', plan }) });
  for (const kind of ['carriers', 'trunks', 'routes', 'countries'] as const) voice.add(kind, { id: '1', name: kind });
  const steps = { initial_increment_seconds: 30, increment_seconds: 6, minimum_seconds: 0, min_chargeable_seconds: 0 };
  voice.add('rates', { plan_id: plan, prefix: '55', price_per_minute: '0.290000', connection_fee: '0.0000', ...steps });
  dcim.addService({ id: 1, orderId: 11, serverId: 21, user: 31, ports: [{ id: 41, name: 'eth0' }] });
  const ports = [
    { id: 42, name: 'eth0' },
    { id: 43, name: 'eth1', adminState: 'down' as const },
  ];
  dcim.addService({ id: 2, orderId: 12, serverId: 22, user: 32, ports });
  dcim.addTraffic(1, { in: 80 * GB, out: 40 * GB });
  relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
  vpn.use(vpn.addUser({ name: 'anna', agent: vpn.addAgent(undefined, { name: 'north', uuid: NORTH }) }), 6 * GB);
  write(
    'sluice.yaml',
    `timeZone: UTC
panels:
  dcim: { kind: easydcim, url: "${dcim.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}" }
  relay: { kind: flvx, url: "${relay.url}", allowHttp: true, username: admin_user, password: "\${env:FLVX_PASSWORD}" }
  vpn: { kind: hiddify, url: "${vpn.url}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}" }
  voice: { kind: astbilling, url: "${voice.url}", allowHttp: true, token: "\${env:VOICE_TOKEN}", currency: EUR, billFrom: 2026-01-01 }
products:
  ports: { panel: dcim, quota: { total: 100GB }, packages: [extra] }
  small: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 } }
  big: { panel: relay, quota: { total: 200GB }, flvx: { tunnelId: 1 } }
  line: { panel: voice, astbilling: { planId: "11" } }
  bare: { panel: dcim }
currency: EUR
notify: [{ command: /bin/true }]
packages: { extra: { traffic: 50GB, price: "5.00" } }
whmcs: { url: "${whmcs.url}", allowHttp: true, identifier: "${whmcs.identifier}", secret: "\${env:WHMCS_SECRET}" }
`,
  );
  write('holds.csv', 'service,reason,ports\ndcim-2,manual,43\n');
  write(
    'purchases.csv',
    `service,package,bytes,price,currency,at\ndcim-2,old,1000,1,EUR,${new Date(now()).toISOString()}\n`,
  );
  write(
    'services.csv',
    `id,panel,product,billing_cycle,next_due_date,easydcim_service_id,easydcim_order_id,easydcim_server_id
dcim-1,dcim,ports,monthly,${due()},1,11,21
dcim-2,dcim,ports,monthly,${due()},2,12,22
`,
  );
  // The crontab of the user who runs the tests is left alone.
  writeFileSync(path.join(folder, 'crontab'), '#!/bin/sh\necho "no crontab for test" >&2\nexit 1\n', { mode: 0o700 });
  write('billed.csv', 'service,from,to,total\nline-1,2026-09-01,2026-10-01,1.00\n');
  write('old.csv', 'service,used_gb,limited\ndcim-1,120,yes\ndcim-2,0,no\n');
});
afterAll(async () => {
  await Promise.all([dcim, relay, vpn, whmcs, voice].map((fake) => fake.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe('the built command', () => {
  it('runs everything about set-up and services', async () => {
    await expectDone([
      'version',
      'init other.yaml --panel name=dcim,kind=easydcim,url=https://dcim.example.com,token-env=T --no-test',
      'config check',
      'config schema',
      'panel list',
      'panel test',
      'panel unassigned dcim',
      'schedule show --format crontab',
      'schedule show --format systemd',
      'schedule install --format crontab --dry-run',
      'schedule install --format systemd --dry-run',
      'completion bash',
      'completion zsh',
      'completion fish',
      'service import services.csv',
      `service add dcim-3 panel=dcim product=ports billing_cycle=monthly next_due_date=${due()} easydcim_service_id=3`,
      'service set dcim-3 client=7',
      'service remove dcim-3 --yes',
      'service sync --dry-run',
      'service sync',
      'service list',
      'service show dcim-1',
      'service export --format csv',
      'service export --format json',
      'service export --format yaml',
      'doctor --contract',
    ]);
  });

  it('runs everything about usage, holds and the log', async () => {
    await expectDone([
      'plan',
      'poll',
      'reconcile',
      'notice list',
      'notify test',
      'notify list',
      'notify send',
      'usage',
      'usage history dcim-1 --percentile 95',
      'usage top --by client',
      'usage top --percentile 95',
      'usage traffic --panel dcim',
      'usage graph dcim-1',
      'usage graph dcim-1 --svg graph.svg',
      'usage graph dcim-1 --from-panel',
      'explain dcim-1',
      'override set dcim-2 --quota 1TB',
      'override list',
      'queue show',
      'override clear dcim-2',
      'credit add 7 50.00 --currency EUR --ref first --note transfer',
      'credit show 7',
      'credit history 7',
      'invoice list',
      'package list',
      'service set dcim-2 client=7',
      'notify client 7',
      'notify client 7 --on hold --off threshold',
      'purchase create dcim-2 extra --ref first',
      'purchase import purchases.csv',
      'report',
      'report --client 7 --html report.html',
      'purchase list',
      'auto-buy set dcim-2 --on --package extra',
      'auto-buy show dcim-2',
      'auto-buy clear dcim-2',
      'hold add dcim-2 --note checked',
      'hold list',
      'hold release dcim-2',
      'hold adopt dcim-2 --reason manual --ports 43',
      'hold adopt --from holds.csv',
      'adopt dcim --from panel',
      'adopt apply adopted-dcim',
      'compare dcim --with old.csv',
      'observe dcim',
      'enforce dcim --yes',
      'api-token create billing --scope operate',
      'api-token list',
      'api-token revoke billing',
      'log list',
      'log list --runs',
      'log export log.jsonl',
      'metrics',
    ]);
  });

  it('runs everything about accounts and agents', async () => {
    await expectDone([
      `service add relay-1 panel=relay product=small billing_cycle=monthly next_due_date=${due()}`,
      'provision create relay-1 --password-file first.txt',
      'provision suspend relay-1',
      'provision unsuspend relay-1',
      'provision renew relay-1',
      'provision change-package relay-1 big',
      'provision change-password relay-1 --password-file second.txt',
      'tunnel list',
      'relay users',
      'relay speed-limits',
      'relay tunnel-groups',
      'relay login-link relay-1',
      'provision terminate relay-1 --yes',
      'agent list',
      'agent limit north --gb 5 --yes',
      'agent check --all',
      'agent show north',
      'agent explain north',
      'agent history north',
      'agent limit north --gb 500 --yes',
      'agent restore north --force',
      'agent can-create-user north --gb 1',
      'agent create-user north --gb 1 --name cora',
      'agent user create north --gb 1 --name dora',
      'agent user list north',
      'agent user extend north dora --gb 1 --days 5',
      'agent user disable north dora --note late',
      'agent user enable north dora',
      'agent suspend north --note late',
      'agent unsuspend north',
    ]);
  });

  it('runs everything about telephony', async () => {
    const looked = (noun: string, id: string): string[] => [`${noun} list`, `${noun} show ${id}`];
    const changed = (noun: string, pair: string, id = '1'): string[] => [
      ...looked(noun, id),
      `${noun} create name=new`,
      `${noun} set new ${pair}`,
      `${noun} remove new --yes`,
    ];
    await expectDone([
      'service add line-1 panel=voice product=line client=7 astbilling_subscriber_id=9001',
      ...['default', 'magnusbilling'].map((name) => `profile check ${name}`),
      ...looked('subscriber', 'joao1042'),
      'subscriber set joao1042 channels=3',
      ...looked('did', '1140001234'),
      'did suspend 1140001234',
      'did unsuspend 1140001234',
      'did set 1140001234 --subscriber none',
      'did link 1140001234 --service line-1',
      'did release 1140001234 --yes',
      ...looked('country', '1'),
      ...looked('customer', '501'),
      'customer create name=Ana document=12345678909',
      'customer set Ana email=ana@example.com',
      ...changed('plan-catalog', 'monthly_price=1.00', '11'),
      ...changed('carrier', 'csp=21'),
      ...changed('trunk', 'max_channels=3'),
      ...changed('route', 'priority=3'),
      ...looked('rate', '701'),
      'rate create plan_id=11 prefix=5521 price_per_minute=0.31',
      'rate set 701 price_per_minute=0.30',
      'rate remove 701 --yes',
      'call simulate 21987654321 --seconds 45 --plan 11',
      'call records',
      'call bill',
      'call report --client 7 --period previous-month',
      'call reconcile',
      'call reconcile --with billed.csv',
    ]);
  });

  it('runs everything about the store, and the demo', async () => {
    const demo = await expectDone([
      ...['db check', 'db migrate', 'db backup copy.db', 'db restore copy.db --yes'],
      ...['db copy --to moved.db', 'db copy --undo', 'demo'],
    ]);
    expect(demo).toMatch(/^alpha: bought extra-50, .* released$/m);
    for (const actor of ['manual', 'auto'])
      expect(demo).toMatch(new RegExp(`^pur-\\S+ +alpha .* extra-50 .* paid +${actor} `, 'm'));
    await expectDone(['hold release --all --yes']);
    for (const words of [
      'action resolve act-1 --done',
      'purchase cancel pur-1',
      ...['show', 'pay', 'cancel'].map((verb) => `invoice ${verb} inv-1`),
    ]) {
      played.push(words);
      const unknown = await runCommand(words.split(' '), { cwd: folder, env: secrets() });
      expect([unknown.exitCode, unknown.stderr.includes('This is a bug')]).toEqual([1, false]);
    }
  });

  it('runs what serves until it is interrupted', async () => {
    played.push('serve --listen nowhere');
    const refused = await runCommand(['serve', '--listen', 'nowhere'], { cwd: folder, env: secrets() });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('is not an address with a port')]);
    played.push('worker');
    const onFile = await runCommand(['worker'], { cwd: folder, env: secrets() });
    expect([onFile.exitCode, onFile.stderr]).toEqual([2, expect.stringContaining('sluice db copy --to')]);
  });

  it('refuses a merge of clients where the ledger bills', async () => {
    played.push('client merge 501 502');
    const refused = await runCommand(['client', 'merge', '501', '502'], { cwd: folder, env: secrets() });
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('nothing was changed')]);
  });

  it('refuses to acknowledge an alarm that is not there', async () => {
    played.push('notice ack none');
    const refused = await runCommand(['notice', 'ack', 'none'], { cwd: folder, env: secrets() });
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('sluice notice list')]);
  });

  it('has no command and no format that was left out here', () => {
    const program = wholeProgram('0');
    const nodes = listNodes(program).filter(({ words, subcommands }) => words.length > 0 && subcommands.length === 0);
    const names = nodes.map(({ words }) => words.join(' ')).filter((name) => !/(^| )help$/.test(name));
    const isPlayed = (start: string): boolean => played.some((words) => `${words} `.startsWith(`${start} `));
    expect(names.filter((name) => !isPlayed(name))).toEqual([]);
    const choices = nodes.flatMap(({ words, options }) =>
      options
        .filter(({ names: flags }) => flags.includes('--format'))
        .flatMap(({ value }) => (value?.kind === 'words' ? value.words : []))
        .map((format) => `${words.join(' ')} --format ${format}`),
    );
    expect(choices.filter((choice) => !isPlayed(choice))).toEqual([]);
    expect(readFileSync(path.join(folder, 'graph.svg'), 'utf8')).toContain('<svg');
    expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  });
});
