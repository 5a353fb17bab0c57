import { type JsonObject } from './json.js';

const factors: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
/** Plain numbers below are more likely to be in Mbit/s: unknown. No line of a server is slower than this. */
const slowestInBits = 1_000_000;

/** The speed of a line in bit/s from the first key that is understood; `null` when none is. */
export function speedOf(row: JsonObject, keys: readonly string[]): number | null {
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
  // Small b for bits; "MB/s" with a capital means bytes somewhere and bits elsewhere: unknown.
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s*([kmgt])(?:b(?:it)?(?:ps|\/s)?|bits?(?:\/s|ps)?)?$/i.exec(plain.trim());
  if (match === null || /B/.test(plain.trim().slice(1))) return null;
  const [, figure = '', unit = ''] = match;
  return Math.round(Number(figure) * (factors[unit.toLowerCase()] ?? 1));
}
