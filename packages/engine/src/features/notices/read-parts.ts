import type { EventData } from '@sluice/contract/documents';
import { chooseLanguage, type Language } from '@sluice/messages/languages';
import { type DeliveryRecord, type NoticeRecord, ownershipSubject, type ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { toReader } from '../../base/notice-reader.js';
import { toPublicAddress } from '../../base/config/public-address.js';
import type { Context } from '../../context/context.js';
import type { ConfiguredChannel } from '../../kernel/run/channels.js';
import type { DueReader } from '../billing/due-invoices.js';
import { isClientMail } from './client-mail.js';
import { signMailLink } from './mail-links.js';
import { toDigestLines } from './digest-lines.js';
import { toEventData } from './event-data.js';
import { readSentLink } from './message-link.js';
import type { MessageParts } from './to-message.js';

/** A delivery with its notice, and the service that it is about. */
export interface Addressed {
  delivery: DeliveryRecord;
  notice: NoticeRecord;
  service: ServiceRecord | undefined;
}

/** Reads what the text of a delivery is made of, without the links: anyone who lists it is not its reader. */
export async function readTextParts(
  context: Context,
  channel: Pick<ConfiguredChannel, 'settings'>,
  addressed: Addressed & { client: string | null },
): Promise<MessageParts> {
  const parts = toParts(context, channel, addressed);
  const { service } = addressed;
  return service === undefined ? parts : { ...parts, back: await readBack(context, channel, { parts, service }) };
}

function toParts(
  context: Context,
  { settings }: Pick<ConfiguredChannel, 'settings'>,
  { delivery, notice, service, client }: Addressed & { client: string | null },
): MessageParts {
  const timeZone = findTimeZone(context.config, notice.panel ?? '');
  const isOwn = service !== undefined && service.client === client;
  const data = toEventData(context, { notice, service, client, settings });
  const language: Language =
    settings.for === 'client'
      ? chooseLanguage({ client: isOwn ? service.language : null, config: context.config.serve.language })
      : 'en';
  // One of an earlier version has no name of its own.
  const name = notice.data === null ? (isOwn ? service.name : null) : data.name;
  const lines = notice.code === 'digest' ? toDigestLines(data as EventData<'digest'>, timeZone) : [];
  return { ...{ delivery, notice, name, client, data, lines, language, settings, timeZone }, choose: null, back: [] };
}

/** Reads what a delivery is made into a message of, with the links that are its reader's. */
export async function readSentParts(
  context: Context,
  channel: ConfiguredChannel,
  addressed: Addressed,
  readDue: DueReader,
): Promise<MessageParts> {
  const { service, delivery, notice } = addressed;
  const client = await findClient(context, service, notice.at);
  const parts = await readTextParts(context, channel, { ...addressed, client });
  if (service === undefined) return parts;
  const link = await readSentLink(context, { service, client, settings: channel.settings }, parts.language);
  // A mail to the channel's own address is read by the provider.
  const isReader = isClientMail(channel) && delivery.recipient !== null && service.client === parts.client;
  const data = { ...parts.data, link };
  const choose = isReader ? await readChooseLink(context, service, parts) : null;
  return { ...parts, data, choose, ...(await readPay(context, channel, { parts, service, readDue })) };
}

/** Reads the invoice for which a service is restricted: what is to be paid of it is said, and the message leads there. */
async function readPay(
  context: Context,
  { settings }: Pick<ConfiguredChannel, 'settings'>,
  { parts, service, readDue }: { parts: MessageParts; service: ServiceRecord; readDue: DueReader },
): Promise<Partial<Pick<MessageParts, 'back' | 'pay'>>> {
  const { notice, client, data, back } = parts;
  if (settings.for !== 'client' || client === null || notice.code !== 'hold') return {};
  const { readWayToPay } = await import('./way-back.js');
  const due = await readWayToPay(context, { notice, service, client, data, settings }, readDue);
  if (due === null) return {};
  const { sayDue } = await import('../advice/say-due.js');
  const said = sayDue(due);
  return { back: said === null ? back : [...back, said], pay: due.owed };
}

async function readBack(
  context: Context,
  { settings }: Pick<ConfiguredChannel, 'settings'>,
  { parts: { notice, client, data }, service }: { parts: MessageParts; service: ServiceRecord },
): Promise<MessageParts['back']> {
  if (settings.for !== 'client' || client === null || notice.code !== 'hold') return [];
  const { readWayBack } = await import('./way-back.js');
  return readWayBack(context, { notice, service, client, data, settings });
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
  context: Pick<Context, 'store'>,
  service: ServiceRecord | undefined,
  at: string,
): Promise<string | null> {
  if (service === undefined) return null;
  return (await findClients(context, [service]))(service, at);
}

/** Returns what finds whose these services were at an instant. */
export async function findClients(
  { store }: Pick<Context, 'store'>,
  services: readonly ServiceRecord[],
): Promise<(service: ServiceRecord, at: string) => string | null> {
  const subjects = services
    .filter(({ clientSince }) => clientSince !== null)
    .map(({ id }) => ownershipSubject('service', id));
  const periods = subjects.length === 0 ? [] : await store.ownership.list({ panel: '', subjects });
  return ({ id, client, clientSince }, at) => {
    if (clientSince === null || at > clientSince) return client;
    const subject = ownershipSubject('service', id);
    const had = periods.find(
      (period) =>
        period.subject === subject &&
        (period.since === null || period.since < at) &&
        (period.until === null || at <= period.until),
    );
    return had === undefined ? null : had.client;
  };
}
