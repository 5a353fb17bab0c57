import { sql } from 'kysely';
import type { Access, Session } from './tables/access.js';
import type { SampleRecord } from './records.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hours are kept this many times as long as raw samples. */
const HOURS_FACTOR = 4;

/** Requests with a key are kept this many days after their answer or, without one, after they were last renewed. */
const REQUEST_DAYS = 7;

/** Deliveries of notices are kept this many days after they were sent or given up. */
const DELIVERY_DAYS = 30;

interface PruneRequest {
  now: string;
  apiLogDays: number;
  samplesDays: number;
}

/** A roll-up from one resolution to the next coarser one. */
interface RollUpStep {
  from: SampleRecord['resolution'];
  to: SampleRecord['resolution'];
  /** Milliseconds per remaining row. */
  length: number;
}

const TO_HOURS: RollUpStep = { from: 'raw', to: 'hour', length: HOUR_MS };
const TO_DAYS: RollUpStep = { from: 'hour', to: 'day', length: DAY_MS };

/**
 * Deletes old rows of the API log and rolls samples up. Returns the number of deleted rows. One transaction per hour or
 * day of rows, so that other writes don't wait long.
 */
export async function prune(
  access: Access,
  { now, apiLogDays, samplesDays }: PruneRequest,
): Promise<{ apiCalls: number; samples: number }> {
  const instant = Date.parse(now);
  const apiCalls = await deleteCalls(access, new Date(instant - apiLogDays * DAY_MS).toISOString());
  await deleteEnded(access, instant);
  const hours = await rollUp(access, TO_HOURS, instant - samplesDays * DAY_MS);
  const days = await rollUp(access, TO_DAYS, instant - HOURS_FACTOR * samplesDays * DAY_MS);
  return { apiCalls, samples: hours + days };
}

/** Deletes sessions that ended, requests that nobody repeats any more, and deliveries that ended. */
async function deleteEnded(access: Access, instant: number): Promise<void> {
  await access.write(async ({ db }) => {
    await db.deleteFrom('sessions').where('expires_at', '<=', new Date(instant).toISOString()).execute();
    const before = new Date(instant - REQUEST_DAYS * DAY_MS).toISOString();
    await db.deleteFrom('requests').where('at', '<', before).execute();
    const ended = new Date(instant - DELIVERY_DAYS * DAY_MS).toISOString();
    await db.deleteFrom('deliveries').where('state', 'in', ['sent', 'given-up']).where('at', '<', ended).execute();
  });
}

/** Start of the hour or day (UTC) that contains an instant. */
function toBucketStart(instant: number, length: number): number {
  return Math.floor(instant / length) * length;
}

async function deleteCalls(access: Access, before: string): Promise<number> {
  for (let deleted = await deleteBlocks(access, before); ;) {
    const count = await access.write(async ({ db }) => {
      const oldest = await db
        .selectFrom('api_calls')
        .select((eb) => eb.fn.min<string | null>('at').as('at'))
        .executeTakeFirst();
      const at = oldest?.at ?? null;
      if (at === null || at >= before) return null;
      const end = new Date(toBucketStart(Date.parse(at), HOUR_MS) + HOUR_MS).toISOString();
      const result = await db
        .deleteFrom('api_calls')
        .where('at', '<', end < before ? end : before)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    });
    if (count === null) return deleted;
    deleted += count;
  }
}

/** Deletes the blocks whose calls are all older; returns the number of calls. */
async function deleteBlocks(access: Access, before: string): Promise<number> {
  return access.write(async ({ db }) => {
    const old = db.deleteFrom('api_call_blocks').where('last_at', '<', before);
    const blocks = await old.returning(['seq', 'first_seq']).execute();
    return blocks.reduce((sum, { seq, first_seq: first }) => sum + seq - first + 1, 0);
  });
}

/** Tables of readings that are rolled up; the last row of each subject and hour or day stays. */
const ROLLED_UP = [
  { table: 'usage_samples', subject: 'service', time: 'at' },
  { table: 'confirmations', subject: 'panel', time: 'read_at' },
] as const;

type Rolled = (typeof ROLLED_UP)[number];

/**
 * Keeps the last sample of each service, and the last confirmation of each panel, for each whole hour or day before
 * `before`. Skips an hour or day that `before` cuts, or it would be rolled up twice. Returns the number of deleted
 * samples.
 */
async function rollUp(access: Access, step: RollUpStep, before: number): Promise<number> {
  const limit = new Date(toBucketStart(before, step.length)).toISOString();
  let samples = 0;
  for (const rolled of ROLLED_UP) {
    for (;;) {
      const count = await access.write((session) => rollUpOldest(session, rolled, step, limit));
      if (count === null) break;
      if (rolled.table === 'usage_samples') samples += count;
    }
  }
  return samples;
}

/** Rolls up the oldest hour or day; returns the number of deleted rows, null where all before `limit` is rolled up. */
async function rollUpOldest(
  { db }: Session,
  { table, subject, time }: Rolled,
  { from, to, length }: RollUpStep,
  limit: string,
): Promise<number | null> {
  const [name, at, owner] = [sql.table(table), sql.ref(time), sql.ref(subject)];
  const oldest = await sql<{ at: string | null }>`
    select min(${at}) as "at" from ${name} where "resolution" = ${from}`.execute(db);
  const first = oldest.rows[0]?.at ?? null;
  if (first === null || first >= limit) return null;
  const instant = toBucketStart(Date.parse(first), length);
  const start = new Date(instant).toISOString();
  const end = new Date(instant + length).toISOString();
  const period = sql`"resolution" = ${from} and ${at} >= ${start} and ${at} < ${end}`;
  const deleted = await sql`delete from ${name} where ${period} and exists (
    select 1 from ${name} as "later" where "later".${owner} = ${name}.${owner} and "later".${at} > ${name}.${at}
      and "later".${at} < ${end} and "later"."resolution" = ${from})`.execute(db);
  await sql`update ${name} set "resolution" = ${to} where ${period}`.execute(db);
  return Number(deleted.numAffectedRows ?? 0);
}
