import { DEFAULT_WAIT_MS } from '../open-store.js';
import type { LeaseRecord } from '../records.js';
import { StoreError } from '../store-error.js';
import { changeCopy, changeMark, lostAttempt, type OwnMark, refuseLostStore, TAKEN_BACK } from './attempt.js';
import { type CopiedTable, listCopiedTables } from './copied-tables.js';
import {
  type CopyProgress,
  copyTables,
  countRows,
  refuseNul,
  toChange,
  type Transfer,
  verifyTables,
} from './copy-rows.js';
import { refusedByMark, refuseUnfinished, type StoreMark } from './move-mark.js';
import { describeTarget, makeTables, openSide, type SideOptions } from './open-side.js';
import type { Side } from './side.js';
import { beginTarget, inspectTarget, type TargetState } from './target.js';
import { refuseNewer, refuseOlder } from '../migrations/migrate.js';

/** Throws where one of the leases of a store is held by a run that is active. */
export type RefuseActive = (leases: readonly LeaseRecord[], shown: string) => void;

/** What a copy is made with. */
export interface CopyOptions {
  /** Path, or address with its password, of the store that is copied. */
  from: string;
  to: string;
  /** Returns an id: of a new copy, and of each attempt. */
  id: () => string;
  refuseActive: RefuseActive;
  clock?: { now(): number };
  /** Milliseconds to wait for a lock of another process (default 10,000). */
  wait?: number;
  /** Only checks whether the copy can begin; nothing is changed, and nothing made. */
  dryRun?: boolean;
  /** Stores the sign U+FFFD in the place of NUL, which PostgreSQL can't store in a text. Without it, such a row is refused. */
  replaceNul?: boolean;
  /** Waited for; what it throws ends the copy, which can be repeated. */
  onProgress?: (progress: CopyProgress) => void | Promise<void>;
}

/** A table of a copy. */
export interface CopiedRows {
  name: string;
  rows: number;
  /** SHA-256, in hex, of all its rows; null in a dry run. */
  digest: string | null;
}

/** Result of a copy. */
export interface CopyResult {
  /** Both without secrets. */
  from: string;
  to: string;
  /** Whether an earlier copy that was interrupted went on. */
  resumed: boolean;
  tables: CopiedRows[];
  rows: number;
  /** When the store was marked as moved (ISO UTC); null in a dry run. */
  movedAt: string | null;
}

/**
 * Copies a store to a database or file that is empty, verifies each row, and marks the store as moved: from then on each write to it is
 * refused with `store_moved`. Nothing else writes to either meanwhile. A copy that was interrupted goes on when it is repeated;
 * where another process still works on it, that one is refused any change from then on (`copy_refused`).
 *
 * @throws StoreError `copy_refused`, `copy_differs`, `store_moved`, `store_too_old`, and as `openStore`
 *
 * @example
 * ```ts
 * await copyStore({ from: './sluice.db', to: process.env.STATE_URL, id: randomUUID, refuseActive: () => {} });
 * ```
 */
export async function copyStore(options: CopyOptions): Promise<CopyResult> {
  const { clock = Date, wait = DEFAULT_WAIT_MS, dryRun = false, replaceNul = false } = options;
  const target = { location: options.to, clock, wait };
  const shown = describeTarget(options.to);
  const tables = await listCopiedTables();
  const from = await openSide({ location: options.from, clock, wait });
  try {
    const mark = await checkSource(from, shown);
    const found = await inspectTarget(target, { from, mark, tables });
    if (mark === null) {
      options.refuseActive(await from.leases(), from.shown);
      if (found.isOnServer) await refuseNul(from, tables, replaceNul);
    }
    const counts = await countRows(from, tables);
    if (!dryRun) return await copy({ from, mark, found: found.state, tables, target, options, counts });
    const listed = tables.map(({ name }) => ({ name, rows: counts.get(name) ?? 0, digest: null }));
    return toResult({ from: from.shown, to: shown, resumed: mark !== null, tables: listed, movedAt: null });
  } finally {
    await from.close();
  }
}

function toResult(result: Omit<CopyResult, 'rows'>): CopyResult {
  return { ...result, rows: result.tables.reduce((sum, { rows }) => sum + rows, 0) };
}

/** Returns the mark of the store that is to be copied; refuses one that may not be. */
async function checkSource(from: Side, target: string): Promise<StoreMark | null> {
  const version = await from.version();
  refuseNewer(from.shown, version);
  refuseOlder(from.shown, version);
  if (from.shown === target)
    throw new StoreError('copy_refused', `The store ${target} can't be copied to itself. Name another one.`);
  const mark = await from.mark();
  refuseUnfinished(from.shown, mark);
  if (mark === null || mark.other === target) return mark;
  if (mark.state === 'moved') throw refusedByMark(from.shown, mark);
  throw new StoreError(
    'copy_refused',
    `The store ${from.shown} is being copied to ${mark.other} since ${mark.at}. Finish that copy, or take it back.`,
  );
}

/** A copy that may begin, or go on. */
interface Copy {
  from: Side;
  mark: StoreMark | null;
  found: TargetState;
  tables: readonly CopiedTable[];
  target: SideOptions;
  options: CopyOptions;
  counts: ReadonlyMap<string, number>;
}

async function copy(plan: Copy): Promise<CopyResult> {
  const { from, tables, target, options, counts } = plan;
  const now = (): string => new Date(target.clock.now()).toISOString();
  const own = await begin(plan, now());
  const to = await openTarget(plan, own, now());
  try {
    const change = toChange(tables, options.replaceNul === true && !to.holdsNul);
    const transfer: Transfer = { from, to, own, tables, change, counts, onProgress: options.onProgress };
    await copyTables(transfer);
    const compared = await verifyTables(transfer);
    await changeCopy(transfer, async () => {
      for (const table of tables) await to.continueNumbers(table);
    });
    const movedAt = own.state === 'moved' ? own.at : now();
    const rows = compared.reduce((sum, table) => sum + table.rows, 0);
    const marking = { step: 'mark' as const, table: '', rows, total: rows };
    await options.onProgress?.(marking);
    // Until the second of these, neither store is written to.
    await changeMark(transfer, () => from.setMark({ ...own, state: 'moved', at: movedAt }));
    await options.onProgress?.(marking);
    await changeMark(transfer, () => to.setMark(null));
    return toResult({ from: from.shown, to: to.shown, resumed: plan.mark !== null, tables: compared, movedAt });
  } finally {
    await to.close();
  }
}

/** Keeps all others from writing to the store; a copy that goes on is no more that of another attempt. */
async function begin({ from, mark, target, options }: Copy, at: string): Promise<OwnMark> {
  const own = await from.transaction(async () => {
    const found = await from.mark();
    if (mark === null && found !== null) throw refusedByMark(from.shown, found);
    if (mark === null) options.refuseActive(await from.leases(), from.shown);
    else if (found?.copy !== mark.copy) throw lostAttempt(from.shown, mark, TAKEN_BACK);
    const begun: StoreMark = found ?? {
      state: 'copying',
      copy: options.id(),
      other: describeTarget(target.location),
      at,
    };
    const taken = { ...begun, attempt: options.id() };
    await from.setMark(taken);
    return taken;
  });
  // A write that began before, and could not see the mark, has ended when this has its turn.
  await from.transaction(() => Promise.resolve());
  return own;
}

/** Opens the target as the unfinished copy; where that fails before anything was copied, the store goes on. */
async function openTarget({ from, mark, found, tables, target }: Copy, own: OwnMark, at: string): Promise<Side> {
  let to: Side | null = null;
  try {
    if (found === 'missing') await makeTables(target);
    to = await openSide(target);
    await beginTarget({ from, to, own }, tables, at);
    return to;
  } catch (error) {
    await to?.close();
    await from.transaction(async () => {
      await refuseLostStore({ from, own });
      if (mark === null) await from.setMark(null);
    });
    throw error;
  }
}
