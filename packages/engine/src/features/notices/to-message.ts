import type { ChannelMessage, MessageView } from '@sluice/contract/ports';
import type { Language } from '@sluice/messages/languages';
import type { Said } from '@sluice/messages/said';
import { staffText } from '@sluice/messages/staff';
import { printable, visible } from '@sluice/panel-http/printable';
import type { DeliveryRecord, NoticeRecord } from '@sluice/state-store';
import { URGENT_EVENTS } from '../../base/notice-events.js';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import { fillTemplate, findTemplate, type Placeholder } from '../../base/template.js';
import type { Owed } from '../billing/due-invoices.js';
import { sayNotice, toFigure, toPrice, toUsedPercent } from './client-words.js';
import { toFigures, toMessageView } from './message-view.js';
import type { DigestLine } from './digest-lines.js';
import { NoticeWriter, withoutMarks } from './notice-writer.js';

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
  data: ChannelMessage['data'];
  /** What a digest lists. */
  lines: readonly DigestLine[];
  /** Of the reader; of operators English. */
  language: Language;
  settings: Pick<NotifySettings, 'for' | 'template'>;
  timeZone: string;
  /** Address of the page where the reader chooses his mails; null where there is none. */
  choose: string | null;
  /** How a service that is restricted comes back; none where that is not known. */
  back: readonly Said[];
  /** What is to be paid for it; absent and null where that is not known. */
  pay?: Pick<Owed, 'invoice' | 'url'> | null;
}

/** Returns a notice as a channel sends it. Names and messages are cleaned of control characters; line ends of templates stay. */
export function toMessage(parts: MessageParts): ChannelMessage {
  const { delivery, notice, settings } = parts;
  const { event, id } = delivery;
  const writer = new NoticeWriter(parts.language, parts.timeZone);
  const values = toValues(parts, writer);
  const own = findTemplate(settings.template, event, parts.language);
  const text =
    own === null && settings.for === 'client'
      ? sayNotice(parts, writer).join(' ')
      : fillTemplate(own ?? '{message}\n{time}', values);
  return {
    ...{ delivery: id, event, code: notice.code, at: notice.at },
    ...{ panel: values.panel, service: values.service, client: values.client },
    ...{ for: settings.for, recipient: delivery.recipient },
    subject: toSubject(parts, own === null ? null : text, writer),
    text,
    data: parts.data,
    view: toView(parts, own === null, writer),
  };
}

function toSubject(parts: MessageParts, filled: string | null, writer: NoticeWriter): string {
  const isForClient = parts.settings.for === 'client';
  const [said = ''] =
    filled === null && isForClient
      ? [withoutStop(sayNotice(parts, writer)[0])]
      : (filled ?? toOperatorMessage(parts)).trim().split('\n');
  const line = withoutMarks(said);
  const shortened = line.length > SUBJECT_LENGTH ? `${line.slice(0, SUBJECT_LENGTH - 1)}…` : line;
  return isForClient ? visible(shortened) : printable(staffText('staff.subject', { line: shortened }));
}

/** Subjects, and templates that go on after it, end it themselves. */
function withoutStop(text: string): string {
  return text.replace(/[.。]$/, '');
}

const URGENT: ReadonlySet<string> = new Set(URGENT_EVENTS);

/** What a template says replaces the figures, too: it has placeholders for them. */
function toView(parts: MessageParts, isOwnText: boolean, writer: NoticeWriter): MessageView {
  const { data, choose, settings } = parts;
  const { texts, timeZone } = writer;
  const view = { ...toMessageView(texts, timeZone), isUrgent: URGENT.has(parts.delivery.event) };
  if (settings.for === 'operator') return isOwnText ? { ...view, figures: toListed(parts.lines) } : view;
  const link =
    toPayLink(parts, writer) ?? (data.link === null ? null : { text: texts.text('mail.open'), href: data.link });
  const unsubscribe = choose === null ? null : { text: texts.text('mail.choose'), href: choose };
  if (!isOwnText) return { ...view, link, unsubscribe };
  return { ...view, figures: toFigures(data, writer), percent: toUsedPercent(data), link, unsubscribe };
}

function toPayLink({ pay }: MessageParts, { texts }: NoticeWriter): MessageView['link'] {
  if (pay?.url == null) return null;
  const { invoice, url } = pay;
  return { text: invoice === null ? texts.text('todo.payAny') : texts.text('todo.pay', { invoice }), href: url };
}

function toListed(lines: readonly DigestLine[]): MessageView['figures'] {
  return lines.map(({ label, count, detail }) => ({ label, value: String(count), detail }));
}

/** Texts of notices are English; their instants are written in the time zone of the panel. */
function toOperatorMessage({ notice, timeZone }: MessageParts): string {
  return printable(notice.message).replaceAll(INSTANTS, (at) => toLocal(at, timeZone));
}

function toValues(parts: MessageParts, writer: NoticeWriter): Record<Placeholder, string | null> {
  const { delivery, notice, name, client, data, settings, timeZone } = parts;
  const { texts } = writer;
  const isForClient = settings.for === 'client';
  const clean = isForClient ? visible : printable;
  const cleaned = (text: string | null): string | null => (text === null ? null : clean(text));
  const { until, runsOut } = data;
  const percent = toUsedPercent(data);
  const figure = (of: 'used' | 'allowed' | 'remaining'): string | null => {
    const value = toFigure(data, of);
    return value && writer.figure(value);
  };
  const price = toPrice(data);
  return {
    message: isForClient ? withoutStop(sayNotice(parts, writer).join(' ')) : toOperatorMessage(parts),
    ...{ event: delivery.event, code: notice.code, at: notice.at },
    ...{ service: cleaned(notice.service), panel: cleaned(notice.panel), client: cleaned(client) },
    name: cleaned(name ?? notice.service),
    time: isForClient ? `${texts.time(Date.parse(notice.at), timeZone)} (${timeZone})` : toLocal(notice.at, timeZone),
    used: figure('used'),
    allowed: figure('allowed'),
    remaining: figure('remaining'),
    percent: percent === null ? null : texts.percent(percent),
    until: until && writer.bound(until),
    runsOut: runsOut && writer.date(runsOut),
    link: data.link,
    package: cleaned(data.package?.name ?? null),
    price: price && writer.figure(price),
  };
}

/** Returns a notice as a list shows it: what a client or a template's reader is sent, and to operators its own text. */
export function toSentText(parts: MessageParts): string {
  const { notice, delivery, settings, language } = parts;
  const isOwnText = settings.for === 'operator' && findTemplate(settings.template, delivery.event, language) === null;
  return isOwnText ? notice.message : withoutMarks(toMessage(parts).text).trim();
}

function toLocal(at: string, timeZone: string): string {
  const parts = { dateStyle: 'short', timeStyle: 'short', timeZone } as const;
  const local = new Intl.DateTimeFormat('sv-SE', parts).format(new Date(at));
  return `${local} ${timeZone}`;
}
