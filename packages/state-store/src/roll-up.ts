import { sql } from 'kysely';
import type { SampleRecord } from './records.js';
import type { Access, Session } from './tables/access.js';
import { listed } from './tables/chunks.js';

/** A roll-up from one resolution to the next coarser one. */
export interface RollUpStep {
  from: SampleRecord['resolution'];
  to: SampleRecord['resolution'];
  /** Milliseconds per remaining row. */
  length: number;
  /** Length of the prefix of an instant that all rows of such a time share. */
  prefix: number;
}

/** Services per transaction, so that other writes don't wait long. */
const AT_ONCE = 100;

/** Keeps the last sample of each service in each hour or day before `limit`; returns the number of deleted ones. */
export async function rollUpSamples(access: Access, step: RollUpStep, limit: string): Promise<number> {
  let deleted = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const last: string = after;
    const done = await access.write(async (session) => {
      const services = await nextServices(session, last);
      return { last: services.at(-1), deleted: await rollUpServices(session, services, { ...step, limit }) };
    });
    deleted += done.deleted;
    after = done.last;
  }
  return deleted;
}

/** Jumps from service to service: their samples are not read. */
async function nextServices({ db }: Session, after: string): Promise<string[]> {
  const { rows } = await sql<{ service: string }>`
    with recursive "names"("service") as (
      select min("service") from "usage_samples" where "service" > ${after}
      union all
      select (select min("s"."service") from "usage_samples" as "s" where "s"."service" > "names"."service")
      from "names" where "names"."service" is not null limit ${AT_ONCE + 1})
    select "service" from "names" where "service" is not null limit ${AT_ONCE}`.execute(db);
  return rows.map(({ service }) => service);
}

async function rollUpServices(
  { db }: Session,
  services: readonly string[],
  { from, to, prefix, limit }: RollUpStep & { limit: string },
): Promise<number> {
  if (services.length === 0) return 0;
  const isDue = sql`"s"."service" in ${listed(services)} and "s"."at" < ${limit} and "s"."resolution" = ${from}`;
  const deleted = await sql`delete from "usage_samples" as "s" where ${isDue} and exists (
    select 1 from "usage_samples" as "later" where "later"."service" = "s"."service" and "later"."at" > "s"."at"
      and "later"."at" < substr("s"."at", 1, ${prefix}) || '~' and "later"."at" < ${limit}
      and "later"."resolution" = ${from})`.execute(db);
  await sql`update "usage_samples" as "s" set "resolution" = ${to} where ${isDue}`.execute(db);
  return Number(deleted.numAffectedRows ?? 0);
}
