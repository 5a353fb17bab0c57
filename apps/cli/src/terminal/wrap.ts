import type { Output } from './host.js';
import { COLOURS, displayWidth } from './layout.js';

/** Columns of a terminal that does not say how many it has. */
const WIDTH = 80;
/** Narrower terminals break lines themselves. */
const LEAST = 20;
/** Stands for a blank at which a line is not broken; printable texts have no control characters. */
const GLUE = '\u0001';

const COMMAND = /"sluice [^"]*"/g;
/** A command that begins a line or follows a colon ends at a gap or with the line. */
const LAST_COMMAND = /(?<=^ *|: )sluice [a-z].*?(?= {2}|$)/g;
const QUOTED = /"[^"]*"/g;
const TIME = /\b\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}\b/g;
const FIGURE = /\b[\d.,]+ (?:B|[KMGTP]B|min|ms|s|h)\b/g;
/** A label or a mark, beside whose text the next lines begin. */
const LABEL = /^ *\S.*? {2,}(?=\S)/;
// As escapes: a character outside Latin-1 would make Node read the whole file of the command at two bytes a character.
const MARK = /^ *[\u2713\u2717!+~-] (?=\S)/;

/** Returns the columns of an output; where it is not a terminal, those that are asked for, else infinite. */
export function outputWidth({ isTTY, columns, asked }: Pick<Output, 'isTTY' | 'columns' | 'asked'>): number {
  return isTTY === true ? (columns ?? WIDTH) : (asked ?? Infinity);
}

/**
 * Returns a printable line broken between words to fit a width, its later lines indented. Commands in quotes, times and
 * figures with their unit stay whole; a word that is wider than a line is not cut.
 */
export function wrapLine(text: string, width: number): string {
  if (width < LEAST || displayWidth(text) <= width) return text;
  const indent = ' '.repeat(findIndent(text.replaceAll(COLOURS, ''), width));
  const lines: string[] = [];
  let line = '';
  let gap = '';
  for (const piece of glue(text, width - indent.length).split(/( +)/)) {
    if (/^ +$/.test(piece)) {
      gap = piece;
      continue;
    }
    const word = piece.replaceAll(GLUE, ' ');
    const isFull = displayWidth(line) + gap.length + displayWidth(word) > width;
    if (isFull && displayWidth(line) > indent.length) {
      lines.push(line);
      line = indent + word;
    } else line += gap + word;
    gap = '';
  }
  return [...lines, line].join('\n');
}

/** Writes lines of an output that may be a terminal. */
export function writeLine(output: Output, text: string): void {
  const width = outputWidth(output);
  const lines = text.split('\n').map((line) => wrapLine(line, width));
  output.write(`${lines.join('\n')}\n`);
}

function findIndent(plain: string, width: number): number {
  const label = displayWidth(LABEL.exec(plain)?.[0] ?? '');
  if (label > 0 && label <= width / 2) return label;
  const mark = MARK.exec(plain)?.[0];
  return mark === undefined ? (/^ */.exec(plain)?.[0].length ?? 0) + 2 : mark.length;
}

function glue(text: string, room: number): string {
  const keep = (whole: string): string => whole.replaceAll(' ', GLUE);
  return text
    .replaceAll(LAST_COMMAND, keep)
    .replaceAll(COMMAND, keep)
    .replaceAll(QUOTED, (quoted) => (displayWidth(quoted) <= room ? keep(quoted) : quoted))
    .replaceAll(TIME, keep)
    .replaceAll(FIGURE, keep);
}
