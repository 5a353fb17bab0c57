import path from 'node:path';
import type { Clock, PanelKind } from '@sluice/panel-kind';
import {
  describeLocation,
  isOnServer,
  LATEST_SCHEMA_VERSION,
  type LeaseOwner,
  type LeaseRecord,
  type MigrationResult,
  migrateStore,
  openStore,
  restoreStore,
  type RestoreResult,
  type StateStore,
  StoreError,
  withStore,
} from '@sluice/state-store';
import { type Files, nodeFiles } from '../../base/files.js';
import { readAddresses, toNameIn } from '../../context/panel-addresses.js';
import { toFilesPath } from '../../context/files-path.js';
import { toHoldsFilePath } from '../../context/holds-file.js';
import { replaceHoldsFile, type TakenOver } from '../../context/replaced-holds.js';
import { refuseEmptyStore, refuseLostStore } from '../../context/lost-store.js';
import { leasesInUse } from '../../context/leases.js';
import { copySwitches } from '../../context/enforcement.js';
import { toMigrationBackup } from '../../kernel/changes/backups.js';
import { inheritFrom, type Inheritance, NOTHING_INHERITED } from './inherit.js';

/** Dependencies for opening a store file. */
export interface StoreFileParts {
  clock: Clock;
  /** Default: those of the operating system. */
  files?: Files;
}

/**
 * Opens the store at a location. A missing one is created, without `create: false`, and an older file is backed up before it is migrated; an
 * older store on a server is refused, since other machines may use it. A missing or empty one is refused where its file of open holds, on
 * a server that in `stateFolder`, shows that one was lost.
 *
 * @throws SluiceError `store_missing` for a lost store, unless it `mayBeLost`, and for a missing one that is not created; and as `openStore`
 *
 * @example
 * const store = await openLocalStore('/var/lib/sluice/sluice.db', { clock: realClock });
 */
export async function openLocalStore(
  location: string,
  {
    clock,
    files = nodeFiles,
    mayBeLost = false,
    create = true,
    stateFolder,
  }: StoreFileParts & { mayBeLost?: boolean; create?: boolean; stateFolder?: string | undefined },
): Promise<StateStore> {
  const isFile = !isOnServer(location);
  if (isFile && !mayBeLost && files.isEmpty(location)) refuseLostStore(files, location);
  if (!isFile) files.makeFolder(path.dirname(toFilesPath(location, stateFolder)));
  const beforeMigration = isFile ? toMigrationBackup(location, { clock, files }) : refuseMigration(location);
  const store = await openStore({ location, clock, create, beforeMigration });
  if (mayBeLost) return store;
  try {
    await refuseEmptyStore({ files, folder: stateFolder }, store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Keeps a run from migrating a store that other machines may use with an earlier version. */
function refuseMigration(location: string): (version: number) => Promise<void> {
  return (version) =>
    Promise.reject(
      new StoreError(
        'store_too_old',
        `The store ${describeLocation(location)} has schema version ${version}, but this version of Sluice requires ${LATEST_SCHEMA_VERSION}. On PostgreSQL only a command of its own migrates it: back it up with pg_dump and stop all workers before.`,
      ),
    );
}

/**
 * Brings the store at a location up to the newest schema; a file is backed up before.
 *
 * @throws as `migrateStore`
 */
export async function migrateLocalStore(
  location: string,
  { clock, files = nodeFiles }: StoreFileParts,
): Promise<MigrationResult> {
  if (isOnServer(location)) return migrateStore(location, { clock });
  return migrateStore(location, { clock, beforeMigration: toMigrationBackup(location, { clock, files }) });
}

/** How the runs that a store knows are recognised. */
export interface LeaseHolders {
  /** Returns whether the process that holds a lease is alive. */
  isAlive: (owner: LeaseOwner) => boolean;
}

/** Result of a restore. */
export interface RestoredStore extends RestoreResult, Inheritance {
  /** What shows the restrictions of the replaced store; null where neither that nor its file of open holds can be read. */
  holdsFrom: TakenOver['from'];
  /** Path of a copy of the file of open holds with restrictions that were applied after the backup, or of a damaged one; else null. */
  replacedHolds: string | null;
  /** Whether the restored store has these restrictions now. */
  tookHoldsOver: boolean;
  /** Services, and subjects of agents, with a hold of which the file of open holds does not show whether a panel was changed for it. */
  unsure: string[];
}

/**
 * Replaces the store at a location, and its file of open holds, by a backup, which goes on as the replaced store. An error, and a
 * kill, leave the one or the other in place. Without the kinds of panels, it is not known which holds also cover numbers of lines.
 *
 * @throws SluiceError `lease_held` while a run is active, `holds_file_not_written`; and as `restoreStore`
 */
export async function restoreLocalStore(
  from: string,
  location: string,
  { clock, files = nodeFiles, isAlive, kinds = [] }: StoreFileParts & LeaseHolders & { kinds?: readonly PanelKind[] },
): Promise<RestoredStore> {
  if (files.exists(location)) await refuseActiveRuns(location, { clock, files, isAlive });
  const at = new Date(clock.now()).toISOString();
  let inherited: Inheritance = NOTHING_INHERITED;
  let taken: TakenOver = { from: null, kept: null, isTaken: false, unsure: [] };
  const restored = await restoreStore({
    from,
    to: location,
    clock,
    async inherit(replaced, store) {
      inherited = await inheritFrom(replaced, store, at);
      // The file has to match the restored store.
      const toName = await findNames(replaced, store);
      const file = toHoldsFilePath(location);
      taken = await replaceHoldsFile(store, { store: replaced, file, files, at, kinds, toName });
    },
  });
  const { from: holdsFrom, kept: replacedHolds, isTaken: tookHoldsOver, unsure } = taken;
  return { ...restored, holdsFrom, replacedHolds, tookHoldsOver, unsure, ...inherited };
}

/** Returns what names a restored store has of the panels of the replaced one. Where that can't be read, a name is only sure if both have it. */
async function findNames(replaced: StateStore | null, restored: StateStore): Promise<(panel: string) => string | null> {
  try {
    if (replaced !== null) return await toNameIn(restored, replaced);
  } catch {
    // As where there is none.
  }
  const known = new Set([...(await readAddresses(restored)).keys(), ...(await restored.services.panels())]);
  return (panel) => (known.has(panel) ? panel : null);
}

/** Refuses while a run is active: it would continue with the leases and the journal of the replaced store. */
async function refuseActiveRuns(
  location: string,
  { clock, files, isAlive }: Required<StoreFileParts> & LeaseHolders,
): Promise<void> {
  const beforeMigration = toMigrationBackup(location, { clock, files });
  let leases: LeaseRecord[];
  try {
    leases = await withStore({ location, clock, beforeMigration }, (store) => store.leases.list());
  } catch {
    return; // No run can go on with a store that can't be read.
  }
  const now = new Date(clock.now()).toISOString();
  const alive = leases.filter(({ expiresAt, owner }) => expiresAt > now && isAlive(owner));
  if (alive.length > 0) throw leasesInUse(alive);
}

/**
 * Returns a store in memory for one that can't be used, with its services and switches if these can be read; `isRead`: they could.
 *
 * @example
 * const { store, isRead } = await openStandIn('/var/lib/sluice/sluice.db', { clock: realClock });
 */
export async function openStandIn(
  location: string,
  { clock }: Pick<StoreFileParts, 'clock'>,
): Promise<{ store: StateStore; isRead: boolean }> {
  const store = await openStore({ location: ':memory:', clock });
  try {
    await withStore({ location, clock, readOnly: true }, async (real) => {
      await store.services.put(await real.services.list());
      await copySwitches(real, store);
    });
    return { store, isRead: true };
  } catch {
    // The panels can be checked without services.
    return { store, isRead: false };
  }
}
