type Json = Record<string, unknown>;

/** What is at a JSON Pointer (RFC 6901); null where nothing is. */
export function findAt(document: unknown, pointer: string): { value: unknown } | null {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Json)[key];
  }
  return { value };
}

/** The value of a wire name in a row; a dot descends, unless the row has the whole name. */
export function readName(row: unknown, name: string): unknown {
  if (typeof row !== 'object' || row === null) return undefined;
  if (Object.hasOwn(row, name)) return (row as Json)[name];
  const dot = name.indexOf('.');
  if (dot < 1 || !Object.hasOwn(row, name.slice(0, dot))) return undefined;
  return readName((row as Json)[name.slice(0, dot)], name.slice(dot + 1));
}

/** A text or a number as text; null for anything else. */
export function scalarText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** Reads the count that a pointer names, such as that of a list; null where there is none. */
export function countAt(json: unknown, pointer: string | null | undefined): number | null {
  if (pointer === null || pointer === undefined) return null;
  const text = scalarText(findAt(json, pointer)?.value) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
