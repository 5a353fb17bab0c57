import path from 'node:path';
import { isOnServer, parseAddress } from '@sluice/state-store';

/**
 * Returns what the paths of a store's private files on this machine begin with: that of a state file itself; for a database on a
 * server its name in `folder`, by default the working directory.
 */
export function toFilesPath(location: string, folder = '.'): string {
  if (!isOnServer(location)) return location;
  const { database = '' } = parseAddress(location) ?? {};
  return path.resolve(folder, database === '' ? 'sluice' : encodeURIComponent(database).replace(/^\.+/, ''));
}
