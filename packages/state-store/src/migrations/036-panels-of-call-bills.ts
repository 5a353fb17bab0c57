import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * Bills name the panel that they were made on: the one on which their service had the line at that time; null where nothing is known
 * of it. A panel without periods of the line got its present name after the service ended.
 */
export const panelsOfCallBills: Migration = {
  version: 36,
  name: '036-panels-of-call-bills',
  async up(db) {
    await db.schema.alterTable('call_bills').addColumn('panel', 'text').execute();
    await sql`update "call_bills" set "panel" = coalesce(
      (select "panel" from "services" where "services"."id" = "call_bills"."service"
        and exists (select 1 from json_each("services"."refs") where "value" = "call_bills"."subscriber")
        and not exists (select 1 from "ownership" where "ownership"."service" = "call_bills"."service"
          and "ownership"."panel" = "services"."panel"
          and substr("subject", instr("subject", ':') + 1) = "call_bills"."subscriber")),
      (select "panel" from "ownership" where "ownership"."service" = "call_bills"."service" and "panel" <> ''
        and substr("subject", instr("subject", ':') + 1) = "call_bills"."subscriber"
        order by case when "until" > "call_bills"."at" then 0 when "until" is null then 1 else 2 end,
          case when "until" > "call_bills"."at" then "until" end, "until" desc, "seq" desc limit 1))`.execute(db);
  },
};
