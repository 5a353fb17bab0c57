import { toAsciiDigits } from '../digits.js';
import { TelephonyError } from './errors.js';
import { parseNumber, PUNCTUATION, toRateDigits } from './numbers.js';

/** Returns a number as people write it without what stands between its digits. */
export function withoutSeparators(text: string): string {
  return text.replaceAll(PUNCTUATION, '').replaceAll('+', '');
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

/**
 * Returns whether a prefix of rates is found by a number as people write it: one that the number begins with, or that begins with it. Null for a
 * text that is not a number. Pure.
 */
export function toPrefixFinder(text: string): ((prefix: string) => boolean) | null {
  const digits = toSearchedDigits(text);
  return digits === null ? null : (prefix) => prefix.startsWith(digits) || digits.startsWith(prefix);
}
