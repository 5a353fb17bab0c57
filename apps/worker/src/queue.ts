import PgBoss from 'pg-boss';
import { isServerAway } from '@sluice/engine/places';
import type { Clock } from '@sluice/panel-kind';
import type { Database } from './database.js';
import type { DueRun } from './due.js';
import { alone } from './members.js';
import { LONGEST_DEFAULT_S, LONGEST_S, RETRIES, SCHEMA, TICK, type Timings } from './settings.js';

/** A job that was fetched. */
export interface Job {
  id: string;
  kind: string;
  panel: string | null;
  /** How often it was begun before. */
  attempt: number;
  longestMs: number;
}

/** How a job ended, as it is stored. */
export interface JobResult {
  outcome: string;
  message?: string | undefined;
}

const RETRY_DELAY_S = 10;
/** Before a statement is sent once more that the database did not answer. */
const AGAIN_MS = 1000;
/** Statements whose answer the queue reads for a number of jobs. */
const COUNTS = /^\s*select count\(\*\) from results/im;
/** How long ended jobs are kept. */
const KEPT_S = 86_400;
const KEPT_DAYS = 7;

/** Returns the name that a job has in the queue, where names have no spaces. */
export const toKind = (job: string): string => job.replaceAll(' ', '-');

/**
 * The queue, and its own schedule. What ends or adds jobs is sent until the database answers, also while it is away.
 */
export class Queue {
  readonly #boss: PgBoss;
  readonly #database: Database;
  #isClosing = false;

  constructor(
    database: Database,
    { timings, clock, onError }: { timings: Timings; clock: Clock; onError: (error: unknown) => void },
  ) {
    this.#database = database;
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => this.#send(text, values, clock) },
      schema: SCHEMA,
      maintenanceIntervalSeconds: Math.max(1, Math.round(timings.superviseMs / 1000)),
      cronMonitorIntervalSeconds: Math.max(1, Math.round(timings.cronMs / 1000)),
      cronWorkerIntervalSeconds: Math.min(5, Math.max(1, Math.round(timings.cronMs / 1000))),
      archiveCompletedAfterSeconds: KEPT_S,
      deleteAfterDays: KEPT_DAYS,
    });
    this.#boss.on('error', onError);
  }

  /** Creates what is missing in the database, and starts the schedule; `timeZone` is that of its times of day. */
  async open(jobs: readonly string[], timeZone: string): Promise<void> {
    // Two that create the same tables at once would wait for each other.
    await alone(this.#database, async () => {
      await this.#boss.start();
      await this.#create([TICK, ...jobs.map(toKind)]);
      await this.#boss.schedule(TICK, '* * * * *', {}, { tz: timeZone });
    });
  }

  /** Fetches up to so many jobs of a kind; `note` stores in the same transaction who has them. */
  async fetch(
    kind: string,
    most: number,
    note: (query: Database['query'], jobs: readonly Job[]) => Promise<unknown>,
  ): Promise<Job[]> {
    return this.#database.transaction(async (query) => {
      const db = { executeSql: (text: string, values: unknown[]) => query(text, values) };
      const fetched = await this.#boss.fetch<{ panel?: string }>(kind, { batchSize: most, includeMetadata: true, db });
      const jobs = fetched.map(({ id, data, retryCount, expireInSeconds }) => ({
        id,
        kind,
        panel: data.panel ?? null,
        attempt: retryCount,
        longestMs: expireInSeconds * 1000,
      }));
      if (jobs.length > 0) await note(query, jobs);
      return jobs;
    });
  }

  /**
   * Adds the runs of which none waits or is at work, also of kinds that it was not opened with.
   *
   * @throws Error where the queue has dropped some of them; the others are added
   */
  async add(runs: readonly DueRun[]): Promise<void> {
    const { rows } = await this.#database.query(
      `select name, singleton_key from ${SCHEMA}.job where state in ('created', 'retry', 'active')`,
    );
    const open = new Set(rows.map((row) => JSON.stringify([row['name'], row['singleton_key']])));
    const missing = runs
      .map(({ job, panel }) => ({ name: toKind(job), data: { panel: panel ?? undefined }, singletonKey: toKey(panel) }))
      .filter(({ name, singletonKey }) => !open.has(JSON.stringify([name, singletonKey])));
    if (missing.length === 0) return;
    const kinds = [...new Set(missing.map(({ name }) => name))];
    // Jobs of a kind without a queue are dropped without an error, and a config that has changed may have other kinds.
    const without = await this.#listWithout(kinds);
    if (without.length > 0) await alone(this.#database, () => this.#create(without));
    await this.#boss.insert(missing);
    const dropped = await this.#listWithout(kinds);
    if (dropped.length > 0) throw new Error(`The queue has dropped jobs: ${dropped.join(', ')}`);
  }

  /** Stores the end of a job. */
  async end({ kind, id }: Pick<Job, 'kind' | 'id'>, result: JobResult): Promise<void> {
    await this.#boss.complete(kind, id, result);
  }

  /** Returns a job to the queue: another worker may begin it at once, until it was tried too often; with `query` in its transaction. */
  async giveBack({ kind, id }: Pick<Job, 'kind' | 'id'>, result: JobResult, query?: Database['query']): Promise<void> {
    const within = query && { db: { executeSql: (text: string, values: unknown[]) => query(text, values) } };
    await this.#boss.fail(kind, id, result, within);
  }

  /** Ends the schedule; from now on nothing is sent twice. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#boss.stop({ graceful: false });
  }

  async #create(kinds: readonly string[]): Promise<void> {
    for (const kind of kinds) {
      await this.#boss.createQueue(kind, {
        name: kind,
        // One of a key waits at most.
        policy: 'short',
        retryLimit: kind === TICK ? 0 : RETRIES,
        retryDelay: RETRY_DELAY_S,
        expireInSeconds: LONGEST_S[kind] ?? LONGEST_DEFAULT_S,
      });
    }
  }

  /** Returns those of the kinds that have no queue in the database. */
  async #listWithout(kinds: readonly string[]): Promise<string[]> {
    const { rows } = await this.#database.query(
      `select kind from unnest($1::text[]) kind where kind not in (select name from ${SCHEMA}.queue)`,
      [kinds],
    );
    return rows.map(({ kind }) => kind as string);
  }

  async #send(text: string, values: unknown[] | undefined, clock: Clock): Promise<{ rows: unknown[] }> {
    for (;;) {
      try {
        return await this.#database.query(text, values);
      } catch (error) {
        if (this.#isClosing) return { rows: COUNTS.test(text) ? [{ count: '0' }] : [] };
        // The queue ends its own jobs from its start on, and nobody waits for that: an error would end the process.
        if (!(await isServerAway(error))) throw error;
        await clock.sleep(AGAIN_MS);
      }
    }
  }
}

/** Names what of a kind there is one of. */
const toKey = (panel: string | null): string => (panel === null ? 'all' : `panel ${panel}`);
