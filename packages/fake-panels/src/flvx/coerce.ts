const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

/** JSON text with the keys of objects in order, as the panel prints a value that it reads as a string. */
function orderedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(orderedJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${orderedJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** A value as the panel's string fields take it: trimmed; a number is formatted, other JSON becomes its text (docs/panels/flvx.md, 1.4). */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  return orderedJson(value).replace(/^"+|"+$/g, '');
}

function parseInteger(text: string): number | null {
  if (!/^[+-]?\d+$/.test(text)) return null;
  const exact = BigInt(text.replace(/^\+/, ''));
  return exact > int64Max || exact < int64Min ? null : Number(exact);
}

/** A value as the panel's integer fields take it; everything that is not a whole number becomes `fallback`, without an error. */
export function asInteger(value: unknown, fallback: number): number {
  return parseInteger(asText(value)) ?? fallback;
}

/** A value as the panel's nullable integer fields take it: what is not a whole number becomes null. */
export function asIntegerOrNull(value: unknown): number | null {
  return parseInteger(asText(value));
}

/** A value as the panel's decimal fields take it. */
export function asDecimal(value: unknown, fallback: number): number {
  const text = asText(value);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : fallback;
}

/** The ids above zero in a list; anything else than a list has none. */
export function asIds(value: unknown): number[] {
  return Array.isArray(value) ? value.map((item) => asInteger(item, 0)).filter((id) => id > 0) : [];
}

/** The objects of a list; anything else than a list has none. */
export function asObjects(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is Record<string, unknown> => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}
