import { expect, it } from '@jest/globals';
import { isAlive, realClock } from '@sluice/engine';
import { processParts } from '@sluice/engine/process';
import { startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { addToPanel, GB, HOUR, toIds } from './easydcim-bench.js';
import { importServices, startKillBench, succeed } from './kill/kill-bench.js';

/** Past the end of a lease that nobody renews. */
const LATER = 70_000;
const ids = toIds(1);

it('a process that is stopped in a change and goes on when its lease has run out ends with exit 5', async () => {
  const at = closeAfterTest(await startKillBench());
  const { panel } = at;
  addToPanel(panel, 1, [1, 2]);
  await importServices(at, [{ number: 1, product: 'both' }]);
  await succeed(at, 'poll');
  panel.addTraffic(ids.service, { in: 200 * GB, out: 0, at: Date.now() - HOUR });
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
    const later = await at.bench.sluice('poll --json', {
      clock: { ...realClock, now: () => realClock.now() + LATER },
      isAlive: (owner) => isAlive(owner, processParts().owner.host),
    });
    expect([later.exitCode, later.stderr]).toEqual([0, '']);
    const { changing } = panel.server.totals;
    zombie.signal('SIGCONT');
    const end = await zombie.ended;
    expect([end.exitCode, end.stderr]).toEqual([5, '']);
    expect(end.json()).toMatchObject({ error: { code: 'lease_lost' } });
    expect(panel.server.totals.changing).toBe(changing);
  } finally {
    zombie.kill();
    await zombie.ended;
  }
});
