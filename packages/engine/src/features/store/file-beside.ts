import path from 'node:path';
import type { Standing } from '@sluice/contract/documents';
import { isOnServer, openStore, StoreError, storeVersion } from '@sluice/state-store';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';

type FileBeside = NonNullable<Standing['fileBeside']>;
type Found = Pick<FileBeside, 'file' | 'services' | 'movedTo'>;

/** Files with such a name that are tried. */
const MOST = 10;
/** Another process may have it open. */
const WAIT_MS = 100;

/**
 * Returns the state file that lies in the folder of the private files of this machine while the database has no services: the store may
 * have been meant to be copied. Of several the one with the most services; null where there is none, or nothing is missing.
 */
export async function findFileBeside({
  store,
  deps,
  config,
}: Pick<Context, 'store' | 'deps' | 'config'>): Promise<FileBeside | null> {
  if (!isOnServer(store.location) || (await store.services.count({})) > 0) return null;
  const folder = path.resolve(config.stateFolder ?? '.');
  const names = deps.files.list(folder).filter((name) => name.endsWith('.db'));
  let found: Found | null = null;
  for (const name of names.sort(compareIds).slice(0, MOST)) {
    const each = await readFile(path.join(folder, name), deps);
    if (each !== null && (found === null || (each.services ?? 0) > (found.services ?? 0))) found = each;
  }
  return found === null ? null : toView(found);
}

/** Reads a file; null for one that is not a store, or has nothing. */
async function readFile(file: string, { clock }: Context['deps']): Promise<Found | null> {
  try {
    await using other = await openStore({ location: file, clock, readOnly: true, wait: WAIT_MS });
    const services = await other.services.count({});
    const movedTo = other.mark?.state === 'moved' ? other.mark.other : null;
    return services === 0 ? null : { file, services, movedTo };
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'store_too_old')) return null;
    const version = await storeVersion(file, { wait: WAIT_MS }).catch(() => 0);
    return version === 0 ? null : { file, services: null, movedTo: null };
  }
}

function toView({ file, services, movedTo }: Found): FileBeside {
  const has = services === null ? 'is of an earlier version of Sluice' : `has ${services} services`;
  const moved = movedTo === null ? '' : ` and was moved to ${movedTo}`;
  const code = movedTo === null ? 'store_not_copied' : 'store_copied_elsewhere';
  const message = `The database has no services, but the state file ${file} beside it ${has}${moved}`;
  return { file, services, movedTo, code, message };
}
