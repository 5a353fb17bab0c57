import type { Config } from './schema.js';

/** Returns the entry with that name; unlike a plain index, never an inherited member such as `constructor`. */
export function findEntry<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** Returns the time zone of a panel's billing dates. */
export function findTimeZone(config: Config, panel: string): string {
  return findEntry(config.panels, panel)?.timeZone ?? config.timeZone;
}
