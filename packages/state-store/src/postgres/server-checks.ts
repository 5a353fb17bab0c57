import { sql } from 'kysely';
import type { Finding, OwnChecks } from '../check-store.js';
import type { Session } from '../tables/access.js';
import type { PostgresSettings } from './url.js';

/** A larger difference of clocks is reported: readings and cycles have the time of this machine, leases that of the server. */
const MOST_SKEW_MS = 5000;

/** What the checks of a server are made with. */
export interface ServerCheckParts {
  settings: PostgresSettings;
  /** Null: the clocks are not compared. */
  clock: { now(): number } | null;
}

/** What is checked of the server, the connection to it and the rights of the user. */
export function serverChecks(session: Session, { settings, clock }: ServerCheckParts): OwnChecks['checks'] {
  const object = settings.shown;
  return [
    { name: 'rights', object, find: () => findLackingRights(session, settings) },
    { name: 'encryption', object, find: () => findPlain(session, settings), severity: 'warning' },
    { name: 'connections', object, find: () => findFewConnections(session, settings), severity: 'warning' },
    { name: 'durability', object, find: () => findUnsafe(session, settings), severity: 'warning' },
    ...(clock === null
      ? []
      : [
          {
            name: 'server-clock',
            object,
            find: () => findSkew(session, settings, clock),
            severity: 'warning' as const,
          },
        ]),
  ];
}

/** The right to make tables is needed by migrations; without it they fail, and change nothing. */
async function findLackingRights({ db }: Session, { schema, user }: PostgresSettings): Promise<Finding[]> {
  const { rows } = await sql<{ name: string; right: string }>`
    select tables.tablename as "name", rights."right" from pg_tables as tables
    cross join (values ('select'), ('insert'), ('update'), ('delete')) as rights("right")
    where tables.schemaname = ${schema}
      and has_table_privilege(format('%I.%I', tables.schemaname, tables.tablename), rights."right") = false
    order by 1, 2`.execute(db);
  const lacking = rows.map(({ name, right }) => ({
    object: name,
    message: `The user ${user} lacks the right to ${right}. Let the owner of the table grant it.`,
  }));
  const create = await sql<{ found: number }>`
    select has_schema_privilege(${schema}, 'create') as "found"`.execute(db);
  if (create.rows[0]?.found === 1) return lacking;
  const message = `The user ${user} may not make tables in the schema ${schema}, which an upgrade needs. Let its owner grant that.`;
  return [...lacking, { object: schema, message }];
}

function isLocal({ host }: PostgresSettings): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

async function findPlain({ db }: Session, settings: PostgresSettings): Promise<Finding[]> {
  if (isLocal(settings)) return [];
  const { rows } = await sql<{ ssl: number }>`
    select ssl as "ssl" from pg_stat_ssl where pid = pg_backend_pid()`.execute(db);
  if (rows[0]?.ssl !== 1) {
    const message =
      'The connection is not encrypted. Set up TLS on the server, and sslmode=verify-full in the address.';
    return [{ object: settings.shown, message }];
  }
  if (settings.ssl === false || settings.ssl.rejectUnauthorized !== false) return [];
  const message =
    'The certificate of the server is not checked, so that another one could pose as it. Set sslmode=verify-full in the address, and sslrootcert where its authority is your own.';
  return [{ object: settings.shown, message }];
}

async function findFewConnections({ db }: Session, { shown, pool }: PostgresSettings): Promise<Finding[]> {
  const { rows } = await sql<{ most: number; used: number }>`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "most",
      (select count(*) from pg_stat_activity where backend_type = 'client backend') as "used"`.execute(db);
  const { most, used } = rows[0] ?? { most: 0, used: 0 };
  if (most - used >= pool) return [];
  const message = `${used} of ${most} connections are in use, and each process of Sluice may need ${pool}. Lower "pool" in the address, or raise max_connections of the server.`;
  return [{ object: shown, message }];
}

async function findUnsafe({ db }: Session, { shown }: PostgresSettings): Promise<Finding[]> {
  const { rows } = await sql<{ commit: string }>`
    select current_setting('synchronous_commit') as "commit"`.execute(db);
  if (rows[0]?.commit !== 'off') return [];
  const message =
    'synchronous_commit is off: a crash of the server loses writes after which a panel was called. Set it to on.';
  return [{ object: shown, message }];
}

async function findSkew({ db }: Session, { shown }: PostgresSettings, clock: { now(): number }): Promise<Finding[]> {
  const before = clock.now();
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as "ms"`.execute(db);
  const after = clock.now();
  const ms = rows[0]?.ms ?? before;
  // The server read its clock somewhere between.
  const skew = ms < before ? before - ms : Math.max(0, ms - after);
  if (skew <= MOST_SKEW_MS) return [];
  const which = ms < before ? 'behind' : 'ahead of';
  const message = `The clock of the server is ${Math.round(skew / 1000)} s ${which} that of this machine. Correct the wrong one.`;
  return [{ object: shown, message }];
}
