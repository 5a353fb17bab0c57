import { startFakeHiddify, manualClock, type FakeCall, type FakeHiddify } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import { startCommand } from './command-process.js';
import { Bench, type Outcome } from './harness.js';
import { GB, hiddifyConfig } from './hiddify-bench.js';
import { REAL_PROCESS } from './real-process.js';

const LONG = process.env['SLUICE_LONG'] === '1';

/** When a command is killed: the panel never did what it was asked, or did it and its answer is lost. */
const MOMENTS = ['undone', 'unheard'] as const;

interface World {
  panel: FakeHiddify;
  users: Record<'anna' | 'bela' | 'off' | 'over', string>;
  run: (words: string) => Promise<Outcome>;
  /** Kills the command at its n-th call. False where it made fewer. */
  kill: (words: string, n: number, moment: (typeof MOMENTS)[number]) => Promise<boolean>;
  enabled: () => boolean[];
  close: () => Promise<void>;
}

/** An agent with two users, one that somebody disabled, and one of a sub-agent that is over its limit. */
async function startWorld(): Promise<World> {
  const bench = new Bench(manualClock(Date.now()));
  const panel = await startFakeHiddify({ now: Date.now });
  const north = panel.addAgent(undefined, { name: 'north' });
  const east = panel.addAgent(north, { name: 'north-east' });
  const add = (agent: string): string => panel.addUser({ agent, usageLimit: 10 * GB });
  const users = { anna: add(north), bela: add(north), off: add(north), over: add(east) };
  panel.disable(users.off);
  bench.env['HIDDIFY_KEY'] = panel.key;
  bench.write('sluice.yaml', hiddifyConfig(panel.url, north));
  const run = (words: string): Promise<Outcome> => bench.sluice(words, REAL_PROCESS);
  expect((await run('agent limit north-east --gb 1 --yes')).exitCode).toBe(0);
  panel.use(users.over, GB);
  expect((await run('agent check north-east')).exitCode).toBe(0);
  return {
    panel,
    users,
    run,
    async kill(words, n, moment) {
      const when = moment === 'undone' ? 'before' : 'after';
      const match = (call: FakeCall): boolean => call.method !== 'OPTIONS';
      panel.server.inject({ match, skip: n - 1, times: 1, when, fault: { kind: 'hang' } });
      const process = startCommand(words.split(' '), { cwd: bench.folder, env: { HIDDIFY_KEY: panel.key } });
      let seen = 0;
      const ignore = panel.server.onCall(() => {
        seen += 1;
        if (seen === n) setImmediate(process.kill);
      });
      const end = await process.ended;
      ignore();
      panel.server.clearFaults();
      return end.signal !== null;
    },
    enabled: () => Object.values(users).map((uuid) => panel.user(uuid).enable),
    async close() {
      await panel.close();
      bench.close();
    },
  };
}

const SUSPENDED = [false, false, false, false];
const BACK = [true, true, false, false];

/** The words of the command that is killed, and what comes next: its repeat, or the next check. */
const stories = [
  { words: 'agent suspend north', next: 'agent suspend north', ends: SUSPENDED, call: 4 },
  { words: 'agent suspend north', next: 'agent check --all', ends: null, call: 6 },
  { words: 'agent suspend north', next: 'agent unsuspend north', ends: BACK, call: 6 },
  { words: 'agent unsuspend north', next: 'agent unsuspend north', ends: BACK, call: 4 },
  { words: 'agent unsuspend north', next: 'agent check --all', ends: null, call: 6 },
];
const cases = stories.flatMap((story, index) =>
  (LONG ? MOMENTS : MOMENTS.slice(index % 2).slice(0, 1)).map((moment) => ({ ...story, moment })),
);

describe('a suspension that is killed', () => {
  it.each(cases)('is finished by what comes next: $words, $next ($moment)', async (story) => {
    const { words, next, ends, moment } = story;
    let wasKilled = true;
    for (let n = LONG ? 1 : story.call; wasKilled; n++) {
      const at = await startWorld();
      try {
        if (words === 'agent unsuspend north') await at.run('agent suspend north');
        wasKilled = await at.kill(words, n, moment);
        if (!LONG) expect(wasKilled).toBe(true);
        const after = await at.run(`${next} --json`);
        expect([n, after.exitCode, after.stderr]).toEqual([n, 0, '']);
        if (ends !== null) expect([n, at.enabled()]).toEqual([n, ends]);
        // A command that was killed before it stored anything has not begun.
        else expect([JSON.stringify(SUSPENDED), JSON.stringify(BACK)]).toContain(JSON.stringify(at.enabled()));
        expect((await at.run('plan')).exitCode).toBe(0);
        await at.run('agent unsuspend north');
        expect([n, at.enabled()]).toEqual([n, BACK]);
        await at.run('agent limit north-east --gb 50 --yes');
        expect((await at.run('agent check --all')).exitCode).toBe(0);
        expect([n, at.enabled()]).toEqual([n, [true, true, false, true]]);
      } finally {
        await at.close();
      }
      if (!LONG) return;
    }
  });
});
