import type { ChannelMessage } from '@sluice/contract/ports';
import { printable } from '@sluice/panel-http/printable';
import type { DeliveryRecord, NoticeRecord } from '@sluice/state-store';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import { fillTemplate } from '../../base/template.js';
import { toClientMessage } from './client-text.js';

/** Longest subject of a mail, in characters. */
const SUBJECT_LENGTH = 120;

const INSTANTS = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** What a message is made of. */
export interface MessageParts {
  delivery: Pick<DeliveryRecord, 'id' | 'event' | 'recipient'>;
  notice: Pick<NoticeRecord, 'code' | 'key' | 'at' | 'panel' | 'service' | 'message'>;
  /** What the service is called; null where it has no name, or is another client's by now. */
  name: string | null;
  client: string | null;
  /** Why a client's service is held, in words for the client; null where that is not the client's. */
  reason: string | null;
  data: ChannelMessage['data'];
  settings: Pick<NotifySettings, 'for' | 'template'>;
  timeZone: string;
}

/** Returns a notice as a channel sends it. Names and messages are cleaned of control characters; line ends of templates stay. */
export function toMessage({
  delivery,
  notice,
  name,
  client,
  reason,
  data,
  settings,
  timeZone,
}: MessageParts): ChannelMessage {
  const { event, id } = delivery;
  const clean = (text: string | null): string | null => (text === null ? null : printable(text));
  const isForClient = settings.for === 'client';
  const values = {
    message:
      clean(isForClient ? toClientMessage(notice, { name, reason }) : notice.message)?.replaceAll(INSTANTS, (at) =>
        toLocal(at, timeZone),
      ) ?? null,
    event,
    code: notice.code,
    service: clean(notice.service),
    panel: clean(notice.panel),
    client: clean(client),
    time: toLocal(notice.at, timeZone),
    at: notice.at,
  };
  const text = fillTemplate(findTemplate(event, settings), values);
  const [line = ''] = text.trim().split('\n');
  const shortened = line.length > SUBJECT_LENGTH ? `${line.slice(0, SUBJECT_LENGTH - 1)}…` : line;
  return {
    delivery: id,
    event,
    code: notice.code,
    at: notice.at,
    panel: values.panel,
    service: values.service,
    client: values.client,
    for: settings.for,
    recipient: delivery.recipient,
    subject: printable(isForClient ? shortened : `Sluice: ${shortened}`),
    text,
    data,
  };
}

function findTemplate(event: string, settings: MessageParts['settings']): string {
  const { for: reader } = settings;
  const own = findOwnTemplate(event, settings);
  if (own !== null) return own;
  if (reader === 'operator') return '{message}\n{time}';
  return event === 'hold' || event === 'release' ? '{message}.' : '{message}';
}

/** Returns a notice as a list shows it: what a client or a template's reader is sent, and to operators its own text. */
export function toSentText(parts: MessageParts): string {
  const { notice, delivery, settings } = parts;
  const isOwnText = settings.for === 'operator' && findOwnTemplate(delivery.event, settings) === null;
  return isOwnText ? notice.message : toMessage(parts).text.trim();
}

function findOwnTemplate(event: string, { template = {} }: MessageParts['settings']): string | null {
  const own = [event, 'default'].find((name) => Object.hasOwn(template, name));
  return own === undefined ? null : (template[own] ?? '{message}');
}

function toLocal(at: string, timeZone: string): string {
  const parts = { dateStyle: 'short', timeStyle: 'short', timeZone } as const;
  const local = new Intl.DateTimeFormat('sv-SE', parts).format(new Date(at));
  return `${local} ${timeZone}`;
}
