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
  const clients = new Map<string, WhmcsClientRow>();
  const reasons = new Map<string, string>();
  if (isWhole && ids.size > 0) {
    const reason = await tryRead(async () => {
      for (const row of await client.clients.list({ signal, onUnread: () => undefined })) clients.set(row.id, row);
    });
    if (reason !== null) for (const id of ids) reasons.set(id, reason);
  } else {
    for (const id of ids) {
      const reason = await tryRead(async () => {
        clients.set(id, await client.clients.get(id, { signal }));
      });
      if (reason !== null) reasons.set(id, reason);
    }
  }
  return (id) => clients.get(id) ?? reasons.get(id) ?? `${TITLE} lists no client ${id}`;
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
