import { type RawBuilder, sql } from 'kysely';
import { type DueReading, LISTS } from '../reading-records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { isIn } from './dialect.js';
import { insertRows, statement } from './insert-rows.js';
import { inChunks, listRecords } from './record-queries.js';
import { nextReadings } from './run-record-tables.js';

/** Before any instant. */
const CHANGED = '';

/** When services and lists of panels are read next. */
export function nextReadingsTable(access: Access): StoreTables['nextReadings'] {
  return {
    list: ({ panel, services }) =>
      access.read((session) =>
        inChunks(services, (service) =>
          listRecords(session, nextReadings, { where: { panel, service }, order: ['service'] }),
        ),
      ),
    due: (filter) => access.read((session) => listDue(session, filter)),
    first: (panel) =>
      access.read(async (session) => {
        const and = [statement`"service" <> ${LISTS}`];
        const [first] = await listRecords(session, nextReadings, {
          where: { panel },
          and,
          order: ['due_at'],
          limit: 1,
        });
        return first ?? null;
      }),
    put: (records) =>
      access.write(async (session) => {
        const rows = records.map((record) => nextReadings.values(record));
        await insertRows(session, nextReadings, rows, { do: 'update', key: ['panel', 'service'], same: 'version' });
      }),
    change: ({ panel, service }) =>
      access.write((session) =>
        service === null ? makeDue(session, sql<boolean>`"panel" = ${panel}`) : noteChanged(session, [service]),
      ),
    clear: (panel) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('next_readings').where('panel', '=', panel).execute();
      }),
  };
}

async function listDue(
  { db }: Session,
  { panel, now, basis }: { panel: string; now: string; basis: string },
): Promise<DueReading[]> {
  const rows = await db
    .selectFrom('services as s')
    .leftJoin('next_readings as n', (join) => join.onRef('n.service', '=', 's.id').onRef('n.panel', '=', 's.panel'))
    .select('s.id')
    .select(nextReadings.columns.map((column) => `n.${column}` as const))
    .where('s.panel', '=', panel)
    .where((or) =>
      or.or([or('n.service', 'is', null), or('n.due_at', '<=', now), or('n.basis', '<>', basis), or('n.at', '>', now)]),
    )
    .orderBy(sql`coalesce("n"."due_at", '')`)
    .orderBy('s.id')
    .execute();
  return rows.map(({ id, ...row }) => ({
    service: id,
    row: row.service === null ? null : nextReadings.decode(row as Parameters<typeof nextReadings.decode>[0]),
  }));
}

/** Makes the next reading of services due at once, since what it was computed from has changed, and the lists of their panels. */
export async function noteChanged(session: Session, services: readonly string[]): Promise<void> {
  await inChunks(services, async (chunk) => {
    await makeDue(
      session,
      sql<boolean>`${isIn('service', chunk)} or ("service" = ${LISTS}
      and "panel" in (select "panel" from "services" where ${isIn('id', chunk)}))`,
    );
    return [];
  });
}

/** The same for the service of a row that has it in its column `service`. */
export async function noteChangedBy(session: Session, table: 'holds' | 'purchases', id: string): Promise<void> {
  const service = sql`select "service" from ${sql.table(table)} where "id" = ${id}`;
  await makeDue(
    session,
    sql<boolean>`"service" in (${service}) or ("service" = ${LISTS}
    and "panel" in (select "panel" from "services" where "id" in (${service})))`,
  );
}

/** The same for all services of a client. */
export async function noteChangedOfClient(session: Session, client: string): Promise<void> {
  const own = sql`select "id" from "services" where "client" = ${client}`;
  await makeDue(
    session,
    sql<boolean>`"service" in (${own}) or ("service" = ${LISTS}
    and "panel" in (select "panel" from "services" where "client" = ${client}))`,
  );
}

async function makeDue({ db }: Session, condition: RawBuilder<boolean>): Promise<void> {
  await db
    .updateTable('next_readings')
    .set((eb) => ({ due_at: CHANGED, version: eb('version', '+', 1) }))
    .where(condition)
    .execute();
}
