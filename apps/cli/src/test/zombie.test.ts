import { describe, expect, it } from '@jest/globals';
import type { Clock } from '@sluice/panel-kind';
import { isAlive, realClock } from '@sluice/engine';
import { runCommand, startCommand } from './command-process.js';
import { GB, HOUR, toIds } from './easydcim-bench.js';
import type { Outcome } from './harness.js';
import { toCsv, startKillBench, succeed, type KillBench } from './kill/kill-bench.js';
import { processParts } from '@sluice/engine/process';

/** Past the end of a lease that nobody renews. */
const LATER = 70_000;
/** One: a call of another service may be on its way to the panel at the moment when the process is stopped. */
const NUMBERS = [1];

const later: Clock = { ...realClock, now: () => realClock.now() + LATER };

/** Runs the command in this process, for which a lease has run out that a stopped process still holds. */
function laterRun(at: KillBench, words: string): Promise<Outcome> {
  return at.bench.sluice(words, { clock: later, isAlive: (owner) => isAlive(owner, processParts().owner.host) });
}

/** A service with two ports and an order that is over its quota. */
async function addServices(at: KillBench): Promise<void> {
  for (const number of NUMBERS) {
    const ids = toIds(number);
    const ports = [1, 2].map((port) => ({ id: ids.port(port), name: `eth${port}` }));
    at.panel.addService({ id: ids.service, orderId: ids.order, serverId: ids.server, user: 10 + number, ports });
  }
  at.bench.write('services.csv', toCsv(NUMBERS.map((number) => ({ number, product: 'both' }))));
  await succeed(at, 'service import services.csv');
  await succeed(at, 'poll');
  for (const number of NUMBERS)
    at.panel.addTraffic(toIds(number).service, { in: 200 * GB, out: 0, at: Date.now() - HOUR });
}

describe('a poll that is stopped in the middle of a change and goes on after its lease has run out', () => {
  it('changes nothing any more and ends with exit 5; what the later run and the staff did stays', async () => {
    const at = await startKillBench();
    const { panel } = at;
    let zombie: ReturnType<typeof startCommand> | undefined;
    try {
      await addServices(at);
      zombie = startCommand(['poll', '--json'], { cwd: at.bench.folder, env: at.env });
      const stopped = zombie;
      await new Promise<void>((resolve) => {
        const ignore = panel.server.onCall((call) => {
          if (!call.changing) return;
          stopped.signal('SIGSTOP');
          ignore();
          resolve();
        });
      });
      const second = await runCommand(['poll', '--json'], { cwd: at.bench.folder, env: at.env });
      expect([second.exitCode, second.stderr]).toEqual([5, '']);
      expect(second.json()).toMatchObject({ error: { code: 'lease_held' } });

      const third = await laterRun(at, 'poll --json');
      expect([third.exitCode, third.stderr]).toEqual([0, '']);
      const held = (): string[] =>
        NUMBERS.map(
          (number) => `${panel.order(toIds(number).order).status} ${panel.port(toIds(number).port(1)).adminState}`,
        );
      expect(held()).toEqual(['suspended down']);
      panel.staffEnablePort(toIds(1).port(1));
      panel.staffUnsuspendOrder(toIds(1).order);
      const left = panel.snapshot();
      const { changing } = panel.server.totals;

      stopped.signal('SIGCONT');
      const end = await stopped.ended;
      expect([end.exitCode, end.stderr]).toEqual([5, '']);
      expect(end.json()).toMatchObject({ error: { code: 'lease_lost' } });
      expect(panel.server.totals.changing).toBe(changing);
      expect(panel.snapshot()).toEqual(left);

      const last = await laterRun(at, 'poll --json');
      expect([last.exitCode, last.stderr]).toEqual([0, '']);
      expect((await at.sluice('db check')).exitCode).toBe(0);
      expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
      expect(panel.server.failures).toEqual([]);
    } finally {
      zombie?.kill();
      await zombie?.ended;
      await at.close();
    }
  });
});
