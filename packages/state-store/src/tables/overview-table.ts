import { type RawBuilder, sql } from 'kysely';
import {
  type OverviewCount,
  type OverviewError,
  type OverviewFilter,
  type OverviewHold,
  type OverviewNow,
  type OverviewOrder,
  type OverviewRow,
  type OverviewTables,
} from '../overview.js';
import type { Access } from './access.js';
import { isLike, listInJson, NO_LIMIT } from './dialect.js';
import {
  facts,
  HAS_ENDED,
  IS_NEAR_LIMIT,
  IS_PARTLY,
  IS_TO_RESTRICT,
  judged,
  LASTING,
  plain,
  ranked,
  READ_AT,
  sources,
} from './overview-figures.js';

/** A row as SQLite returns it; reasons are separated by blanks, and none is an empty text. */
type RawRow = Omit<OverviewRow, 'holds' | 'releasing' | 'restricting' | 'partly' | 'wouldHold' | 'observing'> & {
  holds: string;
  open: string;
  releasing: string;
  restricting: string;
  partly: string;
  wouldBegin: string;
  observing: number;
};

/** The services of a list of operators, each with its last decision: one pass, without samples and histories. */
export function overviewTable(access: Access): OverviewTables['overview'] {
  return {
    services: (request, now) =>
      access.read(async ({ db }) => {
        const { rows } = await toPart(request, now).execute(db);
        const [part] = rows;
        if (part === undefined) return { counts: [], matching: 0, rows: [] };
        const { counts, matching, services } = part;
        return { counts: parse<OverviewCount>(counts), matching, rows: parse<RawRow>(services).map(toRow) };
      }),
    changed: () =>
      access.read(async ({ db }) => {
        const { rows } = await CHANGED.execute(db);
        return rows.map(({ id }) => id);
      }),
    holds: (limit) =>
      access.read(async ({ db }) => {
        const { rows } = await sql<Omit<OverviewHold, keyof Marks> & Marks>`
          select h."service", s."panel", h."reason", h."since", h."note", h."until" is not null as "releasing",
            h."until" is null and ${IS_TO_RESTRICT} as "restricting", h."until" is null and ${IS_PARTLY} as "partly",
            h."used_bytes" as "usedBytes", h."allowed_bytes" as "allowedBytes"
          from (${LASTING}) h join "services" s on s."id" = h."service"
          order by h."since" desc, h."service" limit ${limit}`.execute(db);
        return rows.map(({ releasing, restricting, partly, ...row }) => {
          return { ...row, releasing: releasing === 1, restricting: restricting === 1, partly: partly === 1 };
        });
      }),
    reasons: () =>
      access.read(async ({ db }) => {
        const { rows } = await sql<{ reason: string; services: number }>`
          select h."reason", count(distinct h."service") as "services"
          from (${LASTING}) h join "services" s on s."id" = h."service"
          group by h."reason" order by 2 desc, 1`.execute(db);
        return rows;
      }),
    errors: () =>
      access.read(async ({ db }) => {
        const { rows } = await sql<OverviewError>`
          with failed as materialized (select "service", "error_code" from "decisions" where "error_code" is not null)
          select e.*, d."at", d."error_message" as "message" from (
            select s."panel", f."error_code" as "code", count(*) as "services", min(s."id") as "service"
            from failed f join "services" s on s."id" = f."service" group by s."panel", f."error_code") as e
          join "decisions" d on d."service" = e."service"
          order by e."services" desc, e."panel", e."code"`.execute(db);
        return rows;
      }),
  };
}

/** Returns the rows of a column with a list in JSON. */
function parse<Row>(list: string): Row[] {
  return JSON.parse(list) as Row[];
}

/**
 * The numbers of all services and a part of their list; both lists are JSON. One pass finds what decides about each service; only
 * the special ones, and those that are shown, are read in full.
 */
function toPart(
  { order, limit, offset, after = '', ...filter }: Parameters<OverviewTables['overview']['services']>[0],
  now: OverviewNow,
): RawBuilder<{ counts: string; matching: number; services: string }> {
  const where = matching(filter);
  const ordered = ORDERS[order].map(([key, direction], place) => ({ key, direction, as: sql.ref(`key${place}`) }));
  const keys = sql.join([sql`"id"`, ...ordered.map(({ key, as }) => sql`${key} as ${as}`)]);
  const inOrder = sql`order by ${sql.join([...ordered.map(({ as, direction }) => sql`${as} ${direction}`), sql`"id"`])}`;
  // A filter is evaluated once, and not at all where it only counts all.
  const named = sql`select ${keys} from special where ${where ?? sql`true`} union all select ${keys} from plain where ${where ?? sql`true`}`;
  const page = sql`select * from named where "id" > ${after} ${inOrder} limit ${limit < 0 ? NO_LIMIT : limit} offset ${offset}`;
  return sql`with ${sources(now)}, facts as materialized (${facts(now)}), plain as not materialized (${plain(now)}),
      special as materialized (${judged(now)}), grouped as materialized (${GROUPED}),
      named as ${where === null ? sql`not materialized` : sql`materialized`} (${named}), page as materialized (${page})
    select (select ${listInJson(COUNTED)} from (${COUNTS}) as "c") as "counts", (select count(*) from ${where === null ? sql`"services"` : sql`named`}) as "matching",
      (select ${listInJson(SHOWN)} from (select "part".*, ${READ_AT} as "readAt"
        from (select * from page) as "page" join (${ranked(now, sql`select "id" from page`)}) as "part" using ("id") ${inOrder}) as "shown") as "services"`;
}

const SHOWN: readonly (keyof RawRow)[] = [
  'id',
  'panel',
  'product',
  'client',
  'lifecycle',
  'mode',
  'observing',
  'status',
  'holds',
  'open',
  'releasing',
  'restricting',
  'partly',
  'wouldBegin',
  'usedBytes',
  'allowedBytes',
  'remainingBytes',
  'readAt',
  'errorCode',
  'errorMessage',
  'drift',
];

const COUNTED: readonly (keyof OverviewCount)[] = [
  'panel',
  'status',
  'services',
  'ended',
  'drifting',
  'driftAcknowledged',
  'failing',
  'doubted',
  'held',
  'wouldHold',
  'nearLimit',
];

// Most services were changed before all decisions: these need not be compared with their own.
const CHANGED = sql<{ id: string }>`select s."id" from "services" s join "decisions" d on d."service" = s."id"
    where s."updated_at" >= (select min("at") from "decisions") and s."updated_at" >= d."at"
    union select s."id" from "service_overrides" o join "services" s on s."id" = o."service" join "decisions" d on d."service" = s."id"
    where o."since" >= d."at" or o."until" >= d."at" order by 1`;

/** Whether the last run could not read a service, or failed there, or none reads it. */
const NOT_READ = sql<boolean>`"notRead"`;

function toReasons(list: string): string[] {
  return list === '' ? [] : [...new Set(list.split(' '))];
}

interface Marks {
  releasing: number;
  restricting: number;
  partly: number;
}

function toRow(raw: RawRow): OverviewRow {
  const { holds, open, releasing, restricting, partly, wouldBegin, observing, ...row } = raw;
  const isOpen = new Set(toReasons(open));
  return {
    ...row,
    holds: toReasons(holds),
    releasing: toReasons(releasing).filter((reason) => !isOpen.has(reason)),
    restricting: toReasons(restricting),
    partly: toReasons(partly),
    wouldHold: toReasons(wouldBegin),
    observing: observing === 1,
  };
}

const SHARE = sql`"usedBytes" * 1.0 / case when "allowedBytes" < 1 then 1 else "allowedBytes" end`;

type Direction = RawBuilder<unknown>;

const UP: Direction = sql`asc`;
const DOWN: Direction = sql`desc`;

const UNKNOWN_LAST = [sql`case when "remainingBytes" is null then 1 else 0 end`, UP] as const;

/** What lists are ordered by; unknown figures stand last. */
const ORDERS: Record<OverviewOrder, readonly (readonly [key: RawBuilder<unknown>, direction: Direction])[]> = {
  worst: [
    [
      sql`case when "calm" = 1 then 4 when "wouldBegin" <> '' then 0 when "status" = 'over' then 1 when "status" = 'held' then 2
        when ${NOT_READ} or "decided" = 'doubted' then 3 else 4 end`,
      UP,
    ],
    UNKNOWN_LAST,
    [SHARE, DOWN],
  ],
  remaining: [UNKNOWN_LAST, [sql`"remainingBytes"`, UP], [SHARE, DOWN]],
  share: [UNKNOWN_LAST, [SHARE, DOWN]],
  used: [
    [sql`case when "usedBytes" is null then 1 else 0 end`, UP],
    [sql`"usedBytes"`, DOWN],
  ],
  id: [],
  client: [
    [sql`case when "client" is null then 1 else 0 end`, UP],
    [sql`"client"`, UP],
  ],
};

function count(condition: RawBuilder<unknown>): RawBuilder<number> {
  return sql`count(*) filter (where ${condition})`;
}

/** The numbers of services of which more is to count than that they are there, by panel and status. */
const GROUPED = sql`select "panel", "status", count(*) as "services", ${count(HAS_ENDED)} as "ended", ${count(sql`"drift" > 0`)} as "drifting",
    ${count(sql`"drift" > 0 and "acknowledged" = 1`)} as "driftAcknowledged",
    ${count(NOT_READ)} as "failing", ${count(sql`"decided" = 'doubted'`)} as "doubted",
    ${count(sql`"holds" <> ''`)} as "held", ${count(sql`"wouldBegin" <> ''`)} as "wouldHold", ${count(IS_NEAR_LIMIT)} as "nearLimit"
  from (select * from special union all select * from plain where "calm" = 0) as "counted" group by "panel", "status"`;

const SUMMED = [
  'services',
  'ended',
  'drifting',
  'driftAcknowledged',
  'failing',
  'doubted',
  'held',
  'wouldHold',
  'nearLimit',
] as const;

/** The numbers of all services, by panel and status: the others of a panel are `ok`. */
const COUNTS = sql`select "panel", "status", ${sql.join(SUMMED.map((name) => sql`cast(sum(${sql.ref(name)}) as bigint) as ${sql.ref(name)}`))}
  from (select * from grouped union all
    select "all"."panel", 'ok' as "status", "all"."services" - coalesce((select sum(g."services") from grouped g where g."panel" = "all"."panel"), 0),
      ${sql.join(SUMMED.slice(1).map(() => sql`0`))} from (select "panel", count(*) as "services" from "services" group by "panel") as "all") as "parts"
  group by "panel", "status" having sum("services") > 0 order by "panel", "status"`;

/** Null where all match. */
function matching({ panel, status, search, product, client, drifting }: OverviewFilter): RawBuilder<boolean> | null {
  const conditions = [
    panel === undefined ? null : sql<boolean>`"panel" = ${panel}`,
    product === undefined ? null : sql<boolean>`"product" = ${product}`,
    client === undefined ? null : sql<boolean>`"client" = ${client}`,
    status === undefined ? null : ofStatus(status),
    drifting === true ? sql<boolean>`"drift" > 0` : null,
    search === undefined || search === '' ? null : containing(search),
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? null : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

function ofStatus(status: string): RawBuilder<boolean> {
  if (status === 'would-be-held') return sql<boolean>`"wouldBegin" <> ''`;
  if (status === 'not-read') return NOT_READ;
  if (status === 'held') return sql<boolean>`"holds" <> ''`;
  const isOfRun = status === 'failed' || status === 'unreadable' || status === 'doubted';
  return isOfRun ? sql<boolean>`"decided" = ${status}` : sql<boolean>`"status" = ${status}`;
}

function containing(search: string): RawBuilder<boolean> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const columns = ['id', 'client', 'product'].map((name) => isLike(name, pattern));
  return sql<boolean>`(${sql.join(columns, sql` or `)})`;
}
