import type { ServiceRecord } from '@sluice/state-store';

/** Who reads the notices of a service: its client, else the one who has the address of the service. */
export function toReader({ id, client }: Pick<ServiceRecord, 'id' | 'client'>): string {
  return client === null ? `service:${id}` : readerOfClient(client);
}

/** A client as a reader of notices. */
export function readerOfClient(client: string): string {
  return `client:${client}`;
}
