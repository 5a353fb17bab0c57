import { sql } from 'kysely';
import type { Session } from './access.js';
import { isIn } from './dialect.js';
import { insertRows } from './insert-rows.js';
import { inChunks } from './record-queries.js';

const UNDECIDED = { table: 'undecided', columns: ['service'] };

/**
 * Notes services that were stored now: `undecided` has all that have no decision, or were changed since, and may have others. Must
 * follow every write to services.
 */
export async function noteUndecided(session: Session, services: readonly string[]): Promise<void> {
  const rows = [...new Set(services)].map((service) => [service]);
  await insertRows(session, UNDECIDED, rows, { do: 'nothing', key: ['service'] });
}

/** Leaves of services that were decided on now those that are changed since. Must follow every write to decisions. */
export async function noteDecided({ db }: Session, services: readonly string[]): Promise<void> {
  await inChunks(services, async (chunk) => {
    await sql`delete from "undecided" where ${isIn('service', chunk)} and not exists (select 1 from "services" s, "decisions" d
      where s."id" = "undecided"."service" and d."service" = s."id" and s."updated_at" >= d."at")`.execute(db);
    return [];
  });
}
