import type { MovedEntry } from '@sluice/panel-kind';
import { type BilledTarget, toBilledEntry } from './billed-products.js';
import { nameProducts } from './product-names.js';
import type { Draft } from './to-drafts.js';

/** Products with the drafts of their services. */
export interface SplitProducts {
  products: readonly MovedEntry[];
  drafts: readonly (Draft | null)[];
}

/**
 * Splits products whose quota is not known by the products that the billing system has their services in, each with a quota of its own to be
 * stated, as a sync would find them. What a product of the config claims on this panel has that one. Pure.
 */
export function splitProducts(
  { products, drafts }: SplitProducts,
  { panel, claims, names: known }: Pick<BilledTarget, 'panel' | 'claims' | 'names'>,
): SplitProducts {
  const open = new Map(
    products.filter(({ settings }) => settings['quota'] === undefined).map((one) => [one.name, one]),
  );
  const findSplit = (draft: Draft | null): { from: MovedEntry; id: string } | null => {
    const from = open.get(draft?.product ?? '');
    const id = draft?.billed?.productId ?? null;
    return from === undefined || id === null ? null : { from, id };
  };
  const titles = new Map<string, string | null>();
  const counts = new Map<string, number>();
  for (const draft of drafts) {
    const { id } = findSplit(draft) ?? {};
    if (id === undefined || claims.has(id)) continue;
    titles.set(id, titles.get(id) ?? draft?.billed?.productName ?? null);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const names = nameProducts(titles, new Set([...known, ...products.map(({ name }) => name)]));
  const made = new Map<string, MovedEntry>();
  const split = drafts.map((draft): Draft | null => {
    const found = findSplit(draft);
    if (draft === null || found === null) return draft;
    const { from, id } = found;
    const claim = claims.get(id);
    if (claim !== undefined) return claim.panel === panel ? { ...draft, product: claim.product } : draft;
    const key = JSON.stringify([from.name, id]);
    const entry = made.get(key) ?? toSplit(from, { id, titles, counts, names, taken: [...made.values()] });
    made.set(key, entry);
    return { ...draft, product: entry.name };
  });
  const used = new Set(split.map((draft) => draft?.product));
  return { products: [...products.filter(({ name }) => used.has(name)), ...made.values()], drafts: split };
}

function toSplit(
  { settings, notes }: MovedEntry,
  {
    id,
    titles,
    counts,
    names,
    taken,
  }: {
    id: string;
    titles: ReadonlyMap<string, string | null>;
    counts: ReadonlyMap<string, number>;
    names: ReadonlyMap<string, string>;
    taken: readonly MovedEntry[];
  },
): MovedEntry {
  const base = names.get(id) ?? id;
  let name = base;
  for (let n = 2; taken.some((one) => one.name === name); n++) name = `${base}-${n}`;
  const billed = toBilledEntry({ id, name, title: titles.get(id) ?? null, count: counts.get(id) ?? 0 });
  // Only one product of the config can claim it.
  return name === base ? { ...billed, settings: { ...settings, ...billed.settings } } : { name, settings, notes };
}
