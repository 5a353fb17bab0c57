import { isPanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import type { WhmcsClient, WhmcsClientRow } from '../client/types.js';
import { TITLE, toBillingError } from './errors.js';
import { type BlankService, type FindClient, needsClient } from './fill-columns.js';

/** Refusals that concern only the services whose clients are read. */
const REFUSALS: readonly unknown[] = ['permission', 'not_found'];

/** How clients are read. */
export interface ClientReads {
  /** Whether all are read in pages, or those of single services one by one. */
  isWhole: boolean;
  /** Clients whose language is known from an earlier time. */
  languages: ReadonlySet<string>;
  /** In [0, 1): which of them are asked again. */
  random: () => number;
  signal: AbortSignal | undefined;
}

/**
 * Reads the clients of the services that have not ended. Where no column needs one, they are read for their names: what fails leaves
 * these as they are known.
 */
export async function readClients(
  client: WhmcsClient,
  services: readonly BlankService[],
  { isWhole, languages, random, signal }: ClientReads,
): Promise<FindClient> {
  const needed = new Set(services.filter(needsClient).map(({ service }) => service.clientId));
  const named = services.filter(({ row }) => row.skipped === null && row.texts['status'] !== 'terminated');
  const ids = new Set([...needed, ...named.map(({ service }) => service.clientId)]);
  const isNeeded = needed.size > 0;
  const listed = isWhole && ids.size > 0 ? await listClients(client, { signal, isNeeded }) : null;
  const clients = new Map<string, WhmcsClientRow>(listed?.clients);
  const reasons = new Map<string, string>();
  const asked = listed === null ? [...ids] : pickClients([...ids], { languages, random });
  for (const id of listed === null || listed.reason === null ? asked : []) {
    const reason = await tryRead(
      async () => {
        clients.set(id, await client.clients.get(id, { signal }));
      },
      isNeeded && listed === null,
    );
    if (reason === null) continue;
    reasons.set(id, reason);
    // The others would be refused as this one.
    if (listed !== null) break;
  }
  return (id) => {
    const reason = reasons.get(id) ?? (ids.has(id) ? (listed?.reason ?? null) : null);
    return clients.get(id) ?? reason ?? `${TITLE} lists no client ${id}`;
  };
}

/** The most clients of which one list reads the language for the first time, and again. */
const MOST_NEW = 50;
const MOST_AGAIN = 5;

/** Picks the clients whose languages are read: only answers about single clients have them. */
function pickClients(
  ids: readonly string[],
  { languages, random }: Pick<ClientReads, 'languages' | 'random'>,
): string[] {
  const again = ids.filter((id) => languages.has(id));
  const start = Math.floor(random() * again.length);
  return [
    ...ids.filter((id) => !languages.has(id)).slice(0, MOST_NEW),
    ...[...again.slice(start), ...again.slice(0, start)].slice(0, MOST_AGAIN),
  ];
}

/**
 * Reads all clients in pages; none, with the reason, where the role of the credentials does not permit it, or where they are not
 * needed and can't be read.
 */
export async function listClients(
  client: WhmcsClient,
  { signal, isNeeded }: { signal: AbortSignal | undefined; isNeeded: boolean },
): Promise<{ clients: ReadonlyMap<string, WhmcsClientRow>; reason: string | null }> {
  const clients = new Map<string, WhmcsClientRow>();
  const reason = await tryRead(async () => {
    for (const row of await client.clients.list({ signal, onUnread: () => undefined })) clients.set(row.id, row);
  }, isNeeded);
  return { clients, reason };
}

/** Returns why the clients can't be read; null where they were. */
async function tryRead(read: () => Promise<void>, isNeeded: boolean): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!isPanelError(error) || (isNeeded && !REFUSALS.includes(error.panelCode))) throw error;
    const known = toBillingError(error);
    return known instanceof SluiceError ? known.message : error.statement;
  }
}
