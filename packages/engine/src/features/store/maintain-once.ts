import { pruneStore } from '../../kernel/changes/backups.js';
import type { Context } from '../../context/context.js';
import { noteStoreSize } from './store-size.js';

/** When the store was cleaned up last. */
const KEY = 'store-maintained';
/** Runs over a panel each come once a day, not always at the same minute. */
const ENOUGH_MS = 20 * 3_600_000;

/**
 * Cleans the store up after a run over all panels. Workers run each panel by itself: of their runs, the first of a day does it for all; where
 * it fails, the next one.
 */
export async function maintainOnce(context: Context, { isWhole }: { isWhole: boolean }): Promise<void> {
  const { conditions } = context.store;
  const now = context.now();
  const isDue = await context.write([], async (tables) => {
    const last = await tables.conditions.get(KEY);
    const isRecent = last !== null && Math.abs(Date.parse(now) - Date.parse(last.since)) < ENOUGH_MS;
    if (isRecent && !isWhole) return false;
    await tables.conditions.put({ key: KEY, since: now, runs: 0, details: null });
    return true;
  });
  if (!isDue) return;
  try {
    await pruneStore(context);
    await noteStoreSize(context);
  } catch (error) {
    await conditions.end(KEY);
    throw error;
  }
}
