/** A value of PHP's `$_POST`: text or an array. */
export type PhpValue = string | PhpArray;
export interface PhpArray {
  [key: string]: PhpValue;
}

/** Reads a form body as PHP does: dots and blanks in names become `_`, brackets make arrays, the last of a name counts. */
export function parsePhpForm(body: string): PhpArray {
  const fields: PhpArray = {};
  for (const pair of body.split('&')) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const name = decode(mark < 0 ? pair : pair.slice(0, mark));
    put(fields, name, mark < 0 ? '' : decode(pair.slice(mark + 1)));
  }
  return fields;
}

/** Decodes as PHP does: a `%` that begins nothing stays. */
function decode(text: string): string {
  const bytes: number[] = [];
  const source = Buffer.from(text.replace(/\+/g, ' '), 'utf8').toString('latin1');
  for (let at = 0; at < source.length; at += 1) {
    const hex = /^%([0-9a-fA-F]{2})/.exec(source.slice(at, at + 3));
    bytes.push(hex === null ? source.charCodeAt(at) : Number.parseInt(hex[1] ?? '', 16));
    if (hex !== null) at += 2;
  }
  return Buffer.from(bytes).toString('utf8');
}

function put(fields: PhpArray, name: string, value: string): void {
  const open = name.indexOf('[');
  if (open <= 0 || !name.includes(']', open)) {
    fields[name.replace(/[. ]/g, '_')] = value;
    return;
  }
  const keys = [...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map(([, key = '']) => key);
  let inner = fields;
  let key = name.slice(0, open).replace(/[. ]/g, '_');
  for (const next of keys) {
    const here = inner[key];
    const array: PhpArray = typeof here === 'object' ? here : {};
    inner[key] = array;
    inner = array;
    key = next === '' ? String(Object.keys(array).length) : next;
  }
  inner[key] = value;
}

/** Writes a form as PHP's `http_build_query` does: every byte except `A–Z a–z 0–9 - _ .` as `%XX`, a blank as `+`. */
export function buildPhpQuery(fields: PhpArray): string {
  return listPairs(fields, (key) => key)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

function listPairs(fields: PhpArray, toName: (key: string) => string): [string, string][] {
  return Object.entries(fields).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[toName(key), value]] : listPairs(value, (inner) => `${toName(key)}[${inner}]`),
  );
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
}

/** Text of a field; undefined when it is absent or an array. */
export function readText(fields: PhpArray, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}
