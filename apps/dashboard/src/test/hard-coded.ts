/** Elements whose content is from outside, or for machines. */
const OUTSIDE = /<(bdi|code|style|script)\b[^>]*>[\s\S]*?<\/\1\s*>/g;
/** Attributes that people read. */
const READ = /\s(?:title|aria-label|alt|placeholder|data-[a-z]+-text)="([^"]*)"/g;

/**
 * Returns the words of a Persian page that are not Persian, each once: nothing of the catalogue has Latin letters in that language, so
 * that such a word is hard-coded, or of a text that is in no language of its reader. `data` has those that are from outside.
 */
export function findHardCoded(page: string, data: ReadonlySet<string>): string[] {
  const shown = page.replaceAll(OUTSIDE, ' ').replaceAll(/&[a-z]+;|&#\d+;/g, ' ');
  const attributes = [...page.matchAll(READ)].map(([, value = '']) => value);
  const texts = [shown.replaceAll(/<[^>]*>/g, ' '), ...attributes];
  const words = texts.flatMap((text) => text.match(/[A-Za-z]+(?:['’-][A-Za-z]+)*/g) ?? []);
  return [...new Set(words)].filter((word) => !data.has(word));
}
