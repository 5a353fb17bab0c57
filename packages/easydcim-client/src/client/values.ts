import type { JsonObject } from './json.js';

const downWords = /\b(down|offline|not connected|disconnected|inactive|error|fault)\b/i;
const upWords = /\b(up|online|connected|link up|running|active)\b/i;

/** Converts the state of a link. Words for "down" have priority: "not connected" contains "connected". */
export function toLinkState(value: unknown): boolean | null {
  if (typeof value !== 'string') return null;
  if (downWords.test(value)) return false;
  return upWords.test(value) ? true : null;
}

/** Converts a flag: boolean, 0 or 1, yes or no; null for anything else. */
export function toFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === '1') return true;
  if (value === 0 || value === '0') return false;
  return toState(value, ['true', 'yes', 'on'], ['false', 'no', 'off']);
}

/** Converts a word in any case: true for one of the first list, false for one of the second, null for anything else. */
export function toState(value: unknown, yes: readonly string[], no: readonly string[]): boolean | null {
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  if (yes.includes(word)) return true;
  return no.includes(word) ? false : null;
}

/** Converts the administrative state of its own field. Numbers differ between panels: unknown. */
export function toAdminState(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const down = ['down', 'disabled', 'disable', 'off', 'inactive', 'false', 'shutdown'];
  return toState(value, ['up', 'enabled', 'enable', 'on', 'active', 'true'], down);
}

/** Converts a general status to the administrative state; null unless it is enabled or disabled. */
export function toAdminWord(value: unknown): boolean | null {
  return toState(value, ['enabled'], ['disabled']);
}

/** Merges several answers: `null` when all are unknown, or when they contradict each other. */
export function agreed(...states: (boolean | null)[]): boolean | null {
  const known = states.filter((one) => one !== null);
  return known.every((one) => one === known[0]) ? (known[0] ?? null) : null;
}

const factors: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
/** No line of a server is slower. Smaller plain numbers may be in Mbit/s: unknown. */
const slowestInBits = 1_000_000;

/** Returns the speed of a line in bit/s, of the first key that can be parsed; `null` for none. */
export function toSpeed(row: JsonObject, keys: readonly string[]): number | null {
  for (const key of keys) {
    const speed = bitsPerSecond(row[key]);
    if (speed !== null) return speed;
  }
  return null;
}

function bitsPerSecond(value: unknown): number | null {
  const plain = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  if (typeof plain === 'number') return Number.isSafeInteger(plain) && plain >= slowestInBits ? plain : null;
  if (typeof plain !== 'string') return null;
  // A capital B means bytes on some panels and bits on others: unknown.
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s*([kmgt])(?:b(?:it)?(?:ps|\/s)?|bits?(?:\/s|ps)?)?$/i.exec(plain.trim());
  if (match === null || /B/.test(plain.trim().slice(1))) return null;
  const [, figure = '', unit = ''] = match;
  return Math.round(Number(figure) * (factors[unit.toLowerCase()] ?? 1));
}

/** Returns the speed of a line for people: `2 Gbit/s`, `100 Mbit/s`. */
export function formatSpeed(bits: number): string {
  const [unit, factor] = bits >= 1e9 ? ['Gbit/s', 1e9] : ['Mbit/s', 1e6];
  return `${Number((bits / factor).toFixed(2))} ${unit}`;
}
