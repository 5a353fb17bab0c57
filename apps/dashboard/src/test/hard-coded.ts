import { CATALOGUE, type Language } from '@sluice/messages';

const [BEGIN, END] = ['⟦', '⟧'];

/** Marks every message of a language, which is read by nobody before: what has no mark on a page is not from the catalogue. */
export function markMessages(language: Language): void {
  const marked = Object.entries(CATALOGUE.en).map(([key, text]) => [key, `${BEGIN}${text}${END}`]);
  Object.assign(CATALOGUE[language], Object.fromEntries(marked));
}

/** Elements whose content is from outside, or for machines. */
const OUTSIDE = /<(bdi|code|style|script)\b[^>]*>[\s\S]*?<\/\1\s*>/g;
/** Attributes that people read. */
const READ = /\s(?:title|aria-label|alt|placeholder|data-[a-z]+-text)="([^"]*)"/g;

/** Returns the words of a text that are in no mark; signs of a message can stand around elements. */
function findUnmarked(text: string): string[] {
  let depth = 0;
  const outside = Array.from(text, (sign) => {
    if (sign === BEGIN) depth += 1;
    if (sign === END) depth -= 1;
    return depth > 0 || sign === END ? ' ' : sign;
  }).join('');
  return outside.match(/[A-Za-z]+(?:['’-][A-Za-z]+)*/g) ?? [];
}

/** Returns the words of a page that are from no catalogue, each once; `data` has those that are from outside. */
export function findHardCoded(page: string, data: ReadonlySet<string>): string[] {
  const shown = page.replaceAll(OUTSIDE, ' ').replaceAll(/&[a-z]+;|&#\d+;/g, ' ');
  const attributes = [...page.matchAll(READ)].map(([, value = '']) => value);
  const texts = [shown.replaceAll(/<[^>]*>/g, ' '), ...attributes];
  return [...new Set(texts.flatMap(findUnmarked))].filter((word) => !data.has(word));
}
