import { sql } from 'kysely';
import type { SampleRecord } from './records.js';
import { hasWithin, judge, type Neighboured, type Standing } from './standing-samples.js';
import type { Access, Session } from './tables/access.js';
import { isIn, listedPairs } from './tables/dialect.js';

/** A roll-up from one resolution to the next coarser one. */
export interface RollUpStep {
  from: SampleRecord['resolution'];
  to: SampleRecord['resolution'];
  /** Milliseconds per remaining row. */
  length: number;
  /** Length of the prefix of an instant that all rows of such a time share. */
  prefix: number;
}

/** Which samples are rolled up. */
export interface RollUpRange {
  /** Before this instant, the beginning of an hour or day. */
  limit: string;
  /** Also those of cycles that are not over. */
  openCycles: boolean;
  /** Instants whose last sample before them stays, ascending. */
  bounds: readonly string[];
  /** Called once, before the first sample is deleted. */
  beforeFirst: () => Promise<void>;
}

/** Services per transaction, so that other writes don't wait long. */
const AT_ONCE = 100;

/** Keeps the last sample of each service, hour or day, and all that stand behind something; returns the number of deleted ones. */
export async function rollUpSamples(access: Access, step: RollUpStep, range: RollUpRange): Promise<number> {
  let deleted = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const last: string = after;
    const services = await access.read((session) => nextServices(session, last));
    const { gone, coarser } = await access.read((session) => planServices(session, services, { ...step, ...range }));
    if (gone.length > 0) await range.beforeFirst();
    if (gone.length + coarser.length > 0) {
      await access.write(async (session) => {
        await moveConfirmed(session, gone, range.bounds);
        deleted += await removeSamples(session, gone, step);
        await coarsen(session, coarser, step);
      });
    }
    after = services.at(-1);
  }
  return deleted;
}

/** Jumps from service to service: their samples are not read. */
async function nextServices({ db }: Session, after: string): Promise<string[]> {
  const { rows } = await sql<{ service: string }>`
    with recursive "names"("service", "n") as (
      select min("service"), 1 from "usage_samples" where "service" > ${after}
      union all
      select (select min("s"."service") from "usage_samples" as "s" where "s"."service" > "names"."service"), "n" + 1
      from "names" where "names"."service" is not null and "n" < ${AT_ONCE})
    select "service" from "names" where "service" is not null`.execute(db);
  return rows.map(({ service }) => service);
}

interface Plan {
  /** Samples with a later one in their hour or day. */
  gone: readonly Neighboured[];
  coarser: readonly Neighboured[];
}

async function planServices(
  session: Session,
  services: readonly string[],
  range: RollUpStep & RollUpRange,
): Promise<Plan> {
  if (services.length === 0) return { gone: [], coarser: [] };
  const rows = await listDue(session, services, range);
  if (rows.length === 0) return { gone: [], coarser: [] };
  const standing = await readStanding(session, services, range);
  const due = rows.filter((_, index) => !judge(rows, index, standing));
  const hasLater = ({ at, next_at: next }: Neighboured): boolean =>
    next?.slice(0, range.prefix) === at.slice(0, range.prefix);
  return { gone: due.filter(hasLater), coarser: due.filter((row) => !hasLater(row)) };
}

/** Lists the samples of a resolution with those before and after them, by service and time. */
async function listDue(
  { db }: Session,
  services: readonly string[],
  { from, limit, openCycles }: RollUpStep & RollUpRange,
): Promise<Neighboured[]> {
  const isOver = sql`and not exists (
    select 1 from "cycles" as "c" where "c"."id" = "s"."cycle" and "c"."closed_at" is null)`;
  const { rows } = await sql<Neighboured>`
    select "s"."service", "s"."at", "s"."cycle", "s"."in_bytes", "s"."out_bytes", "s"."total_bytes",
      "p"."cycle" as "prior_cycle", "p"."in_bytes" as "prior_in", "p"."out_bytes" as "prior_out",
      "p"."total_bytes" as "prior_total", "n"."at" as "next_at", "n"."cycle" as "next_cycle",
      "n"."in_bytes" as "next_in", "n"."out_bytes" as "next_out", "n"."total_bytes" as "next_total",
      case when "s"."panel" is not null then (
        select min("c"."read_at") from "confirmations" as "c" where "c"."panel" = "s"."panel"
          and "c"."seq" > "s"."confirmed_from" and "c"."seq" < coalesce("s"."confirmed_until", 9223372036854775807)
      ) end as "confirmed_at"
    from "usage_samples" as "s"
    left join "usage_samples" as "p" on "p"."service" = "s"."service" and "p"."at" = (
      select max("x"."at") from "usage_samples" as "x" where "x"."service" = "s"."service" and "x"."at" < "s"."at")
    left join "usage_samples" as "n" on "n"."service" = "s"."service" and "n"."at" = (
      select min("x"."at") from "usage_samples" as "x" where "x"."service" = "s"."service" and "x"."at" > "s"."at")
    where ${isIn('s.service', services)} and "s"."at" < ${limit} and "s"."resolution" = ${from}
      ${openCycles ? sql`` : isOver}
    order by "s"."service", "s"."at"`.execute(db);
  return rows;
}

/** Reads what samples of services may stand behind. */
async function readStanding(
  { db }: Session,
  services: readonly string[],
  { bounds, limit }: RollUpRange,
): Promise<Standing> {
  const ofServices = sql`${isIn('service', services)}`;
  const decided = await sql<{ key: string }>`
    select distinct "service" || ' ' || "read_at" as "key" from "decision_history"
    where ${ofServices} and "read_at" < ${limit}`.execute(db);
  const events = await sql<{ service: string; at: string }>`
    select "service", "at" from "purchases" where ${ofServices}
    union select "service", "at" from "notices" where ${ofServices}
    order by "service", "at"`.execute(db);
  const byService = new Map<string, string[]>();
  for (const { service, at } of events.rows) byService.set(service, [...(byService.get(service) ?? []), at]);
  return { decided: new Set(decided.rows.map(({ key }) => key)), events: byService, bounds };
}

const isNamed = (rows: readonly Neighboured[]) =>
  sql`("service", "at") in ${listedPairs(rows.map(({ service, at }) => [service, at]))}`;

/** Where a reading that repeats a sample is the last one until a bound, the sample goes on from it. */
async function moveConfirmed({ db }: Session, gone: readonly Neighboured[], bounds: readonly string[]): Promise<void> {
  for (const { service, at, next_at: next, confirmed_at: confirmed } of gone) {
    if (confirmed === null || !hasWithin(bounds, confirmed, next)) continue;
    const { rows } = await sql<{ seq: number; at: string }>`
      select "c"."seq", "c"."read_at" as "at" from "usage_samples" as "s" join "confirmations" as "c"
        on "c"."panel" = "s"."panel" and "c"."seq" > "s"."confirmed_from"
        and "c"."seq" < coalesce("s"."confirmed_until", 9223372036854775807)
      where "s"."service" = ${service} and "s"."at" = ${at} order by "c"."seq"`.execute(db);
    const kept = rows.find((row, index) => hasWithin(bounds, row.at, rows[index + 1]?.at ?? next));
    if (kept === undefined) continue;
    await sql`update "usage_samples" set "at" = ${kept.at}, "resolution" = 'raw', "confirmed_from" = ${kept.seq}
      where "service" = ${service} and "at" = ${at} and not exists (
        select 1 from "usage_samples" as "other" where "other"."service" = ${service} and "other"."at" = ${kept.at})`.execute(
      db,
    );
  }
}

async function removeSamples({ db }: Session, gone: readonly Neighboured[], { from }: RollUpStep): Promise<number> {
  if (gone.length === 0) return 0;
  const result = await sql`delete from "usage_samples" where ${isNamed(gone)} and "resolution" = ${from}`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

async function coarsen({ db }: Session, rows: readonly Neighboured[], { from, to }: RollUpStep): Promise<void> {
  if (rows.length === 0) return;
  await sql`update "usage_samples" set "resolution" = ${to} where ${isNamed(rows)} and "resolution" = ${from}`.execute(
    db,
  );
}
