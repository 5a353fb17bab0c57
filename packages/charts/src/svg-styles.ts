/** Colours of a chart: light, dark, or what the reader's system prefers (paper is always light). */
export type Theme = 'auto' | 'light' | 'dark';

interface Palette extends Record<
  'back' | 'text' | 'axis' | 'grid' | 'limit' | 'line1' | 'line2' | 'line3' | 'line4',
  string
> {
  /** Parts of a whole, the largest first, and the rest. */
  shares: readonly string[];
}

const LIGHT: Palette = {
  back: '#ffffff',
  text: '#374151',
  axis: '#6b7280',
  grid: '#e5e7eb',
  limit: '#b91c1c',
  line1: '#1d4ed8',
  line2: '#b45309',
  line3: '#111827',
  line4: '#047857',
  shares: ['#1d4ed8', '#b45309', '#0f766e', '#a21caf', '#111827', '#6b7280'],
};

const DARK: Palette = {
  back: '#111827',
  text: '#d1d5db',
  axis: '#9ca3af',
  grid: '#374151',
  limit: '#f87171',
  line1: '#60a5fa',
  line2: '#fbbf24',
  line3: '#f3f4f6',
  line4: '#34d399',
  shares: ['#60a5fa', '#fbbf24', '#2dd4bf', '#e879f9', '#f3f4f6', '#9ca3af'],
};

/** Colours of pictures, which are light, besides those of lines. */
export const PICTURE_COLOURS = { limit: LIGHT.limit, axis: LIGHT.axis, bought: LIGHT.line4 };

/** Styles of lines; those of shares follow. */
export const LINE_SLOTS = 4;

/** Styles of shares: the last one is of all further ones together. */
export const SHARE_SLOTS = LIGHT.shares.length;

/** Returns the number of a share's style: the last one is of all further ones. */
export function toShareSlot(share: number): number {
  return LINE_SLOTS + Math.min(share, SHARE_SLOTS);
}

/** Returns the colour of a line in pictures, by the number of its style from 1. */
export function lineColour(slot: number): string {
  return toColours(LIGHT)[slot - 1] ?? LIGHT.text;
}

function toColours({ line1, line2, line3, line4, shares }: Palette): string[] {
  return [line1, line2, line3, line4, ...shares];
}

/** Lines differ in colour and in dashes. */
const DASHES = ['7 4', '2 3', 'none', '10 3 2 3'];

const SHAPES = [
  '.chart{display:block;max-width:100%;height:auto;direction:ltr}',
  '.chart text{font:12px system-ui,sans-serif;unicode-bidi:plaintext}',
  '.chart .chart-title{font-size:17px;font-weight:600}',
  '.chart-middle{text-anchor:middle}',
  '.chart-end{text-anchor:end}',
  '.chart-axis,.chart-line,.chart-limit,.chart-ahead,.chart-break,.chart-threshold,.chart-ghost,.chart-now{fill:none}',
  '.chart-line{stroke-width:2;stroke-linejoin:round}',
  '.chart .chart-area{stroke:none;fill-opacity:.12}',
  '.chart .chart-bar{stroke:none;fill-opacity:.85}',
  '.chart-mark:hover .chart-bar,.chart-mark:focus .chart-bar{fill-opacity:1}',
  '.chart .chart-partial .chart-bar{fill-opacity:.4}',
  '.chart-limit{stroke-width:1.5;stroke-dasharray:4 4}',
  '.chart-ahead{stroke-width:2;stroke-dasharray:1 5;stroke-linecap:round}',
  '.chart-break{stroke-dasharray:1 3}',
  '.chart-threshold{stroke-dasharray:1 3}',
  '.chart .chart-small{font-size:10px}',
  '.chart-ghost{stroke-width:1.5;stroke-dasharray:5 3}',
  '.chart .chart-range{stroke:none;fill-opacity:.14}',
  '.chart .chart-hold{fill-opacity:.12}',
  '.chart-hit{fill-opacity:0}',
  '.chart .chart-spot,.chart-says{visibility:hidden;pointer-events:none}',
  '.chart-mark:hover .chart-spot,.chart-mark:focus .chart-spot,.chart-mark:hover .chart-says,.chart-mark:focus .chart-says{visibility:visible}',
  '.chart .chart-says{paint-order:stroke;stroke-width:5px;stroke-linejoin:round}',
  '.chart-over{visibility:hidden}',
  '.chart-mark:hover .chart-over,.chart-mark:focus .chart-over{visibility:visible}',
  '.chart .chart-plate{fill-opacity:.92}',
  '.chart-mark:focus{outline:none}',
  '.chart .chart-held{fill-opacity:.6}',
  '.chart .chart-mark:focus-visible :is(.chart-spot,.chart-bar,.chart-held,.chart-bought){stroke-width:2}',
  ...DASHES.map((dash, index) => `.chart-line.chart-${String(index + 1)}{stroke-dasharray:${dash}}`),
  '.chart.chart-narrow{display:none}',
  '@media screen and (max-width:40rem){.chart.chart-wide{display:none}.chart.chart-narrow{display:block}}',
];

/**
 * Returns the style sheet of charts: for the head of a page, for a file of styles, or inside a drawing. Classes begin with
 * `chart`. It needs no custom properties, so that programs other than browsers draw the colours too.
 */
export function chartStyles(theme: Theme = 'auto'): string {
  const colours = colourRules(theme === 'dark' ? DARK : LIGHT).join('');
  const dark = theme === 'auto' ? `@media screen and (prefers-color-scheme:dark){${colourRules(DARK).join('')}}` : '';
  return `${SHAPES.join('')}${colours}${dark}`;
}

function colourRules(palette: Palette): string[] {
  return [
    `.chart-back{fill:${palette.back}}`,
    `.chart-plate{fill:${palette.back}}`,
    `.chart text{fill:${palette.text}}`,
    `.chart-axis,.chart-break,.chart-ghost{stroke:${palette.axis}}`,
    `.chart-now{stroke:${palette.text}}`,
    `.chart .chart-says{stroke:${palette.back}}`,
    `.chart-spot,.chart-bought{fill:${palette.line4};stroke:${palette.back}}`,
    `.chart-grid{stroke:${palette.grid}}`,
    `.chart-limit,.chart-threshold{stroke:${palette.limit}}`,
    `.chart-hold,.chart-held{fill:${palette.limit}}`,
    `.chart .chart-mark:focus-visible :is(.chart-spot,.chart-bar,.chart-held,.chart-bought){stroke:${palette.text}}`,
    `.chart text.chart-note{fill:${palette.limit}}`,
    ...toColours(palette).map(
      (colour, index) =>
        `.chart-${String(index + 1)}{stroke:${colour}}${['area', 'dot', 'bar', 'range'].map((part) => `.chart-${part}.chart-${String(index + 1)}`).join(',')}{fill:${colour}}`,
    ),
  ];
}
