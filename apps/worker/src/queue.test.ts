import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { until, whyNoPostgres } from '@sluice/state-store/testing';
import { type Database, openDatabase } from './database.js';
import { Queue } from './queue.js';
import type { ScheduledJob } from './schedule/run-schedule.js';
import { SCHEMA, TICK, TIMINGS } from './settings.js';
import { startWorker } from './start-worker.js';
import { type Postgres, startPostgres } from './test/postgres.js';

const missing = whyNoPostgres();
const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

(missing === null ? describe : describe.skip)(`the queue${missing === null ? '' : `: ${missing}`}`, () => {
  let postgres: Postgres;
  let url = '';
  let database: Database;
  let queue: Queue;
  const errors: unknown[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => {
    postgres.stop();
  });
  beforeEach(async () => {
    url = await postgres.create();
    errors.length = 0;
    database = openDatabase(url, { name: 'test', connections: 4 });
    queue = new Queue(database, { timings: TIMINGS, clock, onError: (error) => errors.push(error) });
  });
  afterEach(async () => {
    await queue.close();
    await database.close();
  });

  const fetchAll = (kind: string) => queue.fetch(kind, 10, () => Promise.resolve());

  it('adds jobs of kinds that it was not opened with, also while others do', async () => {
    await queue.open(['poll'], 'UTC');
    const other = new Queue(database, { timings: TIMINGS, clock, onError: (error) => errors.push(error) });
    await other.open(['poll'], 'UTC');
    const runs = ['poll', 'service sync', 'call bill', 'agent check'].map((job) => ({ job, panel: null }));
    await Promise.all([queue.add(runs), other.add([...runs].reverse())]);
    await other.close();
    for (const kind of ['poll', 'service-sync', 'call-bill', 'agent-check'])
      expect(await fetchAll(kind)).toMatchObject([{ kind, panel: null, attempt: 0, longestMs: 3_600_000 }]);
    expect(errors).toEqual([]);
  });

  it('adds jobs again whose queue was deleted, and drops none without an error', async () => {
    await queue.open(['poll'], 'UTC');
    await postgres.query(url, `select ${SCHEMA}.delete_queue('poll')`);
    await queue.add([{ job: 'poll', panel: 'p1' }]);
    expect(await fetchAll('poll')).toMatchObject([{ panel: 'p1' }]);
    await postgres.query(
      url,
      `create function forget() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger forget before insert on ${SCHEMA}.queue for each row execute function forget()`,
    );
    const adding = queue.add([
      { job: 'call bill', panel: null },
      { job: 'poll', panel: 'p2' },
    ]);
    await expect(adding).rejects.toThrow('The queue has dropped jobs: call-bill');
  });

  it('runs jobs at their times of day in the time zone of the config of now', async () => {
    // By UTC it is due in six hours, and was so eighteen hours ago; seven hours east of it, an hour ago.
    const [last, at] = [Date.now() - 3 * 3_600_000, new Date(Date.now() + 6 * 3_600_000).toISOString().slice(11, 16)];
    let runs = 0;
    let timeZone = 'UTC';
    const job: ScheduledJob = {
      ...{ name: 'reconcile', timing: { at }, lastStart: () => Promise.resolve(last) },
      run: () => {
        runs += 1;
        return Promise.resolve('done');
      },
    };
    const worker = await startWorker({
      ...{ url, concurrency: 1, timeZone: () => timeZone, clock, signal: new AbortController().signal },
      ...{ config: () => ({ digest: timeZone, keys: {} }), say: () => undefined, timings: { lookMs: 20 } },
      identity: { host: 'here', pid: process.pid, version: '1', storeSchema: 1 },
      jobs: () => [job],
    });
    const isTicked = async (): Promise<boolean> => {
      const { rows } = await database.query(
        `select 1 from ${SCHEMA}.job where name = '${TICK}' and state in ('created', 'retry', 'active')`,
      );
      return rows.length === 0;
    };
    const tick = async (): Promise<void> => {
      await postgres.query(url, `insert into ${SCHEMA}.job (name, data, policy) values ('${TICK}', '{}', 'standard')`);
      await until(isTicked, (is) => is);
    };
    try {
      await tick();
      expect(runs).toBe(0);
      timeZone = 'Etc/GMT-7';
      await tick();
      await until(
        () => Promise.resolve(runs),
        (count) => count === 1,
      );
    } finally {
      await worker.stop();
    }
  });

  it('runs the jobs of a config that has changed', async () => {
    const ended: string[] = [];
    const toJob = (name: string): ScheduledJob => ({
      name,
      timing: { everyMs: 3_600_000 },
      lastStart: () => Promise.resolve(ended.includes(name) ? Date.now() : null),
      run: () => {
        ended.push(name);
        return name === 'agent check' ? Promise.reject(new Error('as the test wants')) : Promise.resolve('done');
      },
    });
    let names = ['reconcile'];
    const failed: string[] = [];
    const worker = await startWorker({
      ...{ url, concurrency: 1, timeZone: () => 'UTC', clock, signal: new AbortController().signal },
      ...{ config: () => ({ digest: names.join(), keys: {} }), say: () => undefined, timings: { lookMs: 20 } },
      onError: (error, job) => failed.push(`${job?.kind ?? ''}: ${(error as Error).message}`),
      identity: { host: 'here', pid: process.pid, version: '1', storeSchema: 1 },
      jobs: () => names.map(toJob),
    });
    const tick = () =>
      postgres.query(url, `insert into ${SCHEMA}.job (name, data, policy) values ('${TICK}', '{}', 'standard')`);
    const untilEnded = (name: string) =>
      until(
        () => Promise.resolve(ended),
        (all) => all.includes(name),
      );
    try {
      await tick();
      await untilEnded('reconcile');
      names = ['reconcile', 'service sync', 'call bill'];
      await tick();
      await untilEnded('service sync');
      await untilEnded('call bill');
      names = ['agent check'];
      await tick();
      await untilEnded('agent check');
      // A log of several jobs at once has to say which one failed.
      expect(failed).toEqual(['agent-check: as the test wants']);
    } finally {
      await worker.stop();
    }
  });
});
