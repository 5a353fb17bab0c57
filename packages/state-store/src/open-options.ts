/** How a store is opened. */
export interface OpenStoreOptions {
  /**
   * Path of the file; `:memory:` for a store that ends with the process, for tests and trials; or the URL of a database on PostgreSQL,
   * as `postgres://user:password@host:5432/database`.
   */
  location: string;
  /** Stamps the migrations. Default: the system's clock. */
  clock?: { now(): number };
  /** Create a missing file, or the tables of an empty one (default), or fail with `store_missing`. */
  create?: boolean;
  /** Migrate an older store (default), or fail with `store_too_old`. */
  migrate?: boolean;
  /** Called with the version of an older store, not of an empty file, before its migration, which waits for it. */
  beforeMigration?: (version: number) => Promise<void>;
  /** Never write: neither the file nor its schema. Each write then fails with `store_read_only`. */
  readOnly?: boolean;
  /** Milliseconds to wait for a lock of another process before `store_busy`, or for a server that is away (default 10,000). */
  wait?: number;
  /** On PostgreSQL: whose clock ends leases. Default: the database's, whatever `now` callers pass; `caller` is for tests. */
  leaseClock?: 'database' | 'caller';
  /** On PostgreSQL: returns a number from 0 to 1 for pauses before a write runs again. Default: `Math.random`. */
  random?: () => number;
}

/** Result of a migration. */
export interface MigrationResult {
  from: number;
  to: number;
  /** Names of the steps that ran, oldest first; empty when the store was up to date. */
  applied: string[];
}
