import { sql } from 'kysely';
import { createLeases } from './leases.js';
import { prune } from './prune.js';
import { backupFile } from './sqlite/backup.js';
import type { StateStore, StoreTables } from './store.js';
import { type OpenFile, type Scope, StoreConnections } from './store-connections.js';
import { StoreError } from './store-error.js';
import type { Session } from './tables/access.js';
import { createTables } from './tables/create-tables.js';

/** An open file, and how long its copies wait for a lock of another process. */
export interface SqliteStoreParts extends OpenFile {
  waitMs: number;
}

/** The state store over an open database file. */
export function createSqliteStore({ waitMs, ...file }: SqliteStoreParts): StateStore {
  const { location, schemaVersion } = file;
  const connections = new StoreConnections(file);
  const rest: Omit<StateStore, keyof StoreTables> = {
    location,
    schemaVersion,
    version: () => connections.read(readDataVersion),
    write: (work, options = {}) =>
      connections.transaction(
        (session, scope) => work(tablesWithin(connections, session, scope)),
        options.fences ?? [],
      ),
    leases: createLeases(connections),
    maintenance: {
      prune: (request) => prune(connections, request),
      past: async () => {
        const { readPast } = await import('./past.js');
        return connections.read(({ db }) => readPast(db));
      },
      check: async () => {
        const { checkStore } = await import('./check-store.js');
        return connections.read((session) => checkStore(session, location, schemaVersion));
      },
      backup: (target) =>
        connections.guarded(() => {
          connections.refuseClosed();
          if (file.reader === file.writer) {
            throw new StoreError('store_unsupported', "An in-memory store can't be backed up. Open a file.");
          }
          return backupFile(location, target, waitMs);
        }),
    },
    close: () => connections.close(),
    [Symbol.asyncDispose]: () => connections.close(),
  };
  return Object.assign(createTables(connections), rest);
}

/** The first figure changes with the writes of other connections, the second with those of this one. */
async function readDataVersion({ db }: Session): Promise<string> {
  const { rows } = await sql<{ others: number; own: number }>`
    select "data_version" as "others", total_changes() as "own" from pragma_data_version`.execute(db);
  return `${rows[0]?.others ?? 0}.${rows[0]?.own ?? 0}`;
}

/** The tables passed to the work of a `write`. */
function tablesWithin(connections: StoreConnections, session: Session, scope: Scope): StoreTables {
  return createTables({
    read: (work) =>
      connections.guarded(() => {
        refuseEnded(scope);
        return work(session);
      }),
    write: async (work) => {
      refuseEnded(scope);
      try {
        return await connections.guarded(() => work(session));
      } catch (error) {
        scope.failure ??= { error };
        throw error;
      }
    },
  });
}

function refuseEnded(scope: Scope): void {
  if (scope.active) return;
  throw new StoreError(
    'store_closed',
    'The write that these tables belong to has ended. Use the store, or a new write.',
  );
}
