import { sql } from 'kysely';
import { type RollUpRange, rollUpSamples, type RollUpStep } from './roll-up.js';
import { hasWithin } from './standing-samples.js';
import type { Access, Session } from './tables/access.js';
import { isIn } from './tables/dialect.js';
import type { PruneRequest } from './store.js';

const HOUR_MS = 3_600_000;

const DAY_MS = 24 * HOUR_MS;

/** Hours are kept this many times as long as raw samples. */
const HOURS_FACTOR = 4;

/** Requests with a key are kept this many days after their answer or, without one, after they were last renewed. */
const REQUEST_DAYS = 7;

/** Deliveries of notices are kept this many days after they were sent or given up. */
const DELIVERY_DAYS = 30;

/** Share links are kept this many days after their end. */
const LINK_DAYS = 30;

/** Polls that had nothing to read, as one each minute mostly has where polls read what is due, are kept this many days. */
const EMPTY_POLL_DAYS = 1;

/** Ended periods of agents are kept this many days: five years. */
const PERIOD_DAYS = 1827;

/** Raw samples are kept this many days where nothing is stated. */
const RAW_DAYS = 7;

const TO_HOURS: RollUpStep = { from: 'raw', to: 'hour', length: HOUR_MS, prefix: 13 };

const TO_DAYS: RollUpStep = { from: 'hour', to: 'day', length: DAY_MS, prefix: 10 };

/**
 * Deletes old rows of the API log and rolls samples up. Returns the number of deleted rows. One transaction per hour, day or
 * hundred services, so that other writes don't wait long.
 */
export async function prune(access: Access, request: PruneRequest): Promise<{ apiCalls: number; samples: number }> {
  const { now, apiLogDays, samplesDays } = request;
  const instant = Date.parse(now);
  const apiCalls = await deleteCalls(access, new Date(instant - apiLogDays * DAY_MS).toISOString());
  await deleteEnded(access, instant);
  const range = {
    openCycles: samplesDays !== null,
    bounds: [...(request.bounds ?? [])].sort(),
    beforeFirst: once(request),
  };
  const raw = (samplesDays ?? RAW_DAYS) * DAY_MS;
  const hours = await rollUp(access, TO_HOURS, { ...range, before: instant - raw });
  const days = await rollUp(access, TO_DAYS, { ...range, before: instant - HOURS_FACTOR * raw });
  return { apiCalls, samples: hours + days };
}

function once({ beforeThinning }: PruneRequest): () => Promise<void> {
  let called: Promise<void> | undefined;
  return () => (called ??= beforeThinning?.() ?? Promise.resolve());
}

/** Deletes sessions, share links and periods of agents that ended, requests that nobody repeats any more, and deliveries that ended. */
async function deleteEnded(access: Access, instant: number): Promise<void> {
  await access.write(async ({ db }) => {
    await db.deleteFrom('sessions').where('expires_at', '<=', new Date(instant).toISOString()).execute();
    const before = new Date(instant - REQUEST_DAYS * DAY_MS).toISOString();
    await db.deleteFrom('requests').where('at', '<', before).execute();
    const ended = new Date(instant - DELIVERY_DAYS * DAY_MS).toISOString();
    await db.deleteFrom('deliveries').where('state', 'in', ['sent', 'given-up']).where('at', '<', ended).execute();
    const old = new Date(instant - PERIOD_DAYS * DAY_MS).toISOString();
    await db.deleteFrom('agent_periods').where('ended_at', '<', old).execute();
    await deleteEmptyPolls(db, new Date(instant - EMPTY_POLL_DAYS * DAY_MS).toISOString());
    await deleteLinks(db, new Date(instant - LINK_DAYS * DAY_MS).toISOString());
  });
}

/** Deletes polls over all panels that ended without an error before an instant, read no service and notified nobody. */
async function deleteEmptyPolls(db: Session['db'], before: string): Promise<void> {
  await sql`delete from "runs" where "command" = 'poll' and "started_at" < ${before} and "finished_at" is not null
    and "error" is null and "service" is null and "scope" is null and "totals" like '{"services":0,%'
    and not exists (select 1 from "notices" where "notices"."run" = "runs"."id")`.execute(db);
}

/** Deletes the share links that ended before an instant; the next run still reports that what one has set is over. */
async function deleteLinks(db: Session['db'], before: string): Promise<void> {
  await sql`delete from "api_tokens" where "kind" = 'share' and "expires_at" is not null and ("expires_at" < ${before} or "revoked_at" < ${before})
    and "id" not in (select "link" from "auto_buy_preferences" where "link" is not null)`.execute(db);
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

/** Rolls up the confirmations and the samples before an hour or day; one that `before` cuts is left as it is. */
async function rollUp(
  access: Access,
  step: RollUpStep,
  { before, ...range }: Omit<RollUpRange, 'limit'> & { before: number },
): Promise<number> {
  const limit = new Date(toBucketStart(before, step.length)).toISOString();
  // They repeat samples of open cycles, too.
  const until = range.openCycles ? limit : await access.read((session) => beforeOpenCycles(session, step, limit));
  await rollUpConfirmations(access, step, { ...range, limit: until });
  return rollUpSamples(access, step, { ...range, limit });
}

/** Returns the beginning of the hour or day in which the oldest cycle began that is not over, if it is before the limit. */
async function beforeOpenCycles({ db }: Session, { length }: RollUpStep, limit: string): Promise<string> {
  const { rows } = await sql<{ at: string | null }>`
    select min("starts_at") as "at" from "cycles" where "closed_at" is null`.execute(db);
  const first = rows[0]?.at ?? null;
  if (first === null || first >= limit) return limit;
  return new Date(toBucketStart(Date.parse(first), length)).toISOString();
}

/** Keeps the last confirmation of each panel in each hour or day, and the last one before each bound. */
async function rollUpConfirmations(access: Access, step: RollUpStep, range: RollUpRange): Promise<void> {
  for (let from = ''; ;) {
    const first = await access.read((session) => oldestConfirmation(session, step, from));
    if (first === null || first >= range.limit) return;
    const start = toBucketStart(Date.parse(first), step.length);
    const [since, until] = [start, start + step.length].map((instant) => new Date(instant).toISOString());
    const due = { ...step, since: since ?? '', until: until ?? '', bounds: range.bounds };
    await access.write((session) => rollUpPeriod(session, due));
    from = due.until;
  }
}

async function oldestConfirmation({ db }: Session, { from }: RollUpStep, since: string): Promise<string | null> {
  const { rows } = await sql<{ at: string | null }>`select min("read_at") as "at" from "confirmations"
    where "resolution" = ${from} and "read_at" >= ${since}`.execute(db);
  return rows[0]?.at ?? null;
}

async function rollUpPeriod(
  { db }: Session,
  { from, to, since, until, bounds }: RollUpStep & { since: string; until: string; bounds: readonly string[] },
): Promise<void> {
  const { rows } = await sql<{ seq: number; at: string; next: string | null }>`
    select "seq", "read_at" as "at", (select "later"."read_at" from "confirmations" as "later"
      where "later"."panel" = "c"."panel" and "later"."seq" > "c"."seq" order by "later"."seq" limit 1) as "next"
    from "confirmations" as "c" where "resolution" = ${from} and "read_at" >= ${since} and "read_at" < ${until}`.execute(
    db,
  );
  const due = rows.filter(({ at, next }) => !hasWithin(bounds, at, next));
  const [gone, rest] = [true, false].map((isGone) =>
    due.filter(({ next }) => (next !== null && next < until) === isGone).map(({ seq }) => seq),
  );
  await sql`delete from "confirmations" where ${isIn('seq', gone ?? [])}`.execute(db);
  await sql`update "confirmations" set "resolution" = ${to} where ${isIn('seq', rest ?? [])}`.execute(db);
}
