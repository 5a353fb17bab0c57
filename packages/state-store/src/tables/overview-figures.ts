import { type RawBuilder, sql } from 'kysely';
import { type LocalDates, type OverviewNow, TO_RESTRICT } from '../overview.js';
import { IS_OPEN, NEWEST } from './confirmations-table.js';
import {
  byIndex,
  isIn,
  jsonMember,
  numberMember,
  rowsOfList,
  rowsOfMembers,
  rowsOfTexts,
  textMember,
} from './dialect.js';

/** Whether a service has ended, as `hasEnded` of the engine decides it. */
export const HAS_ENDED = sql<boolean>`"lifecycle" in ('terminated', 'vanished')`;

const toNotRead = ({ removed = [] }: OverviewNow): RawBuilder<unknown> =>
  sql`coalesce("decided", '') in ('failed', 'unreadable')
      or (not ${HAS_ENDED} and ${isIn('panel', removed)})`;

/** Holds for which a call without a known outcome may have restricted. */
const IN_DOUBT = sql`select "hold" from "actions" ${byIndex('actions_open')}
    where "state" in ('planned', 'in-doubt') and "hold" is not null`;

/** Holds that are open, or not undone yet: as `holds.lasting` has them. */
export const LASTING = sql`select * from "holds" ${byIndex('holds_open')} where "until" is null
    union all select * from "holds" where "until" is not null
      and "id" in (select "hold" from "evidence" where "until" is null union ${IN_DOUBT})`;

/** Evidence of a part of what is noted as not on the panel yet. */
const PART = sql`select 1 from "evidence" e where e."hold" = h."id" and e."until" is null and e."since" >= k."since"`;

/** Whether nothing of the restriction of an open hold is on the panel yet. */
export const IS_TO_RESTRICT = sql<boolean>`exists (select 1 from "conditions" k where k."key" = ${TO_RESTRICT} || h."id"
    and not exists (${PART}))`;

/** Whether only a part of the restriction of an open hold is on the panel yet. */
export const IS_PARTLY = sql<boolean>`exists (select 1 from "conditions" k where k."key" = ${TO_RESTRICT} || h."id" and exists (${PART}))`;

/** The reasons of holds about which something is so. */
const listReasons = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`coalesce(string_agg(case when ${condition} then h."reason" end, ' ' order by h."reason"), '')`;

/** The reasons of the lasting holds of each service that has one: open, not undone yet, not on the panel yet, or only a part of it. */
const MARKS = sql`select h."service", ${listReasons(sql`h."until" is null`)} as "open",
    ${listReasons(sql`h."until" is not null`)} as "releasing",
    ${listReasons(sql`h."until" is null and ${IS_TO_RESTRICT}`)} as "restricting",
    ${listReasons(sql`h."until" is null and ${IS_PARTLY}`)} as "partly"
  from (${LASTING}) h group by h."service"`;

/** Whether somebody knows of what is wrong with a service. */
const KNOWN = sql`select "service", min(case when "acknowledged_at" is null then 0 else 1 end) as "acknowledged" from "alarms"
    where "service" is not null and "code" in ('drift', 'stopped_by_panel') group by "service"`;

/** What the last decisions say, with what is allowed since then. */
interface DecidedNow {
  /** Joins what has changed since the decision `d`. */
  changed: RawBuilder<unknown>;
  mode: RawBuilder<unknown>;
  /** Null for none: only a limited allowance has a figure. */
  allowed: RawBuilder<unknown>;
  wouldHold: RawBuilder<unknown>;
}

function decidedNow({ changed = [] }: OverviewNow): DecidedNow {
  const decided = {
    mode: sql`d."mode"`,
    allowed: sql`d."allowed_bytes"`,
    wouldHold: sql`coalesce(d."would_hold", '[]')`,
  };
  if (changed.length === 0) return { changed: sql``, ...decided };
  const since = sql.ref('n.value');
  return {
    changed: sql`left join n on n."key" = d."service"`,
    mode: sql`coalesce(${textMember(since, ['mode'])}, ${decided.mode})`,
    allowed: sql`case when n."key" is null then ${decided.allowed} else ${numberMember(since, ['allowance', 'allowedBytes'])} end`,
    wouldHold: sql`coalesce(${jsonMember(since, ['wouldHold'])}, ${decided.wouldHold})`,
  };
}

/** The reasons of holds that the last run did not add, and that are not open either. */
const toWouldHold = ({ wouldHold }: DecidedNow, condition: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${wouldHold} = '[]' then '' else coalesce((select string_agg(w."value", ' ' order by w."key") from ${rowsOfList(wouldHold, 'w')}
    where ${condition} and not exists (select 1 from "holds" h
      where h."service" = s."id" and h."until" is null and h."reason" = w."value")), '') end`;

/** Whether neither a protection nor a release withholds the hold, as `isWithheld` of the engine decides it; a test compares the two. */
function isNotWithheld(dates: LocalDates): RawBuilder<boolean> {
  const today = toToday(dates);
  return sql<boolean>`not (w."value" <> 'manual' and coalesce(s."protected_until", '') > ${today})
    and not (w."value" not in ('billing', 'manual', 'agent-limit') and coalesce(s."quota_released_until", '') > ${today})`;
}

/** Whether the hold makes the service `over`, as `countsAsOver` of the engine decides it. */
function countsAsOver(today: LocalDates): RawBuilder<boolean> {
  return sql<boolean>`not (w."value" in ('billing', 'agent-limit') and coalesce(s."protected_until", '') > ${toToday(today)})`;
}

const toToday = ({ panels, others }: LocalDates): RawBuilder<unknown> =>
  sql`coalesce((select t."value" from ${rowsOfTexts(sql`${JSON.stringify(panels)}`, 't')} where t."key" = s."panel"), ${others})`;

/** Figures of the decision; of the cycle, where the last run could not read, or was killed after it had read. */
const toUsed = (mode: 'in' | 'out' | 'total'): RawBuilder<unknown> =>
  sql`case when d."read_at" is null or c."id" is not null then ${sql.ref(`c.${mode}_bytes`)} else ${sql.ref(`d.${mode}_bytes`)} end`;

/** What is used in the mode that counts. */
const toUsedNow = ({ mode }: DecidedNow): RawBuilder<unknown> =>
  sql`case ${mode} when 'IN' then ${toUsed('in')} when 'OUT' then ${toUsed('out')} when 'TOTAL' then ${toUsed('total')} end`;

/** The cycle of a decision, where that was made without a reading, or before the last one. */
const CYCLE = sql`left join "cycles" c on c."id" = d."cycle" and (d."read_at" is null or c."read_at" > d."read_at")`;

/** The services of which more is to say than a calm decision does: of the others, which are almost all, lists need the decision alone. */
function toNotable({ changed = [], removed = [] }: OverviewNow): RawBuilder<unknown> {
  const parts = [
    sql`select "service" as "id" from "decisions" ${byIndex('decisions_not_calm')} where "calm" = 0`,
    sql`select "service" from m`,
    sql`select "service" from "undecided"`,
    // A run that was killed after it had read leaves cycles that are newer than their decisions.
    sql`select d."service" from "decisions" d cross join "cycles" c
      where d."calm" = 1 and c."id" = d."cycle" and c."read_at" > d."read_at"`,
    ...(removed.length === 0 ? [] : [sql`select "id" from "services" where ${isIn('panel', removed)}`]),
    ...(changed.length === 0 ? [] : [sql`select "key" from n`]),
  ];
  // Not as a union: to merge them in order, SQLite would read all decisions by their key.
  return sql`select distinct "id" from (${sql.join(parts, sql` union all `)}) as "each"`;
}

/** What the other expressions read from: the lasting holds (`m`), what is known of (`k`), and what is allowed now (`n`). */
export function sources(now: OverviewNow): RawBuilder<unknown> {
  const { changed = [] } = now;
  const marks = sql`m as materialized (${MARKS}), k as materialized (${KNOWN})`;
  if (changed.length === 0) return sql`${marks}, notable as materialized (${toNotable(now)})`;
  const allowances = JSON.stringify(Object.fromEntries(changed.map((one) => [one.service, one])));
  // Materialized, so that an index is made of it: an import may have changed thousands.
  return sql`${marks}, n as materialized (select "key", "value" from ${rowsOfMembers(sql`${allowances}`, 'each')}),
    notable as materialized (${toNotable(now)})`;
}

/**
 * What decides about services with neither a lasting hold, nor one that the last run would have added, nor drift; `special` marks
 * the others, which `ranked` reads.
 */
export function facts(now: OverviewNow): RawBuilder<unknown> {
  const decided = decidedNow(now);
  return sql`select s."id", s."panel", s."product", s."client", s."status" as "lifecycle",
    d."status" as "decided", d."calm", ${toUsedNow(decided)} as "usedBytes", ${decided.allowed} as "allowedBytes",
    case when ${decided.wouldHold} = '[]' and coalesce(d."drifts", 0) = 0 and s."id" not in (select "service" from m) then 0 else 1 end as "special"
  from notable p join "services" s on s."id" = p."id" left join "decisions" d on d."service" = s."id" ${decided.changed} ${CYCLE}`;
}

function figures(now: OverviewNow, ids: RawBuilder<unknown>): RawBuilder<unknown> {
  const decided = decidedNow(now);
  return sql`select s."id", s."panel", s."product", s."client", s."status" as "lifecycle",
    d."status" as "decided", ${decided.mode} as "mode", coalesce(d."observing", 0) as "observing",
    coalesce(m."open", '') as "open", coalesce(m."releasing", '') as "releasing",
    coalesce(m."restricting", '') as "restricting", coalesce(m."partly", '') as "partly",
    ${toWouldHold(decided, countsAsOver(now))} as "wouldHold", ${toWouldHold(decided, isNotWithheld(now))} as "wouldBegin",
    ${toUsedNow(decided)} as "usedBytes", ${decided.allowed} as "allowedBytes",
    d."read_at" as "decidedRead", c."read_at" as "cycleRead", d."error_code" as "errorCode", d."error_message" as "errorMessage",
    coalesce(d."drifts", 0) as "drift",
    coalesce(k."acknowledged", 0) as "acknowledged"
  from "services" s left join "decisions" d on d."service" = s."id" ${decided.changed}
    left join m on m."service" = s."id" left join k on k."service" = s."id" ${CYCLE}
  where s."id" in (${ids})`;
}

/** When a service of the list was read last; of a reading that repeats the one before, when that was confirmed. */
export const READ_AT = sql`(select case when "cycleRead" > "r"."at" then "cycleRead" else "r"."at" end
    from (select coalesce((select "last"."read_at" from "usage_samples" as "base"
      join "confirmations" as "last" on "last"."seq" = ${NEWEST}
      where "base"."service" = "id" and "decided" <> '' and ${IS_OPEN}), "decidedRead", "cycleRead") as "at") as "r")`;

/** The status as `toReportedStatus` of quota-core decides it; a test compares the two. */
const STATUS = sql`case
      when "holds" <> '' and ("releasing" <> '' or length("open") <> length("restricting")
        or coalesce("decided", '') not in ('failed', 'unreadable', 'doubted')) then 'held'
      when "decided" is null then 'skipped'
      when "decided" in ('failed', 'unreadable', 'doubted') then "decided"
      when ${HAS_ENDED} then 'skipped'
      when "decided" not in ('ok', 'held', 'over') then "decided"
      when "wouldHold" <> '' or coalesce("usedBytes" >= "allowedBytes", false) then 'over'
      else 'ok' end`;

const REMAINING = sql`case when "allowedBytes" < "usedBytes" then 0 else "allowedBytes" - "usedBytes" end`;

/** What filters, orders and numbers are made of. */
const JUDGED = sql`"id", "panel", "product", "client", "lifecycle", "holds", "wouldBegin", "usedBytes", "allowedBytes", "drift", "acknowledged",
    "decided", "notRead", "remainingBytes", "status"`;

/** These services with all that lists and their numbers are made of. */
export const ranked = (
  now: OverviewNow,
  ids: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`select "id", "panel", "product", "client", "lifecycle", "mode", "observing", "holds", "open", "releasing", "restricting", "partly",
    "wouldBegin", "usedBytes", "allowedBytes", "decidedRead", "cycleRead", "errorCode", "errorMessage", "drift", "acknowledged", coalesce("decided", '') as "decided",
    (${toNotRead(now)}) as "notRead", ${REMAINING} as "remainingBytes", ${STATUS} as "status"
  from (select *, trim("open" || ' ' || "releasing") as "holds" from (${figures(now, ids)}) as "f") as "g"`;

/** Whether a service has used at least 80 % of its allowance. */
export const IS_NEAR_LIMIT = sql<boolean>`coalesce("usedBytes" * 5 >= "allowedBytes" * 4, false)`;

/** All of `facts`; those that are not special without what they do not have. */
export const judged = (
  now: OverviewNow,
): RawBuilder<unknown> => sql`select ${JUDGED} from (${ranked(now, sql`select "id" from facts where "special" = 1`)}) as "r"
  union all select "id", "panel", "product", "client", "lifecycle", "holds", "wouldBegin",
    "usedBytes", "allowedBytes", "drift", "acknowledged", coalesce("decided", '') as "decided", (${toNotRead(now)}) as "notRead",
    ${REMAINING} as "remainingBytes", ${STATUS} as "status"
  from (select *, '' as "holds", '' as "open", '' as "releasing", '' as "restricting", '' as "wouldHold", '' as "wouldBegin", 0 as "drift",
    0 as "acknowledged" from facts where "special" = 0) as "p"`;

const CALM_USED = sql`case d."mode" when 'IN' then d."in_bytes" when 'OUT' then d."out_bytes" when 'TOTAL' then d."total_bytes" end`;

/**
 * The services with calm decisions, in the same columns: each is `ok`, or has ended since, unless it is notable. Of `decisions` alone
 * the columns of services are empty: joining them costs as much as all the rest.
 */
export function calm(of: 'decisions' | 'services'): RawBuilder<unknown> {
  const [ofServices, rows] =
    of === 'services'
      ? [
          sql`s."panel", s."product", s."client", s."status" as "lifecycle"`,
          sql`"services" s join "decisions" d on d."service" = s."id"`,
        ]
      : [sql`'' as "panel", '' as "product", '' as "client", '' as "lifecycle"`, sql`"decisions" d`];
  return sql`select *, ${REMAINING} as "remainingBytes", case when ${HAS_ENDED} then 'skipped' else 'ok' end as "status"
    from (select d."service" as "id", ${ofServices}, '' as "holds", '' as "wouldBegin", ${CALM_USED} as "usedBytes", d."allowed_bytes" as "allowedBytes",
      0 as "drift", 0 as "acknowledged", 'ok' as "decided", (1 = 0) as "notRead"
    from ${rows} where d."calm" = 1) as "each"`;
}
