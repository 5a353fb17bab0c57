import { AREA_CODES } from './area-codes.js';
import { toCallingCode } from './calling-codes.js';
import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';

/** What a telephone number is; `mobile` and `fixed` only of Brazilian ones. */
export type NumberKind = 'mobile' | 'fixed' | 'international' | 'non_geographic' | 'nationwide' | 'service';

/** A telephone number that was understood. */
export interface PhoneNumber {
  /** E.164 with `+`; service, 0800-type and 400X numbers as bare digits, because they have no such form. */
  number: string;
  kind: NumberKind;
  /** Two digits (DDD), of Brazilian fixed and mobile numbers. */
  areaCode: string | null;
}

/** How numbers without a `+` are read. */
export interface NumberContext {
  /** ISO 3166 code of the country that calls are made from; default `BR`. Elsewhere numbers need a calling code, after `+` or `00`. */
  country?: string;
  /** The subscriber's area code, which numbers of 8 and 9 digits get. */
  defaultAreaCode?: string | null;
  /**
   * Whether two digits of a carrier may follow `00`, as in Brazil; default true. `00 21 351 …` then has one, and `00 351 …` none: a carrier is
   * read where the number behind it is Brazilian, or has ten digits and more behind the code of one of the nine large carriers (12, 14, 15, 17, 21, 25, 31, 41, 43).
   */
  internationalHasCarrierCode?: boolean;
}

/** What people put between digits, and what pages from right to left have around them. */
export const PUNCTUATION = /[\s()./\-\u2010-\u2015\u2212\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Carriers of Brazil that most calls abroad are made by. */
const CARRIERS: ReadonlySet<string> = new Set(['12', '14', '15', '17', '21', '25', '31', '41', '43']);
/** Digits of a number behind a carrier, with its calling code: shorter ones are more likely to have no carrier. */
const LEAST_BEHIND_CARRIER = 10;

/**
 * Reads a telephone number as people and exchanges write it.
 *
 * @throws TelephonyError `not_a_number`, `too_short`, `too_long`, `number_invalid`, `area_code_unknown`,
 *   `area_code_missing`
 *
 * @example
 * ```ts
 * parseNumber('0 15 21 3333 4444'); // { number: '+552133334444', kind: 'fixed', areaCode: '21' }
 * ```
 */
export function parseNumber(text: string, context: NumberContext = {}): PhoneNumber {
  const digits = text.length > 60 ? '' : text.replace(PUNCTUATION, '');
  if (!/^\+?\d+$/.test(digits)) throw refuse('not_a_number', text, 'write digits, with + in front of a calling code');
  if (digits.startsWith('+')) return parseInternational(digits.slice(1), text);
  if ((context.country ?? 'BR') !== 'BR') {
    if (digits.startsWith('00')) return parseInternational(digits.slice(2), text);
    throw refuse('number_invalid', text, 'write it with + and the calling code');
  }
  return parseSpecial(digits) ?? parseDialled(digits, text, context);
}

/** Numbers that have no area code. */
function parseSpecial(digits: string): PhoneNumber | null {
  if (/^1\d\d$/.test(digits)) return { number: digits, kind: 'service', areaCode: null };
  // No area code ends in 0, so that none of these is a number after a trunk prefix.
  if (/^0(?:[1-9]00|303)\d{6,7}$/.test(digits)) return { number: digits, kind: 'non_geographic', areaCode: null };
  if (/^[34]00\d{5}$/.test(digits)) return { number: digits, kind: 'nationwide', areaCode: null };
  return null;
}

function parseDialled(digits: string, text: string, context: NumberContext): PhoneNumber {
  if (digits.startsWith('00')) {
    const hasCarrier = context.internationalHasCarrierCode !== false && hasCarrierCode(digits.slice(2));
    return parseInternational(digits.slice(hasCarrier ? 4 : 2), text);
  }
  const { length } = digits;
  if (digits.startsWith('0')) {
    if (length === 11 || length === 12) return parseNational(digits.slice(1), text);
    if (length === 13 || length === 14) return parseNational(digits.slice(3), text);
  } else if (length === 12 || length === 13) {
    if (digits.startsWith('55')) return parseNational(digits.slice(2), text);
  } else if (length === 10 || length === 11) {
    return parseNational(digits, text);
  } else if (length === 8 || length === 9) {
    return parseLocal(digits, text, context.defaultAreaCode ?? null);
  }
  if (length < 10) throw refuse('too_short', text, 'write at least 8 digits');
  throw length > 14
    ? refuse('too_long', text, 'no form of a Brazilian number has that many digits')
    : refuse('number_invalid', text, 'write it with its area code, or with + and the calling code');
}

/** `digits`: what follows `00`. */
function hasCarrierCode(digits: string): boolean {
  const behind = digits.slice(2);
  if (/^55\d{10,11}$/.test(behind)) return true;
  return CARRIERS.has(digits.slice(0, 2)) && behind.length >= LEAST_BEHIND_CARRIER;
}

function parseInternational(digits: string, text: string): PhoneNumber {
  if (digits.length < 7) throw refuse('too_short', text, 'a number with a calling code has at least 7 digits');
  if (digits.length > 15) throw refuse('too_long', text, 'a number with a calling code has at most 15 digits');
  if (digits.startsWith('0')) throw refuse('number_invalid', text, 'calling codes do not begin with 0');
  if (toCallingCode(digits) === '55') return parseNational(digits.slice(2), text);
  return { number: `+${digits}`, kind: 'international', areaCode: null };
}

/** `digits`: area code and number. */
function parseNational(digits: string, text: string): PhoneNumber {
  if (digits.length < 10) throw refuse('too_short', text, 'a Brazilian number has 10 or 11 digits with its area code');
  if (digits.length > 11) throw refuse('too_long', text, 'a Brazilian number has 10 or 11 digits with its area code');
  return toNational(digits.slice(0, 2), digits.slice(2), text);
}

function parseLocal(digits: string, text: string, areaCode: string | null): PhoneNumber {
  if (areaCode === null) throw refuse('area_code_missing', text, 'write it with its area code');
  return toNational(areaCode, digits, text);
}

function toNational(areaCode: string, local: string, text: string): PhoneNumber {
  if (!AREA_CODES.has(areaCode)) {
    throw refuse('area_code_unknown', text, `${quote(areaCode)} is not an assigned area code of Brazil`);
  }
  const kind = findKind(local);
  if (kind === null) {
    throw refuse('number_invalid', text, 'fixed numbers have 8 digits from 2 to 5, mobile numbers 9 digits from 9');
  }
  return { number: `+55${areaCode}${local}`, kind, areaCode };
}

function findKind(local: string): 'mobile' | 'fixed' | null {
  if (/^9\d{8}$/.test(local)) return 'mobile';
  if (/^[2-5]\d{7}$/.test(local)) return 'fixed';
  // Mobile numbers before the ninth digit; records of old calls have them.
  return /^[6-9]\d{7}$/.test(local) ? 'mobile' : null;
}

function refuse(code: TelephonyError['code'], text: string, what: string): TelephonyError {
  return new TelephonyError(code, `${quote(text)} is not a telephone number: ${what}`);
}

/**
 * Checks the area code that a number was stated to have; other numbers than Brazilian ones have none.
 *
 * @throws TelephonyError `area_code_mismatch`
 */
export function checkAreaCodeOf(number: PhoneNumber, stated: string): void {
  if (number.areaCode !== stated) {
    throw new TelephonyError(
      'area_code_mismatch',
      `${number.number} has ${number.areaCode === null ? 'no area code' : `the area code ${number.areaCode}`}, not ${quote(stated)}`,
    );
  }
}

const E164 = /^\+[1-9]\d{6,14}$/;

/** Whether text is in the form of E.164 with `+`, or bare digits of a service, 0800-type or 400X number. */
export function isCanonicalNumber(text: string): boolean {
  return E164.test(text) || parseSpecial(text) !== null;
}

/**
 * Formats a number in canonical form for people and spreadsheets: `(11) 98765-4321` of Brazil, `(+351) 912345678` of
 * other countries, `0800 123 4567`, `4004-1234`, `190`. Other text comes back unchanged.
 */
export function formatNumber(number: string): string {
  if (!E164.test(number)) return formatSpecial(number);
  const national = /^\+55(\d\d)(\d{4,5})(\d{4})$/.exec(number);
  if (national !== null && AREA_CODES.has(national[1] ?? '')) {
    return `(${national[1] ?? ''}) ${national[2] ?? ''}-${national[3] ?? ''}`;
  }
  const code = toCallingCode(number.slice(1));
  return `(+${code}) ${number.slice(1 + code.length)}`;
}

function formatSpecial(number: string): string {
  const kind = parseSpecial(number)?.kind;
  // A spreadsheet would drop the 0 of bare digits.
  if (kind === 'non_geographic') return `${number.slice(0, 4)} ${number.slice(4, 7)} ${number.slice(7)}`;
  return kind === 'nationwide' ? `${number.slice(0, 4)}-${number.slice(4)}` : number;
}

/**
 * Returns the digits that prefixes of rates are compared with: with the calling code and without `+`.
 *
 * @param number in canonical form
 * @throws TelephonyError `not_a_number`
 */
export function toRateDigits(number: string): string {
  if (!/^\+?\d{1,20}$/.test(number)) throw refuse('not_a_number', number, 'only a number has a rate');
  return number.replace('+', '');
}
