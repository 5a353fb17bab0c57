/** Latin letters that no accent makes of another one. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', ı: 'i', þ: 'th' },
  // Of Arabic keyboards, and those that end words in Persian, Urdu and Kurdish.
  ...{ ي: 'ی', ى: 'ی', ك: 'ک', ة: 'ه', ە: 'ه', ہ: 'ه', ھ: 'ه' },
  // Tatweel only stretches a word.
  ـ: '',
};

const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/** Accents of Latin, Greek and Cyrillic letters, and the marks of Arabic ones. */
const MARKS = /[\u0300-\u036F\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED]/g;

/** Characters without a width: joiners, marks of direction, soft hyphens. */
const INVISIBLE = /\p{Cf}/gu;

const ARABIC_DIGITS = /[\u0660-\u0669\u06F0-\u06F9]/g;

/** What people write a telephone number with. */
const NUMBER = /[+(]?\d[\d ()+-]*\d/g;

/** The fewest digits of a telephone number. */
const FEWEST = 5;

/**
 * Returns a text as searches compare it: without case, accents, marks and characters without a width, with one form of each Arabic
 * letter and digit, and with single blanks. Rows have it stored: a change needs a migration that stores it again. Pure.
 */
export function toComparable(text: string): string {
  return text
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(ARABIC_DIGITS, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .normalize('NFC');
}

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
