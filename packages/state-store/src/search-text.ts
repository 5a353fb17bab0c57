import { toComparable } from '@sluice/quota-core';

/** What people write a telephone number with. */
const NUMBER = /[+(]?\d[\d ()+-]*\d/g;

/** The fewest digits of a telephone number. */
const FEWEST = 5;

/** Returns the digits of a telephone number without those of an international or national call (`+98 21`, `0098 21`, `021`). */
function toDigits(number: string): string {
  return number.replace(/\D/g, '').replace(/^0+/, '');
}

/** Returns the text of a row that is searched: its texts as they are compared, a line each, then the numbers that are written with signs. Pure. */
export function toSearchText(texts: readonly (string | null)[]): string {
  const lines = texts.flatMap((text) => (text === null || text === '' ? [] : [toComparable(text)]));
  const numbers = lines.flatMap((line) => line.match(NUMBER) ?? []).filter((number) => /\D/.test(number));
  return [...new Set([...lines, ...numbers.map(toDigits).filter(({ length }) => length >= FEWEST)])].join('\n');
}

/** Returns the texts of which one is part of a row that is found, as `toSearchText` makes it; none for a text that finds all. Pure. */
export function toSearched(text: string): string[] {
  const comparable = toComparable(text);
  if (comparable === '') return [];
  const isNumber = comparable.trim().match(NUMBER)?.[0] === comparable.trim();
  const digits = isNumber ? toDigits(comparable) : '';
  return digits.length >= FEWEST && digits !== comparable ? [comparable, digits] : [comparable];
}
