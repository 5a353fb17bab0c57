import { SluiceError } from '@sluice/panel-kind';
import type { StateStore } from '@sluice/state-store';
import type { Files } from '../base/files.js';
import { knowsAny } from './adopt-holds-file.js';
import { type Content, isInMemory, type PrivateFiles, readHoldsFile, toHoldsFilePath } from './holds-file.js';

/**
 * Refuses to create a new store in place of a lost one while anything is still restricted: the new store would attribute our
 * restrictions to others. To be called for a missing or empty store.
 */
export function refuseLostStore(files: Files, storeFile: string): void {
  const file = toHoldsFilePath(storeFile);
  const found = files.exists(file) ? readHoldsFile(files, file) : null;
  if (!found || (found.holds.length === 0 && found.evidence.length === 0)) return;
  throw new SluiceError(
    'store_missing',
    `The store ${storeFile} does not exist, but ${file} lists ${found.holds.length} open holds`,
    { kind: 'store', details: { store: storeFile, holdsFile: file } },
  );
}

/**
 * Refuses an empty store where the file has holds that it never knew: it is in place of a lost one, and the next run would write the
 * file without them.
 *
 * @throws SluiceError `store_missing`; `bad_holds_file` for a damaged file
 */
export async function refuseEmptyStore({ files, folder }: PrivateFiles, store: StateStore): Promise<void> {
  if (isInMemory(store)) return;
  const file = toHoldsFilePath(store.location, folder);
  if (!files.exists(file) || (await store.services.count({})) > 0) return;
  // A damaged file is what is left of the lost store, too.
  const found = readHoldsFile(files, file);
  if (!(await isInPlaceOfLost(store, found))) return;
  throw new SluiceError(
    'store_missing',
    `The store ${store.location} has no services, but ${file} lists ${found.holds.length} open holds that it does not know`,
    { kind: 'store', details: { store: store.location, holdsFile: file } },
  );
}

/** Returns whether a store stands in place of a lost one: it has no services, and never knew any of the holds of its file. */
export async function isInPlaceOfLost(store: StateStore, found: Content): Promise<boolean> {
  return found.holds.length > 0 && (await store.services.count({})) === 0 && !(await knowsAny(found, store));
}
