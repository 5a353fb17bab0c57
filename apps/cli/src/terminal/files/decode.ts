import { isUtf8 } from 'node:buffer';

/** The text of a file, and the encoding that it was decoded from. */
export interface Decoded {
  text: string;
  encoding: 'UTF-8' | 'UTF-16 LE' | 'UTF-16 BE' | 'Windows-1252';
}

/** Decodes a file by its byte order mark, else as UTF-16 or UTF-8 where its bytes fit, else as Windows-1252. */
export function decodeText(bytes: Uint8Array): Decoded {
  const encoding = findEncoding(bytes);
  if (encoding === 'Windows-1252') return { text: decodeWindows1252(bytes), encoding };
  if (encoding === 'UTF-8')
    return {
      text: Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
      encoding,
    };
  const label = { 'UTF-16 LE': 'utf-16le', 'UTF-16 BE': 'utf-16be' };
  return { text: new TextDecoder(label[encoding]).decode(bytes), encoding };
}

/** The characters of the bytes 0x80 to 0x9f; a byte without a character is replaced. */
const WINDOWS_1252 =
  '\u20AC\uFFFD\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\uFFFD\u017D\uFFFD' +
  '\uFFFD\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\uFFFD\u017E\u0178';

/** Node's decoder treats these bytes as Latin-1 does: as control characters. */
function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? '');
}

function findEncoding(bytes: Uint8Array): Decoded['encoding'] {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 LE';
  if (first === 0xfe && second === 0xff) return 'UTF-16 BE';
  const utf16 = findUnmarkedUtf16(bytes);
  if (utf16 !== null) return utf16;
  return isUtf8(bytes) ? 'UTF-8' : 'Windows-1252';
}

/** Most characters of a table are ASCII: in UTF-16 every other of their bytes is zero. */
function findUnmarkedUtf16(bytes: Uint8Array): Decoded['encoding'] | null {
  const zeros = [0, 0];
  bytes.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) < bytes.length / 4) return null;
  return odd > even ? 'UTF-16 LE' : 'UTF-16 BE';
}
