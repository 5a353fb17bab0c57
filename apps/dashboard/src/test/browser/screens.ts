import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const folder = fileURLToPath(new URL('../../../fixtures/screenshots/', import.meta.url));
const UPDATES = process.env['SLUICE_UPDATE_SCREENSHOTS'] === '1';
/** Share of pixels that may differ: antialiasing of another build of the browser. */
const TOLERANCE = 0.002;

/** How a picture compares with the kept one. */
export type Compared = { same: true } | { same: false; reason: string };

/** Compares a picture with the kept one, or keeps it. */
export function compareScreen(name: string, taken: Buffer): Compared {
  const file = path.join(folder, `${name}.png`);
  if (UPDATES) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, toIndexed(PNG.sync.read(taken)));
    return { same: true };
  }
  if (!existsSync(file)) return { same: false, reason: `${name}: there is no kept picture` };
  const kept = PNG.sync.read(readFileSync(file));
  const now = PNG.sync.read(toIndexed(PNG.sync.read(taken)));
  const { width, height } = kept;
  if (now.width !== width || now.height !== height) {
    return { same: false, reason: `${name}: ${now.width} × ${now.height} instead of ${width} × ${height} pixels` };
  }
  const differing = pixelmatch(kept.data, now.data, undefined, width, height, { threshold: 0.2 });
  const share = differing / (width * height);
  if (share <= TOLERANCE) return { same: true };
  return { same: false, reason: `${name}: ${(share * 100).toFixed(2)} % of the pixels differ` };
}

/** Whether this machine draws text as the one of the kept pictures; the pictures are compared only then. */
export function isSameMachine(signature: string): boolean {
  const file = path.join(folder, 'machine.txt');
  if (UPDATES) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${signature}\n`);
    return true;
  }
  return existsSync(file) && readFileSync(file, 'utf8').trim() === signature;
}

/** Encodes a picture with its 256 most frequent colours: a quarter of its size. */
function toIndexed({ width, height, data }: PNG): Buffer {
  const colourAt = (at: number): number => data.readUInt32BE(at) >>> 8;
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 4) counts.set(colourAt(at), (counts.get(colourAt(at)) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256);
  const colours = new Map(kept.map(([colour], index) => [colour, index]));
  const known = new Map(colours);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colourAt((y * width + x) * 4);
      const index = known.get(colour) ?? nearest(colours, colour);
      known.set(colour, index);
      rows[y * (width + 1) + x + 1] = index;
    }
  }
  const palette = Buffer.alloc(colours.size * 3);
  for (const [colour, index] of colours) palette.writeUIntBE(colour, index * 3, 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const content = deflateSync(rows, { level: 9 });
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', content),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearest(colours: ReadonlyMap<number, number>, wanted: number): number {
  let [best, least] = [0, Infinity];
  for (const [colour, index] of colours) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((colour >> shift) & 0xff) - ((wanted >> shift) & 0xff)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(content.length + 12);
  framed.writeUInt32BE(content.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc(named), content.length + 8);
  return framed;
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}
