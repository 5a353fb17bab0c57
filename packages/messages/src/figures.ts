import { padMoney, parseTraffic, quote, QuotaCoreError, splitBytes, toAsciiDigits } from '@sluice/quota-core';
import type { Language } from './languages.js';
import { LOCALES } from './short-time.js';

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;

/** How a language writes figures. */
interface Signs {
  digits: readonly string[];
  decimal: string;
  group: string;
}

const signs = new Map<Language, Signs>();

function toSigns(language: Language): Signs {
  const known = signs.get(language);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat(LOCALES[language], { useGrouping: true, minimumFractionDigits: 1 });
  const parts = new Map(format.formatToParts(12_345.5).map(({ type, value }) => [type, value]));
  const digits = Array.from({ length: 10 }, (_, digit) => new Intl.NumberFormat(LOCALES[language]).format(digit));
  // In English a thin space can't be read as a decimal sign.
  const group = language === 'en' ? '\u202F' : (parts.get('group') ?? '');
  const made = { digits, decimal: parts.get('decimal') ?? '.', group };
  signs.set(language, made);
  return made;
}

const inDigits = (text: string, { digits }: Signs): string =>
  text.replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? digit);

/** Returns a plain decimal text in the digits and signs of a language, as exact as it is; any other text as it is. */
export function decimalText(text: string, language: Language, { isGrouped = false } = {}): string {
  const [, minus = '', whole = '', fraction] = PLAIN.exec(text) ?? [];
  if (whole === '') return text;
  const own = toSigns(language);
  const grouped = isGrouped ? whole.replaceAll(/\B(?=(\d{3})+$)/g, own.group) : whole;
  const written = fraction === undefined ? grouped : `${grouped}${own.decimal}${fraction}`;
  return `${minus === '' ? '' : toMinus(language)}${inDigits(written, own)}`;
}

/** Persian has a mark that keeps the sign on the left of its number. */
const toMinus = (language: Language): string => (language === 'fa' ? '\u200E\u2212' : '-');

/** Returns a whole number with its thousands apart: `12 345` in English, `۱۲٬۳۴۵` in Persian. */
export function countText(value: number, language: Language): string {
  return decimalText(String(value), language, { isGrouped: true });
}

/** A figure of bytes in a language, and the key of its unit. */
export interface BytesFigure {
  figure: string;
  unit: 'B' | 'KB' | 'MB' | 'GB' | 'TB' | 'PB';
}

/** Returns whole bytes as a figure and its unit, the same as `formatBytes` writes; null for more than can be counted. */
export function bytesFigure(bytes: number, language: Language): BytesFigure | null {
  const split = splitBytes(bytes);
  return split === null ? null : { figure: decimalText(split.figure, language), unit: split.unit };
}

/**
 * Returns the bytes of what a reader typed: traffic as `parseTraffic` reads it, with the digits, the decimal sign and the `units` of a
 * language. Each language reads `.` and `,` as a decimal sign, but not where it may be the sign between thousands.
 *
 * @param units the words of the language by their unit
 * @throws QuotaCoreError `invalid_size`
 */
export function readBytes(text: string, language: Language, units: ReadonlyMap<string, string>): number {
  const { decimal } = toSigns(language);
  const [, figure = '', word = ''] = /^([\d.,\u066B]*)\s*(.*)$/s.exec(toAsciiDigits(text).trim()) ?? [];
  const [, sign = '', fraction = ''] = /^\d+([.,\u066B])(\d+)$/.exec(figure) ?? [];
  if (fraction.length === 3 && sign === (decimal === ',' ? '.' : ','))
    throw new QuotaCoreError('invalid_size', `${quote(text)} is not a size: it may be a fraction or thousands`);
  return parseTraffic(`${sign === '' ? figure : figure.replace(sign, '.')}${units.get(word) ?? word}`);
}

/**
 * Returns an amount of money with its currency, with at least the decimals of the currency and no fewer than the amount has:
 * `12.50 EUR` in English, `R$ 12,50` in Brazilian Portuguese, `۱۲٫۵۰ یورو` in Persian. What is not a plain decimal number, and a
 * currency that is not a code of three letters, stay as they are.
 */
export function moneyText(amount: string, currency: string | null, language: Language): string {
  const padded = padMoney(amount, currency);
  const figure = decimalText(padded, language, { isGrouped: language !== 'en' });
  if (currency === null || currency === '') return figure;
  if (language === 'en' || !/^[A-Z]{3}$/.test(currency) || !PLAIN.test(padded)) return `${figure} ${currency}`.trim();
  const isNegative = padded.startsWith('-');
  // The places of sign and currency are those of the language, the figure is ours: it is exact.
  const parts = toCurrency(currency, language).formatToParts(isNegative ? -1 : 1);
  const whole = isNegative ? figure.slice(toMinus(language).length) : figure;
  return parts
    .filter(({ type }) => type !== 'decimal' && type !== 'fraction')
    .map(({ type, value }) => (type === 'integer' ? whole : type === 'minusSign' ? toMinus(language) : value))
    .join('');
}

const currencies = new Map<string, Intl.NumberFormat>();

function toCurrency(currency: string, language: Language): Intl.NumberFormat {
  const id = `${language} ${currency}`;
  const known = currencies.get(id);
  if (known !== undefined) return known;
  const currencyDisplay = language === 'fa' ? 'name' : 'symbol';
  const format = new Intl.NumberFormat(LOCALES[language], { style: 'currency', currency, currencyDisplay });
  // Codes come from the billing system: any three letters can be one.
  if (currencies.size < 1000) currencies.set(id, format);
  return format;
}

/** Returns a share in percent: `83%`, `۸۳٪`. */
export function percentText(percent: number, language: Language): string {
  const sign = new Intl.NumberFormat(LOCALES[language], { style: 'percent' })
    .formatToParts(1)
    .find(({ type }) => type === 'percentSign');
  return `${decimalText(String(percent), language)}${sign?.value ?? '%'}`;
}
