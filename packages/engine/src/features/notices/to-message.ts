import type { ChannelMessage } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import type { DeliveryRecord, NoticeRecord } from '@sluice/state-store';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import { fillTemplate } from '../../base/template.js';

/** Longest subject of a mail, in characters. */
const SUBJECT_LENGTH = 120;

const INSTANTS = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** Texts for clients of events whose notices have details for operators. */
const FOR_CLIENTS: Readonly<Record<string, string>> = {
  hold: 'Service {service} is being restricted.',
  release: 'Service {service} is no longer restricted.',
};

/** Why nothing is bought automatically, as a client may read it: his own credit and what he chose. Other causes are his provider's. */
const OWN_CAUSES: readonly string[] = ['no-credit', 'limit-reached', 'would-not-lift', 'currency', 'link-spent'];

/** Returns the text of a notice without what is the provider's, such as the limit of an agent, or other clients' services. */
function toClientMessage({ code, key, service, message }: MessageParts['notice']): string {
  const named = service ?? 'your service';
  const isOwn = OWN_CAUSES.includes(key.slice(key.lastIndexOf(':') + 1));
  if (code === 'auto_buy_refused' && !isOwn) return `${named}: nothing was bought automatically`;
  if (code === 'auto_buy_ended' && key.includes(':tok-'))
    return `${named}: nothing is bought automatically any more, as the link with which this was set has ended`;
  if (!message.includes('agent "')) return message;
  if (code === 'hold') return `${named} is held`;
  return code === 'release' ? `${named} is released` : message;
}

/** What a message is made of. */
export interface MessageParts {
  delivery: Pick<DeliveryRecord, 'id' | 'event' | 'recipient'>;
  notice: Pick<NoticeRecord, 'code' | 'key' | 'at' | 'panel' | 'service' | 'message'>;
  client: string | null;
  settings: Pick<NotifySettings, 'for' | 'template'>;
  timeZone: string;
}

/** Returns a notice as a channel sends it. Names and messages are cleaned of control characters; line ends of templates stay. */
export function toMessage({ delivery, notice, client, settings, timeZone }: MessageParts): ChannelMessage {
  const { event, id } = delivery;
  const clean = (text: string | null): string | null => (text === null ? null : printable(text));
  const isForClient = settings.for === 'client';
  const values = {
    message:
      clean(isForClient ? toClientMessage(notice) : notice.message)?.replaceAll(INSTANTS, (at) =>
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
  };
}

function findTemplate(event: string, { for: reader, template = {} }: MessageParts['settings']): string {
  const own = [event, 'default'].find((name) => Object.hasOwn(template, name));
  if (own !== undefined) return template[own] ?? '{message}';
  const standard = reader === 'client' ? (FOR_CLIENTS[event] ?? '{message}') : '{message}';
  return reader === 'client' ? standard : `${standard}\n{time}`;
}

function toLocal(at: string, timeZone: string): string {
  const parts = { dateStyle: 'short', timeStyle: 'short', timeZone } as const;
  const local = new Intl.DateTimeFormat('sv-SE', parts).format(new Date(at));
  return `${local} ${timeZone}`;
}
