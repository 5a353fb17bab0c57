/** The fields of one request as PHP reads them: `name[0]` is a list. */
export class FormFields {
  readonly #fields: URLSearchParams;

  constructor(body: string) {
    this.#fields = new URLSearchParams(body);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  text(name: string): string {
    return this.#fields.get(name) ?? '';
  }

  /** A whole number; 0 for what PHP would cast to 0. */
  number(name: string): number {
    return Math.trunc(Number.parseFloat(this.text(name)) || 0);
  }

  /** PHP's truth: every text but the empty one and `0`, so that `false` is true. */
  bool(name: string): boolean {
    return !['', '0'].includes(this.text(name));
  }

  /** The elements of `name[...]`, by index. */
  list(name: string): Map<string, string> {
    const found = new Map<string, string>();
    for (const [key, value] of this.#fields) {
      const [, list, index = ''] = /^([^[]+)\[([^\]]*)\]$/.exec(key) ?? [];
      if (list === name) found.set(index, value);
    }
    return found;
  }

  names(): string[] {
    return [...this.#fields.keys()];
  }
}

/** Reads an array of texts in PHP's serialisation, whose lengths count bytes. Throws `RangeError` for anything else. */
export function unserialize(base64: string): Map<number, string> {
  const bytes = Buffer.from(base64, 'base64');
  const found = new Map<number, string>();
  const head = /^a:(\d+):\{/.exec(bytes.toString('latin1'));
  if (head === null) throw new RangeError('not a serialised array');
  let at = head[0].length;
  for (let left = Number(head[1]); left > 0; left -= 1) {
    const item = /^i:(\d+);s:(\d+):"/.exec(bytes.subarray(at).toString('latin1'));
    if (item === null) throw new RangeError('not an item of a serialised array');
    const from = at + item[0].length;
    const end = from + Number(item[2]);
    if (bytes.subarray(end, end + 2).toString('latin1') !== '";') throw new RangeError('a wrong length');
    found.set(Number(item[1]), bytes.subarray(from, end).toString('utf8'));
    at = end + 2;
  }
  if (bytes.subarray(at).toString('latin1') !== '}') throw new RangeError('an open array');
  return found;
}
