import path from 'node:path';
import { backupStore, isOnServer, LATEST_SCHEMA_VERSION, type StateStore, StoreError } from '@sluice/state-store';
import type { Clock } from '@sluice/panel-kind';
import { zonedMidnight } from '@sluice/quota-core';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Files } from '../../base/files.js';
import { isInMemory } from '../../context/holds-file.js';
import type { Context } from '../../context/context.js';

/** Number of daily backups. */
const KEPT = 7;
const DAILY = /^daily-\d{4}-\d{2}-\d{2}\.db(\.gz)?$/;

/** Returns the folder of automatic backups, next to the store. */
export function backupFolder(storeFile: string): string {
  return `${storeFile}-backups`;
}

/** Returns what backs up a store of some version before a migration changes it. */
export function toMigrationBackup(
  storeFile: string,
  { clock, files }: { clock: Clock; files: Files },
): (version: number) => Promise<void> {
  return async (version) => {
    const file = target(files, storeFile, `before-schema-${LATEST_SCHEMA_VERSION}-from-${version}-${stamp(clock)}`);
    if (file !== null) await once(backupStore({ from: storeFile, to: file }));
  };
}

/** Returns whether Sluice backs the store up: not one in memory, nor one on a server, whose own tools do. */
function isBackedUp({ location }: Pick<StateStore, 'location'>): boolean {
  return !isInMemory({ location }) && !isOnServer(location);
}

/** Backs up the store before the first run that may change a panel; once per store. */
export async function backupBeforeEnforcing({ store, deps }: Context): Promise<void> {
  if (!isBackedUp(store)) return;
  const file = target(deps.files, store.location, 'before-first-enforcing');
  if (file !== null) await once(store.maintenance.backup(file));
}

/** Backs up the store before samples are thinned for the first time; once per store. */
async function backupBeforeThinning({ store, deps }: Context): Promise<void> {
  if (!isBackedUp(store)) return;
  const file = target(deps.files, store.location, 'before-first-thinning');
  if (file !== null) await once(store.maintenance.backup(file));
}

/** Makes the backup of the day (UTC), and deletes the oldest beyond the number kept. */
export async function backupDaily({ store, deps }: Context): Promise<void> {
  const { clock, files } = deps;
  if (!isBackedUp(store)) return;
  const today = `daily-${new Date(clock.now()).toISOString().slice(0, 10)}`;
  const file = target(files, store.location, today);
  if (file !== null) await once(store.maintenance.backup(file));
  const folder = backupFolder(store.location);
  const found = files
    .list(folder)
    .filter((name) => DAILY.test(name))
    .sort();
  // One of a day to come was made while the clock was ahead: it is the first to go.
  const isAhead = (name: string): boolean => name.slice(0, today.length) > today;
  const daily = [...found.filter(isAhead), ...found.filter((name) => !isAhead(name))];
  for (const name of daily.slice(0, Math.max(0, daily.length - KEPT))) files.remove(path.join(folder, name));
}

/** Waits for a backup; one that another run has made meanwhile is as good. */
async function once(backup: Promise<void>): Promise<void> {
  try {
    await backup;
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store_exists') throw error;
  }
}

/** Returns the file for a backup; null where it exists, be it of a version that did not compress them. */
function target(files: Files, storeFile: string, name: string): string | null {
  const folder = backupFolder(storeFile);
  files.makeFolder(folder);
  const file = path.join(folder, `${name}.db`);
  return files.exists(file) || files.exists(`${file}.gz`) ? null : `${file}.gz`;
}

function stamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
}

const DAY_MS = 86_400_000;

/** Windows are no longer than a month, and end with the newest reading before them. */
const WINDOW_DAYS = 62;

/** Cleans the store up after `reconcile`: API log, old samples. */
export async function pruneStore(context: Context): Promise<void> {
  const { apiLog, samples } = context.config.retention;
  await context.store.maintenance.prune({
    now: context.now(),
    apiLogDays: apiLog / DAY_MS,
    samplesDays: samples === undefined ? null : samples / DAY_MS,
    bounds: listMidnights(context),
    beforeThinning: () => backupBeforeThinning(context),
  });
}

/** Lists the days at whose beginning a window of a limit may begin, in the zones of all panels. */
function listMidnights({ config, deps }: Context): string[] {
  const zones = new Set(Object.keys(config.panels).map((panel) => findTimeZone(config, panel)));
  const days = Array.from({ length: WINDOW_DAYS }, (_, ago) =>
    new Date(deps.clock.now() - ago * DAY_MS).toISOString().slice(0, 10),
  );
  return [...zones].flatMap((zone) => days.map((day) => zonedMidnight(day, zone)));
}
