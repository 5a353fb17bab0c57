import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { closeAfterTest } from '../test/each-test.js';
import { GB, HOUR, startEasyDcimBench, TOKEN } from '../test/easydcim-bench.js';
import { startHiddifyBench } from '../test/hiddify-bench.js';

/** The lines of one metric. */
const listLines = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

async function shop(more = '') {
  const at = closeAfterTest(await startEasyDcimBench(more));
  await at.addService(1);
  await at.addService(2, { product: 'free' });
  await at.addService(3);
  at.panel.addTraffic(501, { in: 80 * GB, out: 40 * GB });
  at.panel.addTraffic(502, { in: GB, out: GB });
  at.bench.clock.advance(HOUR);
  return at;
}

describe('metrics', () => {
  it('prints usage, allowance, holds and runs, and no figure that is unknown', async () => {
    const at = await shop();
    const before = (await at.bench.sluice('metrics')).stdout;
    expect(listLines(before, 'sluice_service_usage_bytes')).toEqual([]);
    expect(listLines(before, 'sluice_panel_up')).toEqual([]);
    expect(listLines(before, 'sluice_run_last_success_timestamp_seconds')).toEqual([]);
    expect(listLines(before, 'sluice_holds')).toContain('sluice_holds{panel="dcim",reason="quota"} 0');

    at.panel.server.inject({ match: (call) => call.path.includes('503'), fault: { kind: 'status', status: 500 } });
    await at.poll();
    at.bench.clock.advance(HOUR);
    const { stdout, exitCode } = await at.bench.sluice('metrics');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        `sluice_service_usage_bytes{panel="dcim",service="svc-1",direction="total"} ${120 * GB}`,
        `sluice_service_usage_bytes{panel="dcim",service="svc-1",direction="in"} ${80 * GB}`,
        'sluice_services{panel="dcim",status="held"} 1',
        'sluice_services{panel="dcim",status="ok"} 1',
        'sluice_services{panel="dcim",status="unreadable"} 1',
        'sluice_holds{panel="dcim",reason="quota"} 1',
        'sluice_holds{panel="dcim",reason="manual"} 0',
        'sluice_actions_in_doubt{panel="dcim"} 0',
        'sluice_panel_up{panel="dcim"} 1',
        'sluice_lease_held{panel="dcim"} 0',
        `sluice_run_last_success_timestamp_seconds{command="poll"} ${Date.parse('2026-11-20T13:00:00Z') / 1000}`,
        'sluice_run_outcome{command="poll",outcome="partial"} 1',
        'sluice_run_outcome{command="poll",outcome="brake"} 0',
        'sluice_run_interval_seconds{command="poll"} 900',
        'sluice_purchases_total{actor="manual"} 0',
      ]),
    );
    expect(listLines(stdout, 'sluice_store_bytes')).toEqual([
      expect.stringMatching(/^sluice_store_bytes [1-9]\d{4,}$/),
    ]);
    expect(listLines(stdout, 'sluice_store_free_bytes')).toHaveLength(1);
    // The second one is unlimited.
    expect(listLines(stdout, 'sluice_service_allowance_bytes')).toEqual(
      [1, 3].map(
        (n) => `sluice_service_allowance_bytes{panel="dcim",service="svc-${n}",direction="total"} ${100 * GB}`,
      ),
    );
    expect(stdout).not.toMatch(/sluice_service_usage_bytes\{[^}]*svc-3/);
    expect(stdout).not.toContain(TOKEN);
  });

  it('reports a panel that is down, and keeps the last figures', async () => {
    const at = await shop();
    await at.poll();
    at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 503 } });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const { stdout } = await at.bench.sluice('metrics');
    expect(stdout).toContain('sluice_panel_up{panel="dcim"} 0\n');
    expect(stdout).toContain(`service="svc-1",direction="total"} ${120 * GB}\n`);
    expect(stdout).toContain('sluice_run_outcome{command="poll",outcome="failed"} 1\n');
    const [success] = listLines(stdout, 'sluice_run_last_success_timestamp_seconds');
    expect(success).toMatch(new RegExp(` ${Date.parse('2026-11-20T13:00:00Z') / 1000}$`));
  });

  it('replaces a text file in one step, readable for others', async () => {
    const at = await shop();
    mkdirSync(at.bench.path('collector'));
    at.bench.write('collector/sluice.prom', 'old\n');
    const before = process.umask(0o077);
    try {
      expect((await at.bench.sluice('metrics --textfile collector/sluice.prom --quiet')).exitCode).toBe(0);
    } finally {
      process.umask(before);
    }
    expect(at.bench.read('collector/sluice.prom')).toContain('# TYPE sluice_services gauge\n');
    expect(statSync(at.bench.path('collector/sluice.prom')).mode & 0o777).toBe(0o644);
    expect(readdirSync(at.bench.path('collector'))).toEqual(['sluice.prom']);
    chmodSync(at.bench.path('collector'), 0o755);
    const refused = await at.bench.sluice('metrics --textfile nowhere/sluice.prom');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('its folder does not exist')]);
  });

  it('counts no run over a part as a run', async () => {
    const at = await shop();
    const success = async () =>
      listLines((await at.bench.sluice('metrics')).stdout, 'sluice_run_last_success_timestamp_seconds');
    await at.bench.sluice('poll --panel dcim');
    expect(await success()).toEqual([]);
    await at.poll();
    const [polled] = await success();
    at.bench.clock.advance(HOUR);
    await at.bench.sluice('poll --panel dcim');
    expect(await success()).toEqual([polled]);
    const { entries } = (await at.bench.sluice('log list --runs --json')).json<{ entries: { scope: unknown }[] }>();
    expect(entries.map(({ scope }) => scope).filter(Boolean)).toEqual(['panel dcim', 'panel dcim']);
  });

  it('leaves out runs that began while the clock was ahead', async () => {
    const at = await shop();
    await at.poll();
    const before = (await at.bench.sluice('metrics')).stdout;
    await at.bench.store(async (store) => {
      const [last] = await store.runs.list({ command: 'poll' });
      const ahead = new Date(at.bench.clock.now() + 26 * HOUR).toISOString();
      const end = { startedAt: ahead, finishedAt: ahead, outcome: 'failed' as const };
      await store.runs.start({ ...last!, ...end, id: 'run-ahead' });
      await store.runs.start({ ...last!, ...end, id: 'run-ahead-2', outcome: 'done' });
    });
    const after = (await at.bench.sluice('metrics')).stdout;
    const runLines = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('sluice_run_'));
    expect(runLines(after)).toEqual(runLines(before));
  });

  it('replaces nothing but a regular file, as all commands that write one', async () => {
    const at = await shop();
    await at.poll();
    at.bench.write('real.txt', 'old\n');
    symlinkSync('real.txt', at.bench.path('link'));
    execFileSync('mkfifo', [at.bench.path('pipe')]);
    for (const words of ['metrics --textfile', 'service list --csv', 'report --html', 'usage graph svc-1 --svg']) {
      for (const [name, why] of [
        ['pipe', 'it is a device, a pipe or a socket'],
        ['link', 'it is a symbolic link'],
      ]) {
        const { exitCode, stderr } = await at.bench.sluice(`${words} ${name}`);
        expect([words, exitCode, stderr]).toEqual([words, 2, expect.stringContaining(`can't be written: ${why}`)]);
      }
    }
    expect(lstatSync(at.bench.path('pipe')).isFIFO()).toBe(true);
    expect([lstatSync(at.bench.path('link')).isSymbolicLink(), at.bench.read('real.txt')]).toEqual([true, 'old\n']);
  });

  it('shows agents by name, and never their uuid', async () => {
    const at = closeAfterTest(await startHiddifyBench());
    const user = at.panel.addUser({ name: 'anna', agent: at.north });
    await at.sluice(`agent limit ${at.north} --gb 50`);
    at.panel.use(user, 6 * GB);
    await at.check();
    const { stdout } = await at.bench.sluice('metrics');
    const labels = `{panel="vpn",agent="north",id="${at.north.slice(0, 4)}..."}`;
    expect(listLines(stdout, 'sluice_agent_used_bytes')).toEqual([`sluice_agent_used_bytes${labels} ${6 * GB}`]);
    expect(listLines(stdout, 'sluice_agent_limit_bytes')).toEqual([`sluice_agent_limit_bytes${labels} ${50 * GB}`]);
    expect(stdout).toContain('sluice_run_interval_seconds{command="agent check"} 300\n');
    expect(stdout).toContain('sluice_holds{panel="vpn",reason="agent-limit"} 0\n');
    for (const secret of [at.north, at.panel.key]) expect(stdout).not.toContain(secret);
  });
});
