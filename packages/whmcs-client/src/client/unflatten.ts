const FLAT = /^([a-z]\w*)((?:\[\w+\])+)$/i;
const REFUSED = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Returns an answer whose keys such as `addons[addon][0][id]` became objects and lists (docs/whmcs-api.md#lists). Throws an
 * `Error` for keys that no PHP form has: those of prototypes, and those that contradict each other.
 */
export function unflatten(answer: Record<string, unknown>): Record<string, unknown> {
  if (!Object.keys(answer).some((key) => key.includes('['))) return answer;
  const nested: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(answer)) {
    const [, head, tail] = FLAT.exec(key) ?? [];
    if (head === undefined || tail === undefined) {
      if (!REFUSED.has(key)) nested[key] = value;
      continue;
    }
    insert(nested, [head, ...[...tail.matchAll(/\[(\w+)\]/g)].map(([, part = '']) => part)], value);
  }
  return nested;
}

/** Digits become keys of an object here; `toList` reads such an object as a list. */
function insert(target: Record<string, unknown>, path: string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (REFUSED.has(key)) throw new Error('a key with the name of a prototype');
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const next: unknown = (target[key] ??= {});
  if (typeof next !== 'object' || next === null) throw new Error('keys that contradict each other');
  insert(next as Record<string, unknown>, rest, value);
}
