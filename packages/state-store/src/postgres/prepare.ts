import { refuseNewer } from '../migrations/migrate.js';
import { LATEST_SCHEMA_VERSION } from '../migrations/version.js';
import type { MigrationResult, OpenStoreOptions } from '../open-options.js';
import { readPast, type StorePast } from '../past.js';
import { StoreError } from '../store-error.js';
import { newClient } from './connect.js';
import { ClientConnection, onConnection, StatementNames } from './driver.js';
import { toStoreError } from './errors.js';
import { OLDEST_POSTGRES } from './oldest.js';
import { findStore, type Found, migratePostgres } from './migrate.js';
import { type PostgresSettings, readPostgresUrl } from './url.js';

/** Options with their defaults. */
export type OpenPostgresOptions = OpenStoreOptions & { clock: { now(): number }; wait: number };

/** Runs work on one connection of its own, whose statements may last. */
export async function withPreparing<T>(
  { location, wait }: Pick<OpenPostgresOptions, 'location' | 'wait'>,
  work: (connection: ClientConnection) => Promise<T>,
): Promise<T> {
  const settings = readPostgresUrl(location);
  const client = newClient(settings, { wait, mayLast: true });
  try {
    await client.connect();
    return await work(new ClientConnection(client, new StatementNames()));
  } catch (error) {
    throw toStoreError(error, settings.shown);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Returns the version of the store, 0 where there is none. Fails with `store_unsupported` on a server that can't have one. */
export async function inspect(connection: ClientConnection, { schema, shown }: PostgresSettings): Promise<Found> {
  const [result] = await connection.runAll([
    `select current_setting('server_version_num')::int as "number", current_setting('server_version') as "version",
      current_setting('server_encoding') as "encoding"`,
  ]);
  const { number, version, encoding } = (result?.rows[0] ?? {}) as {
    number?: number;
    version?: string;
    encoding?: string;
  };
  if ((number ?? 0) < OLDEST_POSTGRES * 10_000) {
    throw new StoreError(
      'store_unsupported',
      `The store ${shown} needs PostgreSQL ${OLDEST_POSTGRES} or newer; the server has ${version}. Upgrade it, or use another one.`,
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

/** The error of a store that is not there. */
export function missing(shown: string): StoreError {
  return new StoreError(
    'store_missing',
    `The store ${shown} has no tables. Check the database and the schema in its URL, or create it with a first run.`,
  );
}

/** Where a store is, and how long a lock of another process is waited for. */
type Place = Pick<OpenPostgresOptions, 'location' | 'wait'>;

/** Brings an existing store up to the newest version. */
export function migratePostgresStore(options: OpenPostgresOptions): Promise<MigrationResult> {
  return withStored(options, async (connection, { settings, version: from }) => {
    refuseNewer(settings.shown, from);
    const applied = from < LATEST_SCHEMA_VERSION ? await bring(connection, { settings, version: from, options }) : [];
    return { from, to: Math.max(from, LATEST_SCHEMA_VERSION), applied };
  });
}

/** Returns the version of an existing store. */
export function postgresVersion(place: Place): Promise<number> {
  return withStored(place, (_, { version }) => Promise.resolve(version));
}

/** Returns what earlier versions left in an existing store. */
export function postgresPast(place: Place): Promise<StorePast> {
  return withStored(place, (connection) => readPast(onConnection(connection)));
}

function withStored<T>(
  place: Place,
  work: (connection: ClientConnection, found: { settings: PostgresSettings; version: number }) => Promise<T>,
): Promise<T> {
  return withPreparing(place, async (connection) => {
    const settings = readPostgresUrl(place.location);
    const { version } = await inspect(connection, settings);
    if (version === 0) throw missing(settings.shown);
    return work(connection, { settings, version });
  });
}
