import type { Formats } from '../profile/schema.js';

/** The shortest number with a country's code that is not taken for a local one, in digits. */
const SHORTEST_INTERNATIONAL = 10;

/**
 * Returns a number of the wire in canonical form: E.164 with `+` where it has such a form, else as it came (service numbers, 0800,
 * 400X, `anonymous`). `areaCode` completes short local numbers.
 */
export function parsePhone(value: string, format: Formats['phone'], areaCode: string | null = null): string {
  const text = value.trim();
  if (format === 'e164' || !/^\d+$/.test(text) || text.startsWith('0')) return text;
  if (format === 'digits') return text.length >= SHORTEST_INTERNATIONAL && !isNational(text) ? `+${text}` : text;
  if (text.length === 10 || text.length === 11) return `+55${text}`;
  const local = (text.length === 8 && /^[2-5]/.test(text) && !/^[34]00/.test(text)) || /^9\d{8}$/.test(text);
  return local && areaCode !== null ? `+55${areaCode}${text}` : text;
}

/** Whether digits that begin with 1 are an area code and a number of Brazil, and not a number of North America. */
function isNational(text: string): boolean {
  return /^1\d{9,10}$/.test(text) && !/^1[2-9][0-8]\d[2-9]\d{6}$/.test(text);
}

/** Returns a number of Brazil as records may have it that are not in the form of the profile. */
export function listOtherForms(number: string, format: Formats['phone']): string[] {
  const [, national] = /^\+55(\d{10,11})$/.exec(number) ?? [];
  if (national === undefined) return [];
  const forms = [national, `0${national}`, `55${national}`].filter((form) => form !== formatPhone(number, format));
  return forms.map((form) => parsePhone(form, format));
}

/** Returns a canonical number as the wire writes it. */
export function formatPhone(number: string, format: Formats['phone']): string {
  if (format === 'digits') return number.replace(/^\+/, '');
  if (format === 'national-br' && /^\+55\d{10,11}$/.test(number)) return number.slice(3);
  return number;
}
