import { manualClock, startFakeFlvx, type FakeFlvx } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import { runCommand, startCommand, type ProcessEnd } from './command-process.js';
import { ADMIN_PASSWORD, DAY, flvxConfig, GB } from './flvx-bench.js';
import { Bench } from './harness.js';

const LONG = process.env['SLUICE_LONG'] === '1';
/** What a throttle ends open connections with; any changing call in the long form. */
const CALLS = LONG ? /./ : /forward\/(pause|resume)$/;

/** A folder and a panel for runs in processes of their own: everything goes by the computer's clock. */
interface Killed {
  panel: FakeFlvx;
  run: (words: string) => Promise<ProcessEnd>;
  /** Starts the command and kills it when so many milliseconds have passed since its n-th call of that kind came in. */
  kill: (words: string, n: number, ms: number) => Promise<boolean>;
  close: () => Promise<void>;
}

/** A customer of a throttled product with two running forwards and one that he has paused himself. */
async function startThrottled(): Promise<Killed> {
  const bench = new Bench(manualClock(Date.now()));
  const panel = await startFakeFlvx({ now: Date.now, admin: { name: 'admin_user', password: ADMIN_PASSWORD } });
  const hk = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  bench.write('sluice.yaml', flvxConfig(panel.url));
  const options = { cwd: bench.folder, env: { FLVX_PASSWORD: ADMIN_PASSWORD } };
  const run = (words: string): Promise<ProcessEnd> => runCommand(words.split(' '), options);
  const due = new Date(Date.now() + 12 * DAY).toISOString().slice(0, 10);
  await run(`service add svc-1 panel=relay product=slow billing_cycle=monthly next_due_date=${due}`);
  const made = (await run('provision create svc-1 --json')).json<{ service: { refs: Record<string, string> } }>();
  const user = Number(made.service.refs['flvx_user_id']);
  for (const name of ['web', 'game']) panel.addForward(user, hk, { name });
  panel.addForward(user, hk, { name: 'off', paused: true });
  expect((await run('poll')).exitCode).toBe(0);
  panel.traffic(1, { in: 90 * GB, out: 20 * GB });
  return {
    panel,
    run,
    async kill(words, n, ms) {
      const process = startCommand(words.split(' '), options);
      let seen = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const ignore = panel.server.onCall((call) => {
        if (!call.changing || !CALLS.test(call.endpoint)) return;
        seen += 1;
        if (seen === n) timer = setTimeout(process.kill, ms);
      });
      const end = await process.ended;
      clearTimeout(timer);
      ignore();
      return end.signal !== null;
    },
    async close() {
      await panel.close();
      bench.close();
    },
  };
}

describe('a throttle that is killed', () => {
  it.each(LONG ? [0, 2, 6, 15] : [3])('is finished by the next poll and leaves no forward paused (%i ms after any call)', async (ms) => {
    let wasKilled = true;
    for (let n = 1; wasKilled; n++) {
      const at = await startThrottled();
      wasKilled = await at.kill('poll', n, ms);
      const next = await at.run('poll');
      expect([n, next.exitCode, next.stderr]).toEqual([n, 0, '']);
      expect([n, ...at.panel.runningForwards()]).toEqual([n, 1, 2]);
      expect([n, ...[1, 2, 3].map((id) => at.panel.speedOf(id))]).toEqual([n, 0.2, 0.2, 0.2]);
      expect((await at.run('plan')).exitCode).toBe(0);
      await at.close();
    }
  });
});
