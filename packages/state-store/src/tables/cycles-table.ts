import type { CycleRecord, SampleRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import {
  closeSamples,
  CONFIRMED,
  confirmedCycle,
  IS_OPEN,
  NEWEST,
  listConfirmations,
  withConfirmations,
} from './confirmations-table.js';
import { isIn, rowsOfPairs } from './dialect.js';
import { inChunksOrAll, putRecords } from './record-queries.js';
import { cycles, samples } from './service-record-tables.js';
import { sql } from 'kysely';

/** The cycles of each service. */
export function cyclesTable(access: Access): StoreTables['cycles'] {
  return {
    newest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          // From the services, not from the cycles: one search in the index each, however long the history is.
          let query = db
            .selectFrom('services')
            .innerJoin('cycles', (join) =>
              join.on('cycles.id', '=', (eb) =>
                eb
                  .selectFrom('cycles as c')
                  .select('c.id')
                  .whereRef('c.service', '=', 'services.id')
                  .orderBy('c.starts_at', 'desc')
                  .orderBy('c.opened_at', 'desc')
                  .orderBy('c.id', 'desc')
                  .limit(1),
              ),
            )
            .leftJoin('usage_samples as base', (join) =>
              join.onRef('base.service', '=', 'cycles.service').onRef('base.cycle', '=', 'cycles.id').on(IS_OPEN),
            )
            .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
            .select(cycles.columns.map((column) => `cycles.${column}` as const))
            .select(CONFIRMED);
          if (chunk !== undefined) query = query.where(isIn('services.id', chunk));
          return query.orderBy('services.id').execute();
        });
        return rows.map((row) => confirmedCycle(cycles.decode(row), row));
      }),
    ofService: (service) =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('cycles')
          .leftJoin('usage_samples as base', (join) =>
            join.onRef('base.service', '=', 'cycles.service').onRef('base.cycle', '=', 'cycles.id').on(IS_OPEN),
          )
          .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
          .select(cycles.columns.map((column) => `cycles.${column}` as const))
          .select(CONFIRMED)
          .where('cycles.service', '=', service)
          .orderBy('cycles.starts_at')
          .orderBy('cycles.opened_at')
          .orderBy('cycles.id')
          .execute();
        return rows.map((row) => confirmedCycle(cycles.decode(row), row));
      }),
    put: (records) => access.write((session) => putCycles(session, records)),
    remove: (ids) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('cycles').where(isIn('id', ids)).execute();
      }),
  };
}

async function putCycles(session: Session, records: readonly CycleRecord[]): Promise<void> {
  await closeSamples(
    session,
    records.map((record) => record.service),
  );
  await putRecords(session, cycles, ['id'], records);
}

/** Readings of each service. */
export function samplesTable(access: Access): StoreTables['samples'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        await closeSamples(
          session,
          records.map((record) => record.service),
        );
        await putRecords(session, samples, ['service', 'at'], records);
      }),
    list: (filter) => access.read((session) => listSamples(session, filter)),
    spread: (filter) => access.read((session) => spreadSamples(session, filter)),
  };
}

const RESOLUTIONS = ['raw', 'hour', 'day'] as const satisfies readonly SampleRecord['resolution'][];

type SampleFilter = Parameters<StoreTables['samples']['list']>[0];

async function listSamples(
  session: Session,
  { service, from, to, limit, cycle, newestFirst = false }: SampleFilter,
): Promise<SampleRecord[]> {
  const { db } = session;
  // The newest readings are of the newest samples; two of a rolled-up hour are one reading.
  const since =
    newestFirst && limit !== undefined ? await timeOfSample(session, { service, to, cycle }, 2 * limit) : undefined;
  // Confirmations first: a sample that is closed in between is then read twice, not half.
  const repeated = await listConfirmations(session, service, since);
  let query = db.selectFrom('usage_samples').select(samples.columns).where('service', '=', service);
  if (cycle !== undefined) query = query.where('cycle', '=', cycle);
  if (from !== undefined) query = query.where('at', '>=', repeated.findLast((row) => row.at < from)?.at ?? from);
  if (repeated.length === 0) {
    if (to !== undefined) query = query.where('at', '<=', to);
    if (limit !== undefined) query = query.limit(limit);
    const rows = await query.orderBy('at', newestFirst ? 'desc' : 'asc').execute();
    return rows.map((row) => samples.decode(row));
  }
  if (since !== undefined) query = query.where('at', '>=', since);
  const rows = await query.orderBy('at').execute();
  const all = withConfirmations(
    rows.map((row) => samples.decode(row)),
    repeated,
  );
  const inside = all.filter(({ at }) => (from === undefined || at >= from) && (to === undefined || at <= to));
  return (newestFirst ? inside.reverse() : inside).slice(0, limit);
}

/** Returns when the n-th newest sample was read; undefined where there are fewer. */
async function timeOfSample(
  { db }: Session,
  { service, to, cycle }: { service: string; to: string | undefined; cycle: string | undefined },
  n: number,
): Promise<string | undefined> {
  let query = db.selectFrom('usage_samples').select('at').where('service', '=', service);
  if (to !== undefined) query = query.where('at', '<=', to);
  if (cycle !== undefined) query = query.where('cycle', '=', cycle);
  const row = await query.orderBy('at', 'desc').offset(n).limit(1).executeTakeFirst();
  return row?.at;
}

type SpreadFilter = Parameters<StoreTables['samples']['spread']>[0];

async function spreadSamples(session: Session, filter: SpreadFilter): Promise<SampleRecord[]> {
  // Confirmations first: a sample that is closed in between is then read twice, not half.
  const confirmed = await edgesOfConfirmed(session, filter);
  const { service, cycle } = filter;
  const columns = samples.columns.map((column) => sql.ref(`s.${column}`));
  const ofCycle = cycle === undefined ? sql`` : sql`and "cycle" = ${cycle}`;
  const { rows } = await sql<Parameters<typeof samples.decode>[0]>`
    select ${sql.join(columns)} from ${rowsOfPairs(listParts(filter))} as "part"
    cross join "usage_samples" as "s" where "s"."service" = ${service} and "s"."at" = (
      select "at" from "usage_samples" where "service" = ${service} ${ofCycle}
        and "at" >= "part"."first" and "at" < "part"."second"
      order by "at" desc limit 1)`.execute(session.db);
  const found = new Map([...confirmed, ...rows.map((row) => samples.decode(row))].map((sample) => [sample.at, sample]));
  return [...found.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** Returns the beginnings and ends of the parts; the last one ends after `to`. */
function listParts({ from, to, parts }: SpreadFilter): [string, string][] {
  if (parts <= 0) return [];
  const [start, end] = [Date.parse(from), Date.parse(to) + 1];
  const bound = (index: number): string => new Date(Math.round(start + ((end - start) * index) / parts)).toISOString();
  const bounds = Array.from({ length: parts + 1 }, (_, index) => bound(index));
  return bounds.slice(1).map((until, index) => [bounds[index] ?? until, until]);
}

/** Returns the first and the last confirmation in a time of the sample that was the last one before it, or is open. */
async function edgesOfConfirmed({ db }: Session, { service, from, to, cycle }: SpreadFilter): Promise<SampleRecord[]> {
  const bases = await Promise.all(
    [to, from].map((until) =>
      db
        .selectFrom('usage_samples')
        .select([...samples.columns, 'panel', 'confirmed_from', 'confirmed_until'])
        .where('service', '=', service)
        .where('at', '<=', until)
        .orderBy('at', 'desc')
        .limit(1)
        .executeTakeFirst(),
    ),
  );
  const [last, before] = bases;
  const edge = async (base: typeof last, order: 'asc' | 'desc'): Promise<SampleRecord[]> => {
    if (base?.panel == null || (cycle !== undefined && base.cycle !== cycle)) return [];
    const { panel, confirmed_from: since, confirmed_until: until, ...row } = base;
    const found = await Promise.all(
      RESOLUTIONS.map((resolution) =>
        db
          .selectFrom('confirmations')
          .select(['read_at as at', 'resolution'])
          .where('resolution', '=', resolution)
          .where('read_at', '>=', from)
          .where('read_at', '<=', to)
          .where('panel', '=', panel)
          .where('seq', '>', since ?? 0)
          .where('seq', '<', until ?? Number.MAX_SAFE_INTEGER)
          .orderBy('read_at', order)
          .limit(1)
          .executeTakeFirst(),
      ),
    );
    const times = found.filter((one) => one !== undefined).sort((a, b) => (a.at < b.at ? -1 : 1));
    const time = order === 'asc' ? times[0] : times.at(-1);
    return time === undefined ? [] : [samples.decode({ ...row, ...time })];
  };
  return [...(await edge(before, 'asc')), ...(await edge(last, 'desc'))];
}
