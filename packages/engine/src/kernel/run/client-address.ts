import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { toReader } from '../../base/notice-reader.js';
import type { ConfiguredChannel } from './channels.js';

/** Returns the address of a service's client, `chosen` those by reader; null where the channel's own address is meant. */
export function findAddress(
  { kind, settings }: ConfiguredChannel,
  service: ServiceRecord,
  chosen: ReadonlyMap<string, string>,
): string | null {
  const own = kind.clientAddress === 'email' ? chosen.get(toReader(service)) : undefined;
  if (own !== undefined) return own;
  const { clients = {} } = settings;
  const { client } = service;
  const listed = client !== null && Object.hasOwn(clients, client) ? clients[client] : undefined;
  return listed ?? (kind.clientAddress === 'email' ? findEmail(service) : null);
}

/** Reads the addresses that clients have chosen and confirmed, by reader. */
export async function readChosen(
  { clientAddresses }: Pick<StoreTables, 'clientAddresses'>,
  channels: readonly ConfiguredChannel[],
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, string>> {
  if (services.length === 0 || channels.every(({ kind }) => kind.clientAddress !== 'email')) return new Map();
  const own = await clientAddresses.list([...new Set(services.map(toReader))]);
  return new Map(own.flatMap(({ reader, address }) => (address === null ? [] : [[reader, address]])));
}

/** Returns the address of the service, else of its client. */
export function findEmail(service: ServiceRecord | undefined): string | null {
  return service?.fields['email'] ?? service?.clientEmail ?? null;
}
