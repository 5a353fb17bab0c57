import { sql } from 'kysely';
import { serviceSubject } from '../ownership-change.js';
import type { ServiceRecord } from '../records.js';
import type { ClientRows } from '../service-tables.js';
import type { StoreTables } from '../store.js';
import { UNKNOWN_PERSON } from '../unknown-person.js';
import type { Access, Session } from './access.js';
import { isIn } from './dialect.js';
import { inChunks, listRecords } from './record-queries.js';
import { ownership, services } from './service-record-tables.js';
import { writeServices } from './written-services.js';

/** What clients have and had. */
export function clientsTable(access: Access): StoreTables['clients'] {
  return {
    names: (clients) =>
      access.read(async ({ db }) => {
        // Where his services have several, the last in the order of text: the same one each time.
        const rows = await inChunks(clients, (chunk) =>
          db
            .selectFrom('services')
            .select(({ fn }) => ['client', fn.max('client_name').as('name')])
            .where(isIn('client', chunk))
            .groupBy('client')
            .execute(),
        );
        return new Map(rows.flatMap(({ client, name }) => (client === null || name === null ? [] : [[client, name]])));
      }),
    count: (client) => access.read((session) => countRows(session, client)),
    merge: (from, into) => access.write((session) => mergeClients(session, { from, into })),
  };
}

async function countRows(session: Session, client: string): Promise<ClientRows> {
  const count = async (table: string): Promise<number> => {
    const { rows } = await sql<{ count: number }>`select count(*) as "count" from ${sql.table(table)}
      where "client" = ${client}`.execute(session.db);
    return rows[0]?.count ?? 0;
  };
  const [purchases, bills] = [await count('purchases'), await count('call_bills')];
  return { services: (await listServices(session, client)).length, purchases, bills };
}

/** Ids of the services that a client has or had. */
async function listServices({ db }: Session, client: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select "id" from "services" where "client" = ${client}
    union select "service" as "id" from "ownership" where "client" = ${client}`.execute(db);
  return rows.map(({ id }) => id);
}

async function mergeClients(session: Session, { from, into }: { from: string; into: string }): Promise<ClientRows> {
  const found = await countRows(session, from);
  const changed = await listServices(session, from);
  for (const table of ['services', 'ownership', 'purchases', 'call_bills'])
    await sql`update ${sql.table(table)} set "client" = ${into} where "client" = ${from}`.execute(session.db);
  const own = await inChunks(changed, (id) => listRecords(session, services, { where: { id, client: into } }));
  const merged: ServiceRecord[] = [];
  for (const service of own) {
    const clientSince = await findBeginning(session, { id: service.id, client: into });
    merged.push({ ...service, clientSince, ...UNKNOWN_PERSON });
  }
  await writeServices(session, merged);
  return found;
}

/** Returns since when the present client of a service has it without another one in between; null: as long as it is known. */
async function findBeginning(session: Session, { id, client }: { id: string; client: string }): Promise<string | null> {
  const where = { panel: '', subject: serviceSubject(id) };
  const periods = await listRecords(session, ownership, { where, order: ['seq'] });
  const others = periods.findLastIndex((period) => period.client !== client);
  return periods[others + 1]?.since ?? null;
}
