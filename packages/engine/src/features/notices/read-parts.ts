import { type DeliveryRecord, type NoticeRecord, ownershipSubject, type ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import type { ConfiguredChannel } from '../../kernel/run/channels.js';
import { readHoldReason } from './client-text.js';
import { readEventData } from './event-data.js';
import type { MessageParts } from './to-message.js';

/** A delivery with its notice, and the service that it is about. */
export interface Addressed {
  delivery: DeliveryRecord;
  notice: NoticeRecord;
  service: ServiceRecord | undefined;
}

/** Reads what a delivery is made into a message of. */
export async function readParts(
  context: Context,
  { settings }: Pick<ConfiguredChannel, 'settings'>,
  { delivery, notice, service }: Addressed,
): Promise<MessageParts> {
  const timeZone = findTimeZone(context.config, notice.panel ?? '');
  const client = await findClient(context, service, notice.at);
  const reason = settings.for === 'client' ? await readHoldReason(context.store, notice, timeZone) : null;
  const name = service?.client === client ? service.name : null;
  const data = await readEventData(context, { notice, service, client, for: settings.for });
  return { delivery, notice, name, client, reason, data, settings, timeZone };
}

/** Returns whose a service was at an instant: a notice that waited is the client's whom it was about. */
async function findClient({ store }: Context, service: ServiceRecord | undefined, at: string): Promise<string | null> {
  if (service === undefined) return null;
  const { id, client, clientSince } = service;
  if (clientSince === null || at > clientSince) return client;
  const periods = await store.ownership.list({ panel: '', subjects: [ownershipSubject('service', id)] });
  const had = periods.find(({ since, until }) => (since === null || since < at) && (until === null || at <= until));
  return had === undefined ? null : had.client;
}
