import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildOldShop,
  type OldShop,
  startFakeAstbilling,
  startFakeEasyDcim,
  startFakeFlvx,
  startFakeHiddify,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { COMMAND } from '../command-process.js';
import { benchForEachTest, closeAfterTest } from '../each-test.js';
import { type DocumentedStep, listSteps } from '../install/documented-steps.js';
import { writeMysql } from './fake-mysql.js';

const PAGE = 'docs/moving-in.md';
/** What a reader has at hand instead. */
const EXAMPLES = { url: 'url=https://dcim.example.com', token: 'your-api-token' };
const END = '\u001e';

/** Expects that a step ended as the page says, and printed the lines that it shows, in their order. */
function expectShown({ script, exitCode, shown }: DocumentedStep, ended: number, printed: string): void {
  expect([script, ended, ended === exitCode ? '' : printed]).toEqual([script, exitCode, '']);
  let rest = printed.split('\n');
  for (const line of shown) {
    if (line === '…') continue;
    const at = rest.indexOf(line);
    expect([script, line, at >= 0 ? '' : printed]).toEqual([script, line, '']);
    rest = rest.slice(at + 1);
  }
}

describe('the evening of docs/moving-in.md, line by line', () => {
  let folder = '';
  let shop: OldShop;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sluice-moving-in-'));
    shop = await buildOldShop({ now: Date.now, timeZone: 'Europe/Berlin' });
    await writeMysql(path.join(folder, 'bin'), shop.exports);
    const command = path.join(folder, 'bin', 'sluice');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
    chmodSync(command, 0o755);
  });
  afterAll(async () => {
    await shop.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the steps in one shell; resolves to the exit code and output of each. */
  async function follow(steps: readonly DocumentedStep[]): Promise<[code: number, printed: string][]> {
    const script = `exec 2>&1\n${steps.map((step) => `${step.script}\nprintf '\\036%s\\036' "$?"\n`).join('')}`
      .replaceAll(EXAMPLES.url, `url=${shop.panel.url},allow-http=true`)
      .replaceAll(EXAMPLES.token, shop.token);
    const env = { HOME: folder, TZ: 'Europe/Berlin', PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` };
    const printed = await new Promise<string>((resolve) => {
      execFile('bash', ['-c', script], { cwd: folder, env, maxBuffer: 1e8 }, (_error, stdout) => {
        resolve(stdout);
      });
    });
    const parts = printed.split(END);
    return steps.map((_step, index) => [Number(parts[index * 2 + 1] ?? -1), parts[index * 2] ?? '']);
  }

  it('changes nothing on the panel, and prints what the page shows', async () => {
    const steps = [...listSteps(PAGE, 'The evening'), ...listSteps(PAGE, 'Beside the old tool')];
    expect(steps.length).toBeGreaterThan(12);
    const ended = await follow(steps);
    for (const [index, step] of steps.entries()) {
      const [code, printed] = ended[index] ?? [-1, ''];
      expectShown(step, code, printed);
    }
    expect(shop.panel.server.changingCalls()).toEqual([]);
    expect(shop.listCut()).toEqual(shop.expected.limited);
  }, 300_000);
});

describe('the sections of docs/moving-in.md', () => {
  const bench = benchForEachTest();
  const now = bench.clock.now;

  async function followSection(heading: string): Promise<number> {
    const steps = listSteps(PAGE, heading);
    for (const step of steps) {
      expect(step.script).toMatch(/^sluice /);
      const { exitCode, stdout, stderr } = await bench.sluice(step.script.replace(/^sluice /, ''));
      expectShown(step, exitCode, stdout + stderr);
    }
    return steps.length;
  }

  function configure(panel: string): void {
    bench.write('sluice.yaml', `timeZone: UTC\ncurrency: EUR\npanels:\n  ${panel}\n`);
  }

  it('FLVX', async () => {
    const panel = closeAfterTest(await startFakeFlvx({ now, admin: { name: 'ops', password: 'pass-1234' } }));
    const tunnel = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk')] });
    const user = panel.addUser({ user: 'anna' });
    panel.addPermission(user, tunnel);
    configure(
      `relay: { kind: flvx, url: "${panel.url}", allowHttp: true, username: ops, password: pass-1234, retries: 0 }`,
    );
    expect(await followSection('FLVX')).toBe(3);
  });

  it('Hiddify', async () => {
    const panel = closeAfterTest(await startFakeHiddify({ now }));
    const uuid = panel.addAgent(null, { name: 'north' });
    panel.addUser({ agent: uuid, usageLimit: 50 * 1024 ** 3, packageDays: 30, startDate: '2026-11-01' });
    configure(`vpn: { kind: hiddify, url: "${panel.url}", allowHttp: true, apiKey: "${panel.key}", retries: 0 }`);
    mkdirSync(bench.path('exported'));
    bench.write('exported/admin_user.csv', `id,uuid,traffic_limit\n7,${uuid},107374182400\n`);
    expect(await followSection('Hiddify')).toBe(3);
  });

  it('Astbilling and MagnusBilling', async () => {
    const panel = closeAfterTest(await startFakeAstbilling({ now }));
    const plan = panel.add('plans', { id: '11', name: 'Corporate' });
    const customer = panel.addCustomer({ id: '501', name: 'Anna', document: '12345678909' });
    panel.addSubscriber({ id: '9001', username: 'anna', customer, plan });
    configure(`voice: { kind: astbilling, url: "${panel.url}", allowHttp: true, token: "${panel.token}", retries: 0 }`);
    bench.write('billed.csv', 'service,from,to,total,currency\nvoice-9001,2026-10-01,2026-11-01,0.00,EUR\n');
    expect(await followSection('Astbilling and MagnusBilling')).toBe(4);
  });

  it('WHMCS', async () => {
    const panel = closeAfterTest(await startFakeFlvx({ now, admin: { name: 'ops', password: 'pass-1234' } }));
    const whmcs = closeAfterTest(await startFakeWhmcs({ now }));
    const [client, product] = [whmcs.addClient(), whmcs.addProduct({ name: 'Relay 100', fields: ['flvx_user_id'] })];
    whmcs.addService({ client, product, fields: { flvx_user_id: String(panel.addUser({ user: 'anna' })) } });
    configure(
      `relay: { kind: flvx, url: "${panel.url}", allowHttp: true, username: ops, password: pass-1234, retries: 0 }`,
    );
    const { url, identifier, secret } = whmcs;
    const billing = `whmcs: { url: "${url}", allowHttp: true, identifier: ${identifier}, secret: "${secret}" }\n`;
    bench.write('sluice.yaml', bench.read('sluice.yaml') + billing);
    expect(await followSection('WHMCS')).toBe(1);
  });

  it('The panel alone', async () => {
    const panel = closeAfterTest(await startFakeEasyDcim({ token: 'tok-1234', now }));
    panel.addService({ id: 501, orderId: 901, serverId: 301, user: 11, ports: [{ id: 7001, name: 'eth0' }] });
    configure(`dcim: { kind: easydcim, url: "${panel.url}", allowHttp: true, token: tok-1234, retries: 0 }`);
    expect(await followSection('The panel alone')).toBe(2);
  });
});
