import { toComparable, toSearched } from '@sluice/quota-core';
import { type CallRecord, toPhoneDigits, toSearchedDigits, withoutSeparators } from '@sluice/quota-core/telephony';

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

function toSearch(text: string): (call: CallRecord) => boolean {
  const words = toComparable(text).trim();
  if (words === '') return () => true;
  const digits = toPhoneDigits(words);
  if (digits !== null) {
    const wanted = [digits, toSearchedDigits(words) ?? '', ...toSearched(words).slice(1)].filter((one) => one !== '');
    return ({ source, destination, did }) =>
      [source, destination, did].some((number) => number !== null && containsAny(withoutSeparators(number), wanted));
  }
  return ({ source, destination, destinationDescription }) =>
    [source, destination, destinationDescription].some((one) => one !== null && toComparable(one).includes(words));
}

const containsAny = (number: string, wanted: readonly string[]): boolean =>
  wanted.some((digits) => number.includes(digits));
