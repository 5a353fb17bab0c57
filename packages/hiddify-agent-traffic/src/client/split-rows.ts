const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opened = 0x5b;
const closed = 0x5d;
const lessThan = 0x3c;

const HTML_PAGE = 'an HTML page instead of a list: a proxy or web server answers in place of the panel';

/** A row of the panel is about 1.1 kB; text without an end is not kept. */
const LONGEST_ROW = 1024 * 1024;

/** The text is not a JSON array of objects, or was cut off. */
export class BrokenList extends Error {}

/**
 * Parses a JSON array chunk by chunk and passes on each element. The text of a list of 50,000 users (55 MB) and their private keys
 * are never in memory as a whole. Errors in the text are thrown by `end`, never by `push`.
 */
export class RowSplitter {
  readonly #take: (row: unknown, index: number) => void;
  #rest: Buffer = Buffer.alloc(0);
  #due: 'start' | 'first' | 'row' | 'comma' | 'nothing' = 'start';
  #index = 0;
  #broken: BrokenList | null = null;
  #bytes = 0;

  constructor(take: (row: unknown, index: number) => void) {
    this.#take = take;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#broken !== null) return;
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    try {
      this.#rest = text.subarray(this.#read(text, this.#due === 'start' ? skipMark(text) : 0));
      if (this.#rest.length > LONGEST_ROW) throw new BrokenList('a row is longer than 1 MB');
    } catch (error) {
      if (!(error instanceof BrokenList)) throw error;
      this.#broken = error;
    }
  }

  /** @throws BrokenList when the array was not complete and well-formed */
  end(): void {
    if (this.#broken !== null) throw this.#broken;
    if (this.#due === 'start') throw new BrokenList('expected an array');
    if (this.#due !== 'nothing') throw new BrokenList('the list is cut off');
  }

  /** Reads as far as the text reaches and returns where it stopped. */
  #read(text: Buffer, from: number): number {
    let at = skipBlank(text, from);
    while (at < text.length) {
      const byte = text[at];
      if (this.#due === 'nothing') throw new BrokenList('unexpected data after the list');
      if (this.#due === 'start') {
        if (byte !== opened) throw new BrokenList(byte === lessThan ? HTML_PAGE : 'expected an array');
        this.#due = 'first';
        at += 1;
      } else if (byte === closed && (this.#due === 'first' || this.#due === 'comma')) {
        this.#due = 'nothing';
        at += 1;
      } else if (this.#due === 'comma') {
        if (byte !== comma) throw new BrokenList('the list is cut off or broken');
        this.#due = 'row';
        at += 1;
      } else {
        const end = this.#row(text, at);
        if (end === null) return at;
        this.#due = 'comma';
        at = end;
      }
      at = skipBlank(text, at);
    }
    return at;
  }

  /**
   * A row is a flat object and nearly always ends at the next closing brace. If the text up to there parses, that is certain: no
   * JSON object begins with another one. Otherwise the brace is in a string or deeper down.
   */
  #row(text: Buffer, at: number): number | null {
    if (text[at] === 0x7b) {
      const end = text.indexOf(0x7d, at) + 1;
      if (end === 0) return null;
      if (this.#passOn(text, at, end)) return end;
    }
    const end = findElementEnd(text, at);
    if (end === null) return null;
    if (!this.#passOn(text, at, end)) throw new BrokenList('a row is broken JSON');
    return end;
  }

  #passOn(text: Buffer, start: number, end: number): boolean {
    let row: unknown;
    try {
      row = JSON.parse(text.toString('utf8', start, end));
    } catch {
      return false;
    }
    this.#take(row, this.#index);
    this.#index += 1;
    return true;
  }
}

/** Returns the end of the element at `at`: after its closing bracket, or for a bare value before the next comma or bracket. */
function findElementEnd(text: Buffer, at: number): number | null {
  let depth = 0;
  for (let i = at; i < text.length; i += 1) {
    const byte = text[i];
    if (byte === quote) {
      const end = findStringEnd(text, i);
      if (end === null) return null;
      i = end;
      if (depth === 0) return i + 1;
    } else if (byte === 0x7b || byte === opened) depth += 1;
    else if (byte === 0x7d || byte === closed) {
      if (depth === 0) return i;
      depth -= 1;
      if (depth === 0) return i + 1;
    } else if (byte === comma && depth === 0) return i;
  }
  return null;
}

/** Returns the index of the quote that closes the string opened at `open`. */
function findStringEnd(text: Buffer, open: number): number | null {
  let close = open;
  for (;;) {
    close = text.indexOf(quote, close + 1);
    if (close === -1) return null;
    let slashes = 0;
    while (text[close - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return close;
  }
}

function skipBlank(text: Buffer, at: number): number {
  let i = at;
  while (text[i] === 0x20 || text[i] === 0x0a || text[i] === 0x0d || text[i] === 0x09) i += 1;
  return i;
}

function skipMark(text: Buffer): number {
  return text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
}
