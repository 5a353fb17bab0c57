import type { Key } from './keys.js';
import { messages as en } from './languages/en.js';
import { messages as fa } from './languages/fa.js';
import { messages as ptBr } from './languages/pt-br.js';
import { messages as zhCn } from './languages/zh-cn.js';
import type { Language } from './languages.js';

/** The messages of all languages. */
export const CATALOGUE: Readonly<Record<Language, Readonly<Record<Key, string>>>> = {
  en,
  fa,
  'zh-CN': zhCn,
  'pt-BR': ptBr,
};

/** Returns whether a text is the key of a message. */
export function isKey(text: string): text is Key {
  return Object.hasOwn(CATALOGUE.en, text);
}
