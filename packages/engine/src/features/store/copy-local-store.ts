import {
  type CopyOptions,
  type CopyResult,
  copyStore,
  type LeaseRecord,
  undoCopy,
  type UndoCopyOptions,
  type UndoCopyResult,
} from '@sluice/state-store';
import { leasesInUse } from '../../context/leases.js';
import { type LeaseHolders, openLocalStore, type StoreFileParts } from './local-store.js';

/** What a store is copied with, besides the two places. */
export interface CopyParts extends StoreFileParts, LeaseHolders {
  randomBytes: (count: number) => Uint8Array;
  /** Folder of the private files of a store on a server. */
  stateFolder?: string | undefined;
}

/**
 * Copies a store to an empty database or a new file, verifies it, and marks the store as moved. An older file is migrated before, after a
 * backup.
 *
 * @throws SluiceError `lease_held` while a run is active; and as `copyStore`
 */
export async function copyLocalStore(
  request: Pick<CopyOptions, 'from' | 'to' | 'dryRun' | 'replaceNul' | 'onProgress'>,
  { clock, files, isAlive, randomBytes, stateFolder }: CopyParts,
): Promise<CopyResult> {
  if (request.dryRun !== true) {
    const parts = { clock, ...(files !== undefined && { files }), stateFolder };
    await (await openLocalStore(request.from, { ...parts, create: false, mayBeLost: true })).close();
  }
  const id = (): string => `copy-${Buffer.from(randomBytes(8)).toString('hex')}`;
  return copyStore({ ...request, clock, id, refuseActive: toRefuseActive({ clock, isAlive }) });
}

/**
 * Ends a copy, so that the store is written to again.
 *
 * @throws SluiceError `lease_held` while a run is active on the copy; and as `undoCopy`
 */
export async function undoLocalCopy(
  request: Pick<UndoCopyOptions, 'from' | 'to' | 'dryRun' | 'discardNewer'>,
  { clock, isAlive }: Pick<CopyParts, 'clock' | 'isAlive'>,
): Promise<UndoCopyResult> {
  return undoCopy({ ...request, clock, refuseActive: toRefuseActive({ clock, isAlive }) });
}

function toRefuseActive({ clock, isAlive }: Pick<CopyParts, 'clock' | 'isAlive'>): CopyOptions['refuseActive'] {
  return (leases: readonly LeaseRecord[]) => {
    const now = new Date(clock.now()).toISOString();
    const alive = leases.filter(({ expiresAt, owner }) => expiresAt > now && isAlive(owner));
    if (alive.length > 0) throw leasesInUse(alive);
  };
}
