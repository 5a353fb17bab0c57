import { type RawBuilder, sql } from 'kysely';
import type {
  TrafficGroup,
  TrafficReading,
  TrafficRequest,
  TrafficRow,
  TrafficSum,
  TrafficTables,
} from '../traffic.js';
import type { Access, Session } from './access.js';
import { IS_OPEN, NEWEST } from './confirmations-table.js';
import { isIn, joinedTexts, joinEdge, rowsOfPairs, textOfList, toMilliseconds } from './dialect.js';

/** Sums of traffic: one pass over the cycles of a time, with at most two readings of each. */
export function trafficTable(access: Access): TrafficTables['traffic'] {
  return {
    sums: (request) =>
      access.read(async ({ db }) => {
        const { rows } = await sums(request).execute(db);
        const [{ groups, isTotal: _total, key: _key, name: _name, ...total } = NOTHING] = rows;
        return { rows: rows.slice(1).map(({ isTotal: _, groups: _groups, ...row }) => row), groups, total };
      }),
    readings: (request) => access.read((session) => readings(request, session)),
  };
}

interface RawRow extends TrafficRow {
  isTotal: number;
  groups: number;
}

const EMPTY: TrafficSum = {
  ...{ services: 0, unknown: 0 },
  ...{ inBytes: null, outBytes: null, totalBytes: null, bitsPerSecond: null },
};
const NOTHING: RawRow = { ...EMPTY, isTotal: 1, groups: 0, key: null, name: null };

const KEYS: Record<TrafficGroup, { key: RawBuilder<unknown>; name: RawBuilder<unknown> }> = {
  service: { key: sql`"id"`, name: sql`max("name")` },
  panel: { key: sql`"panel"`, name: sql`null` },
  product: { key: sql`"product"`, name: sql`null` },
  client: { key: sql`"client"`, name: sql`max("client_name")` },
};

const DIRECTIONS = ['in', 'out', 'total'] as const;
type Direction = (typeof DIRECTIONS)[number];

const named = (part: string, direction: Direction): RawBuilder<unknown> => sql.ref(`${part}_${direction}`);
const each = (of: (direction: Direction) => RawBuilder<unknown>): RawBuilder<unknown> => sql.join(DIRECTIONS.map(of));

/** The figure of a direction in a row; the total is both together where the panel shows no other. */
function figure(table: string, direction: Direction): RawBuilder<unknown> {
  const [inward, outward, total] = DIRECTIONS.map((each) => sql.ref(`${table}.${each}_bytes`));
  if (direction === 'total') return sql`coalesce(${total}, ${inward} + ${outward})`;
  return direction === 'in' ? sql`${inward}` : sql`${outward}`;
}

/** The first row is the total. */
function sums({ by, limit, ...request }: TrafficRequest): RawBuilder<RawRow> {
  const { key, name } = KEYS[by];
  const numbers = sql`cast(sum("services") as bigint) as "services", cast(sum("unknown") as bigint) as "unknown",
    ${each((direction) => sql`cast(sum(${sql.ref(`${direction}Bytes`)}) as bigint) as ${sql.ref(`${direction}Bytes`)}`)},
    cast(sum("bitsPerSecond") as bigint) as "bitsPerSecond"`;
  return sql<RawRow>`with used as materialized (${used(request)}), timed as materialized (${timed(request)}), known as (${known(request)}),
      grouped as materialized (select ${key} as "key", ${name} as "name", ${numbers} from known group by ${key})
    select * from (select * from (select 1 as "isTotal", count(*) as "groups", null as "key", null as "name",
      coalesce(cast(sum("services") as bigint), 0) as "services", coalesce(cast(sum("unknown") as bigint), 0) as "unknown",
      ${each((direction) => sql`cast(sum(${sql.ref(`${direction}Bytes`)}) as bigint) as ${sql.ref(`${direction}Bytes`)}`)},
      cast(sum("bitsPerSecond") as bigint) as "bitsPerSecond" from grouped) as "all"
    union all select * from (select 0 as "isTotal", 0 as "groups", * from grouped
      order by "totalBytes" is null, "totalBytes" desc, "key" is null, "key" limit ${limit}) as "largest") as "listed"
    order by "isTotal" desc, "totalBytes" is null, "totalBytes" desc, "key" is null, "key"`;
}

/** What each service of the filter used in each of its cycles, with its usage before the time. */
function used({
  from,
  to,
  panel,
  product,
  client,
  except = [],
}: Omit<TrafficRequest, 'by' | 'limit'>): RawBuilder<unknown> {
  const where = Object.entries({ panel, product, client }).flatMap(([column, value]) =>
    value === undefined ? [] : [sql`s.${sql.ref(column)} = ${value}`],
  );
  if (except.length > 0) where.push(sql`not ${isIn('s.panel', except)}`);
  const filter = where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`;
  const inTime =
    from === null
      ? sql`c."starts_at" <= ${to} and c."ends_at" > ${to}`
      : sql`c."starts_at" < ${to} and c."ends_at" > ${from}`;
  // A cycle that began in the time began at zero.
  const around = from === null ? sql`1 = 0` : sql`c."starts_at" < ${from}`;
  // When what a service used before it was stored was used is not known.
  const isLate = sql`(s."created_at" > c."starts_at" and ${around} and b."at" is null)`;
  const begin =
    from === null
      ? sql`c."starts_at"`
      : sql`case when ${isLate} then a."at" when c."starts_at" > ${from} then c."starts_at" else ${from} end`;
  const beside = (alias: string, edge: 'first' | 'last', when: RawBuilder<unknown>): RawBuilder<unknown> =>
    joinEdge({
      ...{ table: 'usage_samples', alias, key: ['service', sql`s."id"`], by: 'at', edge },
      where: sql`"cycle" = c."id" and ${around} and ${when}`,
    });
  return sql`select s."id", s."panel", s."product", s."client", s."name", s."client_name", c."starts_at", ${begin} as "begins_at",
      case when last."read_at" > c."read_at" then last."read_at" else c."read_at" end as "read_at", a."at" as "after_at", b."at" as "before_at",
      ${each(
        (
          direction,
        ) => sql`${figure('c', direction)} as ${named('now', direction)}, ${figure('b', direction)} as ${named('before', direction)},
        ${figure('a', direction)} as ${named('after', direction)}`,
      )}, case when ${around} then 1 else 0 end as "runs", case when ${isLate} then 1 else 0 end as "is_late"
    from "services" s left join "cycles" c on c."service" = s."id" and ${inTime}
    left join "usage_samples" as "base" on "base"."service" = s."id" and "base"."cycle" = c."id" and ${IS_OPEN}
    left join "confirmations" as "last" on "last"."seq" = ${NEWEST}
    ${beside('b', 'last', sql`"at" <= ${from ?? to} and "at" >= c."starts_at"`)}
    ${beside('a', 'first', sql`"at" > ${from ?? to} and "at" <= ${to}`)}
    ${filter}`;
}

/** The same with its times in milliseconds, each read once, and how much of what was used between two readings was before the time. */
function timed({ from }: Pick<TrafficRequest, 'from'>): RawBuilder<unknown> {
  const [last, after] = [toMilliseconds(sql`coalesce("before_at", "starts_at")`), toMilliseconds(sql`"after_at"`)];
  const start = Date.parse(from ?? '1970-01-01T00:00:00Z');
  const share = sql`(case when "after_at" is null then null else (cast(${start} as bigint) - ${last}) * 1.0 / nullif(${after} - ${last}, 0) end)`;
  return sql`select used.*, ${share} as "share", ${toMilliseconds(sql`"read_at"`)} as "read_ms", ${toMilliseconds(sql`"begins_at"`)} as "begins_ms"
    from used`;
}

/** The traffic of each service in the time: what was used between two readings counts evenly over the time between them. */
function known({ from }: Pick<TrafficRequest, 'from'>): RawBuilder<unknown> {
  const base = (direction: Direction): RawBuilder<unknown> => {
    const [before, after] = [named('before', direction), named('after', direction)];
    if (from === null) return sql`0`;
    return sql`case when "runs" = 0 then 0 when "after_at" is null then ${before} when "is_late" = 1 then ${after}
      when "before_at" is null then ${after} * "share"
      when ${after} < ${before} then ${after} else ${before} + (${after} - ${before}) * "share" end`;
  };
  const grown = (direction: Direction): RawBuilder<unknown> => {
    const now = named('now', direction);
    // What was not read since is not known; figures that fell say nothing.
    return sql`case when "read_at" > "begins_at" then (case when ${now} >= ${base(direction)} then ${now} - (${base(direction)}) end) end`;
  };
  const parts = sql`select "id", "panel", "product", "client", "name", "client_name",
    ${each((direction) => sql`sum(${grown(direction)}) as ${named('grown', direction)}`)},
    max(case when "read_at" > "begins_at" then "read_ms" end) - min(case when "read_at" > "begins_at" then "begins_ms" end) as "ms"
    from timed group by "id", "panel", "product", "client", "name", "client_name"`;
  const isKnown = sql`coalesce("grown_total", "grown_in", "grown_out") is not null`;
  return sql`select "id", "panel", "product", "client", "name", "client_name", 1 as "services",
    case when ${isKnown} then 0 else 1 end as "unknown",
    ${each((direction) => sql`cast(round(${named('grown', direction)}) as bigint) as ${sql.ref(`${direction}Bytes`)}`)},
    cast(round("grown_total" * 8000.0 / nullif("ms", 0)) as bigint) as "bitsPerSecond" from (${parts}) as "parts"`;
}

/** A reading as a list in JSON: when, in, out and total. */
type Listed = [at: string, inBytes: number | null, outBytes: number | null, totalBytes: number | null];

/** The readings of a service around bounds: lists in JSON with commas between them. */
interface Around {
  service: string;
  last: string | null;
  first: string | null;
}

/**
 * The readings around each bound in one row of each service, some twice: the last one between each two bounds and that until the first bound,
 * and the first one between each two. Rows of their own would cost more than to find them.
 */
function aroundBounds({ services, bounds }: BoundsRequest): RawBuilder<Around> {
  const who = rowsOfPairs(services.map((id) => [id, '']));
  const spans = rowsOfPairs(bounds.map((bound, index) => [bounds[index - 1] ?? '', bound]));
  const reading = textOfList([sql`"at"`, ...DIRECTIONS.map((direction) => figure('usage_samples', direction))]);
  const inside = (order: RawBuilder<unknown>): RawBuilder<unknown> => sql`(select ${reading} from "usage_samples"
    where "service" = "who"."first" and "at" > "span"."first" and "at" <= "span"."second" order by "at" ${order} limit 1)`;
  // Of all readings until the first bound the last one counts alone.
  return sql<Around>`with "span" as materialized (select * from ${spans} as "bounds")
    select "who"."first" as "service", (select ${joinedTexts(inside(sql`desc`))} from "span") as "last",
      (select ${joinedTexts(inside(sql`asc`))} from "span" where "span"."first" <> '') as "first" from ${who} as "who"`;
}

/** The open readings of services as they were repeated last. */
function confirmedLast({ services, bounds }: BoundsRequest): RawBuilder<TrafficReading> {
  return sql<TrafficReading>`select "base"."service", "last"."read_at" as "at", ${figures('base')}
    from "usage_samples" as "base" join "confirmations" as "last" on "last"."seq" = ${NEWEST}
    where ${isIn('base.service', services)} and ${IS_OPEN} and "last"."read_at" <= ${bounds.at(-1) ?? ''}`;
}

interface CycleEnd extends Omit<TrafficReading, 'at'> {
  start: string;
  at: string | null;
}

/** The cycles of services in a time, with their last readings. */
function ofCycles({ services, bounds }: BoundsRequest): RawBuilder<CycleEnd> {
  const [from, to] = [bounds[0] ?? '', bounds.at(-1) ?? ''];
  return sql<CycleEnd>`select "c"."service", "c"."starts_at" as "start", "c"."read_at" as "at",
      ${figures('c')} from "cycles" as "c"
    where ${isIn('c.service', services)} and "c"."starts_at" < ${to} and "c"."ends_at" > ${from}`;
}

type BoundsRequest = Parameters<TrafficTables['traffic']['readings']>[0];

function figures(table: string): RawBuilder<unknown> {
  return each((direction) => sql`${figure(table, direction)} as ${sql.ref(`${direction}Bytes`)}`);
}

async function readings(request: BoundsRequest, { db }: Session): ReturnType<TrafficTables['traffic']['readings']> {
  if (request.services.length === 0 || request.bounds.length === 0) return { readings: [], cycles: [] };
  const to = request.bounds.at(-1) ?? '';
  // First: what another process stores of these meanwhile is among the next.
  const { rows: confirmed } = await confirmedLast(request).execute(db);
  const { rows: around } = await aroundBounds(request).execute(db);
  const { rows: cycles } = await ofCycles(request).execute(db);
  const byService = new Map(
    around.map(({ service, last, first }) => {
      const lists = [last, first].filter((list) => list !== null);
      return [service, JSON.parse(`[${lists.join(',')}]`) as Listed[]];
    }),
  );
  for (const { service, at, inBytes, outBytes, totalBytes } of [...confirmed, ...cycles])
    if (at !== null && at <= to) byService.get(service)?.push([at, inBytes, outBytes, totalBytes]);
  const ids = [...byService.keys()].sort((a, b) => (a < b ? -1 : 1));
  const all = ids.flatMap((service) => toReadings(service, byService.get(service) ?? []));
  return { readings: all, cycles: cycles.map(({ service, start }) => ({ service, start })) };
}

/** Returns the readings of a service by their times; of those of one time the last one of the list. */
function toReadings(service: string, listed: Listed[]): TrafficReading[] {
  listed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return listed.flatMap(([at, inBytes, outBytes, totalBytes], index) =>
    listed[index + 1]?.[0] === at ? [] : [{ service, at, inBytes, outBytes, totalBytes }],
  );
}
