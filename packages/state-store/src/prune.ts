import { sql } from 'kysely';
import { rollUpSamples, type RollUpStep } from './roll-up.js';
import type { Access, Session } from './tables/access.js';

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

const TO_HOURS: RollUpStep = { from: 'raw', to: 'hour', length: HOUR_MS, prefix: 13 };
const TO_DAYS: RollUpStep = { from: 'hour', to: 'day', length: DAY_MS, prefix: 10 };

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

/** Rolls up the samples and the confirmations before an hour or day; one that `before` cuts is left as it is. */
async function rollUp(access: Access, step: RollUpStep, before: number): Promise<number> {
  const limit = new Date(toBucketStart(before, step.length)).toISOString();
  const samples = await rollUpSamples(access, step, limit);
  while (await access.write((session) => rollUpConfirmations(session, step, limit)));
  return samples;
}

/** Keeps the last confirmation of each panel in the oldest hour or day; returns false where all before `limit` are rolled up. */
async function rollUpConfirmations({ db }: Session, { from, to, length }: RollUpStep, limit: string): Promise<boolean> {
  const oldest = await sql<{ at: string | null }>`
    select min("read_at") as "at" from "confirmations" where "resolution" = ${from}`.execute(db);
  const first = oldest.rows[0]?.at ?? null;
  if (first === null || first >= limit) return false;
  const instant = toBucketStart(Date.parse(first), length);
  const start = new Date(instant).toISOString();
  const end = new Date(instant + length).toISOString();
  const period = sql`"resolution" = ${from} and "read_at" >= ${start} and "read_at" < ${end}`;
  await sql`delete from "confirmations" where ${period} and exists (
    select 1 from "confirmations" as "later" where "later"."panel" = "confirmations"."panel"
      and "later"."read_at" > "confirmations"."read_at" and "later"."read_at" < ${end}
      and "later"."resolution" = ${from})`.execute(db);
  await sql`update "confirmations" set "resolution" = ${to} where ${period}`.execute(db);
  return true;
}
