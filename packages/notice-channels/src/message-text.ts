import type { ChannelMessage, MessageView } from '@sluice/contract/ports';

/** As wide as a digit in most fonts. */
const FIGURE_SPACE = '\u2007';

/** Returns what a message says with its figures below, for channels of plain text. */
export function withFigures({ text, view }: Pick<ChannelMessage, 'text' | 'view'>): string {
  const figures = showFigures(view);
  return figures === '' ? text : `${text.trimEnd()}\n\n${figures}`;
}

/** Returns figures one a line: those with details with their number first, so that numbers stand below each other. */
export function showFigures({ figures }: MessageView): string {
  const width = Math.max(0, ...figures.map(({ value, detail }) => (detail === undefined ? 0 : value.length)));
  return figures
    .map(({ label, value, detail }) =>
      detail === undefined
        ? `${label}: ${value}`
        : `${value.padStart(width, FIGURE_SPACE)} ${label}${detail === '' ? '' : `: ${detail}`}`,
    )
    .join('\n');
}
