import { expect, it } from '@jest/globals';
import { toTexts } from './index.js';
import { toJalali } from './test/jalali.js';
import { boundText, clockTime, periodText, shortDate, shortDay, shortTime } from './short-time.js';

it('tells the ends of a period apart that are in one minute', () => {
  const [start, end] = ['2026-11-15T12:00:05Z', '2026-11-15T12:00:50Z'].map(Date.parse) as [number, number];
  expect(periodText({ start, end }, 'UTC')).toBe('15 Nov 2026 12:00:05 to 15 Nov 2026 12:00:50');
  expect(periodText({ start, end: start + 90_000 }, 'UTC')).toBe('15 Nov 2026 12:00 to 15 Nov 2026 12:01');
});

const AT = Date.parse('2026-11-15T10:05:00Z');

it('writes times in the calendar and digits of a language', () => {
  const all = (language: 'en' | 'fa' | 'zh-CN' | 'pt-BR') => [
    shortTime(AT, 'Asia/Tehran', language),
    shortDate(AT, 'Asia/Tehran', language),
    shortDay(AT, 'Asia/Tehran', language),
    clockTime(AT, 'Asia/Tehran', language),
  ];
  expect(all('en')).toEqual(['15 Nov 2026 13:35', '15 Nov 2026', '15 Nov', '13:35']);
  expect(all('fa')).toEqual(['۲۴ آبان ۱۴۰۵، ۱۳:۳۵', '۲۴ آبان ۱۴۰۵', '۲۴ آبان', '۱۳:۳۵']);
  expect(all('zh-CN')).toEqual(['2026年11月15日 13:35', '2026年11月15日', '11月15日', '13:35']);
  expect(all('pt-BR')).toEqual(['15 de nov. de 2026, 13:35', '15 de nov. de 2026', '15 de nov.', '13:35']);
});

it('names a whole month of the calendar of the language, and other periods by their bounds', () => {
  const october = { start: Date.parse('2026-10-01T00:00:00Z'), end: Date.parse('2026-11-01T00:00:00Z') };
  const aban = { start: Date.parse('2026-10-23T00:00:00Z'), end: Date.parse('2026-11-22T00:00:00Z') };
  const write = (language: 'en' | 'fa' | 'zh-CN' | 'pt-BR') =>
    [october, aban].map((period) => toTexts(language).period(period, 'UTC'));
  expect(write('en')).toEqual(['October 2026', '23 Oct 2026 to 22 Nov 2026']);
  expect(write('fa')).toEqual(['۹ مهر ۱۴۰۵ تا ۱۰ آبان ۱۴۰۵', 'آبان ۱۴۰۵']);
  expect(write('zh-CN')).toEqual(['2026年10月', '2026年10月23日至2026年11月22日']);
  expect(write('pt-BR')).toEqual(['outubro de 2026', '23 de out. de 2026 a 22 de nov. de 2026']);
  expect(boundText(AT, 'UTC', 'fa')).toBe('۲۴ آبان ۱۴۰۵، ۱۰:۰۵');
  expect(toTexts('en').ago(0)).toBe('0 s ago');
  expect([59_000, 119_000, 7_200_000, 172_800_000].map((ms) => toTexts('pt-BR').ago(ms))).toEqual([
    ...['há 59 s', 'há 1 min', 'há 2 h', 'há 2 dias'],
  ]);
});

const MONTHS = 'فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند'.split(' ');

it('has the Jalali date of each day of 30 years, by an independent algorithm', () => {
  const begin = Date.UTC(2015, 0, 1, 12);
  const wrong: string[] = [];
  for (let at = begin; at < Date.UTC(2045, 0, 1, 12); at += 86_400_000) {
    const date = new Date(at);
    const { year, month, day } = toJalali(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
    const digits = (figure: number) => String(figure).replaceAll(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
    const expected = `${digits(day)} ${MONTHS[month - 1] ?? ''} ${digits(year)}`;
    if (shortDate(at, 'UTC', 'fa') !== expected) wrong.push(`${date.toISOString()} ${expected}`);
  }
  expect(wrong).toEqual([]);
});

it('begins each Jalali year on the day that the table of Nowruz has', () => {
  for (const [year, day] of NOWRUZ) {
    const at = Date.parse(`${String(year + 621)}-03-${String(day)}T12:00:00Z`);
    expect([year, shortDay(at, 'UTC', 'fa')]).toEqual([year, '۱ فروردین']);
  }
});

/** The days of March on which the years from 1394 on begin, by the equinox at noon in Tehran. */
const NOWRUZ: readonly (readonly [year: number, day: number])[] = [
  21, 20, 21, 21, 21, 20, 21, 21, 21, 20, 21, 21, 21, 20, 20, 21, 21, 20, 20, 21, 21, 20, 20, 21, 21, 20, 20, 21, 21,
  20,
].map((day, index) => [1394 + index, day] as const);
