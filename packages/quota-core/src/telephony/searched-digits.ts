import { toAsciiDigits } from '../digits.js';
import { TelephonyError } from './errors.js';
import { parseNumber, toRateDigits } from './numbers.js';

/** What people write between the digits of a number. */
const SEPARATORS = /[\s+().\-/\u2010-\u2015\u2212\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Returns a number as people write it without what stands between its digits. */
export function withoutSeparators(text: string): string {
  return text.replaceAll(SEPARATORS, '');
}

/** Returns the digits of a text that is a number or a part of one, also in Persian or Arabic digits; null for any other. */
export function toPhoneDigits(text: string): string | null {
  const digits = withoutSeparators(toAsciiDigits(text));
  return /^\d+$/.test(digits) ? digits : null;
}

/**
 * Returns the digits that prefixes of rates are searched by, of a number or the begin of one as people write it: `0049 30` as `4930`. Null for
 * any other text.
 */
export function toSearchedDigits(text: string): string | null {
  const digits = toPhoneDigits(text);
  if (digits === null || !digits.startsWith('00')) return digits;
  try {
    return toRateDigits(parseNumber(digits).number);
  } catch (error) {
    if (!(error instanceof TelephonyError)) throw error;
    return digits.slice(2);
  }
}
