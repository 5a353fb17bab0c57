import { toSearched } from '@sluice/quota-core';
import { type RawBuilder, sql } from 'kysely';
import {
  type OverviewCount,
  type OverviewError,
  type OverviewFilter,
  type OverviewHold,
  type OverviewNow,
  type OverviewRow,
  type OverviewTables,
} from '../overview.js';
import type { Access } from './access.js';
import { byIndex, contains, listInJson, NO_LIMIT } from './dialect.js';
import { BEFORE_CALM, NOT_READ, ORDERS } from './overview-orders.js';
import {
  calm,
  facts,
  HAS_ENDED,
  IS_NEAR_LIMIT,
  IS_PARTLY,
  IS_TO_RESTRICT,
  judged,
  LASTING,
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
          select h."service", s."name", s."panel", h."reason", h."since", h."note", h."until" is not null as "releasing",
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
          with failed as materialized (
            select "service", "error_code" from "decisions" ${byIndex('decisions_errors')} where "error_code" is not null)
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
 * The numbers of all services and a part of their list; both lists are JSON. Only what is notable is read of each service: the
 * calm ones are counted by panel, and without a filter only those are read that the part may show.
 */
function toPart(
  { order, limit, offset, after = '', ...filter }: Parameters<OverviewTables['overview']['services']>[0],
  now: OverviewNow,
): RawBuilder<{ counts: string; matching: number; services: string }> {
  const where = matching(filter);
  const ordered = ORDERS[order].map(([key, direction], place) => ({ key, direction, as: sql.ref(`key${place}`) }));
  const keys = sql.join([sql`"id"`, ...ordered.map(({ key, as }) => sql`${key} as ${as}`)]);
  const inOrder = sql`order by ${sql.join([...ordered.map(({ as, direction }) => sql`${as} ${direction}`), sql`"id"`])}`;
  const most = limit < 0 ? NO_LIMIT : limit;
  const behind = after === '' ? sql`` : sql`where "id" > ${after}`;
  const page = sql`select * from named ${behind} ${inOrder} limit ${most} offset ${offset}`;
  // A filter is evaluated once, and not at all where it only counts all.
  const named =
    where === null
      ? sql`not materialized (select ${keys} from judged union all select * from (
          select * from (select ${keys} from (${calm(order === 'client' ? 'services' : 'decisions')}) as "calm") as "ranked"
          ${behind} ${inOrder} limit ${toMost(Math.min(NO_LIMIT, most + offset), BEFORE_CALM[order])}) as "first"
        where "id" in (select "id" from "services") and "id" not in (select "id" from notable))`
      : sql`materialized (select ${keys} from judged where ${where}
          ${mayBeCalm(filter) ? sql`union all select ${keys} from (${calm('services')}) as "calm" where ${where} and "id" not in (select "id" from notable)` : sql``})`;
  return sql`with ${sources(now)}, facts as materialized (${facts(now)}), judged as materialized (${judged(now)}),
      grouped as materialized (${GROUPED}), named as ${named}, page as materialized (${page})
    select (select ${listInJson(COUNTED)} from (${COUNTS}) as "c") as "counts", (select count(*) from ${where === null ? sql`"services"` : sql`named`}) as "matching",
      (select ${listInJson(SHOWN)} from (select "part".*, "name", "clientName", ${READ_AT} as "readAt"
        from (select * from page) as "page" join (${ranked(now, sql`select "id" from page`)}) as "part" using ("id")
          join (${NAMES}) as "named" using ("id") ${inOrder}) as "shown") as "services"`;
}

/** How many calm decisions are left out at most: of notable services, and of services that are gone, which a run stored that had read them before. */
const LEFT_OUT = sql`(select (select count(*) from "decisions") - (select count(*) from "services")
    + (select count(*) from facts where "decided" is null or "calm" = 1))`;

/** How many calm decisions may be on a part that ends with this row; none, where there are enough services that stand before all of these. */
function toMost(rows: number, before: RawBuilder<boolean> | undefined): RawBuilder<number> {
  const all = sql<number>`${rows} + ${LEFT_OUT}`;
  if (before === undefined) return all;
  return sql`(case when (select count(*) from judged where ${before}) >= ${rows} then 0 else ${all} end)`;
}

/** Whether the filter finds services of which no more is known than that they are calm. */
function mayBeCalm({ status, drifting }: OverviewFilter): boolean {
  return drifting !== true && (status === undefined || status === 'ok' || status === 'skipped');
}
const NAMES = sql`select "id", "name", "client_name" as "clientName" from "services"`;

const SHOWN: readonly (keyof RawRow)[] = [
  'id',
  'panel',
  'product',
  'name',
  'client',
  'clientName',
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

// Crossed, so that SQLite begins with the few of the first table.
const CHANGED = sql<{ id: string }>`select s."id" from "undecided" u cross join "services" s cross join "decisions" d
    where s."id" = u."service" and d."service" = s."id" and s."updated_at" >= d."at"
    union select s."id" from "service_overrides" o cross join "services" s cross join "decisions" d
    where s."id" = o."service" and d."service" = s."id" and (o."since" >= d."at" or o."until" >= d."at") order by 1`;

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

function count(condition: RawBuilder<unknown>): RawBuilder<number> {
  return sql`count(*) filter (where ${condition})`;
}

/** The numbers of notable services by panel and status. */
const GROUPED = sql`select "panel", "status", count(*) as "services", ${count(HAS_ENDED)} as "ended", ${count(sql`"drift" > 0`)} as "drifting",
    ${count(sql`"drift" > 0 and "acknowledged" = 1`)} as "driftAcknowledged",
    ${count(NOT_READ)} as "failing", ${count(sql`"decided" = 'doubted'`)} as "doubted",
    ${count(sql`"holds" <> ''`)} as "held", ${count(sql`"wouldBegin" <> ''`)} as "wouldHold", ${count(IS_NEAR_LIMIT)} as "nearLimit"
  from judged group by "panel", "status"`;

const SUMMED = [
  'ended',
  'drifting',
  'driftAcknowledged',
  'failing',
  'doubted',
  'held',
  'wouldHold',
  'nearLimit',
] as const;

const toSums = (columns: readonly string[], value: (column: RawBuilder<unknown>) => RawBuilder<unknown>) =>
  sql.join(columns.map((name) => sql`${value(sql.ref(name))} as ${sql.ref(name)}`));

/** The numbers of all services, by panel and status: the others of a panel are `ok`, or have ended. */
const COUNTS = sql`with noted as (select "panel", sum("services") as "services", sum("ended") as "ended" from grouped group by "panel"),
    gone as (select "panel", count(*) as "ended" from "services" ${byIndex('services_ended')} where "status" in ('terminated', 'vanished') group by "panel"),
    others as materialized (select "all"."panel", "all"."services" - coalesce(noted."services", 0) as "services",
        coalesce(gone."ended", 0) - coalesce(noted."ended", 0) as "ended"
      from (select "panel", count(*) as "services" from "services" group by "panel") as "all"
      left join noted on noted."panel" = "all"."panel" left join gone on gone."panel" = "all"."panel")
  select "panel", "status", ${toSums(['services', ...SUMMED], (column) => sql`cast(sum(${column}) as bigint)`)}
  from (select * from grouped
    union all select "panel", 'ok', "services" - "ended", ${sql.join(SUMMED.map(() => sql`0`))} from others
    union all select "panel", 'skipped', "ended", "ended", ${sql.join(SUMMED.slice(1).map(() => sql`0`))} from others) as "parts"
  group by "panel", "status" having sum("services") > 0 order by "panel", "status"`;

/** Null where all match. */
function matching({ panel, status, search, product, client, drifting }: OverviewFilter): RawBuilder<boolean> | null {
  const conditions = [
    panel === undefined ? null : sql<boolean>`"panel" = ${panel}`,
    product === undefined ? null : sql<boolean>`"product" = ${product}`,
    client === undefined ? null : sql<boolean>`"client" = ${client}`,
    status === undefined ? null : ofStatus(status),
    drifting === true ? sql<boolean>`"drift" > 0` : null,
    search === undefined ? null : containing(search),
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

/** Names and addresses are not among the facts of all services: a search alone reads them. Null where all have this text. */
function containing(search: string): RawBuilder<boolean> | null {
  const texts = toSearched(search).map((text) => contains('search_text', text));
  return texts.length === 0
    ? null
    : sql<boolean>`"id" in (select "id" from "services" where ${sql.join(texts, sql` or `)})`;
}
