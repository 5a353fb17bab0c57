/** Languages that a client may have, as tags of BCP 47. */
export const LANGUAGES = ['en', 'fa', 'zh-CN', 'pt-BR'] as const;

/** One of `LANGUAGES`. */
export type Language = (typeof LANGUAGES)[number];

/** Names of languages in billing systems and panels, and their tags, in lower case with `-` as separator. */
const NAMES: ReadonlyMap<string, Language> = new Map([
  ...['en', 'en-gb', 'en-us', 'english'].map((name) => [name, 'en'] as const),
  ...['fa', 'fa-ir', 'farsi', 'persian'].map((name) => [name, 'fa'] as const),
  ...['zh', 'zh-cn', 'zh-hans', 'chinese', 'chinese-cn', 'chinese-simplified'].map((name) => [name, 'zh-CN'] as const),
  ...['pt', 'pt-br', 'pt-pt', 'portuguese', 'portuguese-br', 'portuguese-pt'].map((name) => [name, 'pt-BR'] as const),
]);

/**
 * Returns the language that a text names, by its tag (`pt-BR`, `pt_BR`) or its name in a billing system (`portuguese-br`, `Farsi`); null
 * for any other text. Portuguese of Portugal is the nearest one, and traditional Chinese is none of them.
 *
 * @example
 * ```ts
 * toLanguage('farsi'); // fa
 * ```
 */
export function toLanguage(text: string): Language | null {
  return NAMES.get(text.trim().toLowerCase().replaceAll('_', '-')) ?? null;
}
