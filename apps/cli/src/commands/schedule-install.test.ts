import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../test/each-test.js';

const CONFIG = `panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: "\${env:DCIM_TOKEN}" }
  vpn: { kind: hiddify, url: "https://vpn.example.com/x", apiKey: "\${file:./key}" }
`;

const bench = benchForEachTest();
beforeEach(() => {
  bench.write('sluice.yaml', CONFIG);
  mkdirSync(bench.path('bin'));
  bench.env['PATH'] = bench.path('bin');
  // The crontab of the user is a file; a line with "wrong" is refused, as by the real program.
  program(
    'crontab',
    `case "$1" in
  -l) if [ -e tab ]; then exec /bin/cat tab; fi; echo "no crontab for alice" >&2; exit 1 ;;
  -) /bin/cat > new; if /bin/grep -q wrong new; then echo "bad minute" >&2; exit 1; fi; /bin/mv new tab; echo - >> calls ;;
esac`,
  );
  program('systemctl', `echo "$*" >> calls; [ ! -e broken ] || { echo "Failed to connect to bus" >&2; exit 1; }`);
});

function program(name: string, text: string): void {
  writeFileSync(bench.path(`bin/${name}`), `#!/bin/sh\ncd ${bench.folder}\n${text}\n`, { mode: 0o755 });
}

const calls = (): string[] => (existsSync(bench.path('calls')) ? bench.read('calls').trim().split('\n') : []);
const tab = (): Buffer => readFileSync(bench.path('tab'));
const install = (words = '--yes') => bench.sluice(`schedule install ${words}`.trim());

describe('schedule install, in a crontab', () => {
  it('adds its jobs behind what is there, once, and removes nothing but them', async () => {
    // Bytes that are not UTF-8, and a last line without its end.
    const before = Buffer.concat([
      Buffer.from('MAILTO=ops\n5 4 * * * caf'),
      Buffer.from([0xe9]),
      Buffer.from(' --all'),
    ]);
    writeFileSync(bench.path('tab'), before);
    const { exitCode, stdout, stderr } = await install();
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Installed.')]);
    expect(stderr).toContain('set DCIM_TOKEN above these lines');
    const file = bench.path('sluice.yaml');
    const added = tab().subarray(before.length).toString().split('\n');
    expect(tab().subarray(0, before.length)).toEqual(before);
    expect([added[1], added.at(-2)]).toEqual([`# BEGIN sluice ${file}`, `# END sluice ${file}`]);
    expect(added.slice(2, -2)).toHaveLength(3);
    for (const line of added.slice(2, -2))
      expect(line).toMatch(/^[\d*/-]+ \S+ \* \* \* \/opt\/node\/bin\/node \/opt\/sluice\/main\.js .*--quiet --config /);

    const once = tab();
    expect((await install()).stdout).toContain('Nothing to change.');
    expect([tab(), calls()]).toEqual([once, ['-']]);
    bench.write('sluice.yaml', `${CONFIG}schedule: { poll: 10m }\n`);
    expect((await install()).exitCode).toBe(0);
    expect(
      tab()
        .toString('latin1')
        .match(/BEGIN sluice/g),
    ).toHaveLength(1);
    expect(tab().toString('latin1')).toMatch(/\/10 \* \* \* \* .* poll /);

    expect((await install('--uninstall --yes')).stdout).toContain('Removed.');
    expect(tab()).toEqual(Buffer.concat([before, Buffer.from('\n')]));
  });

  it('asks before it changes anything, and shows with --dry-run what it would change', async () => {
    const refused = await install('');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    const shown = await install('--dry-run');
    expect([shown.exitCode, shown.stdout]).toEqual([0, expect.stringContaining(' poll --quiet --config ')]);
    const document = (await install('--dry-run --json')).json();
    expect(document).toMatchObject({ format: 'crontab', dryRun: true, changes: ['the crontab of this user'] });
    const no = await bench.sluice('schedule install', { ask: () => Promise.resolve('n') });
    expect(no.exitCode).toBe(2);
    expect([existsSync(bench.path('tab')), calls()]).toEqual([false, []]);
  });

  it.each([
    ['a begin without an end', (file: string) => `# BEGIN sluice ${file}\n* * * * * x\n`],
    ['an end before the begin', (file: string) => `# END sluice ${file}\n# BEGIN sluice ${file}\n`],
    ['two blocks', (file: string) => `# BEGIN sluice ${file}\n# END sluice ${file}\n`.repeat(2)],
    ['a pasted job', (file: string) => `*/5 * * * * sluice poll --quiet --config ${file}\n`],
  ])('refuses a crontab with %s', async (_what, text) => {
    const before = text(bench.path('sluice.yaml'));
    bench.write('tab', before);
    const { exitCode, stderr } = await install();
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('The crontab was not changed')]);
    expect([bench.read('tab'), calls()]).toEqual([before, []]);
  });

  it.each([
    ["/srv/sp%a'ce/sluice.yaml", (file: string) => `--config ${file}.bak --quiet`],
    ['/srv/a/sluice.yaml', (file: string) => `--config=/mnt${file}`],
  ])('knows the jobs of %s from those of a path that contains it', async (name, other) => {
    const folder = bench.path(path.dirname(name));
    mkdirSync(folder, { recursive: true });
    bench.write(name.slice(1), CONFIG);
    const file = bench.path(name.slice(1));
    const words = ['--config', file];
    const foreign = `*/5 * * * * sluice poll ${other(file.replaceAll(/['%]/g, '\\$&'))}\n`;
    bench.write('tab', foreign);
    expect((await bench.sluice(['schedule', 'install', '--yes', ...words])).exitCode).toBe(0);
    expect(bench.read('tab')).toContain(`${foreign}# BEGIN sluice ${file}\n`);
    // The same jobs outside of the markers are found however the path is quoted.
    for (const word of [`"${file.replace('%', '\\%')}"`, file.replaceAll(/['%]/g, '\\$&')]) {
      for (const job of ['poll', 'service sync']) {
        bench.write('tab', `*/5 * * * * sluice ${job} --config ${word} --quiet\n`);
        const { exitCode, stderr } = await bench.sluice(['schedule', 'install', '--yes', ...words]);
        expect([exitCode, stderr]).toEqual([1, expect.stringContaining('runs a job of this config already')]);
      }
    }
    bench.write('tab', (await bench.sluice(['schedule', 'show', ...words])).stdout);
    expect((await bench.sluice(['schedule', 'install', '--yes', ...words])).exitCode).toBe(1);
  });

  const inHome = (row: string): string => `MAILTO=ops\n${row}\n`;
  it.each([
    ['no config, in the home folder', '*/5 * * * * sluice poll --quiet'],
    ['its folder', '*/5 * * * * cd HOME && sluice poll'],
    ['a relative path', '*/5 * * * * cd HOME; /usr/local/bin/sluice --quiet reconcile --config ./sluice.yaml'],
    ['the variable of the home folder', '*/5 * * * * sluice agent check --all --config "$HOME/sluice.yaml"'],
    ['a tilde', '*/5 * * * * sluice call bill --config ~/sluice.yaml'],
    ['a variable of the crontab', 'SLUICE_CONFIG=HOME/sluice.yaml\n*/5 * * * * cd /tmp && sluice poll'],
    ['nothing that can be found', '*/5 * * * * cd /nowhere && sluice poll'],
  ])('refuses a crontab that runs the same jobs by %s', async (_what, row) => {
    const before = inHome(row.replaceAll('HOME', (word, at: number) => (row[at - 1] === '$' ? word : bench.folder)));
    bench.write('tab', before);
    for (const words of ['--yes', '--format systemd --yes']) {
      const { exitCode, stderr } = await install(words);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('runs a job of this config already')]);
    }
    expect([bench.read('tab'), calls()]).toEqual([before, []]);
  });

  it('is no matter for the jobs of another config that a command finds', async () => {
    mkdirSync(bench.path('other'));
    bench.write('other/sluice.yaml', CONFIG);
    bench.write('tab', inHome(`*/5 * * * * cd ${bench.path('other')} && sluice poll --quiet`));
    expect((await install()).exitCode).toBe(0);
  });

  it('knows the crontab that an earlier version has printed', async () => {
    const fixture = new URL('../../fixtures/store-21.json', import.meta.url);
    const { crontab } = JSON.parse(readFileSync(fixture, 'utf8')) as { crontab: string };
    bench.write('tab', crontab.replaceAll(/--config \S+/g, `--config ${bench.path('sluice.yaml')}`));
    const { exitCode, stderr } = await install();
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('*/15 * * * * sluice poll --quiet')]);
  });

  it('refuses jobs that timers of Sluice run already', async () => {
    expect((await install('--format systemd --yes')).exitCode).toBe(0);
    const { exitCode, stderr } = await install();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/sluice-\S+\.timer runs a job /)]);
    await install('--format systemd --uninstall --yes');
    expect((await install()).exitCode).toBe(0);
  });

  it('keeps the jobs of another config, and reports what crontab says', async () => {
    bench.write('other.yaml', CONFIG);
    await install();
    expect((await bench.sluice('schedule install --yes --config other.yaml')).exitCode).toBe(0);
    expect(bench.read('tab').match(/^# BEGIN sluice /gm)).toHaveLength(2);
    await install('--uninstall --yes');
    expect(bench.read('tab')).toMatch(/^# BEGIN sluice .*other\.yaml\n/);
    bench.write('tab', 'wrong\n');
    const { exitCode, stderr } = await install();
    expect([exitCode, stderr, bench.read('tab')]).toEqual([
      1,
      expect.stringMatching(/bad minute.*Correct what crontab reports/s),
      'wrong\n',
    ]);
    bench.env['PATH'] = bench.path('nowhere');
    expect((await install()).stderr).toContain(
      'The program crontab is not installed. Install crontab, or let another scheduler run the jobs that "sluice schedule show" prints',
    );
  });
});

describe('schedule install, with systemd', () => {
  const folder = (): string => bench.path('.config/systemd/user');
  const units = (): string[] => readdirSync(folder()).sort();

  it('writes units of the user and starts their timers, and removes those that are not needed any more', async () => {
    expect((await install('--format systemd --yes')).exitCode).toBe(0);
    expect(units()).toEqual(
      ['agent-check', 'poll', 'reconcile'].flatMap((name) => [`sluice-${name}.service`, `sluice-${name}.timer`]),
    );
    expect(calls()).toEqual([
      '--user daemon-reload',
      '--user enable --now sluice-poll.timer sluice-reconcile.timer sluice-agent-check.timer',
    ]);
    const poll = readFileSync(`${folder()}/sluice-poll.service`, 'utf8');
    expect(poll).toContain(`EnvironmentFile=${bench.path('.config/sluice/sluice.env')}\n`);
    expect(poll).not.toMatch(/User=|ProtectSystem|CapabilityBoundingSet/);
    expect(readFileSync(`${folder()}/sluice-poll.timer`, 'utf8')).toContain('RandomizedDelaySec=30s\n');

    bench.write('sluice.yaml', CONFIG.split('\n').slice(0, 2).join('\n'));
    await install('--format systemd --yes');
    expect(units().join()).not.toContain('agent-check');
    expect(calls()[2]).toBe('--user disable --now sluice-agent-check.timer');
    await install('--format systemd --uninstall --yes');
    expect(units()).toEqual([]);
    expect(calls().slice(-2)).toEqual([
      '--user disable --now sluice-poll.timer sluice-reconcile.timer',
      '--user daemon-reload',
    ]);
  });

  it('installs the server on request, keeps and restarts it, and removes it with the others', async () => {
    expect((await install('--format systemd --serve --yes')).exitCode).toBe(0);
    expect(units()).toContain('sluice-serve.service');
    expect(readFileSync(`${folder()}/sluice-serve.service`, 'utf8')).toContain('WantedBy=default.target\n');
    expect(calls().slice(1)).toEqual([
      '--user enable --now sluice-poll.timer sluice-reconcile.timer sluice-agent-check.timer sluice-serve.service',
      '--user restart sluice-serve.service',
    ]);
    expect((await install('--format systemd --yes')).stdout).toContain('Nothing to change.');
    expect(units()).toContain('sluice-serve.service');
    expect((await install('--serve --yes')).exitCode).toBe(2);
    await install('--format systemd --uninstall --yes');
    expect(units()).toEqual([]);
    expect(calls().at(-2)).toContain('disable --now');
    expect(calls().at(-2)).toContain('sluice-serve.service');
  });

  it('starts the timers at a repeat where systemd failed, and leaves the units of others', async () => {
    bench.write('broken', '');
    const failed = await install('--format systemd --yes');
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining('Failed to connect to bus')]);
    program('systemctl', 'echo "$*" >> calls');
    expect((await install('--format systemd')).exitCode).toBe(0);
    expect(calls().at(-1)).toContain('enable --now');

    bench.write('other.yaml', CONFIG);
    const before = calls().length;
    const other = await bench.sluice('schedule install --format systemd --yes --config other.yaml');
    expect([other.exitCode, other.stderr]).toEqual([1, expect.stringContaining('sluice.yaml; nothing was changed')]);
    writeFileSync(`${folder()}/sluice-poll.timer`, '[Timer]\n');
    const own = await install('--format systemd --yes');
    expect([own.exitCode, own.stderr]).toEqual([1, expect.stringContaining('is not of Sluice; nothing was changed')]);
    expect(calls()).toHaveLength(before);
  });
});
