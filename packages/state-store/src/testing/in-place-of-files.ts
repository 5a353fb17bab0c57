import type { OpenStoreOptions } from '../open-options.js';
import { openStore as openAny } from '../open-store.js';
import type { StateStore } from '../store.js';
import { acquireSchema, type EmptySchema } from './empty-stores.js';

/**
 * The package with another `openStore`: stores in memory and in files are on PostgreSQL instead, each an empty schema of the shared server,
 * with leases that end by the caller's clock. Tests that are written for files are run with it as they are (`SLUICE_TEST_STORE=postgres`).
 */
// oxlint-disable-next-line sluice/syntax -- it stands for the whole package
export * from '../index.js';

/** A schema in place of a file, and how many stores have it open. */
interface Replaced {
  schema: EmptySchema;
  open: number;
}

/** By the path of the file: one that is opened again has its rows. */
const files = new Map<string, Promise<Replaced>>();
/** So many files are kept after they were closed. */
const KEPT = 12;
/** Schemas that no store uses any more. */
const free: EmptySchema[] = [];

async function toEmpty(): Promise<Replaced> {
  const schema = free.pop() ?? (await acquireSchema());
  await schema.empty();
  return { schema, open: 0 };
}

/** Lets others have the schemas of files that were closed long ago: tests remove their files. */
async function freeOldest(): Promise<void> {
  for (const [path, opening] of files) {
    if (files.size <= KEPT) return;
    const { schema, open } = await opening;
    if (open > 0) continue;
    files.delete(path);
    free.push(schema);
  }
}

/** Opens a store on PostgreSQL in place of one in memory or in a file. */
export async function openStore(options: OpenStoreOptions): Promise<StateStore> {
  const { location } = options;
  const isFile = location !== ':memory:';
  const opening = (isFile ? files.get(location) : undefined) ?? toEmpty();
  if (isFile) files.set(location, opening);
  const replaced = await opening;
  replaced.open += 1;
  const store = await openAny({ ...options, location: replaced.schema.url, leaseClock: 'caller' });
  const close = store.close.bind(store);
  let isClosed = false;
  const closed = async (): Promise<void> => {
    await close();
    if (isClosed) return;
    isClosed = true;
    replaced.open -= 1;
    if (isFile) await freeOldest();
    else free.push(replaced.schema);
  };
  // Nothing is kept in files beside a store in memory; all others share what stands in the working directory.
  const shown = isFile ? store.location : location;
  return Object.assign(store, { location: shown, close: closed, [Symbol.asyncDispose]: closed });
}
