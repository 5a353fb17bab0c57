import type { NoticeData } from '@sluice/contract/documents';
import type { MessageView } from '@sluice/contract/ports';
import type { Texts } from '@sluice/messages';
import { toFigure, toPrice, toUsedPercent } from './client-words.js';
import type { NoticeWriter } from './notice-writer.js';

/** Returns what is shown around a message in a language: no figures, links or pictures yet. */
export function toMessageView(texts: Texts, timeZone: string | null = null): MessageView {
  return {
    ...{ language: texts.language, direction: texts.direction },
    ...{ isUrgent: false, figures: [], percent: null, link: null, unsubscribe: null, pictures: [] },
    words: {
      contact: texts.text('mail.contact'),
      terms: texts.text('page.terms'),
      times: timeZone === null ? '' : texts.text('page.times', { zone: timeZone }),
    },
  };
}

/** Returns the figures of a notice with their labels, as its client reads them. */
export function toFigures(data: NoticeData, writer: NoticeWriter): MessageView['figures'] {
  const { texts } = writer;
  const { from, until, runsOut } = data;
  const percent = toUsedPercent(data);
  const figure = (name: 'used' | 'allowed' | 'remaining'): string | null => {
    const value = toFigure(data, name);
    return value && writer.figure(value);
  };
  const [price, used] = [toPrice(data), figure('used')];
  const share = percent === null ? '' : ` (${texts.percent(percent)})`;
  const rows: readonly (readonly [label: string, value: string | null])[] = [
    [texts.text('packages.package'), data.package && writer.name(data.package.name)],
    [texts.text('price.price'), price && writer.figure(price)],
    [texts.text('service.used'), used && `${used}${share}`],
    [texts.text('service.allowed'), figure('allowed')],
    [texts.text('service.left'), figure('remaining')],
    [texts.text('service.period'), from === null || until === null ? null : writer.period({ start: from, end: until })],
    [texts.text('mail.until'), until && writer.bound(until)],
    [texts.text('mail.atRate'), runsOut && texts.text('outlook.runsOut', { date: writer.date(runsOut) })],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}
