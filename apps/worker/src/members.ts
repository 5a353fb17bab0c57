import type { Clock } from '@sluice/panel-kind';
import { measureClock } from './clock.js';
import type { Answer, Database } from './database.js';
import { SCHEMA } from './settings.js';

/** A job that a worker has in hand. */
export interface HeldJob {
  id: string;
  kind: string;
  panel: string | null;
  since: string;
}

/** What a worker says of itself. */
export interface Identity {
  id: string;
  host: string;
  pid: number;
  version: string;
  /** Schema version of its store. */
  storeSchema: number;
  concurrency: number;
}

/** Digests of a config. */
export interface ConfigDigest {
  digest: string;
  /** Of each top-level key. */
  keys: Readonly<Record<string, string>>;
}

/** What it says at each sign of life. */
export interface Sign {
  config: ConfigDigest;
  jobs: readonly HeldJob[];
}

/** What a worker found with its sign of life. */
export interface Found {
  /** By how much the clock of this machine is ahead of that of the database, in milliseconds. */
  aheadMs: number;
  /** Workers that were lost since, with the jobs that they had in hand. */
  lost: { id: string; host: string; pid: number; jobs: HeldJob[] }[];
  /**
   * A worker with the config that jobs are run with, and the top-level keys that are others there, as far as that is known; null where this
   * worker has that config.
   */
  otherConfig: { host: string; pid: number; keys: string[] } | null;
  /** The newest schema of a store that any worker has opened. */
  storeSchema: number;
  /** Whether this worker was taken for lost. */
  wasLost: boolean;
}

const TABLES = `
  create table if not exists ${SCHEMA}.worker (
    id text primary key,
    host text not null,
    pid integer not null,
    version text not null,
    store_schema integer not null,
    concurrency integer not null,
    config text not null,
    config_keys jsonb not null default '{}',
    ahead_ms bigint not null,
    waits jsonb not null,
    jobs jsonb not null,
    started_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null,
    lost_at timestamptz,
    ended_at timestamptz
  );
  alter table ${SCHEMA}.worker add column if not exists config_keys jsonb not null default '{}';
  create table if not exists ${SCHEMA}.in_force (
    one boolean primary key default true check (one),
    config text not null,
    store_schema integer not null
  );`;

/** One change of the members at a time. */
const LOCK = `select pg_advisory_xact_lock(hashtext('${SCHEMA}.worker'))`;

/** Creates what is missing in the database while no other worker does: what `work` creates, then the tables of the members. */
export async function alone(database: Database, work: () => Promise<void>): Promise<void> {
  await database.transaction(async (query) => {
    await query(`set local idle_in_transaction_session_timeout = '60s'`);
    await query(LOCK);
    await work();
    await query(TABLES);
  });
}

/** Returns the instant by the clock of the database, in milliseconds since 1970. */
export async function askClock(query: Database['query']): Promise<number> {
  const { rows } = await query('select extract(epoch from clock_timestamp()) * 1000 as now');
  return Number(rows[0]?.['now']);
}

/** Returns a job to the queue in the same transaction. */
export type GiveBack = (query: Database['query'], job: HeldJob, message: string) => Promise<void>;

/** What a sign of life is stored with. */
export interface SignParts {
  clock: Clock;
  lostMs: number;
  giveBack: GiveBack;
  /** Returns why the worker begins no jobs, by what was found; empty where it does. */
  findWaits: (found: Found) => string[];
}

/**
 * Stores a sign of life with why the worker begins no jobs, and marks workers as lost that showed none for `lostMs` and
 * returns their jobs to the queue: one caller finds each. The config of the workers that
 * were first stays in force while one of them is alive; then this worker's.
 */
export function giveSign(
  database: Database,
  identity: Identity,
  sign: Sign,
  { clock, lostMs, giveBack, findWaits }: SignParts,
): Promise<Found> {
  return database.transaction(async (query) => {
    const aheadMs = await measureClock(() => askClock(query), clock);
    await query(LOCK);
    const { rows: own } = await query(`select lost_at, jobs from ${SCHEMA}.worker where id = $1`, [identity.id]);
    await putSelf(query, identity, { ...sign, aheadMs });
    const lost = await markLost(query, identity.id, lostMs);
    await query(
      `delete from ${SCHEMA}.worker where coalesce(lost_at, ended_at) < clock_timestamp() - interval '1 day'`,
    );
    const force = await findForce(query, identity, sign);
    const [before] = own as unknown as { lost_at: Date | null; jobs: HeldJob[] }[];
    const known = new Set(sign.jobs.map(({ id }) => id));
    // The database says that this worker has them, and it does not know of them.
    const unknown = before?.jobs.filter(({ id }) => !known.has(id)) ?? [];
    for (const { host, pid, jobs } of lost)
      for (const job of jobs) await giveBack(query, job, `Process ${pid} on ${host} showed no sign of life`);
    for (const job of unknown) await giveBack(query, job, 'The answer that a worker has it was lost');
    const found = { aheadMs, lost, ...force, wasLost: before !== undefined && before.lost_at !== null };
    await query(`update ${SCHEMA}.worker set waits = $2 where id = $1`, [
      identity.id,
      JSON.stringify(findWaits(found)),
    ]);
    return found;
  });
}

async function putSelf(
  query: Database['query'],
  { id, host, pid, version, storeSchema, concurrency }: Identity,
  { config: { digest, keys }, jobs, aheadMs }: Sign & { aheadMs: number },
): Promise<void> {
  await query(
    `insert into ${SCHEMA}.worker
       (id, host, pid, version, store_schema, concurrency, config, config_keys, ahead_ms, waits, jobs, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '[]', $10, clock_timestamp())
     on conflict (id) do update set config = excluded.config, config_keys = excluded.config_keys,
       ahead_ms = excluded.ahead_ms, jobs = excluded.jobs, seen_at = excluded.seen_at, lost_at = null`,
    [
      ...[id, host, pid, version, storeSchema, concurrency],
      ...[digest, JSON.stringify(keys), aheadMs, JSON.stringify(jobs)],
    ],
  );
}

async function markLost(query: Database['query'], id: string, lostMs: number): Promise<Found['lost']> {
  const { rows } = await query(
    `update ${SCHEMA}.worker set lost_at = clock_timestamp()
     where id <> $1 and lost_at is null and ended_at is null
       and seen_at < clock_timestamp() - $2 * interval '1 millisecond'
     returning id, host, pid, jobs`,
    [id, lostMs],
  );
  return rows as unknown as Found['lost'];
}

async function findForce(
  query: Database['query'],
  { id, storeSchema }: Identity,
  { config }: Sign,
): Promise<Pick<Found, 'otherConfig' | 'storeSchema'>> {
  const { rows: others } = await query(
    `select host, pid, config_keys from ${SCHEMA}.worker w join ${SCHEMA}.in_force f on f.config = w.config
     where w.id <> $1 and w.lost_at is null and w.ended_at is null and f.config <> $2 order by started_at limit 1`,
    [id, config.digest],
  );
  const { rows } = await query(
    `insert into ${SCHEMA}.in_force (config, store_schema) values ($1, $2)
     on conflict (one) do update set config = case when $3 then in_force.config else excluded.config end,
       store_schema = greatest(in_force.store_schema, excluded.store_schema)
     returning store_schema`,
    [config.digest, storeSchema, others.length > 0],
  );
  return {
    otherConfig: toOther(others[0] as Other | undefined, config),
    storeSchema: Number(rows[0]?.['store_schema'] ?? storeSchema),
  };
}

interface Other {
  host: string;
  pid: number;
  config_keys: ConfigDigest['keys'];
}

function toOther(other: Other | undefined, { keys }: ConfigDigest): Found['otherConfig'] {
  if (other === undefined) return null;
  const { host, pid, config_keys: theirs } = other;
  // An earlier version has stored none.
  const isKnown = Object.keys(theirs).length > 0;
  const names = isKnown ? Object.keys({ ...theirs, ...keys }).filter((key) => theirs[key] !== keys[key]) : [];
  return { host, pid, keys: names.sort() };
}

/** Stores what a worker has in hand, in the transaction in which it fetches more: a job that is nobody's would wait for an hour. */
export function holdJobs(query: Database['query'], id: string, jobs: readonly HeldJob[]): Promise<Answer> {
  return query(`update ${SCHEMA}.worker set jobs = $2 where id = $1`, [id, JSON.stringify(jobs)]);
}

/** Stores that a worker has ended. */
export function leave(database: Database, id: string): Promise<Answer> {
  return database.query(
    `update ${SCHEMA}.worker set ended_at = clock_timestamp(), jobs = '[]' where id = $1 and ended_at is null`,
    [id],
  );
}
