import { crc32, deflateSync } from 'node:zlib';

/** Bars of the drawing, in shares of its side: left, top, right and bottom; all within the circle that launchers leave of an icon. */
const BARS = [
  [0.26, 0.56, 0.38, 0.74],
  [0.44, 0.42, 0.56, 0.74],
  [0.62, 0.26, 0.74, 0.74],
] as const;

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/**
 * Draws the icon of a provider without an image of its own: three bars on a ground, as a PNG of so many pixels on each side. Colours are
 * texts such as `#0b5cad`.
 */
export function drawIcon(side: number, { ground, ink }: { ground: string; ink: string }): Uint8Array {
  const bars = BARS.map((bar) => bar.map((share) => Math.round(share * side)));
  const isInk = (x: number, y: number): boolean =>
    bars.some(([left = 0, top = 0, right = 0, bottom = 0]) => x >= left && x < right && y >= top && y < bottom);
  // One bit for each pixel, and before each row the filter that it has: none.
  const width = 1 + Math.ceil(side / 8);
  const rows = Buffer.alloc(width * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      if (!isInk(x, y)) continue;
      const at = y * width + 1 + (x >> 3);
      rows.writeUInt8(rows.readUInt8(at) | (0x80 >> (x & 7)), at);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // One bit, by a palette.
  header.set([1, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(`${ground.slice(1)}${ink.slice(1)}`, 'hex')),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
