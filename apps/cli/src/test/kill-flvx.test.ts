import { manualClock, startFakeFlvx, type FakeCall, type FakeFlvx } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import { startCommand } from './command-process.js';
import { ADMIN_PASSWORD, DAY, flvxConfig, GB } from './flvx-bench.js';
import { Bench, type Outcome } from './harness.js';
import { REAL_PROCESS } from './real-process.js';

const LONG = process.env['SLUICE_LONG'] === '1';
/** Calls that stop and start forwards; any changing call in the long form. */
const CALLS = LONG ? /./ : /forward\/(pause|resume)$/;

/**
 * When a command is killed: the panel never did what it was asked, did it but was not heard, does it only when the next command
 * has looked already, or so many milliseconds after the call.
 */
type Moment = 'undone' | 'unheard' | 'late' | number;

/** A folder and a panel for runs of which one is killed: everything goes by the computer's clock. */
interface Killed {
  panel: FakeFlvx;
  run: (words: string) => Promise<Outcome>;
  /** Starts the command and kills it at its n-th call of that kind. False where it made fewer calls. */
  kill: (words: string, n: number, moment: Moment) => Promise<boolean>;
  close: () => Promise<void>;
}

/** A customer with two running forwards and one that he has paused himself. */
async function startKilled(product: string): Promise<Killed> {
  const bench = new Bench(manualClock(Date.now()));
  const panel = await startFakeFlvx({ now: Date.now, admin: { name: 'admin_user', password: ADMIN_PASSWORD } });
  const hk = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  bench.write('sluice.yaml', flvxConfig(panel.url));
  const options = { cwd: bench.folder, env: { FLVX_PASSWORD: ADMIN_PASSWORD } };
  // What comes late comes after as many looks as a command makes that does not wait for it, or when it has ended.
  let looks = 0;
  let landed: (() => void) | null = null;
  panel.server.onCall((call) => {
    if (landed === null || !call.endpoint.endsWith('/forward/list')) return;
    looks += 1;
    if (looks === 3) setImmediate(landed);
  });
  bench.env['FLVX_PASSWORD'] = ADMIN_PASSWORD;
  const run = async (words: string): Promise<Outcome> => {
    const end = await bench.sluice(words, REAL_PROCESS);
    landed?.();
    return end;
  };
  const due = new Date(Date.now() + 12 * DAY).toISOString().slice(0, 10);
  await run(`service add svc-1 panel=relay product=${product} billing_cycle=monthly next_due_date=${due}`);
  const made = (await run('provision create svc-1 --json')).json<{ service: { refs: Record<string, string> } }>();
  const user = Number(made.service.refs['flvx_user_id']);
  for (const name of ['web', 'game']) panel.addForward(user, hk, { name });
  panel.addForward(user, hk, { name: 'off', paused: true });
  expect((await run('poll')).exitCode).toBe(0);
  return {
    panel,
    run,
    async kill(words, n, moment) {
      const match = (call: FakeCall): boolean => call.changing && CALLS.test(call.endpoint);
      if (moment === 'late') {
        const looked = new Promise<void>((resolve) => (landed = resolve));
        panel.server.inject({ match, skip: n - 1, times: 1, fault: { kind: 'wait', until: () => looked } });
      } else if (typeof moment === 'string') {
        const when = moment === 'undone' ? 'before' : 'after';
        panel.server.inject({ match, skip: n - 1, times: 1, when, fault: { kind: 'hang' } });
      }
      const release = landed;
      landed = null;
      const process = startCommand(words.split(' '), options);
      let seen = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const ignore = panel.server.onCall((call) => {
        if (!match(call)) return;
        seen += 1;
        if (seen === n) timer = setTimeout(process.kill, typeof moment === 'number' ? moment : 0);
      });
      const end = await process.ended;
      clearTimeout(timer);
      ignore();
      panel.server.clearFaults();
      landed = release;
      looks = 0;
      return end.signal !== null;
    },
    async close() {
      await panel.close();
      bench.close();
    },
  };
}

/** A command that is killed, and what the next run has to make of it. */
interface Story {
  what: string;
  product: string;
  before: (at: Killed) => Promise<void>;
  words: string;
  /** What runs next, one after the other. */
  next: string[];
  running: number[];
  speed: number | null;
  /** Where it is killed in the short form: at which call, and when. */
  call: number;
  moment: Moment;
}

const stories: Story[] = [
  {
    what: 'a throttle of forwards that the panel has stopped',
    product: 'slow',
    before: async ({ panel }) => {
      panel.traffic(1, { in: 90 * GB, out: 20 * GB });
      return Promise.resolve();
    },
    ...{ words: 'poll', next: ['poll'], running: [1, 2], speed: 0.2, call: 2, moment: 3 },
  },
  {
    what: 'a throttle of forwards that run',
    product: 'slow',
    before: async ({ panel, run }) => {
      panel.traffic(1, { in: 30 * GB, out: 20 * GB });
      await run('override set svc-1 --quota 40GB');
    },
    ...{ words: 'poll', next: ['poll'], running: [1, 2], speed: 0.2, call: 1, moment: 'unheard' },
  },
  {
    what: 'a pause of a forward too many',
    product: 'relay',
    before: async ({ panel }) => {
      panel.addForward(panel.forward(1)!.userId, panel.forward(1)!.tunnelId, { name: 'more' });
      return Promise.resolve();
    },
    words: 'provision change-package svc-1 counted',
    next: ['provision change-package svc-1 counted', 'poll', 'provision change-package svc-1 relay'],
    ...{ running: [1, 2, 4], speed: null, call: 1, moment: 'unheard' },
  },
  {
    what: 'a suspension that the next command takes back',
    product: 'relay',
    before: () => Promise.resolve(),
    words: 'provision suspend svc-1',
    next: ['provision unsuspend svc-1', 'poll'],
    ...{ running: [1, 2], speed: null, call: 2, moment: 'late' },
  },
];
const cases = stories.flatMap((story) => {
  const moments: Moment[] = LONG ? ['undone', 'unheard', 'late', 0, 2, 6, 15] : [story.moment];
  return moments.map((moment) => ({ ...story, moment }));
});

describe(LONG ? 'a command that is killed at each of its calls' : 'a command that is killed at a call', () => {
  it.each(cases)('leaves the customer his forwards: $what ($moment)', killAndRepeat, LONG ? 900_000 : 120_000);
});

async function killAndRepeat(story: Story): Promise<void> {
  let wasKilled = true;
  for (let n = LONG ? 1 : story.call; wasKilled; n++) {
    const at = await startKilled(story.product);
    try {
      await story.before(at);
      wasKilled = await at.kill(story.words, n, story.moment);
      if (!LONG) expect(wasKilled).toBe(true);
      for (const words of story.next) {
        const { exitCode, stderr } = await at.run(words);
        expect([n, words, exitCode, stderr]).toEqual([n, words, 0, '']);
      }
      expect([n, ...at.panel.runningForwards()]).toEqual([n, ...story.running]);
      const { userId, tunnelId } = at.panel.forward(1)!;
      const statuses = [at.panel.user(userId)?.status, at.panel.permissionStatus(userId, tunnelId)];
      expect([n, ...statuses]).toEqual([n, 1, 1]);
      const speeds = [1, 2, 3].map((id) => at.panel.findSpeed(id));
      expect([n, ...speeds]).toEqual([n, ...speeds.map(() => story.speed)]);
      expect((await at.run('plan')).exitCode).toBe(0);
    } finally {
      await at.close();
    }
    if (!LONG) return;
  }
}
