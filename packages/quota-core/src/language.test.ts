import { expect, it } from '@jest/globals';
import { LANGUAGES, toLanguage } from './language.js';

/** All names of language files that WHMCS has, with the language of ours. */
const WHMCS = {
  en: ['english'],
  fa: ['farsi'],
  'zh-CN': ['chinese'],
  'pt-BR': ['portuguese-br', 'portuguese-pt'],
  none: [
    ...['arabic', 'azerbaijani', 'catalan', 'croatian', 'czech', 'danish', 'dutch', 'estonian', 'french', 'german'],
    ...['hebrew', 'hungarian', 'italian', 'macedonian', 'norwegian', 'romanian', 'russian', 'spanish', 'swedish'],
    ...['turkish', 'ukranian'],
  ],
};

it.each(Object.entries(WHMCS))('languages of WHMCS that are %s', (language, names) => {
  const expected = language === 'none' ? null : language;
  expect(names.map(toLanguage)).toEqual(names.map(() => expected));
});

it.each([
  ...[' English ', 'en', 'en_US', 'en-GB', 'EN-au'].map((text) => [text, 'en']),
  ...['fa', 'fa-IR', 'FA_ir', 'Persian'].map((text) => [text, 'fa']),
  ...['zh', 'zh_CN', 'zh-Hans-CN', 'chinese-cn', 'chinese-simplified'].map((text) => [text, 'zh-CN']),
  ...['pt', 'pt_BR', 'pt-PT', 'portuguese', ' portuguese-pt '].map((text) => [text, 'pt-BR']),
])('%j is %s', (text, language) => {
  expect(toLanguage(text)).toBe(language);
});

it('is its own name', () => {
  expect(LANGUAGES.map(toLanguage)).toEqual(LANGUAGES);
});

it.each([
  ...['', 'german', 'deutsch', 'de', 'zh-TW', 'zh-Hant', 'zh-Hant-HK', 'chinese-tw', 'fas', 'ptx', 'en-', 'fa ir'],
  ...['constructor', '__proto__', 'fa; drop table', 'a'.repeat(10_000), `fa${'-a'.repeat(10_000)};`],
  ...[null, undefined],
])('%j is none of them', (text) => {
  expect(toLanguage(text)).toBeNull();
});
