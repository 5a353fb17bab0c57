import { type Accent, readableAccent } from '@sluice/engine/words';
import { BASE_STYLE } from './style-base.js';

const DARK = '(prefers-color-scheme: dark)';

/** The grounds that links and controls of pages stand on, by colour scheme. */
export const GROUNDS = toGrounds(BASE_STYLE);

/** The grounds of pages and of their heads, in which a browser shows what is its own around a page. */
export const FRAME = {
  light: { page: GROUNDS.light[0] ?? '', head: GROUNDS.light[1] ?? '' },
  dark: { page: GROUNDS.dark[0] ?? '', head: GROUNDS.dark[1] ?? '' },
};

function toGrounds(style: string): { light: string[]; dark: string[] } {
  const find = (part = ''): string[] =>
    [...part.matchAll(/--(?:page|surface|raised|[a-z]+-ground): (#[\da-f]{6})/gi)].map(([, colour = '']) => colour);
  const [light, dark] = style.split(DARK);
  return { light: find(light), dark: find(dark) };
}

/** Returns the style sheet, after that of all pages, in which links and controls have the colour of a provider. On paper they are black. */
export function brandStyle(colour: string): string {
  const light = toRule(readableAccent(colour, GROUNDS.light, 'light'));
  const dark = toRule(readableAccent(colour, GROUNDS.dark, 'dark'));
  return `@media screen { ${light} }\n@media screen and ${DARK} { ${dark} }\n`;
}

function toRule({ link, accent, onAccent }: Accent): string {
  return `:root { --link: ${link}; --accent: ${accent}; --on-accent: ${onAccent}; }`;
}
