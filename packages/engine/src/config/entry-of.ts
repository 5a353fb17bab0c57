/**
 * Returns the entry of that name. Names come from files, the command line and the store, and a plain index would find
 * inherited members such as `constructor`.
 */
export function entryOf<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
