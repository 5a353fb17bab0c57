import type { Check } from '@sluice/contract/documents';
import { isInMemory } from '../../context/holds-file.js';
import { backupFolder } from '../../kernel/changes/backups.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';

/** The size of a store, of a file with its log, in bytes; the room that is left on its disk, null on a server, which does not report it. */
export interface StoreSize {
  bytes: number;
  freeBytes: number | null;
}

/** Returns the size of the store and the room left; null for one in memory, and where the system does not report it. */
export async function readStoreSize({
  store,
  deps: { files },
}: Pick<Context, 'store' | 'deps'>): Promise<StoreSize | null> {
  const { location } = store;
  const onServer = await store.maintenance.serverBytes();
  if (onServer !== null) return { bytes: onServer, freeBytes: null };
  const bytes = files.size(location);
  const freeBytes = files.freeBytes(location);
  if (isInMemory({ location }) || bytes === null || freeBytes === null) return null;
  return { bytes: bytes + (files.size(`${location}-wal`) ?? 0), freeBytes };
}

/** The size that the store had at the first maintenance of a day. */
interface DailySize {
  at: string;
  bytes: number;
}

const KEY = 'store-size';
const DAY_MS = 86_400_000;
/** Growth is measured over a week. */
const DAYS = 8;
/** The disk has to have room for so many days. */
const ENOUGH_DAYS = 30;

/** Stores the size of the store, once per day (UTC). */
export async function noteStoreSize(context: Context): Promise<void> {
  const { store } = context;
  const size = await readStoreSize(context);
  if (size === null) return;
  const [at, sizes] = [context.now(), await listSizes(context)];
  if (sizes.some((one) => one.at.slice(0, 10) === at.slice(0, 10))) return;
  // A size of a time when the clock was ahead is none of an earlier day.
  const past = sizes.filter((one) => one.at < at).slice(1 - DAYS);
  const details = [...past, { at, bytes: size.bytes }];
  await store.write((tables) => tables.conditions.put({ key: KEY, since: at, runs: 1, details }));
}

async function listSizes({ store }: Context): Promise<DailySize[]> {
  return ((await store.conditions.get(KEY))?.details ?? []) as DailySize[];
}

/** Returns by how many bytes a day the store has grown in the last week; null until a day has passed. */
export async function readStoreGrowth(context: Context): Promise<number | null> {
  const size = await readStoreSize(context);
  const now = context.deps.clock.now();
  const [first] = (await listSizes(context)).filter(({ at }) => now - Date.parse(at) <= DAYS * DAY_MS);
  if (size === null || first === undefined) return null;
  const days = (now - Date.parse(first.at)) / DAY_MS;
  return days < 1 ? null : Math.max(0, (size.bytes - first.bytes) / days);
}

/**
 * Reports the size of the store and its growth, once that is known. Warns where a backup may not have enough room, since the store
 * is copied before it is compressed, and where the disk will be full within a month.
 */
export async function storeSizeChecks(context: Context): Promise<Check[]> {
  const { store, deps } = context;
  const size = await readStoreSize(context);
  if (size === null) return [];
  const growth = await readStoreGrowth(context);
  const check = toChecks('store size', store.location);
  if (size.freeBytes === null) {
    const grown = growth === null ? '' : `, and grows by ${toMegabytes(growth)} a day`;
    return [check('ok', `it has ${toMegabytes(size.bytes)}${grown}`)];
  }
  const has = `it has ${toMegabytes(size.bytes)}, ${growth === null ? 'and' : `grows by ${toMegabytes(growth)} a day, and`} its disk ${growth === null ? '' : 'has '}${toMegabytes(size.freeBytes)} left`;
  if (size.freeBytes < 2 * size.bytes) {
    const newest = deps.files
      .list(backupFolder(store.location))
      .filter((name) => name.startsWith('daily-'))
      .sort()
      .at(-1);
    const last = newest === undefined ? 'there is no daily backup' : `the last daily backup is ${newest}`;
    return [check('warning', `${has}, too little for a backup and a migration; ${last}. Free disk space`)];
  }
  if (growth === null) return [];
  const days = Math.floor((size.freeBytes - size.bytes) / growth);
  if (days >= ENOUGH_DAYS) return [check('ok', has)];
  const full = `in ${days} days there is too little for a backup`;
  return [
    check('warning', `${has}; ${full}. Free disk space, or shorten \`retention.samples\` and \`retention.apiLog\``),
  ];
}

function toMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
