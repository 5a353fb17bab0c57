import type { Language } from './languages.js';

/** Returns an instant as `15 Nov 2026 00:00` in a time zone; in another language than English in its calendar. */
export function shortTime(at: number, timeZone: string, language: Language = 'en'): string {
  if (language !== 'en') return toText(at, timeZone, language, 'time');
  const { day = '', month = '', year = '', hour = '', minute = '' } = toParts(at, timeZone, 'en');
  return `${day} ${month} ${year} ${hour}:${minute}`;
}

/** Returns the date of an instant as `15 Nov 2026` in a time zone; in another language than English in its calendar. */
export function shortDate(at: number, timeZone: string, language: Language = 'en'): string {
  if (language !== 'en') return toText(at, timeZone, language, 'date');
  const { day = '', month = '', year = '' } = toParts(at, timeZone, 'en');
  return `${day} ${month} ${year}`;
}

/** Returns the day of an instant as `15 Nov` in a time zone. */
export function shortDay(at: number, timeZone: string, language: Language = 'en'): string {
  if (language !== 'en') return toText(at, timeZone, language, 'day');
  const { day = '', month = '' } = toParts(at, timeZone, 'en');
  return `${day} ${month}`;
}

/** Returns the time of day of an instant as `06:00` in a time zone. */
export function clockTime(at: number, timeZone: string, language: Language = 'en'): string {
  if (language !== 'en') return toText(at, timeZone, language, 'clock');
  const { hour = '', minute = '' } = toParts(at, timeZone, 'en');
  return `${hour}:${minute}`;
}

/** Returns the bound of a period as `15 Nov 2026` in a time zone; with the time where it is not the begin of a day. */
export function boundText(at: number, timeZone: string, language: Language = 'en'): string {
  return isDayStart(at, timeZone) ? shortDate(at, timeZone, language) : shortTime(at, timeZone, language);
}

/** Returns the bound of a period as {@link boundText}, with its seconds where it is not a whole minute. */
export function exactBound(at: number, timeZone: string, language: Language = 'en'): string {
  return at % 60_000 === 0 ? boundText(at, timeZone, language) : toSeconds(at, timeZone, language);
}

/** How the two bounds of a period become one text; English by default. */
export type JoinBounds = (from: string, to: string) => string;

const joinEnglish: JoinBounds = (from, to) => `${from} to ${to}`;

/**
 * Returns a period as local dates: `15 Nov 2026 to 15 Dec 2026`, where the last one is not a part of it, and a whole calendar month as
 * `October 2026`, by the calendar of the language. Bounds in one minute have their seconds.
 */
export function periodText(
  { start, end }: { start: number; end: number },
  timeZone: string,
  { language = 'en', join = joinEnglish }: { language?: Language; join?: JoinBounds } = {},
): string {
  if (!isWholeMonth(start, end, timeZone, language)) {
    const [from = '', to = ''] = [start, end].map((at) => boundText(at, timeZone, language));
    if (start === end || from !== to) return join(from, to);
    return join(toSeconds(start, timeZone, language), toSeconds(end, timeZone, language));
  }
  return monthText(start, timeZone, language);
}

/**
 * Returns a period as its first and last day: `1 Oct 2026 to 15 Oct 2026`, one day as `15 Oct 2026`, and a whole calendar month as
 * `October 2026`. A bound inside a day is exact to the second.
 */
export function daysText(
  { start, end }: { start: number; end: number },
  timeZone: string,
  { language = 'en', join = joinEnglish }: { language?: Language; join?: JoinBounds } = {},
): string {
  if (isWholeMonth(start, end, timeZone, language)) return monthText(start, timeZone, language);
  const from = exactBound(start, timeZone, language);
  const to = isDayStart(end, timeZone) ? shortDate(end - 1, timeZone, language) : exactBound(end, timeZone, language);
  return from === to ? from : join(from, to);
}

/** Returns the month of an instant as `October 2026`. */
function monthText(at: number, timeZone: string, language: Language): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], { timeZone, month: 'long', year: 'numeric' });
  if (language !== 'fa') return format.format(at);
  // CLDR puts the year first here, which nobody says.
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts['month'] ?? ''} ${parts['year'] ?? ''}`;
}

/** Returns an instant as `15 Nov 2026 00:00:05`: zones differ from UTC by whole minutes. */
function toSeconds(at: number, timeZone: string, language: Language): string {
  const seconds = String(Math.floor((at % 60_000) / 1000)).padStart(2, '0');
  const own = language === 'en' ? seconds : seconds.replaceAll(/\d/g, (digit) => toDigit(digit, language));
  return `${shortTime(at, timeZone, language)}:${own}`;
}

const toDigit = (digit: string, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language]).format(Number(digit));

/** Whether an instant is the first of its local day: clocks that change at midnight skip it. */
function isDayStart(at: number, timeZone: string): boolean {
  return shortDate(at - 1, timeZone) !== shortDate(at, timeZone);
}

function isWholeMonth(start: number, end: number, timeZone: string, language: Language): boolean {
  const first = toParts(start, timeZone, language);
  const final = toParts(end - 1, timeZone, language);
  const after = toParts(end, timeZone, language);
  const one = toDigit('1', language);
  const isOne = first['day'] === one && after['day'] === one && first['month'] === final['month'];
  return isOne && first['year'] === final['year'] && isDayStart(start, timeZone) && isDayStart(end, timeZone);
}

/** The locales of the languages: Persian has its own calendar and digits. */
export const LOCALES: Readonly<Record<Language, string>> = {
  en: 'en-US',
  fa: 'fa-IR-u-ca-persian-nu-arabext',
  'zh-CN': 'zh-CN-u-ca-gregory-nu-latn',
  'pt-BR': 'pt-BR-u-ca-gregory-nu-latn',
};

const DATE = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const SHAPES = {
  time: { ...DATE, ...CLOCK },
  date: DATE,
  day: { day: 'numeric', month: 'short' },
  clock: CLOCK,
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

function toFormat(timeZone: string, language: Language, shape: keyof typeof SHAPES): Intl.DateTimeFormat {
  const id = `${language} ${shape} ${timeZone}`;
  const known = formats.get(id);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat(LOCALES[language], { timeZone, ...SHAPES[shape] });
  formats.set(id, format);
  return format;
}

function toText(at: number, timeZone: string, language: Language, shape: keyof typeof SHAPES): string {
  return toFormat(timeZone, language, shape).format(at);
}

/** Most instants of a page are in one minute. */
let last: { minute: number; timeZone: string; language: Language; parts: Record<string, string> } | null = null;

function toParts(at: number, timeZone: string, language: Language): Record<string, string> {
  const minute = Math.floor(at / 60_000);
  if (last?.minute === minute && last.timeZone === timeZone && last.language === language) return last.parts;
  const parts = Object.fromEntries(
    toFormat(timeZone, language, 'time')
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  last = { minute, timeZone, language, parts };
  return parts;
}
