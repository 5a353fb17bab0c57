import { sql } from 'kysely';
import type { StoreMark } from './copy/move-mark.js';
import { createStore } from './create-store.js';
import { readVersion, refuseNewer } from './migrations/migrate.js';
import { runsWritesTwice } from './rehearsal.js';
import { backupFile } from './sqlite/backup.js';
import type { Connection } from './sqlite/connect.js';
import { toStoreError } from './sqlite/to-store-error.js';
import { watchVersion } from './sqlite/watch-version.js';
import type { StateStore } from './store.js';
import { StoreConnections } from './store-connections.js';
import { StoreError } from './store-error.js';
import type { Session } from './tables/access.js';
import { SQLITE_WORDS } from './tables/dialect.js';

/** The two connections of an open database file: one writes, one reads committed data. In memory they are the same. */
interface OpenFile {
  location: string;
  schemaVersion: number;
  /** Default: none. */
  mark?: StoreMark | null;
  reader: Connection;
  /** Null for a store that was opened read-only. */
  writer: Connection | null;
}

/** An open file, and how long its copies wait for a lock of another process. */
export interface SqliteStoreParts extends OpenFile {
  waitMs: number;
}

/** The state store over an open database file. */
export function createSqliteStore({ waitMs, ...file }: SqliteStoreParts): StateStore {
  const { location, schemaVersion, mark = null } = file;
  const connections = new SqliteConnections(file);
  return createStore({
    connections,
    schemaVersion,
    mark,
    version: () => connections.read(readDataVersion),
    subscribe: (listener) => watchVersion(() => connections.read(readDataVersion), listener),
    maintenance: {
      past: async () => {
        const { readPast } = await import('./past.js');
        return connections.read(({ db }) => readPast(db));
      },
      check: async () => {
        const { checkStore } = await import('./check-store.js');
        const { sqliteChecks } = await import('./sqlite/checks.js');
        return connections.read((session) => checkStore(session, sqliteChecks(session, { location, schemaVersion })));
      },
      serverBytes: () => Promise.resolve(null),
      backup: (target) =>
        connections.guarded(() => {
          connections.refuseClosed();
          if (file.reader === file.writer) {
            throw new StoreError('store_unsupported', "An in-memory store can't be backed up. Open a file.");
          }
          return backupFile(location, target, waitMs);
        }),
    },
  });
}

/** The first figure changes with the writes of other connections, the second with those of this one. */
async function readDataVersion({ db }: Session): Promise<string> {
  const { rows } = await sql<{ others: number; own: number }>`
    select "data_version" as "others", total_changes() as "own" from pragma_data_version`.execute(db);
  return `${rows[0]?.others ?? 0}.${rows[0]?.own ?? 0}`;
}

/** Reads and writes a database file; the file is closed with it. */
class SqliteConnections extends StoreConnections {
  readonly #file: OpenFile;
  readonly #texts = new Map<string, string>();
  /** Whether commits wait for the disk now, as they do in a connection that was just opened. */
  #isDurable = true;

  constructor(file: OpenFile) {
    const { location, writer, reader } = file;
    super(location, { runsTwice: runsWritesTwice(), lock: (writer ?? reader).lock });
    this.#file = file;
  }

  protected get isWritable(): boolean {
    return this.#file.writer !== null;
  }

  protected reading<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { reader, writer } = this.#file;
    // With a single connection, work inside a transaction reads through that transaction.
    const own = reader === writer ? this.ownTransaction() : null;
    return work(own ?? this.#session(reader.db));
  }

  protected transact<T>(work: (session: Session) => Promise<T>, durable: boolean): Promise<T> {
    const { writer, location, schemaVersion } = this.#file;
    if (writer === null) throw new Error('a store without a writer writes nothing');
    // A commit that waits for the disk brings there what the log had before. Transactions come one after the other.
    if (durable !== this.#isDurable) writer.handle.pragma(`synchronous = ${durable ? 'full' : 'normal'}`);
    this.#isDurable = durable;
    return writer.db.transaction().execute(async (db) => {
      refuseNewer(location, await readVersion(db, location), schemaVersion);
      return work(this.#session(db));
    });
  }

  protected toStoreError(error: unknown): unknown {
    return toStoreError(error, this.#file.location);
  }

  protected async end(): Promise<void> {
    // The writer last: the last connection removes the log, and only a writing one can.
    await this.#file.reader.close();
    if (this.#file.writer !== this.#file.reader) await this.#file.writer?.close();
  }

  #session(db: Session['db']): Session {
    return { db, texts: this.#texts, closed: new Set<string>(), words: SQLITE_WORDS };
  }
}
