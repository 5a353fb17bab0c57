import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toFinder, toSearched, toSearchText } from './search-text.js';

describe('the text of a row', () => {
  it('has the numbers that are written with signs also without, and nothing twice', () => {
    expect(toSearchText(['svc-1', 'vps', null, 'VPS', '', '+98 21 1234 5678'])).toBe(
      'svc-1\nvps\n+98 21 1234 5678\n982112345678',
    );
  });

  it.each(['02112345678', '0098-21-12345678', '(021) 1234', '۰۲۱ ۱۲۳۴', '+98 21'])('is found by %s', (search) => {
    const text = toSearchText(['svc-1', '+98 21 1234 5678']);
    expect(toSearched(search).some((part) => text.includes(part))).toBe(true);
  });

  it('is not found by other numbers', () => {
    const text = toSearchText(['svc-1', '+98 21 1234 5678', '12-34']);
    for (const search of ['1234-9', '12 34 5 9', '1234 svc'])
      expect(toSearched(search).some((part) => text.includes(part))).toBe(false);
    expect(toSearched('\u200C')).toEqual([]);
  });
});

describe('a finder', () => {
  const words = fc.constantFrom(
    'São Paulo',
    'علي رضايي',
    'كتابخانهٔ',
    '۰۹۱۲',
    'Łódź',
    'خانه\u200cام',
    'Straße',
    '+98 21 1234 5678',
  );
  const texts = fc.oneof(
    words,
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );

  it('finds each text by itself, by each of its words, and in other spellings', () => {
    const respelled = [
      (text: string) => text.normalize('NFD'),
      (text: string) => ` ${text}\u200c `,
      (text: string) => text.replace(/[0-9]/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'.charAt(Number(digit))),
      (text: string) => text.replaceAll('ی', 'ي').replaceAll('ک', 'ك'),
    ];
    fc.assert(
      fc.property(texts, fc.array(texts), fc.constantFrom(...respelled), (text, others, respell) => {
        const row = [...others, text];
        for (const search of [text, respell(text), ...text.split(/\s+/)]) expect(toFinder(search)(row)).toBe(true);
      }),
    );
  });

  it('finds a telephone number written in any way', () => {
    const digits = fc.integer({ min: 10_000_000, max: 99_999_999 }).map(String);
    const written = fc.constantFrom<(national: string) => string>(
      (national) => `+98 ${national}`,
      (national) => `0098-${national}`,
      (national) => `(+98) ${national.slice(0, 4)} ${national.slice(4)}`,
    );
    fc.assert(
      fc.property(digits, written, written, (national, one, other) => {
        expect(toFinder(other(national))([one(national)])).toBe(true);
        expect(toFinder(`0${national}`)([one(national)])).toBe(true);
      }),
    );
  });

  it('finds all by blanks, and nothing in a row without texts', () => {
    expect(toFinder(' \u200c ')([])).toBe(true);
    expect(toFinder('a')([null, undefined, ''])).toBe(false);
  });
});
