import { type Figure, type Said, type Texts, toTexts } from '@sluice/messages';
import type { Language } from '@sluice/messages/languages';
import { visible } from '@sluice/panel-http/printable';

/** Marks around a name, so that its letters move nothing beside it. */
const [ISOLATE, POP] = ['\u2068', '\u2069'];

/** Writes figures, times and names of notices in one language, with times in one zone. */
export class NoticeWriter {
  readonly texts: Texts;
  readonly timeZone: string;

  constructor(language: Language, timeZone: string) {
    this.texts = toTexts(language);
    this.timeZone = timeZone;
  }

  /** A text from outside, cleaned of what could reorder or end a line. */
  name(text: string): string {
    const cleaned = visible(text);
    return this.texts.direction === 'rtl' ? `${ISOLATE}${cleaned}${POP}` : cleaned;
  }

  figure(figure: Figure): string {
    if ('bytes' in figure) return this.texts.bytes(figure.bytes);
    if ('money' in figure) return this.texts.money(figure.money, figure.currency);
    if ('percent' in figure) return this.texts.percent(figure.percent);
    return 'instant' in figure ? this.bound(figure.instant) : this.texts.date(Date.parse(figure.day), 'UTC');
  }

  /** Begin or end of a period as a date, with its time where it is not the begin of a day. */
  bound(instant: string): string {
    return this.texts.bound(Date.parse(instant), this.timeZone);
  }

  /** The date of an instant. */
  date(instant: string): string {
    return this.texts.date(Date.parse(instant), this.timeZone);
  }

  period({ start, end }: { start: string; end: string }): string {
    return this.texts.period({ start: Date.parse(start), end: Date.parse(end) }, this.timeZone);
  }

  said(said: Said): string {
    return this.texts.said<string>(said, (figure) => this.figure(figure)).join('');
  }
}

/** Returns a text without the marks around names, for where they would be seen. */
export function withoutMarks(text: string): string {
  return text.replaceAll(ISOLATE, '').replaceAll(POP, '');
}
