/** Longest file of a logo, in bytes: pages load it, and reports contain it. */
export const LONGEST_LOGO_BYTES = 200_000;

/** An image, with its type as found in its content. */
export interface Image {
  /** Such as `image/png`. */
  type: string;
  bytes: Uint8Array;
}

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const;

/**
 * Returns an image as a `data:` address; null for other content than SVG, PNG, WebP or JPEG, whatever the name of its file is.
 */
export function toImageAddress(bytes: Uint8Array): string | null {
  const type = findType(Buffer.from(bytes));
  return type === null ? null : `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}

/** Returns the image of a `data:` address; null for one that is too long, or whose content is of another type than it says. */
export function parseImageAddress(address: string): Image | null {
  const [head = '', data = ''] = address.split(',', 2);
  const type = TYPES.find((each) => head === `data:${each};base64`);
  if (type === undefined) return null;
  const bytes = Buffer.from(data, 'base64');
  return bytes.length <= LONGEST_LOGO_BYTES && findType(bytes) === type ? { type, bytes } : null;
}

function findType(bytes: Buffer): (typeof TYPES)[number] | null {
  const begins = (hex: string): boolean => bytes.subarray(0, hex.length / 2).toString('hex') === hex;
  if (begins('89504e470d0a1a0a') && bytes.subarray(12, 16).toString('latin1') === 'IHDR') return 'image/png';
  if (begins('ffd8ff')) return 'image/jpeg';
  if (begins('52494646') && bytes.subarray(8, 12).toString('latin1') === 'WEBP') return 'image/webp';
  return isSvg(bytes) ? 'image/svg+xml' : null;
}

/** What may stand before the root element: a declaration, an instruction, a comment, a document type. */
const BEFORE_ROOT = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<!DOCTYPE', '>'],
] as const;

/** Returns whether a text is a document whose root is `svg`, without which no browser draws it. */
function isSvg(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  if (text.includes('\0') || text.includes('\uFFFD')) return false;
  let rest = text.replace(/^\uFEFF/, '').trimStart();
  for (;;) {
    const before = BEFORE_ROOT.find(([begin]) => rest.startsWith(begin));
    if (before === undefined) break;
    const end = rest.indexOf(before[1]);
    if (end === -1) return false;
    rest = rest.slice(end + before[1].length).trimStart();
  }
  const [root = ''] = /^<svg\s[^>]*>/.exec(rest) ?? [];
  return /\sxmlns\s*=\s*["']http:\/\/www\.w3\.org\/2000\/svg["']/.test(root);
}
