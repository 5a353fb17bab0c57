/** Latin letters that no accent makes of another one, and Arabic letters of which there are several forms. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', ı: 'i', þ: 'th' },
  // Of Arabic keyboards, and those that end words in Persian, Urdu and Kurdish.
  ...{ ي: 'ی', ى: 'ی', ك: 'ک', ة: 'ه', ە: 'ه', ہ: 'ه', ھ: 'ه' },
  // Tatweel only stretches a word.
  ـ: '',
};

/**
 * By which texts are compared in searches, as data: pages that search in the browser have the same rule. `marks`, `invisible`, `digits`
 * and `number` are sources of regular expressions with the flags `gu`; a digit is the last four bits of its character.
 */
export const COMPARING = {
  letters: LETTERS,
  /** Accents of Latin, Greek and Cyrillic letters, and the marks of Arabic ones. */
  marks: String.raw`[\u0300-\u036F\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED]`,
  /** Characters without a width: joiners, marks of direction, soft hyphens. */
  invisible: String.raw`\p{Cf}`,
  digits: String.raw`[\u0660-\u0669\u06F0-\u06F9]`,
  /** What people write a telephone number with. */
  number: String.raw`[+(]{0,2}\d[\d ()+\-]*\d`,
  /** The fewest digits of a telephone number. */
  fewestDigits: 5,
} as const;

const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');
const MARKS = new RegExp(COMPARING.marks, 'gu');
const INVISIBLE = new RegExp(COMPARING.invisible, 'gu');
const ARABIC_DIGITS = new RegExp(COMPARING.digits, 'gu');

/**
 * Returns a text as searches compare it: without case, accents, marks and characters without a width, with one form of each Arabic
 * letter and digit, and with single blanks. Stores have it of their rows: a change needs a migration that stores it again. Pure.
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
