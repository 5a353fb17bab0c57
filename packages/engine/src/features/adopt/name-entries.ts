import { isDeepStrictEqual } from 'node:util';
import type { MovedEntry } from '@sluice/panel-kind';
import { findEntry } from '../../base/config/find-entry.js';

/** Entries of the config, each under a name that no other one has. */
export interface NamedEntries {
  /** Those that the config does not have yet. */
  added: readonly MovedEntry[];
  /** The name of each entry in the config, in their order. */
  names: readonly string[];
}

/**
 * Names entries for the config: one that the config has already, under any name, keeps the name that it has there, and a name that is taken gets
 * a number. `parse` returns the settings as the config has them; null where they are not valid. Pure.
 */
export function nameEntries(
  entries: readonly MovedEntry[],
  known: Readonly<Record<string, unknown>>,
  parse: (settings: MovedEntry['settings']) => unknown,
): NamedEntries {
  const taken = new Set(Object.keys(known));
  const used = new Set<string>();
  const added: MovedEntry[] = [];
  const names = entries.map((entry) => {
    const parsed = parse(entry.settings);
    const isSame = (name: string): boolean => !used.has(name) && isDeepStrictEqual(findEntry(known, name), parsed);
    const same = isSame(entry.name) ? entry.name : Object.keys(known).find((name) => isSame(name));
    if (same !== undefined && parsed !== null) {
      used.add(same);
      return same;
    }
    let name = entry.name;
    for (let n = 2; taken.has(name); n++) name = `${entry.name}-${n}`;
    taken.add(name);
    added.push({ ...entry, name });
    return name;
  });
  return { added, names };
}
