import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { scheduledJobs } from '../schedule/jobs.js';
import type { Config } from '../config/load.js';
import { Bench } from '../test/harness.js';
import { KINDS } from '../kinds.js';

interface Shown {
  format: string;
  entries: { name: string; when: string; command: string }[];
  text: string;
}

const DCIM = 'dcim: { kind: easydcim, url: "https://dcim.example.com", token: "${env:DCIM_TOKEN}" }';
const VPN = 'vpn: { kind: hiddify, url: "https://vpn.example.com/x", apiKey: "${credential:hiddify-key}" }';

let bench: Bench;
beforeEach(() => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
  config([DCIM]);
});
afterEach(() => {
  bench.close();
});

function config(panels: string[], more = ''): void {
  bench.write('sluice.yaml', `panels:\n${panels.map((panel) => `  ${panel}\n`).join('')}${more}`);
}

async function shown(words = ''): Promise<Shown> {
  return (await bench.sluice(`schedule show --json ${words}`.trim())).json<Shown>();
}

const host = (name: string) => ({ owner: { host: name, pid: 1, processStart: '1' } });
const REGULAR = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('schedule show', () => {
  it('gives lines for a crontab: poll as the config says, reconcile once in the night', async () => {
    const { format, entries, text } = await shown();
    expect(format).toBe('crontab');
    expect(entries.map((entry) => entry.name)).toEqual(['poll', 'reconcile']);
    const file = bench.path('sluice.yaml');
    expect(entries[0]).toEqual({ name: 'poll', when: '*/15 * * * *', command: `sluice poll --quiet --config ${file}` });
    expect(entries[1]?.when).toMatch(/^\d+ [1345] \* \* \*$/);
    expect(linesOf(text)).toEqual([
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
    ['17m', '*/15 * * * *', '*-*-* *:00/15:00'],
    ['1h', '0 * * * *', '*-*-* *:00:00'],
    ['6h', '0 */6 * * *', '*-*-* 00/6:00:00'],
    ['3d', '0 0 * * *', '*-*-* 00:00:00'],
  ])('polls every %s as nearly as a calendar can', async (interval, cron, calendar) => {
    config([DCIM], `poll: { interval: ${interval} }\n`);
    expect((await shown()).entries[0]?.when).toBe(cron);
    expect((await shown('--format systemd')).entries[0]?.when).toBe(calendar);
    const remarks = /poll\.interval does not divide/.test((await shown()).text);
    expect(remarks).toBe(['30s', '17m', '3d'].includes(interval));
  });

  it('names Node and the command by their paths where that is asked for', async () => {
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
  const jobs = (text: string[], has: (args: string[]) => boolean, name = 'host') =>
    scheduledJobs(
      {
        panels: Object.fromEntries(text.map((kind) => [kind, { kind }])),
        poll: { interval: 900_000 },
      } as unknown as Config,
      name,
      { has, kinds: KINDS },
    );

  it('have an agent check with Hiddify, when there is such a command', () => {
    const names = (kinds: string[], has: boolean): string[] => jobs(kinds, () => has).map((job) => job.args.join(' '));
    expect(names(['easydcim'], true)).toEqual(['poll --quiet', 'reconcile --quiet']);
    expect(names(['hiddify'], true)).toEqual(['poll --quiet', 'reconcile --quiet', 'agent check --all --quiet']);
    expect(names(['hiddify'], false)).toEqual(['poll --quiet', 'reconcile --quiet']);
    expect(jobs(['hiddify'], () => true)[2]?.timing).toEqual({ kind: 'every', minutes: 5, offset: 2 });
  });

  it('do not begin in the same minute on any host', () => {
    for (let n = 0; n < 200; n++) {
      const [, daily, agents] = jobs(['hiddify'], () => true, `host-${n}`).map((job) => job.timing);
      if (daily?.kind !== 'daily' || agents?.kind !== 'every') throw new Error('kinds');
      expect(daily.minute % 15).not.toBe(0);
      expect(15 - (daily.minute % 15)).toBeGreaterThanOrEqual(5);
      expect(daily.minute % agents.minutes).not.toBe(agents.offset);
    }
  });
});

const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const check = analyze ? it : it.skip;

describe('the units', () => {
  check(`are accepted by systemd${analyze ? '' : ' (skipped: systemd-analyze is not installed here)'}`, async () => {
    config([DCIM, VPN]);
    const { stdout } = await bench.sluice('schedule show --format systemd --absolute', {
      program: { node: process.execPath, script: bench.path('main.js') },
    });
    const parts = stdout.split(/^# \/etc\/systemd\/system\/(.*)$/m);
    const files: string[] = [];
    for (let n = 1; n < parts.length; n += 2) {
      bench.write(parts[n]!, parts[n + 1]!);
      files.push(bench.path(parts[n]!));
    }
    expect(files.length).toBeGreaterThanOrEqual(4);
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
