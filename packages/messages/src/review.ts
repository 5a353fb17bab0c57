import type { Key } from './keys.js';
import { review as fa } from './languages/fa.js';
import { review as ptBr } from './languages/pt-br.js';
import { review as zhCn } from './languages/zh-cn.js';
import type { Language } from './languages.js';

/** The messages of each language that a native speaker has yet to review. */
export const REVIEW: Readonly<Record<Exclude<Language, 'en'>, readonly Key[]>> = {
  fa,
  'zh-CN': zhCn,
  'pt-BR': ptBr,
};
