import { type Kysely, sql } from 'kysely';
import { lengthOfMember, numberMember, WITHOUT_ROWID } from '../tables/dialect.js';
import type { Migration } from './migration.js';

/**
 * What lists of services count and order by, in columns of their own: limits and differences of decisions, and which of them are calm;
 * and which services were changed since they were decided on. The indexes find the few that are not.
 */
export const calmDecisions: Migration = {
  version: 41,
  name: '041-calm-decisions',
  async up(db) {
    await db.schema.alterTable('decisions').addColumn('allowed_bytes', 'bigint').execute();
    for (const column of ['drifts', 'calm'])
      await db.schema
        .alterTable('decisions')
        .addColumn(column, 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
    await db.schema
      .createTable('undecided')
      .addColumn('service', 'text', (c) => c.primaryKey().notNull())
      .modifyEnd(WITHOUT_ROWID)
      .execute();
    await fill(db);
    const indexes = [
      ['decisions_not_calm', 'decisions', 'service', sql<boolean>`"calm" = 0`],
      ['decisions_errors', 'decisions', 'service', sql<boolean>`"error_code" is not null`],
      ['services_ended', 'services', 'panel', sql<boolean>`"status" in ('terminated', 'vanished')`],
    ] as const;
    for (const [name, table, column, condition] of indexes)
      await db.schema.createIndex(name).on(table).column(column).where(condition).execute();
  },
};

async function fill(db: Kysely<unknown>): Promise<void> {
  await sql`update "decisions" set "allowed_bytes" = ${numberMember(sql.ref('allowance'), ['allowedBytes'])},
    "drifts" = coalesce(${lengthOfMember(sql.ref('inputs'), ['drift'])}, 0)`.execute(db);
  const used = sql`case "mode" when 'IN' then "in_bytes" when 'OUT' then "out_bytes" when 'TOTAL' then "total_bytes" end`;
  await sql`update "decisions" set "calm" = 1 where "status" = 'ok' and "read_at" is not null and "would_hold" = '[]'
    and "drifts" = 0 and coalesce(${used} * 5 < "allowed_bytes" * 4, 1 = 1)`.execute(db);
  await sql`insert into "undecided" ("service") select s."id" from "services" s
    left join "decisions" d on d."service" = s."id" where d."service" is null or s."updated_at" >= d."at"`.execute(db);
}
