import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { generate } from 'selfsigned';
import { COMMAND } from '../command-process.js';
import { ROOT, listSteps, toScript, type DocumentedStep } from './documented-steps.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const GB = 1024 ** 3;
const DAY = 86_400_000;
/** What a reader has at hand instead: an address, a token and a date. */
const EXAMPLES = { url: 'https://dcim.example.com', token: 'your-api-token', due: '2026-12-15' };
const QUICK_START = 'Quick start with a real panel';

let folder = '';
let certificate = { key: '', cert: '' };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-first-hour-'));
  const names = {
    extensions: [{ name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] }],
  };
  const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], names);
  certificate = { key: pems.private, cert: pems.cert };
  // npm needs the authorities that the machine trusts already.
  const known = process.env['NODE_EXTRA_CA_CERTS'];
  writeFileSync(path.join(folder, 'ca.pem'), `${pems.cert}\n${known === undefined ? '' : readFileSync(known, 'utf8')}`);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A panel with svc-1 over its quota; where there is an old tool, it has disabled the port of svc-2, which is over it too. */
async function startPanel(hasOldTool: boolean): Promise<FakeEasyDcim> {
  const panel = await startFakeEasyDcim({ token: 'tok-1234', timeZone: 'Europe/Berlin', https: certificate });
  for (const number of [1, 2]) {
    const service = 500 + number;
    const ports = [
      { id: 7001 + number * 10, name: 'eth0', ...(number === 2 && hasOldTool ? { adminState: 'down' as const } : {}) },
    ];
    panel.addService({ id: service, orderId: 900 + number, serverId: 300 + number, user: 10 + number, ports });
    for (let day = 1; day <= 8; day++) {
      panel.addTraffic(service, {
        in: (number === 1 ? 1408 : hasOldTool ? 1344 : 100) * GB,
        out: 0,
        at: Date.now() - day * DAY,
      });
    }
  }
  return panel;
}

/** Runs the steps in one shell, in a folder with a home of its own; resolves to what the shell printed where a step failed. */
function follow(steps: readonly DocumentedStep[], panel: FakeEasyDcim, home: string): Promise<string | null> {
  const due = new Date(Date.now() + 20 * DAY).toISOString().slice(0, 10);
  const script = toScript(steps)
    .replaceAll(EXAMPLES.url, panel.url)
    .replaceAll(EXAMPLES.token, panel.token)
    .replaceAll(EXAMPLES.due, due);
  const prefix = path.join(home, 'prefix');
  const env = {
    HOME: home,
    TZ: 'Europe/Berlin',
    PATH: `${path.join(prefix, 'bin')}:${process.env['PATH'] ?? ''}`,
    NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'),
    npm_config_prefix: prefix,
    ...(LONG ? { npm_config_cache: npmSetting('cache'), npm_config_userconfig: npmSetting('userconfig') } : {}),
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd: path.join(home, 'clone'), env }, (error, stdout, stderr) => {
      resolve(error === null ? null : stdout + stderr);
    });
  });
}

/** How npm is set up on this machine: the home of the tests has no settings. */
function npmSetting(key: string): string {
  // Outside of the workspaces, where npm refuses to say it.
  const options = { cwd: tmpdir(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] } as const;
  return execFileSync('npm', ['config', 'get', key], { ...options, stdio: [...options.stdio] }).trim();
}

/** A home with a clone and no command yet, or with the command as it is built. */
function makeHome(name: string, isClone: boolean): string {
  const home = path.join(folder, name);
  mkdirSync(path.join(home, 'prefix', 'bin'), { recursive: true });
  if (isClone) {
    execFileSync('git', ['clone', '--quiet', ROOT, path.join(home, 'clone')]);
    return home;
  }
  mkdirSync(path.join(home, 'clone'));
  const command = path.join(home, 'prefix', 'bin', 'sluice');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
  chmodSync(command, 0o755);
  return home;
}

const installs = ({ script }: DocumentedStep): boolean => script.startsWith('npm ');

/** Runs the lines of the README's crontab as cron does, in a home where its quick start was followed. */
async function expectCrontabRuns(home: string): Promise<void> {
  const [, text = ''] = /^```crontab\n(.*?)^```$/ms.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8')) ?? [];
  const lines = text.trim().split('\n');
  const settings = lines.filter((line) => /^\w+=/.test(line));
  const commands = lines.filter((line) => !settings.includes(line)).map((line) => line.split(/\s+/).slice(5).join(' '));
  expect(commands.map((command) => command.split(' ')[1])).toEqual(['poll', 'reconcile']);
  const where = path.join(home, 'prefix', 'bin');
  const env = [
    `HOME=${home}`,
    'PATH=/usr/bin:/bin',
    `NODE_EXTRA_CA_CERTS=${path.join(folder, 'ca.pem')}`,
    ...settings.map((line) => line.replace('/usr/local/bin', where)),
  ];
  for (const command of commands) {
    const ended = await new Promise<string | null>((resolve) => {
      execFile('env', ['-i', ...env, '/bin/sh', '-c', command], { cwd: home }, (error, stdout, stderr) => {
        resolve(error === null ? null : stdout + stderr);
      });
    });
    expect([command, ended]).toEqual([command, null]);
  }
}

describe('the first hour, line by line', () => {
  // The installation takes minutes: `npm run test:long` follows it too, from a clone.
  const pages: [what: string, page: string, steps: DocumentedStep[]][] = [
    [
      'README.md, and runs the lines of its crontab as cron does',
      'README.md',
      listSteps('README.md', QUICK_START).filter((step) => LONG || !installs(step)),
    ],
    ['docs/first-hour.md', 'docs/first-hour.md', listSteps('docs/first-hour.md')],
  ];

  it.each(pages)(
    'reaches the first enforced hold by %s',
    async (_what, page, steps) => {
      const panel = await startPanel(page === 'docs/first-hour.md');
      try {
        expect(steps.length).toBeGreaterThan(10);
        const home = makeHome(path.basename(page), steps.some(installs));
        expect(panel.port(7011).adminState).toBe('up');
        expect(await follow(steps, panel, home)).toBeNull();
        expect(panel.port(7011).adminState).toBe('down');
        expect(readdirSync(path.join(home, 'sluice'))).toEqual(
          expect.arrayContaining(['sluice.yaml', 'services.csv', 'sluice.db', 'sluice.db.holds.json']),
        );
        if (page === 'README.md') await expectCrontabRuns(home);
      } finally {
        await panel.close();
      }
    },
    LONG ? 3_600_000 : 60_000,
  );

  it('says in each place where sizes are written that they are binary', () => {
    const texts = ['README.md', 'docs/first-hour.md', 'docs/config.md', 'apps/cli/src/setup/config-text.ts'];
    const stated = texts.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').includes('1 GB is 1024³ bytes'));
    expect(stated).toEqual(texts);
  });
});
