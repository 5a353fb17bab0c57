import { shortTime } from '@sluice/messages/time';

const DATE_TIME = /\b\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}\b(?! UTC)/;

/** Returns what a page shows wrongly: instants outside the zone that it names, and instants without a zone. */
export function findUnnamed(page: string, zone: string): string[] {
  const times = [...page.matchAll(/<time datetime="([^"]*)"[^>]*>([^<]*)<\/time\s*>/g)];
  const wrong = times.flatMap(([, instant = '', text = '']) =>
    text.endsWith(' ago') || text.includes(' UTC') || text.startsWith(shortTime(Date.parse(instant), zone))
      ? []
      : [text],
  );
  const rest = page.replaceAll(/<time[\s\S]*?<\/time\s*>|<svg[\s\S]*?<\/svg\s*>|<[^>]*>/g, ' ');
  const [bare] = DATE_TIME.exec(rest) ?? [];
  return bare === undefined ? wrong : [...wrong, `without a zone: ${bare}`];
}

/** Returns the zone that a page names at its foot. */
export function zoneOfFoot(page: string): string {
  return /Times: (?:<bdi[^>]*>)?([\w/]+)/.exec(page)?.[1] ?? 'none';
}

/** English words with a hyphen, and names. */
const KNOWN: ReadonlySet<string> = new Set(['iPhone', 'iPad', 'auto-buy', 'sub-reseller', 'sub-agent', 'read-only']);

/** What nobody should read on a page, in the text outside of code and names. */
const MACHINE_WORDS: readonly RegExp[] = [
  /\[object \w+\]|\bundefined\b|\bnull\b|\bNaN\b|Invalid Date/g,
  /\d{4}-\d\d-\d\dT\d\d:\d\d\S*/g,
  /(?<![\w/.:@"“-])[a-z]+(?:_[a-z0-9]+)+\b/g,
  /(?<![\w/.:@"“-])[a-z]+(?:-[a-z]+)+(?![\w-])/g,
  /\b[a-z]+[A-Z][a-z]+\b/g,
  /\b[A-Z]{2,}_[A-Z_]+\b/g,
  /\d{4,} ?%/g,
  /\b(?:skipped|exceeded|unmanaged)\b/g,
];

/** Returns the words for machines in what a page says to people, each with what stands before it. */
export function findMachineWords(page: string): string[] {
  const text = page
    .replaceAll(/<(script|style|code|pre|svg|time|bdi|textarea|head)\b[^>]*>[\s\S]*?<\/\1\s*>/g, ' … ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#39;|&quot;/g, '"')
    .replaceAll(/\s+/g, ' ');
  const found = MACHINE_WORDS.flatMap((pattern) => [...text.matchAll(pattern)]);
  const wrong = found.filter(([word]) => !KNOWN.has(word));
  return [...new Set(wrong.map(({ 0: word, index }) => text.slice(Math.max(0, index - 40), index + word.length)))];
}

/** Returns the main part of a page, of drawings only the opening tag. */
export function extractMain(page: string): string {
  return (
    /<main[\s\S]*<\/main>/
      .exec(page)?.[0]
      .replace(/(<svg[^>]*>)[\s\S]*?<\/svg\s*>/g, '$1')
      .replace(/\s+/g, ' ') ?? page
  );
}

/** Returns what a page says: its text without tags, with one space between words. */
export const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.;:,)])/g, '$1')
    .replaceAll('( ', '(')
    .trim();
