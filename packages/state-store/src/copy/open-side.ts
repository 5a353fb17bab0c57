import type { OpenStoreOptions } from '../open-options.js';
import { openStore } from '../open-store.js';
import { toStorePath } from '../sqlite/open-handle.js';
import { isOnServer } from '../location.js';
import { describeLocation } from '../store-address.js';
import { openFileSide } from './file-side.js';
import type { Side } from './side.js';

/** How a store is opened for a copy. */
export type SideOptions = Required<Pick<OpenStoreOptions, 'location' | 'clock' | 'wait'>>;

/** Opens an existing store over a connection of its own, whatever its mark. */
export async function openSide({ location, wait }: SideOptions): Promise<Side> {
  if (!isOnServer(location)) return openFileSide(toStorePath(location), wait);
  // Loaded where a store is on a server only.
  const [{ connectServer }, { ServerSide }] = await Promise.all([
    import('./connect-server.js'),
    import('./server-side.js'),
  ]);
  return new ServerSide(await connectServer(location, wait));
}

/** Makes the tables of a store that has none. */
export async function makeTables({ location, clock, wait }: SideOptions): Promise<void> {
  await (await openStore({ location, clock, wait })).close();
}

/** Returns what may be shown of where a store is, as it will be shown once it is open. */
export function describeTarget(location: string): string {
  return isOnServer(location) ? describeLocation(location) : toStorePath(location);
}
