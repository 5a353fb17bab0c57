import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { isAlive, realClock } from '@sluice/engine';
import { processParts } from '@sluice/engine/process';
import { startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { addToPanel, GB, HOUR, toIds } from './easydcim-bench.js';
import { importServices, type KillBench, startKillBench, succeed } from './kill/kill-bench.js';
import { until } from './stress/waiting.js';

/** Past the end of a lease that nobody renews. */
const LATER = 70_000;
const ids = toIds(1);

/** Starts with a service that is over its quota by now. */
async function open(): Promise<KillBench> {
  const at = closeAfterTest(await startKillBench('a file'));
  addToPanel(at.panel, 1, [1, 2]);
  await importServices(at, [{ number: 1, product: 'both' }]);
  await succeed(at, 'poll');
  at.panel.addTraffic(ids.service, { in: 200 * GB, out: 0, at: Date.now() - HOUR });
  return at;
}

/** Runs a command when the leases of others have run out. */
const sluiceLater = (at: KillBench, words: string): ReturnType<KillBench['sluice']> =>
  at.bench.sluice(words, {
    clock: { ...realClock, now: () => realClock.now() + LATER },
    isAlive: (owner) => isAlive(owner, processParts().owner.host),
  });

async function expectLeaseLost({ ended }: ReturnType<typeof startCommand>): Promise<void> {
  const end = await ended;
  expect([end.exitCode, end.stderr]).toEqual([5, '']);
  expect(end.json()).toMatchObject({ error: { code: 'lease_lost' } });
}

it('a process that is stopped in a change and goes on when its lease has run out ends with exit 5', async () => {
  const at = await open();
  const { panel } = at;
  const zombie = startCommand(['poll', '--json'], { cwd: at.bench.folder, env: at.env });
  try {
    await new Promise<void>((resolve) => {
      const ignore = panel.server.onCall((call) => {
        if (!call.changing) return;
        zombie.signal('SIGSTOP');
        ignore();
        resolve();
      });
    });
    const later = await sluiceLater(at, 'poll --json');
    expect([later.exitCode, later.stderr]).toEqual([0, '']);
    const { changing } = panel.server.totals;
    zombie.signal('SIGCONT');
    await expectLeaseLost(zombie);
    expect(panel.server.totals.changing).toBe(changing);
  } finally {
    zombie.kill();
    await zombie.ended;
  }
});

it('a process that is stopped before a call that it has journaled does not make it when another run has its lease', async () => {
  const at = await open();
  const { panel, bench } = at;
  const env = {
    ...at.env,
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('kill/stop-before-call.mjs', import.meta.url))}`,
    STOP_BEFORE_CALL: `${bench.folder}|${LATER}`,
  };
  const zombie = startCommand(['poll', '--json'], { cwd: bench.folder, env });
  try {
    expect(await until(() => existsSync(bench.path('stopped')), 60_000)).toBe(true);
    for (const words of ['poll', 'override set svc-1 --unlimited', 'poll --allow-mass'])
      expect([words, (await sluiceLater(at, words)).exitCode]).toEqual([words, 0]);
    expect([panel.port(ids.port(1)).adminState, panel.order(ids.order).status]).toEqual(['up', 'active']);
    const { changing } = panel.server.totals;
    bench.write('go-on', '');
    await expectLeaseLost(zombie);
    expect(panel.server.totals.changing).toBe(changing);
  } finally {
    zombie.kill();
    await zombie.ended;
  }
});
