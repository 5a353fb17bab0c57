/** Returns the entry with that name; unlike a plain index, never an inherited member such as `constructor`. */
export function entryOf<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
