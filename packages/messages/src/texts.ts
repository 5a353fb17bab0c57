import { CATALOGUE } from './catalogue.js';
import type { Key, TagsIn } from './keys.js';
import { bytesFigure, countText, decimalText, moneyText, percentText, readBytes } from './figures.js';
import { type Direction, type Language, toDirection } from './languages.js';
import { MessageFormats } from './message-formats.js';
import type { Figure, Said, ValuesFor } from './said.js';
import { boundText, daysText, exactBound, LOCALES, periodText, shortDate, shortTime } from './short-time.js';

/** Writes what stands inside a tag of a message. */
export type Tag<T> = (content: (string | T)[]) => T;

/** The tags of a message, all of which it needs. */
export type TagsFor<K extends Key, T> = Readonly<Record<TagsIn<K>, Tag<T>>>;

/** The values and tags of a message. */
export type PartsFor<K extends Key, T> = [TagsIn<K>] extends [never]
  ? ValuesFor<K, T | string | number>
  : [values: TagsFor<K, T> & NonNullable<ValuesFor<K, T | string | number>[0]>];

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Messages, figures and times in one language. */
export class Texts {
  readonly language: Language;
  readonly direction: Direction;
  readonly #formats: MessageFormats<Key>;
  #regions: Intl.DisplayNames | undefined;
  #units: ReadonlyMap<string, string> | undefined;

  constructor(language: Language) {
    this.language = language;
    this.direction = toDirection(language);
    this.#formats = new MessageFormats(CATALOGUE[language], language);
  }

  /**
   * Returns a message as parts in their order: the texts of the catalogue, and the values as they were passed. Nothing is escaped:
   * who puts them into a page escapes what is a text.
   *
   * @throws FormatError if a value is missing
   */
  parts<K extends Key, T = string>(key: K, ...[values]: PartsFor<K, T>): (string | T)[] {
    return this.#formats.parts<T>(key, values ?? {});
  }

  /** Returns a message as text; its values are texts, or numbers, which are written in the digits of the language. */
  text<K extends Key>(key: K, ...values: ValuesFor<K, string | number>): string {
    return this.#formats.parts<string>(key, values[0] ?? {}).join('');
  }

  /** Returns a message of other code as parts; `show` writes what is neither a text nor a number. */
  said<T>({ key, values = {} }: Said, show: (figure: Figure) => T | string): (string | T)[] {
    const shown = Object.entries(values).map(([name, value]): [string, unknown] => {
      if (typeof value !== 'object') return [name, value];
      if (!('key' in value)) return [name, show(value)];
      return [name, this.said(value, show)];
    });
    return this.#formats.parts<T>(key, Object.fromEntries(shown)).flat() as (string | T)[];
  }

  /** Bytes as `1.50 TB`, the same sizes as `formatBytes` writes. */
  bytes(value: number): string {
    const split = bytesFigure(value, this.language);
    return split === null ? this.text('unit.most') : this.text(`unit.${split.unit}`, { size: split.figure });
  }

  /**
   * Returns the bytes of what a reader typed: as `bytes` writes them, as `parseTraffic` reads them, or a plain number of GB.
   *
   * @throws QuotaCoreError `invalid_size`
   */
  readBytes(text: string): number {
    this.#units ??= new Map(UNITS.map((unit) => [this.text(`unit.${unit}`, { size: '' }).trim(), unit]));
    return readBytes(text, this.language, this.#units);
  }

  /** An amount of money, a decimal text, with its currency. */
  money(amount: string, currency: string | null): string {
    return moneyText(amount, currency, this.language);
  }

  /** A whole number with its thousands apart. */
  count(value: number): string {
    return countText(value, this.language);
  }

  /** A decimal text in the digits and signs of the language. */
  decimal(text: string): string {
    return decimalText(text, this.language);
  }

  /** A share as `toPercent` returns it; of ten times the whole and more that it is more, of less than 1 % and not zero that it is less. */
  percent(value: number): string {
    if (value > 0 && value < 1) return this.text('percent.least', { percent: percentText(1, this.language) });
    if (value > 999) return this.text('percent.most', { percent: percentText(999, this.language) });
    return percentText(value, this.language);
  }

  /** An instant (milliseconds) with its time of day, in a time zone. */
  time(at: number, timeZone: string): string {
    return shortTime(at, timeZone, this.language);
  }

  /** The date of an instant in a time zone. */
  date(at: number, timeZone: string): string {
    return shortDate(at, timeZone, this.language);
  }

  /** The begin or end of a period: its date, with the time where it is not the begin of a day. */
  bound(at: number, timeZone: string): string {
    return boundText(at, timeZone, this.language);
  }

  /** The begin or end of a period to the second. */
  exactBound(at: number, timeZone: string): string {
    return exactBound(at, timeZone, this.language);
  }

  /** A period as dates, or as a month of the calendar of the language. */
  period(period: { start: number; end: number }, timeZone: string): string {
    const join = (from: string, to: string): string => this.text('period.range', { from, to });
    return periodText(period, timeZone, { language: this.language, join });
  }

  /** The name of a country, by its code of two letters (ISO 3166); other text stays as it is. */
  region(code: string): string {
    if (!/^[A-Za-z]{2}$/.test(code)) return code;
    this.#regions ??= new Intl.DisplayNames(LOCALES[this.language], { type: 'region' });
    return this.#regions.of(code.toUpperCase()) ?? code;
  }

  /** A period as its first and last day, or as a month of the calendar of the language; exact where it is cut inside a day. */
  days(period: { start: number; end: number }, timeZone: string): string {
    const join = (from: string, to: string): string => this.text('period.range', { from, to });
    return daysText(period, timeZone, { language: this.language, join });
  }

  /** A length of time in milliseconds as `40 s ago`, `3 min ago`, `5 h ago` or `2 days ago`. */
  ago(ms: number): string {
    const minute = 60_000;
    if (ms < minute) return this.text('ago.seconds', { count: Math.floor(ms / 1000) });
    if (ms < 60 * minute) return this.text('ago.minutes', { count: Math.floor(ms / minute) });
    if (ms < 48 * 60 * minute) return this.text('ago.hours', { count: Math.floor(ms / (60 * minute)) });
    return this.text('ago.days', { count: Math.floor(ms / (24 * 60 * minute)) });
  }
}

const ALL = new Map<Language, Texts>();

/** Returns the texts of a language; their messages are parsed once. */
export function toTexts(language: Language): Texts {
  const known = ALL.get(language);
  if (known !== undefined) return known;
  const made = new Texts(language);
  ALL.set(language, made);
  return made;
}
