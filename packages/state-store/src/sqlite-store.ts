import { AsyncLocalStorage } from 'node:async_hooks';
import { createLeases, verifyFences } from './leases.js';
import { createMaintenance } from './maintenance.js';
import { readVersion, refuseNewer } from './migrations/migrate.js';
import { backupFile } from './sqlite/backup.js';
import type { Connection } from './sqlite/connect.js';
import { toStoreError } from './sqlite/to-store-error.js';
import type { HeldLease, StateStore, StoreTables } from './store.js';
import { StoreError } from './store-error.js';
import type { Access, Session } from './tables/access.js';
import { createTables } from './tables/create-tables.js';
import { WriteQueue } from './write-queue.js';

/** A transaction as its work sees it. */
interface Scope {
  active: boolean;
  /** The first write that failed: then the whole transaction has, even if the work caught the error. */
  failure: { error: unknown } | null;
  /** The work itself ended with an error, the caller's or one that is a store error already. */
  thrown: boolean;
}

/** What a store is made of: one connection that writes, one that reads what is committed. */
export interface SqliteStoreParts {
  location: string;
  schemaVersion: number;
  reader: Connection;
  /** Null for a store that was opened to be read only. */
  writer: Connection | null;
  waitMs: number;
}

/** The state store over an open database file. */
export function createSqliteStore({ location, schemaVersion, reader, writer, waitMs }: SqliteStoreParts): StateStore {
  const queue = new WriteQueue();
  const current = new AsyncLocalStorage<Scope>();
  const texts = new Map<string, string>();
  const reading = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error, location);
    }
  }

  function refuseClosed(): void {
    if (closing !== null) throw new StoreError('store_closed', `The store ${location} is closed. Open it again.`);
  }

  async function transaction<T>(
    work: (session: Session, scope: Scope) => Promise<T>,
    fences: readonly HeldLease[],
  ): Promise<T> {
    refuseClosed();
    if (writer === null) {
      throw new StoreError('store_read_only', `The store ${location} was opened to be read only. Open it for writing.`);
    }
    if (current.getStore()?.active === true) {
      throw new StoreError('nested_write', 'A write was begun inside another one. Use the tables that it was given.');
    }
    return queue.run(async () => {
      const scope: Scope = { active: true, failure: null, thrown: false };
      try {
        return await writer.db.transaction().execute(async (db) => {
          const session = { db, texts };
          refuseNewer(location, await readVersion(db), schemaVersion);
          await verifyFences(session, fences);
          try {
            const result = await current.run(scope, () => work(session, scope));
            if (scope.failure !== null) throw scope.failure.error;
            return result;
          } catch (error) {
            scope.thrown = true;
            throw error;
          } finally {
            scope.active = false;
            // Tracking costs a little on every promise of the process: only while a write runs, and one runs at a time.
            current.disable();
          }
        });
      } catch (error) {
        // What the work threw is the caller's, though it may look like an error of the disk.
        throw scope.thrown ? error : toStoreError(error, location);
      }
    });
  }

  /** The tables that a `write` hands to its work. */
  function tablesWithin(session: Session, scope: Scope): StoreTables {
    function refuseEnded(): void {
      if (!scope.active) {
        throw new StoreError(
          'store_closed',
          'The write that these tables belong to is over. Use the store, or a new write.',
        );
      }
    }
    return createTables({
      read: (work) =>
        guarded(() => {
          refuseEnded();
          return work(session);
        }),
      write: async (work) => {
        refuseEnded();
        try {
          return await guarded(() => work(session));
        } catch (error) {
          scope.failure ??= { error };
          throw error;
        }
      },
    });
  }

  const access: Access = {
    read: (work) => {
      const answer = guarded(() => {
        refuseClosed();
        return work({ db: reader.db, texts });
      });
      reading.add(answer);
      return answer.finally(() => reading.delete(answer));
    },
    write: (work) => transaction((session) => guarded(() => work(session)), []),
  };

  return {
    ...createTables(access),
    location,
    schemaVersion,
    write: (work, options = {}) =>
      transaction((session, scope) => work(tablesWithin(session, scope)), options.fences ?? []),
    leases: createLeases(access),
    maintenance: createMaintenance({
      access,
      location,
      schemaVersion,
      backup: (file) =>
        guarded(() => {
          refuseClosed();
          return backupFile(location, file, waitMs);
        }),
    }),
    close: () => {
      closing ??= (async () => {
        await queue.idle();
        await Promise.allSettled(reading);
        // The writer last: the last connection to go tidies the log away, and only one that writes can.
        await reader.close();
        await writer?.close();
      })();
      return closing;
    },
  };
}
