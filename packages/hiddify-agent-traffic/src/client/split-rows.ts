const quote = 0x22;
const backslash = 0x5c;

/** The text is no JSON array of objects, or was cut off. */
export class BrokenList extends Error {}

/**
 * Hands each object of a JSON array to `take`, parsed one by one. Parsing the whole text at once would keep every row's private
 * keys in memory together, several times the size of the answer; this way a row is garbage as soon as it was read. Strings are
 * skipped by native search, so it costs no more time than one `JSON.parse` of everything.
 *
 * @throws BrokenList when the array is not complete and well-formed
 */
export function splitRows(body: Buffer, take: (row: unknown, index: number) => void): void {
  const { length } = body;
  let at = skipBlank(body, body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0);
  if (body[at] !== 0x5b) throw new BrokenList('an array is due');
  at = skipBlank(body, at + 1);
  let index = 0;
  if (body[at] !== 0x5d) {
    for (;;) {
      const end = endOfElement(body, at);
      take(parse(body, at, end), index);
      index += 1;
      at = skipBlank(body, end);
      if (body[at] === 0x5d) break;
      if (body[at] !== 0x2c) throw new BrokenList('the list is cut off or broken');
      at = skipBlank(body, at + 1);
    }
  }
  if (skipBlank(body, at + 1) !== length) throw new BrokenList('something follows the list');
}

function parse(body: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(body.toString('utf8', start, end));
  } catch {
    throw new BrokenList('a row is broken JSON');
  }
}

/** Where the element that begins at `at` ends: behind its closing bracket, or for a bare value before the next comma or bracket. */
function endOfElement(body: Buffer, at: number): number {
  let depth = 0;
  for (let i = at; i < body.length; i += 1) {
    const byte = body[i];
    if (byte === quote) {
      i = endOfString(body, i);
      if (depth === 0) return i + 1;
    } else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return i;
      depth -= 1;
      if (depth === 0) return i + 1;
    } else if (byte === 0x2c && depth === 0) return i;
  }
  throw new BrokenList('the list is cut off');
}

/** Index of the quote that closes the string opened at `open`. */
function endOfString(body: Buffer, open: number): number {
  let close = open;
  for (;;) {
    close = body.indexOf(quote, close + 1);
    if (close === -1) throw new BrokenList('the list is cut off');
    let slashes = 0;
    while (body[close - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return close;
  }
}

function skipBlank(body: Buffer, at: number): number {
  let i = at;
  while (body[i] === 0x20 || body[i] === 0x0a || body[i] === 0x0d || body[i] === 0x09) i += 1;
  return i;
}
