/** The text of a file, and the encoding that it was decoded from. */
export interface Decoded {
  text: string;
  encoding: 'UTF-8' | 'UTF-16 LE' | 'UTF-16 BE' | 'Windows-1252';
}

/** Decodes a file by its byte order mark, else as UTF-16 or UTF-8 where its bytes fit, else as Windows-1252. */
export function decodeText(bytes: Uint8Array): Decoded {
  const encoding = findEncoding(bytes);
  const label = { 'UTF-8': 'utf-8', 'UTF-16 LE': 'utf-16le', 'UTF-16 BE': 'utf-16be', 'Windows-1252': 'windows-1252' };
  return { text: new TextDecoder(label[encoding]).decode(bytes), encoding };
}

function findEncoding(bytes: Uint8Array): Decoded['encoding'] {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 LE';
  if (first === 0xfe && second === 0xff) return 'UTF-16 BE';
  const utf16 = findUnmarkedUtf16(bytes);
  if (utf16 !== null) return utf16;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'UTF-8';
  } catch {
    return 'Windows-1252';
  }
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
