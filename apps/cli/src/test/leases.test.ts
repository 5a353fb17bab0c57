import { expect, describe, it } from '@jest/globals';
import { isAlive } from '@sluice/engine';
import { processParts } from '@sluice/engine/process';
import { startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { addToPanel, startEasyDcimBench } from './easydcim-bench.js';
import { importServices, startKillBench } from './kill/kill-bench.js';

const { host } = processParts().owner;

it('a command names the run that holds a lease, and --wait-lock ends its wait with exit 5', async () => {
  const at = closeAfterTest(await startEasyDcimBench());
  await at.addService(1);
  const owner = { host: 'elsewhere', pid: 7, processStart: '17' };
  const now = new Date(at.bench.clock.now()).toISOString();
  await at.bench.store(async ({ leases }) => {
    for (const name of ['panel:dcim', 'service:svc-1'])
      await leases.acquire({ name, owner, run: 'run-old', now, ttlMs: 60_000, isAlive: () => false });
  });
  const polled = await at.bench.sluice('poll --json');
  expect([polled.exitCode, polled.stderr]).toEqual([5, '']);
  const { entries } = (await at.bench.sluice('log list --runs --json')).json<{ entries: { exitCode: number }[] }>();
  expect(entries.map(({ exitCode }) => exitCode)).toContain(5);
  expect((await at.bench.sluice('doctor')).stdout).toContain('held by run-old (process 7 on elsewhere)');
  at.bench.write('a.csv', 'id,client\nsvc-1,7\n');
  for (const words of ['hold add svc-1 --wait-lock 1s', 'service import a.csv --wait-lock 0s'])
    expect([words, (await at.bench.sluice(words)).exitCode]).toEqual([words, 5]);
});

describe('a real run', () => {
  it('that is killed does not make the next one wait; one that is told to end gives its leases back', async () => {
    const at = closeAfterTest(await startKillBench('a file'));
    addToPanel(at.panel, 1);
    await importServices(at, [{ number: 1, product: 'ports' }]);
    for (const [signal, exitCode] of [
      ['SIGKILL', -1],
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      const release = at.panel.server.inject({ fault: { kind: 'hang' } });
      const arrived = at.panel.server.waitForCall();
      const run = startCommand(['poll', '--json'], { cwd: at.bench.folder, env: at.env });
      await arrived;
      run.signal(signal);
      const end = await run.ended;
      release();
      expect([signal, end.exitCode]).toEqual([signal, exitCode]);
      if (exitCode > 0) expect(end.json()).toMatchObject({ error: { code: 'interrupted' } });
      const left = await at.bench.store((store) => store.leases.list());
      expect(left.map((lease) => lease.name)).toEqual(signal === 'SIGKILL' ? ['panel:dcim'] : []);
      const next = await at.bench.sluice('poll', {
        owner: { host, pid: process.pid, processStart: '0' },
        isAlive: (owner) => isAlive(owner, host),
      });
      expect([signal, next.exitCode]).toEqual([signal, 0]);
    }
  });
});
