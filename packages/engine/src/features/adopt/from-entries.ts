import type {
  EntryDetail,
  Moved,
  MovedEntry,
  MovedService,
  PanelEntry,
  PanelKind,
  Undecided,
} from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';
import { printable } from '@sluice/panel-http/printable';
import { toSection } from '../../base/config/schema.js';
import { findDetail, type KnownServices } from './read-source.js';

/** What of a kind decides on the services of its entries. */
type EntryKind = Pick<PanelKind, 'kind' | 'productSection' | 'refs' | 'requiredRef'>;

/** A service of an entry of the panel. */
export interface EntryService extends MovedService {
  entry: PanelEntry;
}

/**
 * Returns a service for each entry of a panel, and a product for all entries that have the same quota and the same settings. Entries that
 * another object has the required ref of, such as numbers of a line, are left out. Pure.
 */
export function fromEntries(
  { entries, details }: Pick<KnownServices, 'entries' | 'details'>,
  panel: string,
  kind: EntryKind,
): Required<Pick<Moved, 'products' | 'undecided'>> & { services: EntryService[] } {
  const products = new Map<string, MovedEntry>();
  const services: EntryService[] = [];
  const undecided: Undecided[] = [];
  const seen = new Set<string>();
  const names = new Set<string>();
  for (const entry of entries) {
    const object = nameEntry(entry);
    const detail = findDetail(details, entry);
    const ref = kind.requiredRef ?? kind.refs.find(({ unique }) => unique === true)?.name ?? '';
    const own = entry.refs[ref];
    if (own === undefined) {
      undecided.push({
        ...NOTHING,
        object,
        reason: `the panel shows no ${ref} of it: add its row by hand where it is a service`,
      });
      continue;
    }
    if (seen.has(own)) {
      undecided.push({ ...NOTHING, object, state: 'left-out', reason: `it belongs to the service with ${ref} ${own}` });
      continue;
    }
    seen.add(own);
    const quota = findQuota(entry, detail);
    const key = JSON.stringify([quota, detail.section ?? null]);
    const product = products.get(key) ?? toProduct(quota, detail, { panel, kind, taken: names });
    products.set(key, product);
    names.add(product.name);
    const columns = { ...entry.refs, ...detail.columns };
    services.push({ billingId: detail.billingId ?? null, product: product.name, columns, entry });
    for (const note of detail.notes ?? []) undecided.push({ ...NOTHING, object, state: 'proposed', reason: note });
  }
  return { services, products: [...products.values()], undecided };
}

const NOTHING = { file: 'services.csv', column: '', value: '', state: 'undecided' } as const;

/** Returns the name of an entry for people: its word, id and name. */
export function nameEntry({ object, id, name }: PanelEntry): string {
  return name === null ? `${object} ${id}` : `${object} ${id} (${printable(name)})`;
}

/** A quota in bytes, none at all, or no quota. */
type EntryQuota = number | 'unlimited' | null;

/** What the adapter states wins over the limit of the panel. */
function findQuota({ limitBytes, unlimited }: PanelEntry, { quotaBytes }: EntryDetail): EntryQuota {
  if (quotaBytes !== undefined) return quotaBytes;
  return unlimited === true ? 'unlimited' : limitBytes;
}

function toProduct(
  quota: EntryQuota,
  { section }: EntryDetail,
  { panel, kind, taken }: { panel: string; kind: EntryKind; taken: ReadonlySet<string> },
): MovedEntry {
  const size = typeof quota === 'number' ? formatBytes(quota) : (quota ?? 'plain');
  const base = `${panel}-${size.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '')}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
  return {
    name,
    settings: {
      ...(quota === null ? {} : { quota: { total: typeof quota === 'number' ? toSize(quota) : quota } }),
      ...(section === undefined ? {} : { [toSection(kind)]: section }),
    },
    notes:
      quota === null ? ['No quota of these services is known: state one here, such as quota: { total: 10TB }.'] : [],
  };
}

/** Returns a size in the largest unit that it is whole in. */
function toSize(bytes: number): string {
  if (bytes === 0) return '0';
  let power = 0;
  while (power < 5 && bytes % 1024 ** (power + 1) === 0) power += 1;
  return `${bytes / 1024 ** power}${['B', 'KB', 'MB', 'GB', 'TB', 'PB'][power] ?? 'B'}`;
}
