import { encode } from 'uqr';
import { html, type Html } from './html.js';

/** Modules around a code that stay white, so that cameras find it on any ground. */
const QUIET = 4;

/**
 * Returns a text as a QR code: black on white also on a dark page and on paper, with a name for those who do not see it.
 *
 * @throws Error for a text of more than about 2300 bytes, which no code holds
 */
export function qrCode(text: string, name: string): Html {
  const { data, size: count } = encode(text, { ecc: 'M', border: 0 });
  const size = count + 2 * QUIET;
  return html`<svg
    class="qr"
    viewBox="0 0 ${size} ${size}"
    shape-rendering="crispEdges"
    role="img"
    aria-label="${name}"
    direction="ltr"
  >
    <rect width="${size}" height="${size}" fill="#fff"></rect>
    <path stroke="#000" d="${data.map(toRow).join('')}"></path>
  </svg>`;
}

/** Returns a row as lines of one module in height, each after the gap before it. */
function toRow(modules: readonly boolean[], row: number): string {
  let path = '';
  let end = 0;
  for (let column = 0; column < modules.length;) {
    const start = column;
    while (column < modules.length && modules[column] === modules[start]) column++;
    if (modules[start] !== true) continue;
    path += path === '' ? `M${QUIET + start} ${QUIET + row}.5` : `m${start - end} 0`;
    path += `h${column - start}`;
    end = column;
  }
  return path;
}
