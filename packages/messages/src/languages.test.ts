import { expect, it } from '@jest/globals';
import { chooseLanguage, fromAcceptLanguage, toDirection } from './index.js';

it('reads what a browser accepts by its weights', () => {
  expect(fromAcceptLanguage('de, pt;q=0.4, fa-IR;q=0.8, en;q=0.5')).toBe('fa');
  expect(fromAcceptLanguage('fa;q=0, zh;q=0.1')).toBe('zh-CN');
  expect([fromAcceptLanguage('de,*'), fromAcceptLanguage(undefined), fromAcceptLanguage(';q=x')]).toEqual([
    ...[null, null, null],
  ]);
});

it('chooses by the strongest wish that names a language of ours', () => {
  const all = { chosen: 'zh-CN', client: 'farsi', config: 'pt-BR', browser: 'en' };
  expect(chooseLanguage(all)).toBe('zh-CN');
  expect(chooseLanguage({ ...all, chosen: 'xx' })).toBe('fa');
  expect(chooseLanguage({ ...all, chosen: null, client: null })).toBe('pt-BR');
  expect(chooseLanguage({ config: 'en', browser: 'fa' })).toBe('en');
  expect([chooseLanguage({ browser: 'fa' }), chooseLanguage({})]).toEqual(['fa', 'en']);
  expect([toDirection('fa'), toDirection('zh-CN')]).toEqual(['rtl', 'ltr']);
});
