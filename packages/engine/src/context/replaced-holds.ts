import type { StateStore } from '@sluice/state-store';
import type { Files } from '../base/files.js';
import {
  adoptRows,
  lacksAny,
  leaveOutEnded,
  listUnsure,
  readUnfinished,
  renamePanels,
  type Suspensions,
  suspendUnpaid,
} from './adopt-holds-file.js';
import { type Content, readContent, toText, tryReadHoldsFile, whileWriting, withServices } from './holds-file.js';
import { isInPlaceOfLost } from './lost-store.js';

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

/** What a restored store was given of the restrictions of the replaced one. */
export interface TakenOver {
  /** What shows them; null where neither the replaced store nor its file can be read. */
  from: 'store' | 'file' | null;
  /** Path of a copy of the file: one with restrictions that the backup lacks, or one that is damaged, which shows none. */
  kept: string | null;
  /** Whether the restored store has all that the backup lacks; false where that is nothing, or not known. */
  isTaken: boolean;
  /** Services, and subjects of agents, with a hold of which the file does not show whether a panel was changed for it. */
  unsure: string[];
}

/**
 * Stores the restrictions of a replaced store, or of its file, in the store that is about to be put in place, which lacks those that
 * were applied after its backup, and writes its file; until then, the next run would write it again.
 */
export async function replaceHoldsFile(restored: StateStore, replaced: Replaced): Promise<TakenOver> {
  const { file, files, at, kinds } = replaced;
  const { from, found } = await readReplaced(replaced);
  const copy = `${file}.replaced-${at.replaceAll(/[-:]/g, '')}`;
  if (found === null) {
    const isThere = files.exists(file);
    await write(restored, replaced, () => {
      if (isThere) keepDamaged(files, file, copy);
    });
    return { from, kept: isThere ? copy : null, isTaken: false, unsure: [] };
  }
  const named = renamePanels((panel) => replaced.toName(panel) ?? panel, found);
  const isNews = await lacksAny(await leaveOutEnded(named, restored), restored, kinds);
  const unsure = from === 'file' ? await listUnsure(named, restored) : [];
  const isTaken = isNews && (await tryAdopt(found, restored, replaced));
  await write(restored, replaced, () => {
    if (isNews) files.replace(copy, toText(found, at));
  });
  return { from, kept: isNews ? copy : null, isTaken, unsure };
}

/** Writes the file of the restored store, after a copy of the other. */
async function write(restored: StateStore, { file, files, at }: Replaced, keep: () => void): Promise<void> {
  const text = toText(await readContent(restored), at);
  whileWriting(file, 'the store was not replaced', () => {
    keep();
    files.replace(file, text);
  });
}

/** Copies a damaged file; one that can't be read is moved. */
function keepDamaged(files: Files, file: string, copy: string): void {
  let text: string;
  try {
    text = files.read(file) ?? '';
  } catch {
    files.rename(file, copy);
    return;
  }
  files.replace(copy, text);
}

/** Reads what was restricted; a file may be damaged, or behind its store after a kill. An empty store knows nothing of a lost one's. */
async function readReplaced({
  store,
  file,
  files,
}: Replaced): Promise<{ from: TakenOver['from']; found: Content | null }> {
  const found = tryReadHoldsFile(files, file);
  try {
    if (store !== null && !(found !== null && (await isInPlaceOfLost(store, found))))
      return { from: 'store', found: await withServices(await readUnfinished(store), store) };
  } catch {
    // As where there is none.
  }
  return { from: found === null ? null : 'file', found };
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
