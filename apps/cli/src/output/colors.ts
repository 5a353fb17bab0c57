import { printable } from '@sluice/panel-http/printable';
import picocolors from 'picocolors';

const ESCAPE = '\u001b';

/** Gives a text a colour or weight. */
export type Paint = (text: string) => string;

/** The colours that Sluice prints with. */
export type Colors = Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan', Paint>;

/** Colours of one terminal, and the way of a coloured text to it. */
export interface Ink {
  colors: Colors;
  /** Returns one line in which every control character is the work of `colors`. */
  line: Paint;
}

/** Prints without colours. */
export function plainInk(): Ink {
  const plain: Paint = (text) => text;
  return {
    colors: { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, cyan: plain },
    line: printable,
  };
}

/**
 * Prints in colours. A coloured text carries `mark` in the place of the escape character until it is written, so that
 * colour codes in a name are told from ours: a panel can't know a mark that nobody can guess.
 */
export function colouredInk(mark: string): Ink {
  const line: Paint = (text) => printable(text).replaceAll(mark, ESCAPE);
  const paints = picocolors.createColors(true);
  const marked =
    (paint: Paint): Paint =>
    (text) =>
      paint(line(text)).replaceAll(ESCAPE, mark);
  return {
    colors: {
      bold: marked(paints.bold),
      dim: marked(paints.dim),
      red: marked(paints.red),
      yellow: marked(paints.yellow),
      green: marked(paints.green),
      cyan: marked(paints.cyan),
    },
    line,
  };
}
