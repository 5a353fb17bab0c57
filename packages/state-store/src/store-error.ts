/**
 * Codes of {@link StoreError}:
 *
 * - `store_missing`: the file, database or schema does not exist and `create` is false
 * - `store_unsupported`: a location, file or server that can't have a store, or what its kind of store can't do
 * - `store_too_new`: written by a newer version of Sluice
 * - `store_too_old`: its migrations have not run and `migrate` is false
 * - `store_read_only`: the file, its folder or the server is not writable, or was opened read-only
 * - `store_refused`: the server refuses the user, or has no TLS that the URL accepts
 * - `store_unreachable`: the server can't be reached, or the connection was cut before anything was written
 * - `store_timeout`: a time-out of the server ended a statement; nothing was written
 * - `store_in_doubt`: the connection was cut during a commit, and whether it was written is not known
 * - `store_full`: the device is full
 * - `store_io`: the device reported an error
 * - `store_damaged`: the file or a row in it can't be parsed
 * - `store_busy`: another process kept the store locked for longer than the wait
 * - `store_exists`: the file to write to already exists
 * - `store_conflict`: a row would break an invariant; nothing was written
 * - `store_not_found`: a change to a row that does not exist; nothing was written
 * - `store_invalid`: a value that the store can't hold, such as a fraction of a byte; nothing was written
 * - `store_closed`: used after `close`, or the tables of a `write` after it ended
 * - `nested_write`: a write inside another one of the same store
 * - `store_moved`: it was copied to another one that goes on, or is being copied; nothing was written
 * - `store_incomplete`: it is an unfinished copy of another one
 * - `copy_refused`: the stores don't allow a copy, or its end; the message says why
 * - `copy_differs`: a row of the copy is not as in the store that it is copied from
 * - `lease_lost`: a lease is no longer held under its fence number; nothing was written
 */
export type StoreErrorCode =
  | 'store_missing'
  | 'store_unsupported'
  | 'store_too_new'
  | 'store_too_old'
  | 'store_read_only'
  | 'store_refused'
  | 'store_unreachable'
  | 'store_timeout'
  | 'store_in_doubt'
  | 'store_full'
  | 'store_io'
  | 'store_damaged'
  | 'store_busy'
  | 'store_exists'
  | 'store_conflict'
  | 'store_not_found'
  | 'store_invalid'
  | 'store_closed'
  | 'nested_write'
  | 'store_moved'
  | 'store_incomplete'
  | 'copy_refused'
  | 'copy_differs'
  | 'lease_lost';

/** The row that an error is about. */
export interface StoreRowReference {
  table: string;
  id: string;
}

/** The one error class of the store. `message` says what happened, to what, and what to do next. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** Stable; use it, not the message, to distinguish errors. */
  readonly code: StoreErrorCode;
  /** The row concerned, where there is one. */
  readonly row: StoreRowReference | null;

  constructor(code: StoreErrorCode, message: string, options: { cause?: unknown; row?: StoreRowReference } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.row = options.row ?? null;
  }
}
