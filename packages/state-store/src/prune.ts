import { sql } from 'kysely';
import type { Access, Session } from './tables/access.js';
import type { SampleRecord } from './records.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hours are kept this many times as long as raw samples. */
const HOURS_FACTOR = 4;

interface PruneRequest {
  now: string;
  apiLogDays: number;
  samplesDays: number;
}

/** How samples get from one resolution to the next coarser one. */
interface RollUpStep {
  from: SampleRecord['resolution'];
  to: SampleRecord['resolution'];
  /** Milliseconds that one row stands for afterwards. */
  length: number;
}

const TO_HOURS: RollUpStep = { from: 'raw', to: 'hour', length: HOUR_MS };
const TO_DAYS: RollUpStep = { from: 'hour', to: 'day', length: DAY_MS };

/** One hour or day, as instants; `end` is exclusive. */
interface Period {
  start: string;
  end: string;
}

/**
 * Deletes old rows of the API log and rolls samples up, an hour or a day of rows per transaction, so that others get
 * their turn. Counts the rows that went away.
 */
export async function prune(
  access: Access,
  { now, apiLogDays, samplesDays }: PruneRequest,
): Promise<{ apiCalls: number; samples: number }> {
  const instant = Date.parse(now);
  const apiCalls = await deleteCalls(access, new Date(instant - apiLogDays * DAY_MS).toISOString());
  const hours = await rollUp(access, TO_HOURS, instant - samplesDays * DAY_MS);
  const days = await rollUp(access, TO_DAYS, instant - HOURS_FACTOR * samplesDays * DAY_MS);
  return { apiCalls, samples: hours + days };
}

/** Start of the hour or day (UTC) that an instant lies in. */
function startOf(instant: number, length: number): number {
  return Math.floor(instant / length) * length;
}

async function deleteCalls(access: Access, before: string): Promise<number> {
  for (let deleted = 0; ;) {
    const count = await access.write(async ({ db }) => {
      const oldest = await db
        .selectFrom('api_calls')
        .select((eb) => eb.fn.min<string | null>('at').as('at'))
        .executeTakeFirst();
      const at = oldest?.at ?? null;
      if (at === null || at >= before) return null;
      const end = new Date(startOf(Date.parse(at), HOUR_MS) + HOUR_MS).toISOString();
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

/**
 * Of each whole hour or day before `before` keeps the last sample of each service. What is not over yet by then is
 * left alone, or it would be rolled up twice.
 */
async function rollUp(access: Access, step: RollUpStep, before: number): Promise<number> {
  const { from, length } = step;
  const limit = new Date(startOf(before, length)).toISOString();
  for (let deleted = 0; ;) {
    const count = await access.write(async (session) => {
      const oldest = await session.db
        .selectFrom('usage_samples')
        .select((eb) => eb.fn.min<string | null>('at').as('at'))
        .where('resolution', '=', from)
        .executeTakeFirst();
      const at = oldest?.at ?? null;
      if (at === null || at >= limit) return null;
      const start = startOf(Date.parse(at), length);
      const period = { start: new Date(start).toISOString(), end: new Date(start + length).toISOString() };
      return rollUpPeriod(session, step, period);
    });
    if (count === null) return deleted;
    deleted += count;
  }
}

async function rollUpPeriod({ db }: Session, { from, to }: RollUpStep, { start, end }: Period): Promise<number> {
  const result = await db
    .deleteFrom('usage_samples')
    .where('resolution', '=', from)
    .where('at', '>=', start)
    .where('at', '<', end)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('usage_samples as later')
          .select(sql<number>`1`.as('one'))
          .whereRef('later.service', '=', 'usage_samples.service')
          .whereRef('later.at', '>', 'usage_samples.at')
          .where('later.at', '<', end)
          .where('later.resolution', '=', from),
      ),
    )
    .executeTakeFirst();
  await db
    .updateTable('usage_samples')
    .set({ resolution: to })
    .where('resolution', '=', from)
    .where('at', '>=', start)
    .where('at', '<', end)
    .execute();
  return Number(result.numDeletedRows);
}
