import { isOnServer } from './location.js';
import { readPostgresUrl, type ServerConnection, toServer } from './postgres/url.js';

export type { ServerConnection };

/** What is wrong with an address that `parseAddress` can't parse; it shows nothing of it. */
export const NOT_AN_ADDRESS =
  'is not an address such as postgres://user@host/database; special characters of a password have to be percent-encoded';

/** What may be shown of the address of a database. */
export interface StoreAddress {
  /** `postgres://user@host:port/database`, without password. */
  shown: string;
  /** Name of the database. */
  database: string;
  hasPassword: boolean;
}

/**
 * Parses the address of a database; null for one that can't be used, such as one with a password that is not percent-encoded: parts of
 * that would be read as host, port or path.
 */
export function parseAddress(location: string): StoreAddress | null {
  // A sign of a password that is not percent-encoded ends the part before it.
  if (!isOnServer(location) || /[/?#].*@/.test(location.replace(/^[^:]*:\/\//, '')) || location.includes('#'))
    return null;
  try {
    const { shown, database, password } = readPostgresUrl(location);
    return { shown, database, hasPassword: password !== undefined && password !== '' };
  } catch {
    return null;
  }
}

/**
 * Returns how the server of an address is reached, for connections beside those of the store: with the same TLS and time-out.
 *
 * @throws StoreError `store_unsupported` where it can't be used
 */
export function readConnection(location: string): ServerConnection {
  return toServer(readPostgresUrl(location));
}

/** Returns what may be shown of a location: a path as it is, an address without its secrets. */
export function describeLocation(location: string): string {
  return isOnServer(location) ? (parseAddress(location)?.shown ?? 'postgres://…') : location;
}

/**
 * Returns whether a statement failed because the database did not answer, or has no connection to spare: the same may succeed later. For
 * errors of the driver, which connections beside those of the store meet.
 */
export async function isServerAway(error: unknown): Promise<boolean> {
  const errors = await import('./postgres/errors.js');
  return errors.isServerAway(error);
}
