import { describe, expect, it } from '@jest/globals';
import { startForAllTests } from './each-test.js';
import { HOUR, startEasyDcimBench } from './easydcim-bench.js';
import type { Outcome } from './harness.js';

const at = startForAllTests(startEasyDcimBench);
const run = (words: string): Promise<Outcome> => at.bench.sluice(words);

describe('what an operator reads', () => {
  it('names the next step where there are no services', async () => {
    await at.bench.giveStore();
    expect((await run('poll')).stdout).toContain('There are no services yet: add them with "sluice service import');
    expect((await run('poll --quiet')).stdout).toBe('');
    for (const number of [1, 2]) await at.addService(number);
    at.use(1, 50);
    expect((await run('poll')).stdout).not.toContain('no services');
  });

  it('has remedies that work as they are', async () => {
    expect((await run('service set svc-1 id=svc-9')).stderr).toBe(
      "sluice: The id of a service can't be changed; nothing was stored\n",
    );
    expect((await run('service set svc-1 CLIENT=x')).stderr).toContain('Unknown key "CLIENT"; did you mean "client"?');
    const quota = (await run('service set svc-1 quota=5TB')).stderr;
    expect(quota).toContain('Unknown key "quota"; did you mean "base_quota_override_gb"?');
    expect(quota).toContain('"sluice override set SERVICE --quota SIZE"');
    const unknown = (await run('service show svc-3')).stderr;
    expect(unknown).toContain('did you mean "svc-1"? List the services');
    await run('service set svc-2 easydcim_service_id=501 --allow-duplicate-refs');
    for (const words of ['config check', 'doctor']) {
      const { stdout } = await run(words);
      expect(stdout).toContain('Correct the wrong one with "sluice service set svc-2 easydcim_service_id=ID"');
      expect(stdout).not.toContain('--allow-duplicate-refs');
    }
    await run('service set svc-2 easydcim_service_id=502 status=pending');
    const { stdout } = await run('explain svc-2');
    expect(stdout).toContain('svc-2 has an account. It is pending: no run reads, restricts or releases it until');
    expect(stdout).toContain('until it is active. Once it is in use: sluice service set svc-2 status=active.');
    expect((await run('service set svc-2 status=active')).exitCode).toBe(0);
  });

  it('is with --quiet what was changed', async () => {
    expect((await run('hold add svc-1 --quiet')).stdout).toBe('svc-1: held (manual); panel updated\n');
    expect((await run('hold add svc-1 --quiet')).stdout).toBe('');
    expect((await run('hold release svc-1 --quiet --dry-run')).stdout).toBe('');
    expect((await run('hold release svc-1 --quiet')).stdout).toBe('svc-1: released (manual); panel updated\n');
    expect((await run('provision suspend svc-1 --quiet')).stdout).toMatch(/^svc-1: held \(billing\)/);
    expect((await run('provision unsuspend svc-1 --quiet')).stdout).toMatch(/^svc-1: released \(billing\)/);
    expect((await run('provision renew svc-1 --until 2027-02-15 --quiet')).stdout).toMatch(/^svc-1: renewed to/);
    const past = '2020-01-01 is in the past';
    for (const more of [' --dry-run', ''])
      expect((await run(`provision renew svc-2 --until 2020-01-01${more}`)).stdout).toContain(past);
    expect((await run('provision renew svc-2 --until 2027-02-15')).stdout).not.toContain('in the past');
    expect((await run('schedule show')).stdout).toContain('with --quiet, cron mails only changes and problems.');
  });

  it('keeps the note of an override that is set again', async () => {
    await run('override set svc-1 --quota 500GB --note promised');
    at.bench.clock.advance(HOUR);
    const again = await run('override set svc-1 --quota 500GB');
    expect(again.stdout).toContain('the override is unchanged');
    const list = async (): Promise<(string | null)[]> =>
      (await run('override list --json'))
        .json<{ overrides: { note: string | null }[] }>()
        .overrides.map(({ note }) => note);
    expect(await list()).toEqual(['promised']);
    await run('override set svc-1 --quota 500GB --note renewed');
    expect((await list()).sort()).toEqual(['promised', 'renewed']);
    await run('override set svc-1 --quota 600GB');
    expect(await list()).toContain(null);
  });

  it('has times as they were typed', async () => {
    const { stderr } = await at.bench.sluice(['explain', 'svc-1', '--at', '2026-11-01 01:03']);
    expect(stderr).toContain('"svc-1" was not known at 1 Nov 2026 01:03');
  });

  it('has help for a command of several words', async () => {
    expect((await run('help hold release')).stdout).toMatch(/^Usage: sluice hold release /);
    expect((await run('help')).stdout).toMatch(/^Usage: sluice /);
    const unknown = await run('help nope');
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, 'sluice: Unknown command "nope"\n']);
    for (const words of ['--json', 'hold --json']) {
      const { exitCode, stdout } = await run(words);
      expect([words, exitCode, (JSON.parse(stdout) as { error: unknown }).error]).toEqual([
        words,
        2,
        { code: 'usage', message: 'Name a command; --help lists them', details: {} },
      ]);
    }
    expect((await run('override set svc-1 --quota lots')).stderr).toContain('such as 500GB or 1.5TB');
  });

  it('folds equal errors of services', async () => {
    at.panel.server.inject({ fault: { kind: 'status', status: 401 } });
    await run('poll');
    const { stdout } = await run('usage');
    expect(stdout.match(/PANEL_AUTH/g)).toHaveLength(1);
    expect(stdout).toMatch(/^svc-1, svc-2: /m);
    expect((await run('explain svc-1')).stdout).not.toContain('..');
  });

  it('lists every error of a config at once, in the order of its lines', async () => {
    const text = at.bench.read('sluice.yaml');
    at.bench.write(
      'sluice.yaml',
      `panels:
  dcim: { kind: easydcim, url: "http://127.0.0.1:1", allowHttp: true, token: x, colour: red }
products:
  one: { panel: dcm, quota: 1TB, credentials: { message: missing.txt } }
nonsense: 1
`,
    );
    const { stdout } = await run('config check');
    const lines = [...stdout.matchAll(/^error line (\d+)/gm)].map(([, line]) => line);
    expect(lines).toEqual(['2', '4', '4', '5']);
    expect(stdout).toContain('missing.txt');
    at.bench.write('sluice.yaml', `${text}products: {}\n`);
    expect((await run('config check')).stdout).toMatch(/error line \d+: "products" is here a second time/);
    at.bench.write('sluice.yaml', text);
  });
});
