import { describe, expect, it } from '@jest/globals';
import { closeAfterTest } from './each-test.js';
import { type EasyDcimBench, startEasyDcimBench } from './easydcim-bench.js';

const MINUTE = 60_000;
const LINE = ', lineSpeed: 100Mbit/s';

/** Acquires the leases of panels, as a run does that works on them. */
async function takePanels(at: EasyDcimBench, panels: readonly string[]): Promise<void> {
  const owner = { host: 'elsewhere', pid: 7, processStart: '17' };
  const now = new Date(at.bench.clock.now()).toISOString();
  await at.bench.store(async ({ leases }) => {
    for (const panel of panels)
      await leases.acquire({ name: `panel:${panel}`, owner, run: 'run-old', now, ttlMs: 60_000, isAlive: () => false });
  });
}

const IN_USE =
  'panel dcim is in use by another run: run-old (process 7 on elsewhere). What is still due there is read by the next run\n';

describe('poll --due', () => {
  it('leaves a panel to the run that works on it, and says so: that is not a failure', async () => {
    const at = closeAfterTest(await startEasyDcimBench('poll: { maxOvershoot: 1GB }', LINE));
    await at.addService(1);
    await takePanels(at, ['dcim']);
    const said = await at.bench.sluice('poll --due');
    expect([said.exitCode, said.stdout, said.stderr]).toEqual([0, IN_USE, '']);
    const quiet = await at.bench.sluice('poll --due --quiet');
    expect([quiet.exitCode, quiet.stdout, quiet.stderr]).toEqual([0, '', '']);
    const document = await at.poll('--due');
    expect([document.exitCode, document.json()]).toMatchObject([0, { error: { code: 'lease_held' } }]);
    // The runs are those that found another one at work, as the log and "sluice doctor" count them.
    const { entries } = (await at.bench.sluice('log list --runs --json')).json<{ entries: { exitCode: number }[] }>();
    expect(entries.slice(0, 3).map(({ exitCode }) => exitCode)).toEqual([5, 5, 5]);
    // A poll of all was asked to read all.
    expect((await at.poll()).exitCode).toBe(5);
    at.bench.clock.advance(2 * MINUTE);
    expect((await at.poll('--due')).json()).toMatchObject({ totals: { read: 1 } });
  });

  it('reads what is due on the other panels', async () => {
    const more = `  elsewhere: { panel: other, quota: unlimited }\npoll: { maxOvershoot: 1GB }`;
    const other = `${LINE} }\n  other: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: "\${env:DCIM_TOKEN}"`;
    const at = closeAfterTest(await startEasyDcimBench(more, other));
    await at.addService(1, { product: 'elsewhere', values: ['panel=other'] });
    await at.addService(2);
    await takePanels(at, ['other']);
    const { exitCode, stdout, stderr } = await at.bench.sluice('poll --due');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('panel other is in use by another run');
    expect(stdout).not.toContain('Try again');
    expect((await at.bench.sluice('poll --json')).exitCode).toBe(3);
  });
});

describe('a reading that the runs leave out', () => {
  const ELSEWHERE = `${LINE} }\n  other: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, retries: 0, token: "\${env:DCIM_TOKEN}"`;

  it('is overdue in each list, as "doctor" says', async () => {
    const more = '  elsewhere: { panel: other, quota: unlimited }\npoll: { maxOvershoot: 1GB }';
    const at = closeAfterTest(await startEasyDcimBench(more, ELSEWHERE));
    await at.addService(1);
    await at.addService(2, { product: 'elsewhere', values: ['panel=other'] });
    await at.bench.sluice('poll --due');
    at.bench.clock.advance(70 * MINUTE);
    await takePanels(at, ['dcim']);
    await at.bench.sluice('poll --due');
    at.bench.clock.advance(2 * MINUTE);
    for (const words of ['service list', 'usage', 'report', 'panel list', 'notice list', 'explain svc-1'])
      expect([words, (await at.bench.sluice(words)).stdout]).toEqual([
        words,
        expect.stringMatching(
          /What was due on panel dcim since 20 Nov 2026 \d\d:\d\d \(\d+ min ago\) was not read: .*"sluice schedule show"/s,
        ),
      ]);
    expect((await at.bench.sluice('service list --panel other')).stdout).not.toContain('was not read');
    for (const words of ['doctor', 'service show svc-1', 'explain svc-1'])
      expect((await at.bench.sluice(words)).stdout).toContain('overdue: no run has read it since');
  });
});
