import { chooseLanguage, type Language } from '@sluice/messages/languages';
import { type DeliveryRecord, type NoticeRecord, ownershipSubject, type ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { toReader } from '../../base/notice-reader.js';
import { toPublicAddress } from '../../base/config/public-address.js';
import type { Context } from '../../context/context.js';
import type { ConfiguredChannel } from '../../kernel/run/channels.js';
import { isClientMail } from './client-mail.js';
import { signMailLink } from './mail-links.js';
import { readDigestLines } from './digest-lines.js';
import { readEventData } from './event-data.js';
import { findPurchase } from './notice-data.js';
import { readPageLink } from './page-link.js';
import { readDay } from './read-day.js';
import type { MessageParts } from './to-message.js';

/** A delivery with its notice, and the service that it is about. */
export interface Addressed {
  delivery: DeliveryRecord;
  notice: NoticeRecord;
  service: ServiceRecord | undefined;
}

/** Reads what a delivery is made into a message of, without its links: anyone who lists it is not its reader. */
export async function readParts(
  context: Context,
  { settings }: Pick<ConfiguredChannel, 'settings'>,
  { delivery, notice, service }: Addressed,
): Promise<MessageParts> {
  const timeZone = findTimeZone(context.config, notice.panel ?? '');
  const client = await findClient(context, service, notice.at);
  const isOwn = service?.client === client;
  const data = await readEventData(context, { notice, service, client, for: settings.for });
  const language: Language =
    settings.for === 'client'
      ? chooseLanguage({ client: isOwn ? service.language : null, config: context.config.serve.language })
      : 'en';
  const name = isOwn ? service.name : null;
  const isLate = await isPaidLate(context, notice);
  const lines =
    notice.code === 'digest'
      ? await readDigestLines(context, await readDay(context, notice.key.slice('digest:'.length)))
      : [];
  return { ...{ delivery, notice, name, client, data, isLate, lines, language, settings, timeZone }, choose: null };
}

/** Returns whether a notice is of a purchase that was paid after its period. */
async function isPaidLate(context: Context, notice: NoticeRecord): Promise<boolean> {
  if (notice.code !== 'purchase') return false;
  const row = await findPurchase(context, notice);
  const cycles = row === null ? [] : await context.store.cycles.ofService(row.service);
  return cycles.some(({ id, end }) => id === row?.cycle && end <= notice.at);
}

/** Reads what a delivery is made into a message of, with the links that are its reader's. */
export async function readSentParts(
  context: Context,
  channel: ConfiguredChannel,
  addressed: Addressed,
): Promise<MessageParts> {
  const parts = await readParts(context, channel, addressed);
  const { service, delivery } = addressed;
  if (service === undefined) return parts;
  const page = await readPageLink(context, channel.settings, {
    service,
    language: parts.language,
    at: parts.notice.at,
  });
  // A mail to the channel's own address is read by the provider.
  const isReader = isClientMail(channel) && delivery.recipient !== null && service.client === parts.client;
  const data = { ...parts.data, link: page ?? parts.data.link };
  return { ...parts, data, choose: isReader ? await readChooseLink(context, service, parts) : null };
}

async function readChooseLink(
  context: Context,
  service: ServiceRecord,
  { delivery: { event }, language }: Pick<MessageParts, 'delivery' | 'language'>,
): Promise<string | null> {
  if (context.config.serve.publicUrl === undefined) return null;
  const token = await signMailLink(context, { reader: toReader(service), event });
  return toPublicAddress(context.config, `/mails/${token}?language=${language}`);
}

/** Returns whose a service was at an instant: a notice that waited is the client's whom it was about. */
export async function findClient(
  { store }: Context,
  service: ServiceRecord | undefined,
  at: string,
): Promise<string | null> {
  if (service === undefined) return null;
  const { id, client, clientSince } = service;
  if (clientSince === null || at > clientSince) return client;
  const periods = await store.ownership.list({ panel: '', subjects: [ownershipSubject('service', id)] });
  const had = periods.find(({ since, until }) => (since === null || since < at) && (until === null || at <= until));
  return had === undefined ? null : had.client;
}
