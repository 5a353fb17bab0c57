// A worker of its own process, whose jobs note in a table what they do. The test names them in the arguments.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type ScheduledJob } from '../schedule/run-schedule.js';
import { startWorker } from '../start-worker.js';
import type { Timings } from '../settings.js';

/** What the test asks of the program. */
export interface Program {
  url: string;
  name: string;
  jobs: { name: string; everyMs: number; panels?: string[]; lastsMs: number; outcome?: string; isDeaf?: boolean }[];
  config?: string;
  configKeys?: Record<string, string>;
  storeSchema?: number;
  aheadMs?: number;
  concurrency?: number;
  timings?: Partial<Timings>;
}

const asked = JSON.parse(process.argv[2] ?? '{}') as Program;
const pool = new pg.Pool({ connectionString: asked.url, max: 3 });
pool.on('error', () => undefined);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Notes what a job does, as soon as the database answers. */
async function note(job: string, panel: string, event: string): Promise<void> {
  for (;;) {
    try {
      await pool.query('insert into effects (worker, job, panel, event) values ($1, $2, $3, $4)', [
        asked.name,
        job,
        panel,
        event,
      ]);
      return;
    } catch {
      await sleep(100);
    }
  }
}

async function lastStart(job: string, panel: string): Promise<number | null> {
  const { rows } = await pool.query<{ at: string | null }>(
    `select extract(epoch from max(at)) * 1000 as at from effects where job = $1 and panel = $2 and event = 'start'`,
    [job, panel],
  );
  const at = rows[0]?.at ?? null;
  return at === null ? null : Number(at);
}

const stop = new AbortController();
const jobs = asked.jobs.map(({ name, everyMs, panels, lastsMs, outcome = 'done', isDeaf = false }): ScheduledJob => ({
  name,
  timing: { everyMs },
  lastStart: () => lastStart(name, ''),
  ...(panels !== undefined && {
    async lastStarts() {
      const starts = new Map<string, number | null>();
      for (const panel of panels) starts.set(panel, await lastStart(name, panel));
      return starts;
    },
  }),
  async run({ panel = '', signal } = {}) {
    await note(name, panel, 'start');
    print(`start ${name} ${panel}`);
    await sleep(lastsMs, undefined, isDeaf || signal === undefined ? {} : { signal }).catch(() => undefined);
    if (signal?.aborted === true && !isDeaf) {
      await note(name, panel, 'interrupted');
      return 'terminated';
    }
    await note(name, panel, 'end');
    print(`end ${name} ${panel}`);
    return outcome as 'done';
  },
}));
const clock = {
  now: () => Date.now() + (asked.aheadMs ?? 0),
  sleep: async (ms: number, signal?: AbortSignal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

try {
  const worker = await startWorker({
    url: asked.url,
    jobs: () => jobs,
    config: () => ({ digest: asked.config ?? 'config-1', keys: asked.configKeys ?? {} }),
    identity: { host: asked.name, pid: process.pid, version: '0.1.0', storeSchema: asked.storeSchema ?? 1 },
    concurrency: asked.concurrency ?? 2,
    timeZone: () => 'Asia/Tehran',
    clock,
    signal: stop.signal,
    say: (text) => {
      print(`say ${text}`);
    },
    onError: (error) => {
      print(`error ${(error as Error).message}`);
    },
    timings: {
      lookMs: 100,
      beatMs: 200,
      lostMs: 2000,
      superviseMs: 1000,
      cronMs: 1000,
      stopMs: 1500,
      ...asked.timings,
    },
  });
  print('up');
  process.once('SIGTERM', () => {
    stop.abort('SIGTERM');
    void worker
      .stop()
      .then(() => pool.end())
      .then(() => {
        print('stopped');
      });
  });
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  print(`refused ${code ?? ''} ${message}`);
  await pool.end();
}
