import type { StateStore } from '@sluice/state-store';
import type { Files } from '../base/files.js';
import {
  adoptRows,
  lacksAny,
  leaveOutEnded,
  readUnfinished,
  renamePanels,
  type Suspensions,
  suspendUnpaid,
} from './adopt-holds-file.js';
import { type Content, readContent, toText, tryReadHoldsFile, whileWriting, withServices } from './holds-file.js';

/** A store that is about to be replaced, with its file. */
interface Replaced {
  /** Null where it can't be read. */
  store: StateStore | null;
  file: string;
  files: Files;
  at: string;
  kinds: Suspensions;
  /** Returns the name that the restored store has of a panel of the replaced one; null where that can't be known. */
  toName: (panel: string) => string | null;
}

/** What a restored store was given of the file of the replaced one. */
export interface TakenOver {
  /** Path of a copy of the file, where it has restrictions that the backup lacks. */
  kept: string;
  /** Whether the restored store has them all now. */
  isTaken: boolean;
}

/**
 * Stores the restrictions of a replaced store, or of its file, in the store that is about to be put in place, which lacks those that
 * were applied after its backup, and writes its file; until then, the next run would write it again. Returns null where it lacks none.
 */
export async function replaceHoldsFile(restored: StateStore, replaced: Replaced): Promise<TakenOver | null> {
  const { file, files, at, kinds } = replaced;
  const found = await readReplaced(replaced);
  const toName = (panel: string): string => replaced.toName(panel) ?? panel;
  const isNews =
    found !== null && (await lacksAny(await leaveOutEnded(renamePanels(toName, found), restored), restored, kinds));
  const taken = isNews
    ? { kept: `${file}.replaced-${at.replaceAll(/[-:]/g, '')}`, isTaken: await tryAdopt(found, restored, replaced) }
    : null;
  const text = toText(await readContent(restored), at);
  whileWriting(file, 'the store was not replaced', () => {
    if (taken !== null && found !== null) files.replace(taken.kept, toText(found, at));
    files.replace(file, text);
  });
  return taken;
}

/** Reads what was restricted; a file may be damaged, or behind its store after a kill. */
async function readReplaced({ store, file, files }: Replaced): Promise<Content | null> {
  try {
    if (store !== null) return await withServices(await readUnfinished(store), store);
  } catch {
    // As where there is none.
  }
  return tryReadHoldsFile(files, file);
}

async function tryAdopt(found: Content, store: StateStore, { toName, at, kinds }: Replaced): Promise<boolean> {
  const named = renamePanels(toName, found);
  try {
    const isWhole = await store.write(async (tables) => {
      const rows = await leaveOutEnded(named, tables);
      // Before holds that others stand for are stored as ended.
      await suspendUnpaid(rows, tables, at);
      return adoptRows(rows, tables, { at, kinds });
    });
    return (
      isWhole && (['holds', 'evidence', 'actions'] as const).every((of) => named[of]?.length === found[of]?.length)
    );
  } catch {
    return false; // A row of the file may be damaged, which must not keep a backup from being restored.
  }
}
