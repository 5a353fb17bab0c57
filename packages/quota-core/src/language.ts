/** The languages that customers can read, as BCP 47 tags; the first is the one of staff. */
export const LANGUAGES = ['en', 'fa', 'zh-CN', 'pt-BR'] as const;

/** A language of customers. */
export type Language = (typeof LANGUAGES)[number];

/** Names that other systems have for languages: those of WHMCS are the names of its language files. */
const OTHER_NAMES: ReadonlyMap<string, Language> = new Map([
  ['english', 'en'],
  ...['farsi', 'persian'].map((name) => [name, 'fa'] as const),
  ...['chinese', 'chinese-cn', 'chinese-simplified'].map((name) => [name, 'zh-CN'] as const),
  ...['portuguese', 'portuguese-br', 'portuguese-pt'].map((name) => [name, 'pt-BR'] as const),
]);

/** A tag of a language with its script, region and so on. */
const TAG = /^[a-z]{2}(?:-[a-z\d]{1,8})*$/;
const TRADITIONAL: ReadonlySet<string> = new Set(['hant', 'tw', 'hk', 'mo']);

/**
 * Returns the language that a text names: by a tag such as `fa-IR` or `pt_BR`, or by a name of WHMCS such as `portuguese-br`; null for any
 * other text. Portuguese of Portugal is the nearest one, and traditional Chinese is none of them.
 *
 * @example
 * ```ts
 * toLanguage('farsi'); // fa
 * ```
 */
export function toLanguage(text: string | null | undefined): Language | null {
  const wanted = (text ?? '').trim().toLowerCase().replaceAll('_', '-');
  const named = OTHER_NAMES.get(wanted);
  if (named !== undefined || !TAG.test(wanted)) return named ?? null;
  const [main = '', ...subtags] = wanted.split('-');
  if (main === 'zh' && subtags.some((tag) => TRADITIONAL.has(tag))) return null;
  return LANGUAGES.find((language) => language.split('-')[0] === main) ?? null;
}
