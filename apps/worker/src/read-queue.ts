import type { QueueFigures, WorkerView } from '@sluice/contract/documents';
import { openDatabase } from './database.js';
import { SCHEMA, TICK, TIMINGS } from './settings.js';

/** Failed jobs that are listed. */
const FAILED = 20;

/** One question, so that its parts fit each other. Times are in milliseconds since 1970. */
const QUESTION = `
  with jobs as (
    select * from ${SCHEMA}.job where name not like '\\_\\_pgboss\\_\\_%' and name <> '${TICK}'
  ), open as (
    select * from jobs where state < 'completed'
  ), ended as (
    select name, coalesce(output->>'outcome', state::text) as outcome, data, output, completed_on from jobs
    where state >= 'completed' and completed_on > now() - interval '1 day'
  )
  select
    (select count(*)::int from open where state < 'active' and start_after <= now()) as waiting,
    (select count(*)::int from open where state = 'active') as active,
    (select coalesce(extract(epoch from now() - min(start_after)), 0)::float from open
     where state < 'active' and start_after <= now()) as lag,
    (select extract(epoch from min(created_on)) * 1000 from open)::float as oldest,
    (select coalesce(json_agg(k order by k.kind), '[]') from (
       select name as kind, (count(*) filter (where state < 'active'))::int as waiting,
         (count(*) filter (where state = 'active'))::int as active
       from open group by name) k) as open,
    (select coalesce(json_agg(e order by e.kind, e.outcome), '[]') from (
       select name as kind, outcome, count(*)::int as count from ended group by name, outcome) e) as ended,
    (select coalesce(json_agg(f), '[]') from (
       select name as kind, data->>'panel' as panel, outcome, output->>'message' as message,
         extract(epoch from completed_on) * 1000 as at
       from ended where outcome in ('failed', 'lost', 'expired') order by completed_on desc limit ${FAILED}) f) as failed,
    (select coalesce(json_agg(w order by w.started), '[]') from (
       select id, host, pid, version, concurrency, config, waits, ahead_ms as ahead,
         (select coalesce(json_agg(j), '[]') from jsonb_array_elements(jobs) j
          where exists (select from open where open.id::text = j->>'id' and state = 'active')) as jobs,
         lost_at is not null or seen_at < clock_timestamp() - $1 * interval '1 millisecond' as is_lost,
         ended_at is not null as is_ended,
         extract(epoch from started_at) * 1000 as started, extract(epoch from seen_at) * 1000 as seen
       from ${SCHEMA}.worker where ended_at is null or ended_at > clock_timestamp() - interval '1 hour') w) as workers`;

interface Row {
  waiting: number;
  active: number;
  lag: number;
  oldest: number | null;
  open: { kind: string; waiting: number; active: number }[];
  ended: { kind: string; outcome: string; count: number }[];
  failed: { kind: string; panel: string | null; outcome: string; message: string | null; at: number }[];
  workers: WorkerRow[];
}

interface WorkerRow extends Pick<WorkerView, 'id' | 'host' | 'pid' | 'version' | 'concurrency' | 'config'> {
  waits: string[];
  jobs: (WorkerView['jobs'][number] & { id: string })[];
  ahead: number;
  is_lost: boolean;
  is_ended: boolean;
  started: number;
  seen: number;
}

/**
 * Reads the figures of the queue in a database, on a connection of its own; null before the first worker was started.
 *
 * @throws where the database does not answer
 */
export async function readQueue(url: string): Promise<QueueFigures | null> {
  const database = openDatabase(url, { name: 'sluice queue', connections: 1 });
  try {
    const { rows: found } = await database.query(`select to_regclass('${SCHEMA}.worker') as name`);
    if (found[0]?.['name'] === null) return null;
    const { rows } = await database.query(QUESTION, [TIMINGS.lostMs]);
    return toFigures(rows[0] as unknown as Row);
  } finally {
    await database.close();
  }
}

function toFigures({ waiting, active, lag, oldest, open, ended, failed, workers }: Row): QueueFigures {
  const kinds = [...new Set([...open, ...ended].map(({ kind }) => kind))].sort();
  return {
    waiting,
    active,
    lagSeconds: Math.round(lag),
    oldestAt: oldest === null ? null : toInstant(oldest),
    kinds: kinds.map((kind) => {
      const { waiting: now = 0, active: begun = 0 } = open.find((each) => each.kind === kind) ?? {};
      const outcomes = ended.filter((each) => each.kind === kind);
      return { kind, waiting: now, active: begun, ended: outcomes.map(({ outcome, count }) => ({ outcome, count })) };
    }),
    workers: workers.map(toWorker),
    failed: failed.map(({ at, ...job }) => ({ ...job, at: toInstant(at) })),
  };
}

function toWorker({
  waits,
  jobs,
  ahead,
  is_lost: isLost,
  is_ended: isEnded,
  started,
  seen,
  ...row
}: WorkerRow): WorkerView {
  return {
    ...row,
    state: isEnded ? 'ended' : isLost ? 'lost' : waits.length > 0 ? 'waiting' : 'working',
    reasons: isEnded ? [] : waits,
    clockSeconds: ahead / 1000,
    startedAt: toInstant(started),
    seenAt: toInstant(seen),
    jobs: isEnded || isLost ? [] : jobs.map(({ kind, panel, since }) => ({ kind, panel, since })),
  };
}

const toInstant = (ms: number): string => new Date(Math.round(ms)).toISOString();
