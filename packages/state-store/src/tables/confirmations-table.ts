import { sql } from 'kysely';
import type { CycleRecord, DecisionRecord, SampleRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { jsonMember, isIn, listedPairs, withMember } from './dialect.js';
import { inChunks } from './record-queries.js';
import { confirmations, samples } from './service-record-tables.js';

/**
 * A run that reads the same figures again writes one confirmation per panel instead of a sample, a cycle and a decision
 * per service. It covers each *open* sample of the panel: one with a `panel`, and no `confirmed_until`. Any other write
 * about a service closes its sample first: the last confirmation is written to the rows themselves.
 */

/** Repeats the condition of the partial index literally, for a table joined as `base`. */
export const IS_OPEN = sql<boolean>`"base"."panel" is not null and "base"."confirmed_until" is null`;

/** The newest confirmation of the open sample that is joined as `base`. */
export const NEWEST = sql<number>`(select max("c"."seq") from "confirmations" as "c"
  where "c"."panel" = "base"."panel" and "c"."seq" > "base"."confirmed_from")`;

/** Columns of the newest confirmation, joined as `last`; all null where the stored row is the newest itself. */
export const CONFIRMED = ['last.run as last_run', 'last.at as last_at', 'last.read_at as last_read_at'] as const;

/** A row with these columns. */
export interface Confirmed {
  last_run: string | null;
  last_at: string | null;
  last_read_at: string | null;
}

/** Returns the decision as the newest run confirmed it. */
export function confirmedDecision(decision: DecisionRecord, row: Confirmed): DecisionRecord {
  const { last_run: run, last_at: at, last_read_at: readAt } = row;
  if (run === null || at === null || readAt === null) return decision;
  const inputs = decision.inputs as { reading?: unknown } | null;
  const reading = withTime(inputs?.reading, readAt);
  return { ...decision, run, at, readAt, inputs: reading === undefined ? inputs : { ...inputs, reading } };
}

/** Returns the cycle as the newest run confirmed it. */
export function confirmedCycle(cycle: CycleRecord, { last_read_at: readAt }: Confirmed): CycleRecord {
  return readAt === null ? cycle : { ...cycle, readAt, counter: withTime(cycle.counter, readAt) };
}

function withTime(value: unknown, at: string): unknown {
  if (typeof value !== 'object' || value === null || !('at' in value)) return value;
  return { ...value, at };
}

/** Length of an instant's prefix that identifies the period of one rolled-up sample. */
const PERIOD_CHARACTERS = { raw: null, hour: 13, day: 10 } as const;

/** Readings that repeat stored samples. */
export function confirmationsTable(access: Access): StoreTables['confirmations'] {
  return {
    samples: (panel, services) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(services, (chunk) =>
          db
            .selectFrom('usage_samples as base')
            .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
            .select(samples.columns.map((column) => `base.${column}` as const))
            .select('last.read_at as last_read_at')
            .where(isIn('base.service', chunk))
            .where(IS_OPEN)
            .where('base.panel', '=', panel)
            .execute(),
        );
        return rows.map(({ last_read_at: at, ...row }) => ({ ...samples.decode(row), ...(at === null ? {} : { at }) }));
      }),
    confirm: ({ panel, run, at, readAt, unchanged, written }) =>
      access.write(async (session) => {
        const { db } = session;
        const rows = await db
          .selectFrom('usage_samples as base')
          .select('base.service')
          .where(IS_OPEN)
          .where('base.panel', '=', panel)
          .execute();
        const open = new Set(rows.map((row) => row.service));
        const confirmed = new Set(unchanged.filter((service) => open.has(service)));
        await closeSamples(
          session,
          [...open].filter((service) => !confirmed.has(service)),
        );
        if (confirmed.size > 0) {
          const row = confirmations.encode({ panel, run, at, readAt, resolution: 'raw' });
          await db.insertInto('confirmations').values(row).execute();
        }
        await openSamples(session, panel, written);
      }),
  };
}

/** Samples per statement. */
const AT_ONCE = 500;

/** Opens samples for later confirmations. */
async function openSamples(
  { db, closed }: Session,
  panel: string,
  written: readonly { service: string; at: string }[],
): Promise<void> {
  for (const { service } of written) closed.delete(service);
  for (let first = 0; first < written.length; first += AT_ONCE) {
    const keys = listedPairs(written.slice(first, first + AT_ONCE).map(({ service, at }) => [service, at]));
    await sql`update "usage_samples" set "panel" = ${panel}, "confirmed_until" = null,
      "confirmed_from" = (select coalesce(max("seq"), 0) from "confirmations")
      where ("service", "at") in ${keys}`.execute(db);
  }
}

/**
 * Writes the last confirmation of services to their rows, as if each run had written them, and closes their open
 * samples. Must precede every write to their samples, cycles and decisions.
 */
export async function closeSamples(session: Session, services: readonly string[]): Promise<void> {
  const { db, closed } = session;
  const unclosed = services.filter((service) => !closed.has(service));
  for (const service of unclosed) closed.add(service);
  const rows = await inChunks(unclosed, (chunk) =>
    db
      .selectFrom('usage_samples as base')
      .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
      .select([
        'base.service',
        'base.cycle',
        'base.resolution',
        'last.seq as last_seq',
        'last.resolution as last_resolution',
        ...CONFIRMED,
      ])
      .where(isIn('base.service', chunk))
      .where(IS_OPEN)
      .execute(),
  );
  if (rows.length === 0) return;
  const groups = new Map<number | null, typeof rows>();
  for (const row of rows) {
    const group = groups.get(row.last_seq);
    if (group) group.push(row);
    else groups.set(row.last_seq, [row]);
  }
  for (const [seq, group] of groups) {
    const [last] = group;
    const ids = group.map((row) => row.service);
    if (seq === null || last === undefined) await forgetOpening(session, ids);
    else {
      const cycles = group.map((row) => row.cycle);
      const isRolledUp = group.some(({ resolution }) => resolution !== 'raw');
      await writeConfirmed(session, { ids, cycles, last, isRolledUp });
    }
  }
}

interface Closing extends Confirmed {
  last_seq: number | null;
  last_resolution: string | null;
}

async function forgetOpening({ db }: Session, ids: readonly string[]): Promise<void> {
  await db
    .updateTable('usage_samples as base')
    .set({ panel: null, confirmed_from: null })
    .where(isIn('base.service', ids))
    .where(IS_OPEN)
    .execute();
}

/** Samples that one confirmation is the last one of. */
interface ClosingGroup {
  ids: readonly string[];
  cycles: readonly string[];
  last: Closing;
  /** Whether one of them is. */
  isRolledUp: boolean;
}

/** Writes one confirmation to the rows of the services that it covers. */
async function writeConfirmed(session: Session, { ids, cycles, last, isRolledUp }: ClosingGroup): Promise<void> {
  const { db } = session;
  const { last_seq: seq, last_run: run, last_at: at, last_read_at: readAt, last_resolution: resolution } = last;
  const names = samples.columns.filter((name) => name !== 'at' && name !== 'resolution');
  const kept = names.map((name) => sql.ref(name));
  // A clock that was set back may have stored a sample of that instant already.
  const repeated = names
    .filter((name) => name !== 'service')
    .map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`);
  await sql`insert into "usage_samples" ("at", "resolution", ${sql.join(kept)})
    select ${readAt}, ${resolution}, ${sql.join(kept)} from "usage_samples" as "base"
    where ${isIn('service', ids)} and ${IS_OPEN}
    on conflict ("service", "at") do update set "resolution" = excluded."resolution", ${sql.join(repeated)}`.execute(
    db,
  );
  if (isRolledUp) await endRolledUp(session, ids, { seq, readAt });
  await sql`update "usage_samples" as "base" set "confirmed_until" = ${seq}
    where ${isIn('service', ids)} and ${IS_OPEN}`.execute(db);
  await sql`update "cycles" set "read_at" = ${readAt},
    "counter" = case when ${jsonMember(sql.ref('counter'), ['at'])} is null then "counter"
      else ${withMember('counter', ['at'], readAt)} end
    where ${isIn('id', cycles)} and ${isIn('service', ids)}`.execute(db);
  await sql`update "decisions" set "run" = ${run}, "at" = ${at}, "read_at" = ${readAt},
    "inputs" = case when ${jsonMember(sql.ref('inputs'), ['reading', 'at'])} is null then "inputs"
      else ${withMember('inputs', ['reading', 'at'], readAt)} end
    where ${isIn('service', ids)}`.execute(db);
}

/**
 * Of rolled-up samples in the hour or day of the confirmation at `readAt` only that remains, and a reading in between that the
 * roll-up left.
 */
async function endRolledUp(
  { db }: Session,
  ids: readonly string[],
  { seq, readAt }: { seq: number | null; readAt: string | null },
): Promise<void> {
  const lengths = [PERIOD_CHARACTERS.hour, PERIOD_CHARACTERS.day] as const;
  const isDue = sql`${isIn('service', ids)} and ${IS_OPEN} and (
    ("resolution" = 'hour' and substr("at", 1, ${lengths[0]}) = ${readAt?.slice(0, lengths[0])})
    or ("resolution" = 'day' and substr("at", 1, ${lengths[1]}) = ${readAt?.slice(0, lengths[1])}))`;
  const left = sql`from "confirmations" as "c" where "c"."panel" = "base"."panel" and "c"."seq" > "base"."confirmed_from"
    and "c"."seq" < ${seq} and "c"."resolution" = 'raw' order by "c"."seq" limit 1`;
  await sql`update "usage_samples" as "base"
    set ("at", "confirmed_from", "resolution") = (select "c"."read_at", "c"."seq", 'raw' ${left})
    where ${isDue} and exists (select 1 ${left}) and not exists (select 1 from "usage_samples" as "other"
      where "other"."service" = "base"."service" and "other"."at" = (select "c"."read_at" ${left}))`.execute(db);
  await sql`delete from "usage_samples" as "base" where ${isDue}`.execute(db);
}

/** A reading that repeats the stored sample of the time `at`. */
interface Repeated {
  at: string;
  read_at: string;
  resolution: string;
}

/** Reads the readings that repeat a service's samples, or those from a time on, oldest first. */
export async function listConfirmations({ db }: Session, service: string, since = ''): Promise<Repeated[]> {
  return db
    .selectFrom('usage_samples as base')
    .innerJoin('confirmations as c', (join) =>
      join
        .onRef('c.panel', '=', 'base.panel')
        .onRef('c.seq', '>', 'base.confirmed_from')
        .on(sql<boolean>`"c"."seq" < coalesce("base"."confirmed_until", 9223372036854775807)`),
    )
    .select(['base.at', 'c.read_at', 'c.resolution'])
    .where('base.service', '=', service)
    .where('base.at', '>=', since)
    .where('base.panel', 'is not', null)
    .orderBy('c.seq')
    .execute();
}

/** Returns stored samples with the readings that repeat them, oldest first. */
export function withConfirmations(stored: readonly SampleRecord[], repeated: readonly Repeated[]): SampleRecord[] {
  const byTime = new Map(stored.map((sample) => [sample.at, sample]));
  const readings = repeated.flatMap(({ at, read_at: readAt, resolution }) => {
    const base = byTime.get(at);
    return base === undefined ? [] : [{ ...base, at: readAt, resolution: resolution as SampleRecord['resolution'] }];
  });
  const all = [...stored, ...readings].sort((a, b) => (a.at < b.at ? -1 : 1));
  // Where a reading follows in the hour or day of a rolled-up one, that stays alone, as in the roll-up.
  return all.filter((sample, index) => {
    const length = PERIOD_CHARACTERS[sample.resolution] ?? sample.at.length;
    return all[index + 1]?.at.slice(0, length) !== sample.at.slice(0, length);
  });
}
