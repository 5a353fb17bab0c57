import type { Terminal } from '../terminal.js';

/** Entries that a list of a report shows without `--verbose`. */
export const SHOWN = 20;

/** More entries of one kind than this are counted in one line. */
export const MOST_ALIKE = 3;

/** An entry of a list, of which many may be alike. */
export interface Alike {
  /** Names the object: `disable port eth0 (7001)`. */
  what: string;
  /** What entries that are alike have in common: `disable port`. */
  kind: string;
  /** Follows the name, and is the same for entries that are alike. */
  state: string;
}

/** Returns the entries as lines, and those of a kind and state with more than `most` entries as one line: `50 × disable user`. */
export function foldAlike(entries: readonly Alike[], most: number): string[] {
  const groups = new Map<string, Alike[]>();
  for (const entry of entries) {
    const key = `${entry.kind} ${entry.state}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length <= most) return group.map(({ what, state }) => what + state);
    return [`${group.length} × ${first.kind}${first.state}`];
  });
}

/**
 * Returns the entries in their order, and in place of the first of more than three with the same key what `merge` makes of all of these: the
 * same sentence about thirty panels is said once.
 */
export function foldSame<Entry>(
  entries: readonly Entry[],
  toKey: (entry: Entry) => string,
  merge: (first: Entry, same: readonly Entry[]) => Entry,
): Entry[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(toKey(entry), [...(groups.get(toKey(entry)) ?? []), entry]);
  return entries.flatMap((entry) => {
    const same = groups.get(toKey(entry)) ?? [];
    if (same.length <= MOST_ALIKE) return [entry];
    return same[0] === entry ? [merge(entry, same)] : [];
  });
}

/** Returns the first entries of a list, and how many others there are; all of them with `all`. */
export function takeFirst<Entry>(entries: readonly Entry[], all: boolean): { first: readonly Entry[]; others: number } {
  // One line for the last entry is no longer than one that says so.
  if (all || entries.length <= SHOWN + 1) return { first: entries, others: 0 };
  return { first: entries.slice(0, SHOWN), others: entries.length - SHOWN };
}

/** Prints the first entries of a list and how many others there are; all of them with `all`. */
export function printFirst<Entry>(
  terminal: Terminal,
  entries: readonly Entry[],
  how: { all: boolean; print: (entry: Entry) => string; others: (count: number) => string },
): void {
  const { first, others } = takeFirst(entries, how.all);
  for (const entry of first) terminal.line(how.print(entry));
  if (others > 0) printOthers(terminal, how.others(others));
}

/** Prints how many others there are that are not shown. */
export function printOthers(terminal: Terminal, others: string): void {
  terminal.line(terminal.colors.dim(terminal.describe({ code: 'more_to_show', message: `… ${others}` })));
}
