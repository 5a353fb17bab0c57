import { Decimal } from 'decimal.js';
import { PLAIN } from '../money.js';
import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';

// A quotient of two amounts has its first 120 digits right: enough to place it on the right side of any half.
const Exact = Decimal.clone({ precision: 120, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -200, toExpPos: 200 });

/** An exact decimal number. */
export type Amount = Decimal;

export const ZERO: Amount = new Exact(0);

/** Returns whether text is a plain decimal number: `-` in front allowed, no exponent, no separators of thousands. */
export function isAmount(text: string): boolean {
  return PLAIN.test(text);
}

export function parseAmount(text: string, what: string): Amount {
  if (typeof text !== 'string' || !PLAIN.test(text)) {
    throw new TelephonyError(
      'invalid_amount',
      `${what} is ${quote(text)}: write a plain decimal number such as 0.2320`,
    );
  }
  return new Exact(text);
}

/** Whether two amounts differ by no more than one in the last of so many digits. */
export function agrees(a: Amount, b: Amount, digits: number): boolean {
  return a
    .minus(b)
    .abs()
    .lte(new Exact(10).pow(b.e - digits + 1));
}

/** Formats an amount with at least `places` decimal places, more when it has more. */
export function formatAtLeast(amount: Amount, places: number): string {
  return withoutMinusZero(amount.toFixed(Math.max(places, amount.decimalPlaces())));
}

/** Rounds half away from zero to `places` decimal places. */
export function roundAmount(amount: Amount, places: number): string {
  return withoutMinusZero(amount.toFixed(places, Decimal.ROUND_HALF_UP));
}

function withoutMinusZero(text: string): string {
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}
