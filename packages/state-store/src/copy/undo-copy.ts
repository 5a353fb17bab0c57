import { DEFAULT_WAIT_MS } from '../open-store.js';
import { isOnServer } from '../location.js';
import { StoreError } from '../store-error.js';
import { compareTable } from './compare.js';
import { type CopiedTable, listCopiedTables } from './copied-tables.js';
import type { RefuseActive } from './copy-store.js';
import type { StoreMark } from './move-mark.js';
import { describeTarget, openSide, type SideOptions } from './open-side.js';
import type { Side } from './side.js';

/** What a copy is taken back with. */
export interface UndoCopyOptions {
  /** Path, or address with its password, of the store that was copied. */
  from: string;
  /** The copy; where it is a file, it need not be named. */
  to?: string | undefined;
  refuseActive: RefuseActive;
  clock?: { now(): number };
  /** Milliseconds to wait for a lock of another process (default 10,000). */
  wait?: number;
  /** Only checks whether it can be taken back. */
  dryRun?: boolean;
  /** Also where the copy has changed since, or can't be read: what only the copy has is lost. */
  discardNewer?: boolean;
}

/** Result of taking a copy back. */
export interface UndoCopyResult {
  /** Both without secrets. */
  from: string;
  to: string;
  /** Whether the copy was finished. */
  wasMoved: boolean;
  /** What only the copy has, as far as its first difference; null where it has not changed, or was not read. */
  lost: string | null;
}

/**
 * Removes the mark of a copy, so that the store is written to again; the copy is marked as moved to it in turn. A copy that is
 * not finished is left as it is.
 *
 * @throws StoreError `copy_refused` where the store has no mark, or the copy has changed since; and as `openStore`
 *
 * @example
 * ```ts
 * await undoCopy({ from: './sluice.db', to: process.env.STATE_URL, refuseActive: () => {} });
 * ```
 */
export async function undoCopy(options: UndoCopyOptions): Promise<UndoCopyResult> {
  const { clock = Date, wait = DEFAULT_WAIT_MS, dryRun = false } = options;
  const from = await openSide({ location: options.from, clock, wait });
  try {
    const mark = await from.mark();
    if (mark === null || mark.state === 'unfinished')
      throw new StoreError(
        'copy_refused',
        `The store ${from.shown} was not copied to another one: there is nothing to take back.`,
      );
    const result = { from: from.shown, to: mark.other, wasMoved: mark.state === 'moved', lost: null };
    const lost = mark.state === 'copying' ? null : await endCopy(from, mark, { ...options, clock, wait, dryRun });
    if (!dryRun) {
      await from.transaction(async () => {
        await refuseChanged(from, mark);
        if (mark.state === 'moved') await from.raiseFences();
        await from.setMark(null);
      });
    }
    return { ...result, lost };
  } finally {
    await from.close();
  }
}

/** Refuses to take back a copy that another process has finished, or taken back, meanwhile. */
async function refuseChanged(from: Side, mark: StoreMark): Promise<void> {
  const found = await from.mark();
  if (found?.copy === mark.copy && found.state === mark.state) return;
  throw new StoreError(
    'copy_refused',
    `The copy of ${from.shown} to ${mark.other} was finished or taken back by another process meanwhile. Nothing was taken back: see which of them is used, and repeat it.`,
  );
}

type Undo = UndoCopyOptions & Required<Pick<UndoCopyOptions, 'clock' | 'wait' | 'dryRun'>>;

/** Marks the copy as moved back, if it has not changed; returns what is lost of it. */
async function endCopy(from: Side, mark: StoreMark, options: Undo): Promise<string | null> {
  const { clock, wait, discardNewer = false } = options;
  const location = findCopy(mark, options);
  if (location === null) return null;
  const to = await tryOpen({ location, clock, wait }, discardNewer);
  if (to === null) return null;
  try {
    const back: StoreMark = { ...mark, other: from.shown, at: new Date(clock.now()).toISOString() };
    return await to.transaction(async () => {
      await refuseChanged(from, mark);
      const found = await to.mark();
      // It was taken back before, and the end was interrupted.
      if (found?.state === 'moved' && found.copy === mark.copy) return null;
      if (found !== null && found.copy !== mark.copy)
        throw refusedCopy(to.shown, `is marked as a copy of ${found.other}`);
      options.refuseActive(await to.leases(), to.shown);
      const lost = found === null ? await findNewer(from, to) : null;
      if (lost !== null && !discardNewer)
        throw refusedCopy(to.shown, `has changed since it was copied (${lost}): what only it has would be lost`);
      if (!options.dryRun) await to.setMark(back);
      return lost;
    });
  } finally {
    await to.close();
  }
}

function refusedCopy(shown: string, what: string): StoreError {
  return new StoreError('copy_refused', `The copy ${shown} ${what}. Nothing was taken back.`);
}

/** Returns where the copy is; null where its address is not known, and what it has is lost. */
function findCopy(mark: StoreMark, { to, discardNewer = false }: Undo): string | null {
  if (to !== undefined) {
    if (describeTarget(to) === mark.other) return to;
    throw new StoreError(
      'copy_refused',
      `The store was moved to ${mark.other}, not to ${describeTarget(to)}. Name that one.`,
    );
  }
  if (!isOnServer(mark.other)) return mark.other;
  if (discardNewer) return null;
  throw new StoreError(
    'copy_refused',
    `The store was moved to ${mark.other}: name its address, so that it is compared and marked. Nothing was taken back.`,
  );
}

async function tryOpen(options: SideOptions, mayFail: boolean): Promise<Side | null> {
  try {
    return await openSide(options);
  } catch (error) {
    if (mayFail) return null;
    throw error;
  }
}

/** Returns the first row in which a copy is not as the store any more; null where it is the same. */
async function findNewer(from: Side, to: Side): Promise<string | null> {
  const tables: CopiedTable[] = await listCopiedTables();
  for (const table of tables) {
    const result = await compareTable(table, { from, to, change: (row) => row });
    if ('what' in result) return `${result.row} ${result.what}`;
  }
  return null;
}
