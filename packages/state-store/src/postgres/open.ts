import { sql } from 'kysely';
import { createStore } from '../create-store.js';
import { refuseUnfinished } from '../copy/move-mark.js';
import { refuseNewer, refuseOlder } from '../migrations/migrate.js';
import { LATEST_SCHEMA_VERSION } from '../migrations/version.js';
import type { StateStore } from '../store.js';
import { StoreError } from '../store-error.js';
import type { Session } from '../tables/access.js';
import { Changes, toChannel } from './changes.js';
import { newClient, openPool } from './connect.js';
import { PostgresConnections } from './connections.js';
import { bring, inspect, missing, type OpenPostgresOptions, withPreparing } from './prepare.js';
import { readPostgresUrl } from './url.js';
import { postgresWords } from './words.js';

/** Opens a store on PostgreSQL. */
export async function openPostgres(options: OpenPostgresOptions): Promise<StateStore> {
  const { readOnly = false, wait, create = true } = options;
  const settings = readPostgresUrl(options.location);
  const { shown } = settings;
  const { schemaVersion, mark } = await withPreparing(options, async (connection) => {
    const { version, mark: found } = await inspect(connection, settings);
    refuseNewer(shown, version);
    refuseUnfinished(shown, found);
    if (version === 0 && (readOnly || !create)) throw missing(shown);
    if (readOnly || options.migrate === false) {
      if (version > 0) refuseOlder(shown, version);
      if (version > 0) return { schemaVersion: version, mark: found };
    }
    if (version < LATEST_SCHEMA_VERSION) await bring(connection, { settings, version, options });
    return { schemaVersion: LATEST_SCHEMA_VERSION, mark: found };
  });
  const pool = openPool(settings, { wait, readOnly });
  const words = postgresWords({ leasesByCaller: options.leaseClock === 'caller' });
  const random = options.random ?? Math.random;
  const channel = toChannel(settings.schema);
  const changes = new Changes({ connect: () => newClient(settings, { wait, mayLast: true }), channel, random });
  const connections = new PostgresConnections({
    ...{ location: shown, schemaVersion, pool, words, random, channel },
    isReadOnly: readOnly,
    waitMs: wait,
    beforeEnd: () => changes.end(),
  });
  return createStore({
    connections,
    clock: options.clock,
    schemaVersion,
    mark,
    version: () => connections.read(readSnapshot),
    subscribe: (listener) => changes.subscribe(listener),
    maintenance: {
      past: async () => {
        const { readPast } = await import('../past.js');
        return connections.read(({ db }) => readPast(db));
      },
      check: async () => {
        const { checkStore } = await import('../check-store.js');
        const { postgresChecks } = await import('./checks.js');
        // Where callers say when leases end, the clocks may differ.
        const clock = options.leaseClock === 'caller' ? null : options.clock;
        return connections.read((session) =>
          checkStore(session, postgresChecks(session, { settings, schemaVersion, clock })),
        );
      },
      serverBytes: () => connections.read(readBytes),
      backup: () =>
        connections.guarded(() => {
          connections.refuseClosed();
          throw noBackup(shown);
        }),
    },
  });
}

/** Returns a text that changes with each transaction that writes. */
async function readSnapshot({ db }: Session): Promise<string> {
  const { rows } = await sql<{ version: string }>`select pg_current_snapshot()::text as "version"`.execute(db);
  return rows[0]?.version ?? '';
}

/** Returns the bytes of the tables of a store with their indexes. */
async function readBytes({ db }: Session): Promise<number | null> {
  const { rows } = await sql<{ bytes: number | null }>`select sum(pg_total_relation_size(c.oid))::bigint as "bytes"
    from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`.execute(db);
  return rows[0]?.bytes ?? null;
}

/** The error of what copies files. */
function noBackup(shown: string): StoreError {
  return new StoreError(
    'store_unsupported',
    `The store ${shown} is not a file. Back it up with pg_dump, and restore that with pg_restore.`,
  );
}
