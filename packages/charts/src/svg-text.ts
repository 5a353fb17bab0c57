// XML 1.0 forbids control characters, even as references; format characters would reorder the text. Joiners only shape letters.
const UNFIT = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\uFFFE\uFFFF]/gu;
/** Marks around a name, so that its letters move nothing beside it. */
const [ISOLATE, POP] = ['\u2068', '\u2069'];
const ISOLATED = /\u2068[^\u2066-\u2069]*\u2069/gu;

/** Returns a text for XML and HTML, in elements and in quoted attributes. */
export function escapeXml(words: string): string {
  const line = words.replaceAll(/[\t\n\r]/g, ' ');
  const isolated = line.match(ISOLATED) ?? [];
  return line
    .split(ISOLATED)
    .map((text, index) => `${fit(text)}${index < isolated.length ? isolate(isolated[index]?.slice(1, -1) ?? '') : ''}`)
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Returns a name for a sentence in which letters of another direction move nothing beside them, and no line ends inside it. */
export function isolate(name: string): string {
  return `${ISOLATE}${fit(name).replaceAll(' ', '\u00A0')}${POP}`;
}

function fit(words: string): string {
  return words.replaceAll(UNFIT, '\uFFFD');
}

/** Returns at most `length` characters of a text, with an ellipsis where there were more. */
export function shortened(words: string, length: number): string {
  // Only as much is split as can be shown.
  const characters = Array.from(words.slice(0, 2 * length + 2));
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : words;
}

/** Draws a text; `names` are its classes. */
export function svgText(x: number, y: number, words: string, names = ''): string {
  return `<text x="${x}" y="${y}"${names === '' ? '' : ` class="${names}"`}>${escapeXml(words)}</text>`;
}

/** Returns a coordinate with one decimal place. */
export function coordinate(figure: number): number {
  return Math.round(figure * 10) / 10;
}
