const downWords = /\b(down|offline|not connected|disconnected|inactive|error|fault)\b/i;
const upWords = /\b(up|online|connected|link up|running|active)\b/i;

/** The state of a link. Words for "down" beat words for "up": "not connected" holds both. */
export function linkOf(value: unknown): boolean | null {
  if (typeof value !== 'string') return null;
  if (downWords.test(value)) return false;
  return upWords.test(value) ? true : null;
}

/** A flag as panels write it: boolean, 0 or 1, yes or no. */
export function flagOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === '1') return true;
  if (value === 0 || value === '0') return false;
  if (typeof value !== 'string') return null;
  if (/^(true|yes|on)$/i.test(value.trim())) return true;
  return /^(false|no|off)$/i.test(value.trim()) ? false : null;
}

/** The administrative state as its own field says it. Numbers mean different things on different panels: unknown. */
export function adminStateOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  if (['up', 'enabled', 'enable', 'on', 'active', 'true'].includes(word)) return true;
  return ['down', 'disabled', 'disable', 'off', 'inactive', 'false', 'shutdown'].includes(word) ? false : null;
}

/** What a mixed status says about the administrative state: only these two words do. */
export function adminWordIn(value: unknown): boolean | null {
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  if (word === 'enabled') return true;
  return word === 'disabled' ? false : null;
}

/** One answer from several witnesses: `null` when none says anything, or when they contradict each other. */
export function agreed(...said: (boolean | null)[]): boolean | null {
  const known = said.filter((one) => one !== null);
  return known.every((one) => one === known[0]) ? (known[0] ?? null) : null;
}
