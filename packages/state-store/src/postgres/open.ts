import pg from 'pg';
import { sql } from 'kysely';
import { createStore } from '../create-store.js';
import { refuseNewer, refuseOlder } from '../migrations/migrate.js';
import { LATEST_SCHEMA_VERSION } from '../migrations/version.js';
import type { OpenStoreOptions } from '../open-store.js';
import type { StateStore } from '../store.js';
import { StoreError } from '../store-error.js';
import { PostgresConnections } from './connections.js';
import { ClientConnection, onConnection, StatementNames } from './driver.js';
import { toStoreError } from './errors.js';
import { findStore, migratePostgres } from './migrate.js';
import { type PostgresSettings, readPostgresUrl } from './url.js';
import { getTypeParser } from './values.js';
import { postgresWords } from './words.js';

/** The oldest version of the server, as `server_version_num` states it. */
const OLDEST_SERVER = 150_000;

/** How much later than the server the client gives up waiting for an answer. */
const GRACE_MS = 5000;

/** A server that is still there answers so often; one that does not is given up after four times that. */
const KEEP_ALIVE_S = 10;

/** Options with their defaults. */
export type OpenPostgresOptions = OpenStoreOptions & { clock: { now(): number }; wait: number };

/** A pool of connections to the store's schema. */
export function openPool(
  settings: PostgresSettings,
  { wait, readOnly = false, migrating = false }: PoolOptions,
): pg.Pool {
  const { statementMs, lockMs, schema } = settings;
  const parameters = {
    search_path: schema,
    lock_timeout: lockMs ?? wait,
    idle_in_transaction_session_timeout: settings.idleInTransactionMs,
    tcp_keepalives_idle: KEEP_ALIVE_S,
    tcp_keepalives_interval: KEEP_ALIVE_S,
    tcp_keepalives_count: 3,
    tcp_user_timeout: 4 * KEEP_ALIVE_S * 1000,
    jit: 'off',
    ...(migrating ? {} : { statement_timeout: statementMs }),
    ...(readOnly ? { default_transaction_read_only: 'on' } : {}),
  };
  const pool = new pg.Pool({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    ssl: settings.ssl,
    max: migrating ? 1 : settings.pool,
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_S * 1000,
    allowExitOnIdle: true,
    types: { getTypeParser },
    options: Object.entries(parameters)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    ...(migrating ? {} : { query_timeout: statementMs + GRACE_MS }),
  });
  // A connection that is lost while nobody uses it is no error: the next one is opened when it is needed.
  pool.on('error', () => undefined);
  // Nor while it is used: the statement that it was to carry fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

interface PoolOptions {
  wait: number;
  readOnly?: boolean;
  /** For one connection whose statements may last. */
  migrating?: boolean;
}

/** Opens a store on PostgreSQL. */
export async function openPostgres(options: OpenPostgresOptions): Promise<StateStore> {
  const { readOnly = false, wait, create = true } = options;
  const settings = readPostgresUrl(options.location);
  const { shown } = settings;
  const schemaVersion = await withPreparing(options, async (connection) => {
    const { version } = await inspect(connection, settings);
    refuseNewer(shown, version);
    if (version === 0 && (readOnly || !create)) throw missing(shown);
    if (readOnly || options.migrate === false) {
      if (version > 0) refuseOlder(shown, version);
      if (version > 0) return version;
    }
    if (version < LATEST_SCHEMA_VERSION) await bring(connection, { settings, version, options });
    return LATEST_SCHEMA_VERSION;
  });
  const pool = openPool(settings, { wait, readOnly });
  const words = postgresWords({ leasesByCaller: options.leaseClock === 'caller' });
  const random = options.random ?? Math.random;
  const connections = new PostgresConnections({
    ...{ location: shown, schemaVersion, pool, words, random },
    isReadOnly: readOnly,
    waitMs: wait,
    beforeEnd: () => Promise.resolve(),
  });
  return createStore({
    connections,
    schemaVersion,
    version: () =>
      connections.read(async ({ db }) => {
        const { rows } = await sql<{ version: string }>`select pg_current_snapshot()::text as "version"`.execute(db);
        return rows[0]?.version ?? '';
      }),
    maintenance: {
      past: async () => {
        const { readPast } = await import('../past.js');
        return connections.read(({ db }) => readPast(db));
      },
      check: async () => {
        const { checkStore } = await import('../check-store.js');
        const { postgresChecks } = await import('./checks.js');
        return connections.read((session) => checkStore(session, postgresChecks(session, { settings, schemaVersion })));
      },
      backup: () =>
        connections.guarded(() => {
          connections.refuseClosed();
          throw noBackup(shown);
        }),
    },
  });
}

/** The error of what copies files. */
export function noBackup(shown: string): StoreError {
  return new StoreError(
    'store_unsupported',
    `The store ${shown} is not a file. Back it up with pg_dump, and restore that with pg_restore.`,
  );
}

/** Runs work on one connection of its own, whose statements may last. */
export async function withPreparing<T>(
  { location, wait }: Pick<OpenPostgresOptions, 'location' | 'wait'>,
  work: (connection: ClientConnection) => Promise<T>,
): Promise<T> {
  const settings = readPostgresUrl(location);
  const pool = openPool(settings, { wait, migrating: true });
  try {
    const client = await pool.connect();
    const connection = new ClientConnection(client, new StatementNames());
    try {
      return await work(connection);
    } finally {
      client.release(true);
    }
  } catch (error) {
    throw toStoreError(error, settings.shown);
  } finally {
    await pool.end();
  }
}

/** Returns the version of the store, 0 where there is none. Fails with `store_unsupported` on a server that can't have one. */
export async function inspect(
  connection: ClientConnection,
  { schema, shown }: PostgresSettings,
): Promise<{ version: number }> {
  const [result] = await connection.runAll([
    `select current_setting('server_version_num')::int as "number", current_setting('server_version') as "version",
      current_setting('server_encoding') as "encoding"`,
  ]);
  const { number, version, encoding } = (result?.rows[0] ?? {}) as {
    number?: number;
    version?: string;
    encoding?: string;
  };
  if ((number ?? 0) < OLDEST_SERVER) {
    throw new StoreError(
      'store_unsupported',
      `The store ${shown} needs PostgreSQL 15 or newer; the server is ${version}.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new StoreError(
      'store_unsupported',
      `The database of the store ${shown} has the encoding ${encoding}. Create one with: create database NAME encoding 'UTF8' template template0`,
    );
  }
  return findStore(onConnection(connection), schema, shown);
}

/** What is brought to the newest version. */
interface Bringing {
  settings: PostgresSettings;
  version: number;
  options: Pick<OpenPostgresOptions, 'clock' | 'beforeMigration'>;
}

/** Makes the tables of the newest version, or migrates those of an older one. Returns the names of the steps. */
export async function bring(connection: ClientConnection, { settings, version, options }: Bringing): Promise<string[]> {
  const { schema, shown: location } = settings;
  if (version > 0) await options.beforeMigration?.(version);
  const { MIGRATIONS } = await import('../migrations/migrations.js');
  const now = new Date(options.clock.now()).toISOString();
  return migratePostgres(connection, { schema, location, now }, MIGRATIONS);
}

function missing(shown: string): StoreError {
  return new StoreError(
    'store_missing',
    `The store ${shown} has no tables. Check the database and the schema in its URL, or create it with a first run.`,
  );
}
