import { existsSync, statSync } from 'node:fs';
import { refuseNewer, refuseOlder } from '../migrations/migrate.js';
import { storeVersion } from '../migrate-store.js';
import { toStorePath } from '../sqlite/open-handle.js';
import { isOnServer } from '../location.js';
import { StoreError } from '../store-error.js';
import { type Attempt, refuseLostStore } from './attempt.js';
import { type CopiedTable, HISTORY, toKey } from './copied-tables.js';
import { refusedByMark, type StoreMark } from './move-mark.js';
import { openSide, type SideOptions } from './open-side.js';
import type { Side } from './side.js';

/** `missing`: it has no tables; `begun`: it is the copy that is to go on; `other`: it is an earlier one of the same store. */
export type TargetState = 'missing' | 'empty' | 'begun' | 'other';

/** What is copied, and the mark of the copy. */
interface Source {
  from: Side;
  mark: StoreMark | null;
  tables: readonly CopiedTable[];
}

/** Returns the state of a target, which is not changed; refuses one that holds anything else. */
export async function inspectTarget(
  target: SideOptions,
  source: Source,
): Promise<{ state: TargetState; isOnServer: boolean }> {
  const onServer = isOnServer(target.location);
  const state = !onServer && (await isNoFile(target)) ? 'missing' : await inspect(target, source);
  const { from, mark } = source;
  // Another program may have finished it.
  if (mark?.state === 'moved' && state !== 'begun') throw refusedByMark(from.shown, mark);
  return { state, isOnServer: onServer };
}

async function isNoFile({ location, wait }: SideOptions): Promise<boolean> {
  const path = toStorePath(location);
  if (!existsSync(path) || statSync(path).size === 0) return true;
  // First for reading: the database of another program stays as it is.
  return (await storeVersion(path, { wait })) === 0;
}

async function inspect(target: SideOptions, { from, mark, tables }: Source): Promise<TargetState> {
  const to = await openSide(target);
  try {
    const version = await to.version();
    if (version === 0) {
      await to.refuseWithoutRight();
      return 'missing';
    }
    refuseNewer(to.shown, version);
    refuseOlder(to.shown, version);
    const found = await to.mark();
    if (found?.state === 'unfinished' && mark !== null && found.copy === mark.copy) return 'begun';
    if (mark?.state === 'moved') throw refusedByMark(from.shown, mark);
    return await readState(to, { found, from, tables });
  } finally {
    await to.close();
  }
}

/** Returns the state of a target that is not the copy that is to go on. */
async function readState(
  to: Side,
  { found, from, tables }: { found: StoreMark | null; from: Side; tables: readonly CopiedTable[] },
): Promise<TargetState> {
  if (found?.state === 'unfinished' && found.other === from.shown) return 'other';
  if (found !== null) {
    const what = found.state === 'unfinished' ? 'an unfinished copy of' : 'a store that was copied to';
    throw new StoreError(
      'copy_refused',
      `${to.shown} is ${what} ${found.other}. Name an empty database or a new file.`,
    );
  }
  for (const table of tables) {
    if (table.name === HISTORY || (await to.last(table)) === null) continue;
    throw new StoreError(
      'copy_refused',
      `${to.shown} is not empty: it has rows in ${table.name}. Name an empty database or a new file.`,
    );
  }
  return 'empty';
}

/**
 * Marks an empty target as the unfinished copy, with the history of the schema; of an earlier copy nothing stays. A copy that is to go on is
 * that of the attempt from then on.
 */
export async function beginTarget({ from, to, own }: Attempt, tables: Source['tables'], at: string): Promise<void> {
  await to.transaction(async () => {
    await refuseLostStore({ from, own });
    const found = await to.mark();
    if (found?.state === 'unfinished' && found.copy === own.copy) {
      await to.setMark({ ...found, attempt: own.attempt });
      return;
    }
    if (own.state === 'moved') throw refusedByMark(from.shown, own);
    if ((await readState(to, { found, from, tables })) === 'other') await clearAll(to, tables);
    for (const table of tables.filter(({ name }) => name === HISTORY)) {
      await to.clear(table);
      for (let page = await from.read(table, null); ; page = await from.read(table, toKey(table, page.at(-1) ?? []))) {
        if (page.length === 0) break;
        await to.insert(table, page);
      }
    }
    await to.setMark({ ...own, state: 'unfinished', other: from.shown, at });
  });
}

/** Removes all rows of a copy. */
export async function clearAll(to: Side, tables: readonly CopiedTable[]): Promise<void> {
  for (const table of tables.toReversed()) if (table.name !== HISTORY) await to.clear(table);
}
