import { type Files, isInMemory } from '../files.js';
import { backupFolder } from './backups.js';
import type { Session } from '../session.js';
import { type Check, toChecks } from '../doctor/check.js';

/** The size of a store's file with its log, and the room that is left on its disk, in bytes. */
export interface StoreSize {
  bytes: number;
  freeBytes: number;
}

/** Returns the size of the store and the room left; null for one in memory, and where the system does not report it. */
export function readStoreSize(location: string, files: Files): StoreSize | null {
  const bytes = files.size(location);
  const freeBytes = files.freeBytes(location);
  if (isInMemory({ location }) || bytes === null || freeBytes === null) return null;
  return { bytes: bytes + (files.size(`${location}-wal`) ?? 0), freeBytes };
}

/** Warns where a backup of the store may not have enough room: it is copied before it is compressed. */
export function storeSizeChecks({ store, deps }: Session): Check[] {
  const size = readStoreSize(store.location, deps.files);
  if (size === null || size.freeBytes >= 2 * size.bytes) return [];
  const [bytes, free] = [size.bytes, size.freeBytes].map((figure) => `${Math.ceil(figure / 1e6)} MB`);
  const newest = deps.files
    .list(backupFolder(store.location))
    .filter((name) => name.startsWith('daily-'))
    .sort()
    .at(-1);
  const last = newest === undefined ? 'there is no daily backup' : `the last daily backup is ${newest}`;
  const message = `it has ${bytes}, and its disk ${free} left, too little for a backup and a migration; ${last}. Free disk space`;
  return [toChecks('store size', store.location)('warning', message)];
}
