import { COMPARING, toComparable } from './comparable.js';

const NUMBER = new RegExp(COMPARING.number, 'gu');

/** Returns the digits of a telephone number without those of an international or national call (`+98 21`, `0098 21`, `021`). */
function toDigits(number: string): string {
  return number.replace(/\D/g, '').replace(/^0+/, '');
}

/**
 * Returns what a row is searched by: its texts as they are compared, a line each, then the telephone numbers that are written with signs, as
 * digits. Stores have it of their rows: a change needs a migration that stores it again. Pure.
 */
export function toSearchText(texts: readonly (string | null | undefined)[]): string {
  const lines = texts.flatMap((text) => (text == null || text === '' ? [] : [toComparable(text)]));
  const numbers = lines.flatMap((line) => line.match(NUMBER) ?? []).filter((number) => /\D/.test(number));
  const digits = numbers.map(toDigits).filter(({ length }) => length >= COMPARING.fewestDigits);
  return [...new Set([...lines, ...digits])].join('\n');
}

/** Returns the texts of which one is part of a row that is found, as `toSearchText` makes it; none for a text that finds all. Pure. */
export function toSearched(text: string): string[] {
  const comparable = toComparable(text);
  if (comparable === '') return [];
  const isNumber = comparable.trim().match(NUMBER)?.[0] === comparable.trim();
  const digits = isNumber ? toDigits(comparable) : '';
  return digits.length >= COMPARING.fewestDigits && digits !== comparable ? [comparable, digits] : [comparable];
}

/**
 * Returns whether a row with some texts is found by what a person searches for, as all searches do it: in any spelling, and telephone numbers
 * with or without the signs and zeros before them. A text of blanks finds all. Pure.
 *
 * @example
 * ```ts
 * const isFound = toFinder('sao  PAULO');
 * isFound(['svc-1', 'São Paulo']); // true
 * toFinder('0098 21 1234')(['+98 21 1234 5678']); // true
 * ```
 */
export function toFinder(text: string): (texts: readonly (string | null | undefined)[]) => boolean {
  const searched = toSearched(toComparable(text).trim());
  if (searched.length === 0) return () => true;
  return (texts) => {
    const row = toSearchText(texts);
    return searched.some((part) => row.includes(part));
  };
}
