import { Decimal } from 'decimal.js';
import { QuotaCoreError, quote } from './errors.js';

// Sums of any two amounts that pass the pattern are exact.
const Exact = Decimal.clone({ precision: 60 });
const CURRENCY = /^[A-Z]{3}$/;
/** An amount: `-` in front allowed, no exponent, no separators of thousands. */
export const PLAIN = /^-?\d{1,24}(\.\d{1,24})?$/;

/**
 * Formats a decimal amount with exactly `decimals` places: `('12.5', 2)` is `'12.50'`.
 *
 * @param text a plain decimal number, `-` in front allowed; no currency, no separators of thousands, no exponent
 * @param decimals decimal places of the currency (0 to 24)
 * @throws QuotaCoreError `invalid_money` for other text and for more places than the currency has
 *
 * @example
 * ```ts
 * checkMoney('12.5', 2); // 12.50
 * ```
 */
export function checkMoney(text: string, decimals: number): string {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 24) {
    throw new QuotaCoreError('invalid_number', `${decimals} is not a number of decimal places from 0 to 24`);
  }
  const amount = parseMoney(text);
  if (amount.decimalPlaces() > decimals) {
    throw new QuotaCoreError('invalid_money', `${quote(text)} has more than the ${decimals} decimals of its currency`);
  }
  return amount.toFixed(decimals);
}

/**
 * Returns the exact sum of two amounts of one currency, with the larger number of decimal places.
 *
 * @throws QuotaCoreError `invalid_money`
 *
 * @example
 * ```ts
 * addMoney('0.1', '0.20'); // 0.30
 * ```
 */
export function addMoney(a: string, b: string): string {
  return parseMoney(a)
    .plus(parseMoney(b))
    .toFixed(Math.max(countPlaces(a), countPlaces(b)));
}

/**
 * Returns the exact difference of two amounts of one currency, with the larger number of decimal places.
 *
 * @throws QuotaCoreError `invalid_money`
 *
 * @example
 * ```ts
 * subtractMoney('10', '9.99'); // 0.01
 * ```
 */
export function subtractMoney(a: string, b: string): string {
  return addMoney(a, negateMoney(b));
}

/**
 * Returns an amount with the opposite sign and the same decimal places; zero has no sign.
 *
 * @throws QuotaCoreError `invalid_money`
 *
 * @example
 * ```ts
 * negateMoney('12.50'); // -12.50
 * ```
 */
export function negateMoney(amount: string): string {
  return parseMoney(amount).negated().toFixed(countPlaces(amount));
}

/**
 * Returns an amount times a whole number, with the amount's decimal places.
 *
 * @param count a whole number from 0 to 2^53 - 1
 * @throws QuotaCoreError `invalid_money`, `invalid_number`
 *
 * @example
 * ```ts
 * multiplyMoney('9.90', 3); // 29.70
 * ```
 */
export function multiplyMoney(amount: string, count: number): string {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new QuotaCoreError('invalid_number', `${count} is not a whole number from 0`);
  }
  return parseMoney(amount).times(count).toFixed(countPlaces(amount));
}

/**
 * Returns the decimal places of a currency: 2 for EUR, 0 for JPY and IRR, 3 for KWD.
 *
 * @param code ISO 4217; a code that is not in use has 2
 * @throws QuotaCoreError `invalid_money` for text that is not three capital letters
 *
 * @example
 * ```ts
 * currencyDecimals('JPY'); // 0
 * ```
 */
export function currencyDecimals(code: string): number {
  if (typeof code !== 'string' || !CURRENCY.test(code)) {
    throw new QuotaCoreError(
      'invalid_money',
      `${quote(code)} is not a currency: write a code of three capital letters such as EUR`,
    );
  }
  const known = decimals.get(code);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  const found = format.resolvedOptions().maximumFractionDigits ?? 2;
  decimals.set(code, found);
  return found;
}

/** The decimals of currencies by their code: to make a formatter is slower than to format thousands of amounts. */
const decimals = new Map<string, number>();

/**
 * Returns an amount for people with its currency: `('0', 'EUR')` is `'0.00 EUR'`. Decimals beyond those of the currency are
 * kept, such as those of prices per call.
 *
 * @param amount a plain decimal number; other text is returned as it is
 * @param currency ISO 4217; null or an empty text where it is not known
 *
 * @example
 * ```ts
 * formatMoney('5', 'EUR'); // 5.00 EUR
 * ```
 */
export function formatMoney(amount: string, currency: string | null): string {
  return `${padMoney(amount, currency)} ${currency ?? ''}`.trim();
}

/**
 * Returns an amount as {@link formatMoney} writes it, without its currency.
 *
 * @example
 * ```ts
 * padMoney('5', 'EUR'); // 5.00
 * ```
 */
export function padMoney(amount: string, currency: string | null): string {
  if (currency === null || !CURRENCY.test(currency) || !PLAIN.test(amount)) return amount;
  const missing = currencyDecimals(currency) - countPlaces(amount);
  if (missing <= 0) return amount;
  return `${amount}${amount.includes('.') ? '' : '.'}${'0'.repeat(missing)}`;
}

/**
 * Returns a sum in the decimals of its currency, rounded half away from zero, as bills have it. One that would become zero although it is
 * more, and text that is not a plain decimal number, stay as they are.
 *
 * @param currency ISO 4217; any other text leaves the amount as it is
 *
 * @example
 * ```ts
 * roundMoney('7.5163', 'EUR'); // 7.52
 * ```
 */
export function roundMoney(amount: string, currency: string): string {
  if (!CURRENCY.test(currency) || !PLAIN.test(amount)) return amount;
  const exact = parseMoney(amount);
  const rounded = exact.toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_HALF_UP);
  return rounded.isZero() && !exact.isZero() ? amount : rounded.toFixed(currencyDecimals(currency));
}

/**
 * Returns an amount with a tax in percent on top, in the decimals of its currency; the tax is rounded half away from zero.
 *
 * @param percent a plain decimal number such as `7.25`
 * @throws QuotaCoreError `invalid_money`
 *
 * @example
 * ```ts
 * addTax('9.99', '19', 'EUR'); // 11.89
 * ```
 */
export function addTax(amount: string, percent: string, currency: string): string {
  const places = currencyDecimals(currency);
  const tax = parseMoney(amount).times(parseMoney(percent)).dividedBy(100);
  return parseMoney(amount).plus(tax.toDecimalPlaces(places, Decimal.ROUND_HALF_UP)).toFixed(places);
}

/**
 * Compares two decimal amounts of one currency: -1, 0 or 1 as `a` is less than, equal to or more than `b`.
 *
 * @throws QuotaCoreError `invalid_money`
 *
 * @example
 * ```ts
 * compareMoney('9.99', '10'); // -1
 * ```
 */
export function compareMoney(a: string, b: string): -1 | 0 | 1 {
  const order = parseMoney(a).comparedTo(parseMoney(b));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

export function parseMoney(text: string): Decimal {
  if (typeof text !== 'string' || !PLAIN.test(text)) {
    throw new QuotaCoreError(
      'invalid_money',
      `${quote(text)} is not an amount: write a plain decimal number such as 12.50`,
    );
  }
  return new Exact(text);
}

function countPlaces(text: string): number {
  return text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
}
