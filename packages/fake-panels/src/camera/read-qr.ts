/** Pixels of a module, and of the dark ground around the drawing. */
const SCALE = 4;

/**
 * Draws the QR code of a page on a dark ground and reads it with a decoder that is not ours; null where it reads none.
 *
 * @throws Error for a page without one
 */
export async function readQr(page: string): Promise<string | null> {
  const [svg = ''] = /<svg\s+class="qr"[\s\S]*?<\/svg>/.exec(page) ?? [];
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  if (!(size > 0)) throw new Error('the page has no QR code');
  const side = (size + 2) * SCALE;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(17);
  const paint = (
    shade: number,
    [x, y]: readonly [number, number],
    [width, height]: readonly [number, number],
  ): void => {
    for (let row = y * SCALE; row < (y + height) * SCALE; row++)
      pixels.fill(shade, (row * side + x * SCALE) * 4, (row * side + (x + width) * SCALE) * 4);
  };
  if (/<rect width="\d+" height="\d+" fill="#fff">/.test(svg)) paint(255, [1, 1], [size, size]);
  let [x, y] = [0, 0];
  const [, path = ''] = /<path stroke="#000" d="([^"]*)"/.exec(svg) ?? [];
  for (const [, command, first, second, width] of path.matchAll(/([Mm])([\d.]+) ([\d.]+)h(\d+)/g)) {
    if (command === 'M') [x, y] = [Number(first), Math.floor(Number(second))];
    else x += Number(first);
    paint(0, [x + 1, y + 1], [Number(width), 1]);
    x += Number(width);
  }
  const { default: jsQR } = await import('jsqr');
  return jsQR.default(pixels, side, side)?.data ?? null;
}
