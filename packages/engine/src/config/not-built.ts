/** A key for a feature that this version lacks. */
interface NotBuilt {
  /** Keys from the top level; `*` stands for any name. */
  path: readonly string[];
  message: string;
  /** Returns whether the value needs the feature; default: any value does. */
  needs?: (value: unknown) => boolean;
}

/** A value that needs a feature that this version lacks. */
export interface NotBuiltFinding {
  path: string[];
  message: string;
}

const hasEntries = (value: unknown): boolean => !Array.isArray(value) || value.length > 0;

const NOT_BUILT: readonly NotBuilt[] = [
  {
    path: ['limits'],
    message: 'Limits of all products are not available yet. Move them to the products.',
    needs: hasEntries,
  },
];

/**
 * Finds every value that needs a feature that this version lacks, and returns the other values. Accepting such a key
 * without effect would suggest that the feature works.
 */
export function findNotBuilt(raw: unknown): { findings: NotBuiltFinding[]; rest: unknown } {
  const rest = structuredClone(raw);
  const findings = NOT_BUILT.flatMap(({ path, message, needs }) =>
    findPlaces(raw, path)
      .filter((place) => needs?.(place.value) ?? true)
      .map((place) => ({ path: place.path, message })),
  );
  for (const { path } of findings) removeKey(rest, path);
  return { findings, rest };
}

function findPlaces(
  value: unknown,
  keys: readonly string[],
  path: string[] = [],
): { path: string[]; value: unknown }[] {
  const [key, ...further] = keys;
  if (key === undefined) return [{ path, value }];
  if (!isMap(value)) return [];
  const names = key === '*' ? Object.keys(value) : Object.hasOwn(value, key) ? [key] : [];
  return names.flatMap((name) => findPlaces(value[name], further, [...path, name]));
}

/** Removes a key, and also its map if that becomes empty: an empty map may lack required keys. */
function removeKey(raw: unknown, path: string[]): void {
  const above = path.slice(0, -1);
  const parent = above.reduce((value, key) => (isMap(value) ? value[key] : undefined), raw);
  if (!isMap(parent)) return;
  Reflect.deleteProperty(parent, path.at(-1) ?? '');
  if (above.length > 1 && Object.keys(parent).length === 0) removeKey(raw, above);
}

/** Returns whether a value of a config is a map of keys. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
