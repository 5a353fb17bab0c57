import type { StoreTables } from '@sluice/state-store';
import type { Config } from '../base/config/schema.js';

/** A panel whose name in the config changed. */
export interface Rename {
  from: string;
  to: string;
}

/** Addresses of panels by name, with a checksum of the path, which may be secret. */
export type Addresses = ReadonlyMap<string, string>;

/** Begins the keys of the conditions that have the addresses of panels. */
export const ADDRESS = 'panel-address:';

/** Each call asks for those of one config. */
const LISTED = new WeakMap<Config['panels'], Addresses>();

/** Returns the addresses of the panels of the config. */
export function listAddresses({ panels }: Pick<Config, 'panels'>): Addresses {
  const known = LISTED.get(panels);
  if (known !== undefined) return known;
  const addresses = new Map(Object.entries(panels).map(([name, panel]) => [name, toAddress(panel)]));
  LISTED.set(panels, addresses);
  return addresses;
}

/** Reads the addresses of the panels as runs had them in the config last. */
export async function readAddresses({ conditions }: Pick<StoreTables, 'conditions'>): Promise<Addresses> {
  const rows = await conditions.list(ADDRESS);
  return new Map(rows.map(({ key, details }) => [key.slice(ADDRESS.length), (details as { address: string }).address]));
}

/** Returns the address of a panel or billing system, with a checksum of its path, which may be secret. */
export function toAddress({ kind, url }: { kind: string; url: string }): string {
  const { href, origin } = new URL(url);
  // Most commands load no cryptography.
  const { crc32 } = process.getBuiltinModule('node:zlib');
  return `${kind} ${origin} ${crc32(href.replace(/\/$/, '')).toString(16)}`;
}

/** Returns which panels have another name now; none where two have the same address. */
export function findRenames(known: Addresses, now: Addresses): Rename[] {
  return [...known].flatMap(([from, address]) => {
    const [to, ...others] = [...now].filter(([, one]) => one === address);
    const isOnly = others.length === 0 && [...known.values()].filter((one) => one === address).length === 1;
    return to === undefined || to[0] === from || !isOnly ? [] : [{ from, to: to[0] }];
  });
}

/**
 * Returns what name a store has of a panel, where its panels have these new names elsewhere. A panel whose name another one leaves there
 * has the name that this one gets: no two have the same.
 */
export function toStoredNames(renames: readonly Rename[]): (panel: string) => string {
  const stored = new Map(renames.map(({ from, to }) => [to, from]));
  const next = new Map(renames.map(({ from, to }) => [from, to]));
  return (panel) => {
    const own = stored.get(panel);
    if (own !== undefined) return own;
    let free = panel;
    for (let to = next.get(panel); to !== undefined; to = next.get(to)) free = to;
    return free;
  };
}

/** Returns the name that a store has of a panel with this name in another store: that of the only one at its address, or a free one. */
export async function toNameIn(
  store: Pick<StoreTables, 'conditions'>,
  other: Pick<StoreTables, 'conditions'>,
): Promise<(panel: string) => string> {
  return toStoredNames(findRenames(await readAddresses(store), await readAddresses(other)));
}

/**
 * Stores the addresses of the panels that a replaced store has beyond those of the one that replaces it, by the names that they have
 * there, so that they get their own with the next run.
 */
export async function inheritAddresses(
  from: Pick<StoreTables, 'conditions'>,
  to: Pick<StoreTables, 'conditions'>,
  now: string,
): Promise<void> {
  const known = await readAddresses(to);
  const toName = await toNameIn(to, from);
  for (const [panel, address] of await readAddresses(from)) {
    const name = toName(panel);
    // One that has its name in both has moved since.
    if (known.get(name) === address || (name === panel && known.has(name))) continue;
    await to.conditions.put({ key: `${ADDRESS}${name}`, since: now, runs: 1, details: { address } });
  }
}

/** Returns which panels have another name in the config than in the store. */
export async function listRenames(
  { panels }: Pick<Config, 'panels'>,
  store: Pick<StoreTables, 'conditions'>,
): Promise<Rename[]> {
  return findRenames(await readAddresses(store), listAddresses({ panels }));
}
