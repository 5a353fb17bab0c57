import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';

/** Brazil's assigned area codes (DDD). */
export const AREA_CODES: ReadonlySet<string> = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 ' +
    '61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99'
  ).split(' '),
);

/**
 * Returns a Brazilian area code when it is assigned.
 *
 * @throws TelephonyError `area_code_unknown`
 *
 * @example
 * ```ts
 * checkAreaCode('11'); // 11
 * ```
 */
export function checkAreaCode(areaCode: string): string {
  if (!AREA_CODES.has(areaCode)) {
    throw new TelephonyError('area_code_unknown', `${quote(areaCode)} is not an assigned area code of Brazil`);
  }
  return areaCode;
}
