export { CATALOGUE, isKey } from './catalogue.js';
export type { Key, Messages, PlaceholdersIn, TagsIn } from './keys.js';
export { type BytesFigure, bytesFigure, countText, decimalText, moneyText, percentText } from './figures.js';
export {
  chooseLanguage,
  type Direction,
  fromAcceptLanguage,
  type Language,
  LANGUAGE_NAMES,
  LANGUAGES,
  type LanguageWishes,
  toDirection,
  toLanguage,
} from './languages.js';
export { REVIEW } from './review.js';
export { type Figure, type Said, say, type Value, type ValuesFor } from './said.js';
export {
  boundText,
  clockTime,
  type JoinBounds,
  LOCALES,
  periodText,
  shortDate,
  shortDay,
  shortTime,
} from './short-time.js';
export { type PartsFor, type Tag, type TagsFor, Texts, toTexts } from './texts.js';
