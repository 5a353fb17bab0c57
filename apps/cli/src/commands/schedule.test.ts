import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '@sluice/config-file';
import { scheduledJobs } from '../setup/schedule/jobs.js';
import { benchForEachTest } from '../test/each-test.js';
import { BILLING, KINDS } from '../kinds.js';

interface Shown {
  format: string;
  entries: { name: string; when: string; command: string }[];
  text: string;
}

const DCIM = 'dcim: { kind: easydcim, url: "https://dcim.example.com", token: "${env:DCIM_TOKEN}" }';
const VPN = 'vpn: { kind: hiddify, url: "https://vpn.example.com/x", apiKey: "${credential:hiddify-key}" }';

const bench = benchForEachTest();
beforeEach(() => {
  config([DCIM]);
});

function config(panels: string[], more = ''): void {
  bench.write('sluice.yaml', `panels:\n${panels.map((panel) => `  ${panel}\n`).join('')}${more}`);
}

async function shown(words = ''): Promise<Shown> {
  return (await bench.sluice(`schedule show --json ${words}`.trim())).json<Shown>();
}

const host = (name: string) => ({ host: name });
const REGULAR = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];
const listLines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('schedule show', () => {
  it('gives lines for a crontab: poll as the config says, reconcile once in the night', async () => {
    const { format, entries, text } = await shown();
    expect(format).toBe('crontab');
    expect(entries.map((entry) => entry.name)).toEqual(['poll', 'reconcile']);
    const file = bench.path('sluice.yaml');
    expect(entries[0]).toEqual({
      name: 'poll',
      when: '*/15 * * * *',
      command: `/opt/node/bin/node /opt/sluice/main.js poll --quiet --config ${file}`,
    });
    expect(entries[1]?.when).toMatch(/^\d+ [1345] \* \* \*$/);
    expect(listLines(text)).toEqual([
      'PATH=/usr/local/bin:/usr/bin:/bin',
      ...entries.map(({ when, command }) => `${when} ${command}`),
    ]);
    const { stdout, exitCode } = await bench.sluice('schedule show');
    expect([stdout, exitCode]).toEqual([text, 0]);
  });

  it('says which secrets cron would not find', async () => {
    config([DCIM, VPN]);
    const { text } = await shown();
    expect(text).toContain('# cron does not have your environment: set DCIM_TOKEN above');
    expect(text).toContain('# cron has no systemd credentials (hiddify-key)');
  });

  it.each([
    ['1m', '* * * * *', '*-*-* *:00/1:00'],
    ['30s', '* * * * *', '*-*-* *:00/1:00'],
    ['17m', '4-59/15 * * * *', '*-*-* *:04/15:00'],
    ['1h', '29 * * * *', '*-*-* *:29:00'],
    ['6h', '29 */6 * * *', '*-*-* 00/6:29:00'],
    ['3d', '29 0 * * *', '*-*-* 00:29:00'],
  ])('polls every %s as nearly as a calendar can', async (interval, cron, calendar) => {
    config([DCIM], `poll: { interval: ${interval} }\nschedule: { reconcile: "03:13" }\n`);
    const when = (words: string) =>
      bench.sluice(`schedule show --json ${words}`.trim(), host('h2')).then((ended) => ended.json<Shown>());
    expect((await when('')).entries[0]?.when).toBe(cron);
    expect((await when('--format systemd')).entries[0]?.when).toBe(calendar);
    const remarks = /poll\.interval does not divide/.test((await when('')).text);
    expect(remarks).toBe(['30s', '17m', '3d'].includes(interval));
  });

  it('polls what is due at the floor, where the config says how much may be used beyond a limit', async () => {
    config([DCIM], 'poll: { maxOvershoot: 1GB }\nschedule: { reconcile: "03:13" }\n');
    const shown = (await bench.sluice('schedule show --json', host('h2'))).json<Shown>();
    expect(shown.entries[0]).toMatchObject({
      when: '* * * * *',
      command: expect.stringContaining('poll --due') as unknown,
    });
    const units = await bench.sluice('schedule show --format systemd', host('h2'));
    expect(units.stdout).toContain('poll --due --quiet');
    config([DCIM], 'poll: { maxOvershoot: 1GB, floor: 20s }\n');
    const short = await bench.sluice('schedule show', host('h2'));
    expect(short.stdout).toContain('* * * * *');
  });

  it('follows the schedule of the config, with the poll out of the way of a stated reconcile', async () => {
    config([DCIM, VPN], 'schedule: { poll: 10m, agentCheck: 20m, reconcile: "04:17" }\n');
    const { entries, text } = await shown();
    expect(text).toContain(
      ` /opt/node/bin/node /opt/sluice/main.js agent check --all --quiet --config ${bench.path('sluice.yaml')}\n`,
    );
    expect(Object.fromEntries(entries.map(({ name, when }) => [name, when]))).toEqual({
      poll: '3-59/10 * * * *',
      reconcile: '17 4 * * *',
      'agent-check': '5-59/20 * * * *',
    });
  });

  it('bills calls of panels that name the first day, and names the others', async () => {
    const voice = (name: string, more: string): string =>
      `${name}: { kind: astbilling, url: "https://${name}.example.com", token: "\${env:T}"${more} }`;
    const unbilled =
      'Panel "late" has no billFrom: no job bills its calls, only a stated period and the final bills of lines that Sluice made. Set panels.late.billFrom to the first day to bill';
    config([DCIM, voice('late', '')], 'currency: EUR\n');
    for (const format of ['crontab', 'systemd']) {
      const { entries, text } = await shown(`--format ${format}`);
      expect(entries.map(({ name }) => name)).toEqual(['poll', 'reconcile']);
      expect(text).toContain(`# ${unbilled}, and install the schedule again for a job "call bill".\n`);
    }
    config([voice('voice', ', billFrom: 2026-10-01'), voice('late', '')], 'currency: EUR\n');
    const { entries, text } = await shown();
    expect(entries.map(({ name }) => name)).toEqual(['poll', 'reconcile', 'call-bill']);
    expect(text).toContain(`# ${unbilled}.\n`);
  });

  it('syncs shortly before the poll where the config names a billing system with services, whether products name it or not', async () => {
    const whmcs = 'whmcs: { url: "https://whmcs.example.com", identifier: i, secret: s }\n';
    const products = 'products: { ded: { panel: dcim, quota: 10TB, whmcs: { productIds: [7] } } }\n';
    config([DCIM]);
    expect((await shown()).entries.map(({ name }) => name)).toEqual(['poll', 'reconcile']);
    config([DCIM], whmcs);
    expect((await shown()).entries.map(({ name }) => name)).toContain('service-sync');
    config([DCIM], `${whmcs}${products}`);
    const { entries, text } = await shown();
    expect(entries.map(({ name, when }) => [name, when])).toContainEqual(['service-sync', '11-59/15 * * * *']);
    expect(text).toContain(
      ` /opt/node/bin/node /opt/sluice/main.js service sync --quiet --config ${bench.path('sluice.yaml')}\n`,
    );
    config([DCIM], `${whmcs}${products}schedule: { sync: 1h }\n`);
    expect((await shown()).entries.find(({ name }) => name === 'service-sync')?.when).toMatch(/^\d+ \* \* \* \*$/);
  });

  it('names the command alone where that is asked for', async () => {
    expect((await shown('--no-absolute')).text).toContain('* sluice poll --quiet --config ');
  });

  it('names Node and the command by their paths', async () => {
    mkdirSync(bench.path("100% of Bob's"));
    bench.write("100% of Bob's/sluice.yaml", 'panels: {}\n');
    const file = bench.path("100% of Bob's/sluice.yaml");
    const { stdout } = await bench.sluice(['schedule', 'show', '--absolute', '--config', file]);
    const quoted = `'${file.replace("'", `'\\''`)}'`;
    expect(stdout).toContain(
      ` * * * * /opt/node/bin/node /opt/sluice/main.js poll --quiet --config ${quoted.replace('%', '\\%')}\n`,
    );
    const units = await bench.sluice(['schedule', 'show', '--format', 'systemd', '--absolute', '--config', file]);
    expect(units.stdout).toContain(
      `ExecStart=/opt/node/bin/node /opt/sluice/main.js poll --quiet --config "${file.replace('%', '%%')}"\n`,
    );
  });

  it('doubles a dollar sign in commands of systemd alone', async () => {
    config([DCIM], 'state: "./50% of $5/sluice.db"\n');
    expect((await shown('--format systemd')).text).toContain(`ReadWritePaths="${bench.path('50%% of $5')}"\n`);
    bench.write('$5.yaml', 'panels: {}\n');
    expect((await shown('--format systemd --config $5.yaml')).text).toContain(` --config ${bench.path('$$5.yaml')}\n`);
  });

  it('gives a service and a timer for systemd, hardened and with places for the secrets', async () => {
    config([DCIM, VPN]);
    const { format, entries, text } = await shown('--format systemd');
    expect(format).toBe('systemd');
    for (const { name, when } of entries) {
      expect(text).toContain(`# /etc/systemd/system/sluice-${name}.service\n[Unit]`);
      expect(text).toContain(`# /etc/systemd/system/sluice-${name}.timer\n[Unit]`);
      expect(text).toContain(`OnCalendar=${when}\n`);
    }
    for (const line of [
      'Type=oneshot',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      `ReadWritePaths=${bench.folder}`,
      'LoadCredential=hiddify-key:/etc/sluice/credentials/hiddify-key',
      'EnvironmentFile=/etc/sluice/sluice.env',
      'WantedBy=timers.target',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    config(['dcim: { kind: easydcim, url: "https://dcim.example.com", token: "${file:./t}" }']);
    const without = (await shown('--format systemd')).text;
    expect(without).toContain('#LoadCredential=NAME:');
    expect(without).not.toContain('EnvironmentFile');
  });

  it('runs them as the user who asks, and advises root against it', async () => {
    bench.env['USER'] = 'metering';
    expect((await shown('--format systemd')).text).toContain('\nUser=metering\n');
    bench.env['USER'] = 'root';
    expect((await shown('--format systemd')).text).toContain('\n#User=sluice\n');
  });

  it('is for the formats that it knows', async () => {
    const { exitCode, stderr } = await bench.sluice('schedule show --format launchd');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('crontab, systemd');
  });

  it('keeps the time of a host, and spreads the hosts', async () => {
    const when = async (name: string): Promise<string | undefined> =>
      (await bench.sluice('schedule show --json', host(name))).json<Shown>().entries[1]?.when;
    expect(await when('a')).toBe(await when('a'));
    const times = await Promise.all(Array.from({ length: 40 }, (_, n) => when(`host-${n}`)));
    expect(new Set(times).size).toBeGreaterThan(15);
  });
});

describe('the jobs of a config', () => {
  const jobs = (kinds: string[], name = 'host', schedule: Partial<Config['schedule']> = {}) =>
    scheduledJobs(
      {
        panels: Object.fromEntries(kinds.map((kind) => [kind, { kind, billFrom: '2026-10-01' }])),
        poll: { interval: 900_000 },
        products: {},
        schedule: { agentCheck: 300_000, callBill: 300_000, sync: 900_000, ...schedule },
      } as unknown as Config,
      name,
      { kinds: KINDS, billing: BILLING },
    );

  it('are those that the panels need', () => {
    const commands = (kinds: string[]): string[] => jobs(kinds).map(({ command }) => command);
    expect(commands(['easydcim'])).toEqual(['poll', 'reconcile']);
    expect(commands(['hiddify'])).toEqual(['poll', 'reconcile', 'agent check']);
    expect(commands(['astbilling'])).toEqual(['poll', 'reconcile', 'call bill']);
  });

  it('do not begin in the same minute on any host, whatever the time of the daily run', () => {
    for (let n = 0; n < 200; n++) {
      const stated = n % 2 === 0 ? {} : { reconcile: `04:${String(n % 60).padStart(2, '0')}` };
      const timings = jobs(['hiddify', 'astbilling'], `host-${n}`, stated).map((job) => job.timing);
      const [poll, daily, ...others] = timings;
      if (poll?.kind !== 'every' || daily?.kind !== 'daily') throw new Error('kinds');
      const untilPoll = (poll.offset + 60 - daily.minute) % poll.minutes;
      expect(untilPoll).toBeGreaterThanOrEqual(5);
      const taken = [poll.offset % 5, daily.minute % 5];
      for (const other of others) if (other.kind === 'every') taken.push(other.offset % 5);
      expect([taken.length, new Set(taken).size]).toEqual([4, 4]);
    }
  });
});

const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const check = analyze ? it : it.skip;

describe('the unit of the server', () => {
  it('starts it with its own secrets, and again after a failure that is not the fault of the config', async () => {
    config([DCIM], 'serve: { token: "${env:SERVE_TOKEN}" }\n');
    const { text, entries } = await shown('--format systemd --serve');
    const [poll = '', server = ''] = text.split('# /etc/systemd/system/sluice-serve.service\n');
    expect(server).toContain(
      `ExecStart=/opt/node/bin/node /opt/sluice/main.js serve --quiet --config ${bench.path('sluice.yaml')}\n`,
    );
    expect(server).toMatch(/^# Create this file .* DCIM_TOKEN, SERVE_TOKEN\.$/m);
    expect(poll).not.toContain('SERVE_TOKEN');
    for (const line of [
      'Type=exec',
      'Restart=on-failure',
      'RestartPreventExitStatus=2',
      'SuccessExitStatus=143',
      'WantedBy=multi-user.target',
    ])
      expect(server).toContain(`${line}\n`);
    // The compiler of Node writes memory that it executes.
    expect(server).not.toContain('MemoryDenyWriteExecute');
    expect(entries.at(-1)).toMatchObject({ name: 'serve', when: 'always' });
    expect((await shown('--format systemd')).text).not.toContain('sluice-serve');
  });

  it('is nothing that cron starts', async () => {
    const { exitCode, stderr } = await bench.sluice('schedule show --serve');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--format systemd')]);
  });
});

describe('the units', () => {
  check('expose little by the measure of systemd', async () => {
    bench.env['USER'] = 'metering';
    const { text } = await shown('--format systemd --serve');
    const parts = text.split(/^# \/etc\/systemd\/system\/(.*)$/m);
    const services = parts.flatMap((name, at) =>
      name.endsWith('.service') ? [[name, parts[at + 1] ?? ''] as const] : [],
    );
    expect(services.map(([name]) => name)).toEqual([
      'sluice-poll.service',
      'sluice-reconcile.service',
      'sluice-serve.service',
    ]);
    for (const [name, unit] of services) {
      bench.write(name, unit);
      const words = ['security', '--offline=true', '--no-pager', '--threshold=24', bench.path(name)];
      const { status, stdout } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
      expect([status, stdout.split('\n').find((line) => line.includes('Overall'))]).toEqual([
        0,
        expect.stringMatching(/: [01]\.\d |: 2\.[0-4] /),
      ]);
    }
  });

  check(`are accepted by systemd${analyze ? '' : ' (skipped: systemd-analyze is not installed here)'}`, async () => {
    config([DCIM, VPN]);
    const { stdout } = await bench.sluice('schedule show --format systemd --absolute --serve', {
      program: { node: process.execPath, script: bench.path('main.js') },
    });
    const parts = stdout.split(/^# \/etc\/systemd\/system\/(.*)$/m);
    const files: string[] = [];
    for (let n = 1; n < parts.length; n += 2) {
      bench.write(parts[n]!, parts[n + 1]!);
      files.push(bench.path(parts[n]!));
    }
    expect(files.length).toBeGreaterThanOrEqual(5);
    for (const minutes of REGULAR) {
      config([VPN], `poll: { interval: ${minutes}m }\n`);
      for (const { when } of (await shown('--format systemd')).entries) {
        const { status, stderr } = spawnSync('systemd-analyze', ['calendar', when], { encoding: 'utf8' });
        expect({ minutes, status, stderr }).toEqual({ minutes, status: 0, stderr: '' });
      }
    }
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
    // What else is wrong on the machine that the test runs on is told, too.
    const ours = stderr.split('\n').filter((line) => line.includes('sluice-'));
    expect({ status, ours }).toEqual({ status: 0, ours: [] });
  });
});
