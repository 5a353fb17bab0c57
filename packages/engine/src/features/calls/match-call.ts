import { toAsciiDigits } from '@sluice/quota-core';
import { type CallRecord, parseNumber, TelephonyError, toRateDigits } from '@sluice/quota-core/telephony';

/** Which calls are listed; null: of any. */
export interface CallMatch {
  direction: 'inbound' | 'outbound' | null;
  /** Digits that one of the two numbers has, or a part of the name of the destination. */
  search: string | null;
  outcome: 'answered' | 'unanswered' | null;
}

/** Returns whether a call is one of those that are listed: by what its reader sees of it, so that a search finds nothing else out. */
export function toMatch({ direction, search, outcome }: CallMatch): (call: CallRecord) => boolean {
  const isFound = toSearch(search ?? '');
  return (call) =>
    (direction === null || call.direction === direction) &&
    (outcome === null || (call.disposition === 'ANSWERED') === (outcome === 'answered')) &&
    isFound(call);
}

/** What people write between the digits of a number. */
const SEPARATORS = /[\s+().\-/\u2010-\u2015\u2212\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function toSearch(text: string): (call: CallRecord) => boolean {
  const words = text.trim().toLowerCase();
  if (words === '') return () => true;
  const digits = toPhoneDigits(words);
  if (digits !== null)
    return ({ source, destination, did }) =>
      [source, destination, did].some((number) => number?.replaceAll(SEPARATORS, '').includes(digits) === true);
  return ({ source, destination, destinationDescription }) =>
    [source, destination, destinationDescription].some((one) => one?.toLowerCase().includes(words) === true);
}

/** Returns the digits of a text that is a number or a part of one, also in Persian or Arabic digits; null for any other. */
export function toPhoneDigits(text: string): string | null {
  const digits = toAsciiDigits(text).replaceAll(SEPARATORS, '');
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
