import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.js';

/** A stored service, as far as it is known whose its objects are. */
interface ServiceRow {
  id: string;
  panel: string;
  client: string | null;
  client_since: string | null;
  status: string;
  refs: string;
  created_at: string;
  updated_at: string;
  ended_at: string | null;
  former: string | null;
}

interface OwnershipRow {
  panel: string;
  subject: string;
  service: string;
  client: string | null;
  since: string | null;
  until: string | null;
}

/** Who had a service or an object of a panel, and when; the first periods follow from what the rows know. */
export const ownership: Migration = {
  version: 23,
  name: '023-ownership',
  async up(db) {
    await db.schema
      .createTable('ownership')
      .addColumn('seq', 'integer', (c) => c.primaryKey())
      .addColumn('panel', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('service', 'text', (c) => c.notNull())
      .addColumn('client', 'text')
      .addColumn('since', 'text')
      .addColumn('until', 'text')
      .execute();
    await db.schema.createIndex('ownership_subject').on('ownership').columns(['subject', 'panel', 'seq']).execute();
    await db.schema.createIndex('ownership_service').on('ownership').columns(['service', 'seq']).execute();
    const values = toPeriods(await listServices(db)).map(
      (row) => sql`(${row.panel}, ${row.subject}, ${row.service}, ${row.client}, ${row.since}, ${row.until})`,
    );
    for (let at = 0; at < values.length; at += 100)
      await sql`insert into "ownership" ("panel", "subject", "service", "client", "since", "until")
        values ${sql.join(values.slice(at, at + 100))}`.execute(db);
  },
};

/** The former client of a service is the one that was billed last before it changed. */
async function listServices(db: Kysely<unknown>): Promise<ServiceRow[]> {
  const { rows } = await sql<ServiceRow>`
    select "id", "panel", "client", "client_since", "status", "refs", "created_at", "updated_at",
      (select max("settled_at") from "actions" where "actions"."service" = "services"."id"
        and "type" = 'provision:terminate' and "state" = 'applied') as "ended_at",
      (select "client" from (
        select "client", "start" as "at" from "call_bills" where "call_bills"."service" = "services"."id"
        union all select "client", "at" from "purchases" where "purchases"."service" = "services"."id")
        where "client" is not null and "client" <> coalesce("services"."client", '') and "at" < "services"."client_since"
        order by "at" desc limit 1) as "former"
    from "services" order by "created_at", "id"`.execute(db);
  return rows;
}

function toPeriods(services: readonly ServiceRow[]): OwnershipRow[] {
  const bySubject = new Map<string, { panel: string; subject: string; owners: ServiceRow[] }>();
  for (const service of services) {
    const refs = Object.entries(JSON.parse(service.refs) as Record<string, string>);
    const subjects = [['', `service:${service.id}`], ...refs.map(([name, id]) => [service.panel, `${name}:${id}`])];
    for (const [panel = '', subject = ''] of subjects) {
      const key = JSON.stringify([panel, subject]);
      const known = bySubject.get(key) ?? { panel, subject, owners: [] };
      known.owners.push(service);
      bySubject.set(key, known);
    }
  }
  return [...bySubject.values()].flatMap(({ panel, subject, owners }) => {
    const rows: OwnershipRow[] = [];
    for (const [index, owner] of owners.entries()) {
      const next = owners[index + 1];
      const own = { panel, subject, service: owner.id };
      const since = rows.length === 0 ? null : owner.created_at;
      const until = toEnd(owner, next);
      const from = since ?? (next === undefined ? '' : owner.created_at);
      if (until !== null && until <= from) continue;
      const changed = owner.client_since;
      if (changed === null || (until !== null && changed >= until) || (since !== null && changed <= since)) {
        rows.push({ ...own, client: owner.client, since, until });
      } else {
        rows.push({ ...own, client: owner.former, since, until: changed });
        rows.push({ ...own, client: owner.client, since: changed, until });
      }
    }
    return rows;
  });
}

/** A service that ended had its objects no longer than until the next one came that names them. */
function toEnd(service: ServiceRow, next: ServiceRow | undefined): string | null {
  const { status, ended_at: ended, updated_at: updated } = service;
  if (status !== 'terminated' && status !== 'vanished') return null;
  const end = ended ?? updated;
  return next !== undefined && next.created_at < end ? next.created_at : end;
}
