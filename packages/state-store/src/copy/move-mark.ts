import { sql } from 'kysely';
import { StoreError } from '../store-error.js';
import type { Session } from '../tables/access.js';

/**
 * Version of the row of `schema_migrations` that marks a store. It is above every schema version, so that each transaction that writes is
 * refused as in a store of a newer version: also one of a process that has the store open, and one of an earlier version of Sluice.
 */
export const MARK_VERSION = 1_000_000;

/** What a mark says of a store. */
export interface StoreMark {
  /** `copying`: it is copied, and changed by nothing meanwhile; `moved`: its copy goes on; `unfinished`: it is a copy that lacks rows. */
  state: 'copying' | 'moved' | 'unfinished';
  /** Id of the copy, which both stores have. */
  copy: string;
  /** Id of the attempt that works on the copy; undefined in a mark of an earlier version. */
  attempt?: string;
  /** The other store, without secrets. */
  other: string;
  /** When it was marked (ISO UTC). */
  at: string;
}

/** The row of a mark. */
export interface MarkRow {
  name: string;
  applied_at: string;
}

const STATES: readonly unknown[] = ['copying', 'moved', 'unfinished'] satisfies StoreMark['state'][];

/** Returns the row of a mark. */
export function toMarkRow({ at, ...mark }: StoreMark): MarkRow {
  return { name: JSON.stringify(mark), applied_at: at };
}

/** Parses the row of a mark; null where there is none. */
export function parseMark(row: MarkRow | undefined): StoreMark | null {
  if (row === undefined) return null;
  try {
    const { state, copy, other, attempt } = JSON.parse(row.name) as Partial<StoreMark>;
    if (STATES.includes(state) && typeof copy === 'string' && typeof other === 'string')
      return {
        ...{ state: state as StoreMark['state'], copy, other, at: row.applied_at },
        ...(typeof attempt === 'string' && { attempt }),
      };
  } catch {
    // A later version may have marked it.
  }
  const message = 'The store has a mark that this version of Sluice does not know. Use the version that wrote it.';
  throw new StoreError('store_too_new', message);
}

const READ_MARK = `select name, applied_at from schema_migrations where version >= ${MARK_VERSION}`;

/** Reads the mark of an open file of any schema version; null for one without a mark. */
export function fileMark(handle: { prepare(text: string): { get(): unknown } }): StoreMark | null {
  return parseMark(handle.prepare(READ_MARK).get() as MarkRow | undefined);
}

/** Reads the mark of an open store; null for one without a mark. */
export async function readMark({ db }: Pick<Session, 'db'>): Promise<StoreMark | null> {
  const { rows } = await sql<MarkRow>`select "name", "applied_at" from "schema_migrations"
    where "version" >= ${MARK_VERSION}`.execute(db);
  return parseMark(rows[0]);
}

/** Refuses a store that is only a part of a copy: what it lacks would be taken for gone. */
export function refuseUnfinished(location: string, mark: StoreMark | null): void {
  if (mark?.state !== 'unfinished') return;
  throw new StoreError(
    'store_incomplete',
    `The store ${location} is an unfinished copy of ${mark.other}. Repeat the copy, which goes on where it ended, or use ${mark.other}.`,
  );
}

/** Returns the error of a write to a marked store. */
export function refusedByMark(location: string, mark: StoreMark): StoreError {
  if (mark.state === 'unfinished')
    return new StoreError('store_incomplete', `The store ${location} is an unfinished copy of ${mark.other}.`);
  return new StoreError(
    'store_moved',
    mark.state === 'moved'
      ? `The store ${location} was moved to ${mark.other} at ${mark.at}, and is not written to any more.`
      : `The store ${location} is being copied to ${mark.other} since ${mark.at}, and is not written to until that has ended.`,
  );
}
