import { expect, it } from '@jest/globals';
import { LANGUAGES, toLanguage } from './language.js';

it.each([
  ['english', 'en'],
  ['en_US', 'en'],
  ['farsi', 'fa'],
  ['Persian', 'fa'],
  ['chinese', 'zh-CN'],
  ['zh_CN', 'zh-CN'],
  ['portuguese-br', 'pt-BR'],
  [' portuguese-pt ', 'pt-BR'],
])('%s is %s', (text, language) => {
  expect(toLanguage(text)).toBe(language);
});

it('is its own name', () => {
  expect(LANGUAGES.map(toLanguage)).toEqual(LANGUAGES);
});

it.each(['', 'german', 'zh-TW', 'chinese-tw', '__proto__', 'fa; drop table', 'a'.repeat(10_000)])(
  '%j is none of them',
  (text) => {
    expect(toLanguage(text)).toBeNull();
  },
);
