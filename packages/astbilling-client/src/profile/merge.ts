type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasVia = (value: unknown): boolean => value === false || (isObject(value) && 'via' in value);

/**
 * Merges a profile onto the one that it extends: objects by key, arrays and scalars replaced. `auth`, and an operation that is `false`
 * or has `via`, are replaced as a whole, because half of the old one would be another mechanism.
 */
export function mergeProfiles(base: object, own: object): unknown {
  return merge(base as Json, own as Json, []);
}

function merge(base: Json, own: Json, path: readonly string[]): Json {
  const merged: Json = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const at = [...path, key];
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    const whole = isWhole(at) || (isOperation(at) && (hasVia(value) || hasVia(before)));
    const combined = !whole && isObject(value) && isObject(before) ? merge(before, value, at) : value;
    // An assignment to `__proto__` would not make a key.
    Object.defineProperty(merged, key, { value: combined, enumerable: true, configurable: true, writable: true });
  }
  return merged;
}

const isWhole = (path: readonly string[]): boolean => path.length === 1 && path[0] === 'auth';

const isOperation = (path: readonly string[]): boolean =>
  path.length === 4 && path[0] === 'resources' && path[2] === 'operations';
