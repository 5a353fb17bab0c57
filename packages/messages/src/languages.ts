import { type Language, LANGUAGES, toLanguage } from '@sluice/quota-core';

export { type Language, LANGUAGES, toLanguage };

/** Which way the lines of a language run. */
export type Direction = 'ltr' | 'rtl';

/** The languages by the names that they have in themselves. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  fa: 'فارسی',
  'zh-CN': '简体中文',
  'pt-BR': 'Português (Brasil)',
};

/** Returns which way the lines of a language run. */
export function toDirection(language: Language): Direction {
  return language === 'fa' ? 'rtl' : 'ltr';
}

/** Returns the first of our languages that a browser accepts (`Accept-Language`); null for none. */
export function fromAcceptLanguage(header: string | null | undefined): Language | null {
  const wanted = (header ?? '')
    .split(',', 30)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const weight = Number(parameters.find((each) => each.startsWith('q='))?.slice(2) ?? '1');
      return { tag, weight: Number.isFinite(weight) ? weight : 0 };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return wanted.map(({ tag }) => toLanguage(tag)).find((language) => language !== null) ?? null;
}

/** What may say in which language somebody reads, the strongest first. */
export interface LanguageWishes {
  /** What the reader chose on a page, or the address of its link says. */
  chosen?: string | null | undefined;
  /** The setting of the client in the billing system, or of its session there. */
  client?: string | null | undefined;
  /** `serve.language` of the config. */
  config?: string | null | undefined;
  /** The header `Accept-Language` of the browser. */
  browser?: string | null | undefined;
}

/** Returns the language of a reader: the first wish that names one of ours, else English. */
export function chooseLanguage({ chosen, client, config, browser }: LanguageWishes): Language {
  const named = [chosen, client, config].map(toLanguage).find((language) => language !== null);
  return named ?? fromAcceptLanguage(browser) ?? 'en';
}
