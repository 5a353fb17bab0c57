import { printable } from '@sluice/panel-http/printable';
import picocolors from 'picocolors';

const ESCAPE = '\u001b';

/** Returns a text with a colour or weight. */
export type Paint = (text: string) => string;

/** The colours that Sluice prints with. */
export type Colors = Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan', Paint>;

/** The colours of one terminal, and the function that makes a coloured text safe to print. */
export interface Ink {
  colors: Colors;
  /** Returns one line whose only control characters are those of `colors`. */
  line: Paint;
}

/** Returns colours that leave texts as they are. */
export function plainInk(): Ink {
  const plain: Paint = (text) => text;
  return {
    colors: { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, cyan: plain },
    line: printable,
  };
}

/**
 * Returns real colours. Until it is written, a coloured text has the random `mark` in place of the escape character, so
 * that colour codes that a panel put into a name are escaped.
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
