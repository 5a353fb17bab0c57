import { newClient } from '../postgres/connect.js';
import { toStoreError } from '../postgres/errors.js';
import { readPostgresUrl } from '../postgres/url.js';
import type { ServerConnection } from './server-side.js';

/** Connects to a database for a copy; no statement of one is ended by a time-out. */
export async function connectServer(location: string, wait: number): Promise<ServerConnection> {
  const settings = readPostgresUrl(location);
  const toError = (error: unknown): unknown => toStoreError(error, settings.shown);
  const client = newClient(settings, { wait, mayLast: true });
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw toError(error);
  }
  const { shown, schema } = settings;
  return { shown, schema, client, toError, close: () => client.end() };
}
