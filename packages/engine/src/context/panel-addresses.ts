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

/** Returns the addresses of the panels of the config. */
export function listAddresses({ panels }: Pick<Config, 'panels'>): Map<string, string> {
  return new Map(Object.entries(panels).map(([name, panel]) => [name, toAddress(panel)]));
}

/** Reads the addresses of the panels as runs had them in the config last. */
export async function readAddresses({ conditions }: Pick<StoreTables, 'conditions'>): Promise<Addresses> {
  const rows = await conditions.list(ADDRESS);
  return new Map(rows.map(({ key, details }) => [key.slice(ADDRESS.length), (details as { address: string }).address]));
}

function toAddress({ kind, url }: { kind: string; url: string }): string {
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

/** Returns the name that a store has of a panel with this name in another store: that of the only one at its address, or the same. */
export async function toNameIn(
  store: Pick<StoreTables, 'conditions'>,
  other: Pick<StoreTables, 'conditions'>,
): Promise<(panel: string) => string> {
  const known = await readAddresses(store);
  const others = await readAddresses(other);
  return (panel) => {
    const address = others.get(panel);
    if (address === undefined || known.get(panel) === address) return panel;
    const [same, ...more] = [...known].filter(([, one]) => one === address);
    return same === undefined || more.length > 0 ? panel : same[0];
  };
}

/** Returns which panels have another name in the config than in the store. */
export async function listRenames(
  { panels }: Pick<Config, 'panels'>,
  store: Pick<StoreTables, 'conditions'>,
): Promise<Rename[]> {
  return findRenames(await readAddresses(store), listAddresses({ panels }));
}
