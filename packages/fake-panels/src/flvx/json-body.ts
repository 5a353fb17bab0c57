/** The first JSON value of a request body. */
export type JsonBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad' }
  | { readonly kind: 'value'; readonly value: unknown };

/** Where the first JSON value of the text ends, or -1. Its inside is not checked. */
function endOfFirstValue(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      if (sign === '\\') at += 1;
      else if (sign === '"') {
        quoted = false;
        if (depth === 0) return at + 1;
      }
    } else if (sign === '"') quoted = true;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth <= 0) return at + 1;
    } else if (depth === 0 && sign !== undefined && /\s/.test(sign) && text.slice(0, at).trim() !== '') return at;
  }
  return depth === 0 && !quoted ? text.length : -1;
}

function parse(text: string): JsonBody {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value };
  } catch {
    return { kind: 'bad' };
  }
}

/** Reads the first JSON value of a body as the panel does: trailing bytes are ignored (docs/panels/flvx.md, 1.3). */
export function readJsonBody(body: Buffer): JsonBody {
  const text = body.toString('utf8');
  if (text.trim() === '') return { kind: 'empty' };
  const whole = parse(text);
  if (whole.kind === 'value') return whole;
  const end = endOfFirstValue(text);
  return end < 0 ? { kind: 'bad' } : parse(text.slice(0, end));
}

/** A free-form object: `null` counts as an empty one; anything else, or no body, returns null (the caller's error). */
export function readMap(body: Buffer): Readonly<Record<string, unknown>> | null {
  const read = readJsonBody(body);
  if (read.kind !== 'value') return null;
  if (read.value === null) return {};
  if (typeof read.value !== 'object' || Array.isArray(read.value)) return null;
  return read.value as Record<string, unknown>;
}
