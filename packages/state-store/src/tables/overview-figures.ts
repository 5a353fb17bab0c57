import { type RawBuilder, sql } from 'kysely';
import { type LocalDates, type OverviewNow, TO_RESTRICT } from '../overview.js';
import { IS_OPEN, NEWEST } from './confirmations-table.js';
import {
  byIndex,
  contains,
  jsonMember,
  lengthOfMember,
  isIn,
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

const WOULD_HOLD = rowsOfList(sql.ref('d.would_hold'), 'w');
const ALLOWANCE = sql.ref('d.allowance');
const CHANGED = sql.ref('n.value');

/** The reasons of holds that the last run did not add, and that are not open either. */
const toWouldHold = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when coalesce(d."would_hold", '[]') = '[]' then '' else coalesce((select string_agg(w."value", ' ' order by w."key") from ${WOULD_HOLD}
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

/** The last decisions, with the allowances of now. */
function decisionsNow({ changed = [] }: OverviewNow): RawBuilder<unknown> {
  if (changed.length === 0) return sql`"decisions"`;
  return sql`(select x."service", x."status", x."cycle", x."observing", x."read_at", x."in_bytes", x."out_bytes", x."total_bytes",
      x."error_code", x."error_message", x."inputs", coalesce(${textMember(CHANGED, ['mode'])}, x."mode") as "mode",
      coalesce(${jsonMember(CHANGED, ['allowance'])}, x."allowance") as "allowance",
      coalesce(${jsonMember(CHANGED, ['wouldHold'])}, x."would_hold") as "would_hold"
    from "decisions" x left join n on n."key" = x."service")`;
}

/** What the other expressions read from: the lasting holds (`m`), what is known of (`k`), and what is allowed now (`n`). */
export function sources({ changed = [] }: OverviewNow): RawBuilder<unknown> {
  const marks = sql`m as materialized (${MARKS}), k as materialized (${KNOWN})`;
  if (changed.length === 0) return marks;
  const allowances = JSON.stringify(Object.fromEntries(changed.map((one) => [one.service, one])));
  // Materialized, so that an index is made of it: an import may have changed thousands.
  return sql`${marks}, n as materialized (select "key", "value" from ${rowsOfMembers(sql`${allowances}`, 'each')})`;
}

/** Almost all decisions know of no difference, which their text says: it is not parsed. */
const HAS_NO_DRIFT = sql<boolean>`(d."inputs" is null or ${contains('d.inputs', '"drift":[]')} or not ${contains('d.inputs', '"drift":[')})`;

/** How many differences the last decision knows of. */
const DRIFT = sql`case when ${HAS_NO_DRIFT} then 0 else coalesce(${lengthOfMember(sql.ref('d.inputs'), ['drift'])}, 0) end`;

const USED = sql`case d."mode" when 'IN' then ${toUsed('in')} when 'OUT' then ${toUsed('out')} when 'TOTAL' then ${toUsed('total')} end`;

/** Only a limited allowance has the member. */
const ALLOWED = numberMember(ALLOWANCE, ['allowedBytes']);

/** The cycle of a decision, where that was made without a reading, or before the last one. */
const CYCLE = sql`left join "cycles" c on c."id" = d."cycle" and (d."read_at" is null or c."read_at" > d."read_at")`;

/**
 * What decides about services with neither a lasting hold, nor one that the last run would have added, nor drift, which are almost
 * all; `special` marks the others, which `ranked` reads.
 */
export const facts = (
  now: OverviewNow,
): RawBuilder<unknown> => sql`select s."id", s."panel", s."product", s."client", s."status" as "lifecycle",
    d."status" as "decided", ${USED} as "usedBytes", ${ALLOWED} as "allowedBytes",
    case when coalesce(d."would_hold", '[]') = '[]' and ${HAS_NO_DRIFT} and s."id" not in (select "service" from m) then 0 else 1 end as "special"
  from "services" s left join ${decisionsNow(now)} d on d."service" = s."id" ${CYCLE}`;

const figures = (
  now: OverviewNow,
  ids: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`select s."id", s."panel", s."product", s."client", s."status" as "lifecycle",
    d."status" as "decided", d."mode", coalesce(d."observing", 0) as "observing",
    coalesce(m."open", '') as "open", coalesce(m."releasing", '') as "releasing",
    coalesce(m."restricting", '') as "restricting", coalesce(m."partly", '') as "partly",
    ${toWouldHold(countsAsOver(now))} as "wouldHold", ${toWouldHold(isNotWithheld(now))} as "wouldBegin",
    ${USED} as "usedBytes", ${ALLOWED} as "allowedBytes",
    d."read_at" as "decidedRead", c."read_at" as "cycleRead", d."error_code" as "errorCode", d."error_message" as "errorMessage",
    ${DRIFT} as "drift",
    coalesce(k."acknowledged", 0) as "acknowledged"
  from "services" s left join ${decisionsNow(now)} d on d."service" = s."id"
    left join m on m."service" = s."id" left join k on k."service" = s."id" ${CYCLE}
  where s."id" in (${ids})`;

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
    "decided", "notRead", "remainingBytes", "status", 0 as "calm"`;

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

/** Those of `facts` that are not special, in the columns of `judged`. The calm ones are `ok`, and are only counted. */
export const plain = (
  now: OverviewNow,
): RawBuilder<unknown> => sql`select "id", "panel", "product", "client", "lifecycle", "holds", "wouldBegin",
    "usedBytes", "allowedBytes", "drift", "acknowledged", coalesce("decided", '') as "decided", (${toNotRead(now)}) as "notRead",
    ${REMAINING} as "remainingBytes", ${STATUS} as "status",
    case when "decided" = 'ok' and not ${IS_NEAR_LIMIT} and not ${HAS_ENDED} and not (${toNotRead(now)}) then 1 else 0 end as "calm"
  from (select *, '' as "holds", '' as "open", '' as "releasing", '' as "restricting", '' as "wouldHold", '' as "wouldBegin", 0 as "drift",
    0 as "acknowledged" from facts where "special" = 0) as "p"`;

/** The special ones in the same columns. */
export const judged = (now: OverviewNow): RawBuilder<unknown> =>
  sql`select ${JUDGED} from (${ranked(now, sql`select "id" from facts where "special" = 1`)}) as "r"`;
