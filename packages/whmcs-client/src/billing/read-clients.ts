import { isPanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import type { WhmcsClient, WhmcsClientRow } from '../client/types.js';
import { TITLE, toBillingError } from './errors.js';
import { type BlankService, type FindClient, needsClient } from './fill-columns.js';

/** Refusals that concern only the services whose clients are read. */
const REFUSALS: readonly unknown[] = ['permission', 'not_found'];

/** Reads the clients of the services that need one: all in pages, or those of single services one by one. */
export async function readClients(
  client: WhmcsClient,
  services: readonly BlankService[],
  { isWhole, signal }: { isWhole: boolean; signal: AbortSignal | undefined },
): Promise<FindClient> {
  const ids = new Set(services.filter(needsClient).map(({ service }) => service.clientId));
  if (isWhole && ids.size > 0) {
    const { clients, reason } = await listClients(client, signal);
    return (id) => clients.get(id) ?? (ids.has(id) ? reason : null) ?? `${TITLE} lists no client ${id}`;
  }
  const clients = new Map<string, WhmcsClientRow>();
  const reasons = new Map<string, string>();
  for (const id of ids) {
    const reason = await tryRead(async () => {
      clients.set(id, await client.clients.get(id, { signal }));
    });
    if (reason !== null) reasons.set(id, reason);
  }
  return (id) => clients.get(id) ?? reasons.get(id) ?? `${TITLE} lists no client ${id}`;
}

/** Reads all clients in pages; none, with the reason, where the role of the credentials does not permit it. */
export async function listClients(
  client: WhmcsClient,
  signal: AbortSignal | undefined,
): Promise<{ clients: ReadonlyMap<string, WhmcsClientRow>; reason: string | null }> {
  const clients = new Map<string, WhmcsClientRow>();
  const reason = await tryRead(async () => {
    for (const row of await client.clients.list({ signal, onUnread: () => undefined })) clients.set(row.id, row);
  });
  return { clients, reason };
}

/** Returns why the clients can't be read; null where they were. */
async function tryRead(read: () => Promise<void>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!isPanelError(error) || !REFUSALS.includes(error.panelCode)) throw error;
    const known = toBillingError(error);
    return known instanceof SluiceError ? known.message : error.statement;
  }
}
