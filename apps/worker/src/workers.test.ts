import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { readQueue } from './read-queue.js';
import { SCHEMA } from './settings.js';
import { startWorker } from './start-worker.js';
import { openWay, until, whyNoPostgres } from '@sluice/state-store/testing';
import { type Postgres, startPostgres } from './test/postgres.js';
import { Programs } from './test/programs.js';

const missing = whyNoPostgres();
const HOUR = 3_600_000;
/** Of the promises that several tests show, `npm test` tries one. */
const long = process.env['SLUICE_LONG'] === '1' ? it : it.skip;

const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/** What the jobs did, in order. */
type Effect = Record<'worker' | 'job' | 'panel' | 'event', string>;

(missing === null ? describe : describe.skip)(
  `workers in processes of their own${missing === null ? '' : `: ${missing}`}`,
  () => {
    const programs = new Programs();
    let postgres: Postgres;
    let url = '';

    beforeAll(async () => {
      [postgres] = await Promise.all([startPostgres(), programs.compile()]);
    });
    afterAll(() => {
      postgres.stop();
      programs.remove();
    });
    afterEach(() => programs.endAll());

    /** Starts with an empty database. */
    async function begin(): Promise<void> {
      url = await postgres.create();
      await postgres.query(
        url,
        'create table effects (id serial, worker text, job text, panel text, event text, at timestamptz default clock_timestamp())',
      );
    }

    const effects = async (): Promise<Effect[]> =>
      (await postgres.query(url, 'select worker, job, panel, event from effects order by id')) as Effect[];

    const jobs = async (where = 'true') =>
      (await postgres.query(
        url,
        `select name, singleton_key as key, state, retry_count as retries, output->>'outcome' as outcome from ${SCHEMA}.job
       where name not in ('schedule', '__pgboss__send-it') and ${where} order by created_on, singleton_key`,
      )) as { name: string; key: string; state: string; retries: number; outcome: string | null }[];

    const poll = (lastsMs: number, panels = ['p1'], more = {}) => ({
      name: 'poll',
      everyMs: HOUR,
      panels,
      lastsMs,
      ...more,
    });

    it('run each job that is due once, spread over all of them', async () => {
      await begin();
      const panels = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
      const list = [poll(300, panels), { name: 'call bill', everyMs: HOUR, lastsMs: 10 }];
      await Promise.all(['a', 'b', 'c'].map((name) => programs.start({ url, name, jobs: list, concurrency: 1 })));
      await until(jobs, (all) => all.length === 7 && all.every(({ state }) => state === 'completed'));
      const started = (await effects()).filter(({ event }) => event === 'start');
      expect(started.map(({ job, panel }) => `${job} ${panel}`).sort()).toEqual(
        ['call bill ', ...panels.map((panel) => `poll ${panel}`)].sort(),
      );
      expect(new Set(started.map(({ worker }) => worker)).size).toBeGreaterThan(1);
      const ticks = await postgres.query(url, `select 1 from ${SCHEMA}.job where name = 'schedule'`);
      expect(ticks.length).toBeLessThanOrEqual(2);
    });

    it('begin the jobs of a killed one again', async () => {
      await begin();
      const list = [poll(3000)];
      const workers = new Map(
        await Promise.all(
          ['a', 'b'].map(async (name) => [name, await programs.start({ url, name, jobs: list })] as const),
        ),
      );
      const [first] = await until(effects, (all) => all.length > 0);
      workers.get(first!.worker)!.process.kill('SIGKILL');
      await until(jobs, (all) => all.some(({ state }) => state === 'completed'));
      const other = first!.worker === 'a' ? 'b' : 'a';
      expect((await effects()).map(({ worker, event }) => `${worker} ${event}`)).toEqual([
        `${first!.worker} start`,
        `${other} start`,
        `${other} end`,
      ]);
      expect(await jobs()).toMatchObject([{ retries: 1, outcome: 'done' }]);
      expect(workers.get(other)!.lines.join('\n')).toContain('shows no sign of life');
    });

    long('begin the jobs of one that hangs again, which finds out', async () => {
      await begin();
      const list = [poll(1000)];
      const a = await programs.start({ url, name: 'a', jobs: list });
      await a.says('start');
      a.process.kill('SIGSTOP');
      await programs.start({ url, name: 'b', jobs: list });
      await until(jobs, (all) => all.some(({ state }) => state === 'completed'));
      a.process.kill('SIGCONT');
      await a.says('say Others took this worker for lost');
      await a.says('end');
      expect(await jobs()).toMatchObject([{ state: 'completed', retries: 1 }]);
    });

    it('lose no job and its end with the database, and double none', async () => {
      await begin();
      const list = [poll(600, ['p1', 'p2', 'p3'])];
      const a = await programs.start({ url, name: 'a', jobs: list, concurrency: 1, timings: { lostMs: 60_000 } });
      await a.says('start');
      await postgres.halt();
      await a.says('say Begins no jobs: the database does not answer');
      await postgres.resume();
      await a.says('say Begins jobs again');
      await until(jobs, (all) => all.length === 3 && all.every(({ state }) => state === 'completed'));
      expect((await effects()).filter(({ event }) => event === 'start')).toHaveLength(3);
      expect((await jobs()).map(({ retries }) => retries)).toEqual([0, 0, 0]);
    });

    long('go on when all connections are cut', async () => {
      await begin();
      const list = [poll(200, ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'])];
      await Promise.all(['a', 'b'].map((name) => programs.start({ url, name, jobs: list, concurrency: 1 })));
      for (let time = 0; time < 5; time++) {
        await postgres.cut(url);
        await sleep(150);
      }
      await until(
        () => jobs(`state = 'completed'`),
        (all) => all.length === 6,
      );
      const ends = (await effects()).filter(({ event }) => event === 'end').map(({ panel }) => panel);
      expect(new Set(ends).size).toBe(6);
    });

    it('refuse one whose clock is 90 s from that of the database, and bear a smaller difference', async () => {
      await begin();
      const list = [poll(10)];
      const ahead = programs.launch({ url, name: 'a', jobs: list, aheadMs: 90_000 });
      expect(await ahead.says('refused')).toMatch(/^refused clock_differs The clock of this machine is \d+ s ahead/);
      const behind = programs.launch({ url, name: 'b', jobs: list, aheadMs: -90_000 });
      expect(await behind.says('refused')).toMatch(/^refused clock_differs .* behind/);
      await Promise.all([ahead.ended, behind.ended]);
      await Promise.all([
        programs.start({ url, name: 'c', jobs: list, aheadMs: 20_000 }),
        programs.start({ url, name: 'd', jobs: list, aheadMs: -20_000 }),
      ]);
      await until(jobs, (all) => all.length > 0 && all.every(({ state }) => state === 'completed'));
      expect(await effects()).toHaveLength(2);
    });

    it('say what is away where the database is lost while one begins', async () => {
      await begin();
      const way = await openWay(postgres.port);
      const byWay = new URL(url);
      byWay.port = String(way.port);
      const starting = startWorker({
        ...{ url: byWay.href, concurrency: 1, timeZone: () => 'UTC', clock, signal: new AbortController().signal },
        ...{ config: () => ({ digest: 'same', keys: {} }), say: () => undefined },
        identity: { host: 'here', pid: process.pid, version: '1', storeSchema: 1 },
        jobs() {
          way.refuse();
          way.cut();
          return [];
        },
      });
      await expect(starting).rejects.toMatchObject({ code: 'database_unreachable', kind: 'store' });
      way.close();
    });

    it('leave all jobs to the config that was there first, until no worker has it', async () => {
      await begin();
      const list = [{ name: 'poll', everyMs: 31_000, panels: ['p1'], lastsMs: 10 }];
      const a = await programs.start({ url, name: 'a', jobs: list });
      const b = await programs.start({ url, name: 'b', jobs: list, config: 'config-2' });
      expect(await b.says('say')).toContain('its config is another one than that of process');
      await until(effects, (all) => all.length >= 2);
      a.process.kill('SIGTERM');
      await a.says('stopped');
      await b.says('say Begins jobs again');
      expect((await effects()).filter(({ worker }) => worker === 'b')).toEqual([]);
    });

    it('are shown to wait from their first sign of life on, with the keys of the config that differ', async () => {
      await begin();
      const keys = { panels: 'aaaa', poll: 'bbbb' };
      await programs.start({ url, name: 'a', jobs: [], configKeys: keys });
      const others = { heartbeat: 'cccc', panels: 'aaaa', poll: 'dddd' };
      // None before the test has ended.
      const timings = { beatMs: HOUR };
      const b = await programs.start({ url, name: 'b', jobs: [], config: 'config-2', configKeys: others, timings });
      const reason = expect.stringMatching(
        /^its config \(heartbeat, poll\) is another one than that of process \d+ on a,/,
      );
      expect((await readQueue(url))?.workers).toMatchObject([
        { host: 'a', state: 'working', reasons: [] },
        { host: 'b', state: 'waiting', reasons: [reason] },
      ]);
      expect(await b.says('say')).toContain('its config (heartbeat, poll) is another one');
    });

    it('refuse a version that is older than the store', async () => {
      await begin();
      await programs.start({ url, name: 'a', jobs: [], storeSchema: 8 });
      const old = programs.launch({ url, name: 'b', jobs: [], storeSchema: 7 });
      expect(await old.says('refused')).toContain(
        'refused worker_outdated a newer version works on this store (schema 8',
      );
    });

    long('leave jobs that they do not know', async () => {
      await begin();
      const a = await programs.start({
        url,
        name: 'a',
        jobs: [poll(10), { name: 'new job', everyMs: HOUR, lastsMs: 10 }],
      });
      await until(jobs, (all) => all.filter(({ state }) => state === 'completed').length === 2);
      a.process.kill('SIGTERM');
      await a.ended;
      await postgres.query(url, `select 1 from ${SCHEMA}.job`);
      await postgres.query(
        url,
        `insert into ${SCHEMA}.job (name, data, singleton_key, policy) values ('new-job', '{}', 'all', 'short'), ('poll', '{"panel":"p1"}', 'panel p1', 'short')`,
      );
      await programs.start({ url, name: 'b', jobs: [poll(10)] });
      await until(
        () => jobs(`name = 'poll' and state = 'completed'`),
        (all) => all.length === 2,
      );
      expect((await jobs(`name = 'new-job'`)).map(({ state }) => state).sort()).toEqual(['completed', 'created']);
    });

    it('end at a safe step when they are stopped, and give back what lasts too long', async () => {
      await begin();
      const list = [poll(60_000), { ...poll(60_000, ['p2']), name: 'reconcile', isDeaf: true }];
      const a = await programs.start({ url, name: 'a', jobs: list });
      await until(effects, (all) => all.length === 2);
      a.process.kill('SIGTERM');
      await a.says('stopped');
      expect((await effects()).map(({ event }) => event)).toEqual(['start', 'start', 'interrupted']);
      expect(await jobs()).toMatchObject([
        { name: 'poll', state: 'retry', outcome: 'terminated' },
        { name: 'reconcile', state: 'retry', outcome: 'terminated' },
      ]);
      const [worker] = await postgres.query(url, `select ended_at from ${SCHEMA}.worker`);
      expect(worker!['ended_at']).not.toBeNull();

      // It is listed for an hour, without what it waited for.
      await postgres.query(url, `update ${SCHEMA}.worker set waits = '["its config is another one"]'`);
      expect((await readQueue(url))?.workers).toMatchObject([{ state: 'ended', reasons: [] }]);
      await postgres.query(url, `update ${SCHEMA}.worker set ended_at = ended_at - interval '1 hour'`);
      expect((await readQueue(url))?.workers).toEqual([]);
    });
  },
);
