import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { backupStore, LATEST_SCHEMA_VERSION, storeVersion, type StateStore } from '@sluice/state-store';
import type { Clock } from '../context.js';

/** Daily backups that are kept. */
const KEPT = 7;
const DAILY = /^daily-\d{4}-\d{2}-\d{2}\.db$/;

/** Folder of the backups that Sluice makes by itself: beside the store. */
export function backupFolder(storeFile: string): string {
  return `${storeFile}-backups`;
}

/** A copy of the store before a migration changes it. */
export async function backupBeforeMigration(storeFile: string, clock: Clock): Promise<void> {
  if (!existsSync(storeFile)) return;
  const version = await storeVersion(storeFile);
  if (version === 0 || version >= LATEST_SCHEMA_VERSION) return;
  const file = target(storeFile, `before-schema-${LATEST_SCHEMA_VERSION}-from-${version}-${stamp(clock)}.db`);
  if (!existsSync(file)) await backupStore({ from: storeFile, to: file });
}

/** A copy before the first run that may change a panel; once per store. */
export async function backupBeforeEnforcing(store: StateStore): Promise<void> {
  const file = target(store.location, 'before-first-enforcing.db');
  if (!existsSync(file)) await store.maintenance.backup(file);
}

/** The copy of the day, by the UTC date; the oldest beyond the number kept are deleted. */
export async function backupDaily(store: StateStore, clock: Clock): Promise<void> {
  const file = target(store.location, `daily-${new Date(clock.now()).toISOString().slice(0, 10)}.db`);
  if (!existsSync(file)) await store.maintenance.backup(file);
  const folder = backupFolder(store.location);
  const daily = readdirSync(folder)
    .filter((name) => DAILY.test(name))
    .sort();
  for (const name of daily.slice(0, Math.max(0, daily.length - KEPT))) rmSync(path.join(folder, name));
}

function target(storeFile: string, name: string): string {
  const folder = backupFolder(storeFile);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return path.join(folder, name);
}

function stamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
}
