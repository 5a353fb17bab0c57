import type { MovedRow, PanelEntry, PanelKind, Undecided } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import { listClaims } from '../../kernel/changes/claims.js';
import type { EntryService } from './from-entries.js';
import { toBilledColumns } from './billed-products.js';
import { toNameColumns } from './name-columns.js';
import { matchBilled } from './match.js';

/** A service to be written for review. */
export interface Draft {
  /** Its id as a service of Sluice. */
  id: string;
  product: string | null;
  /** Columns of a service import, without `id`, `panel` and `product`. */
  columns: MovedRow;
  billed: BilledService | null;
  entry: PanelEntry | null;
}

/** A service that a source knows, with what the panel has of it. */
export type Known = Omit<EntryService, 'entry'> & { entry: PanelEntry | null };

/** What drafts are made of. */
interface Sources {
  panel: string;
  kind: PanelKind;
  entries: readonly PanelEntry[];
  billed: readonly BilledService[] | null;
  foreign: Foreign;
}

/** What shows that a billed service is not of the panel. */
export interface Foreign {
  /** Columns that name objects of other kinds of panels. */
  refs: readonly string[];
  /** Products of the billing system that the config has for other panels. */
  products: ReadonlySet<string>;
}

/** Returns each service with the entry of the panel that has its required ref. Pure. */
export function findEntries(
  services: readonly { billingId: string | null; product: string | null; columns: MovedRow }[],
  { panel, kind, entries }: Pick<Sources, 'panel' | 'kind' | 'entries'>,
): Known[] {
  const byKey = new Map<string, PanelEntry>();
  for (const entry of entries) {
    const [own] = listClaims(kind, { panel, status: 'active', refs: entry.refs });
    if (own !== undefined && !byKey.has(own.key)) byKey.set(own.key, entry);
  }
  return services.map((service) => {
    const [own] = listClaims(kind, { panel, status: 'active', refs: service.columns });
    return { ...service, entry: byKey.get(own?.key ?? '') ?? null };
  });
}

/**
 * Returns a draft of each service, with what the billing system has of it: by the id that its source knows, or by what the two have in
 * common. Of a service that ended there no draft is made. Null for one that is left out; the places are those of `services`. Pure.
 */
export function toDrafts(
  services: readonly Known[],
  { panel, kind, billed, foreign }: Sources,
): { drafts: (Draft | null)[]; undecided: Undecided[] } {
  const undecided: Undecided[] = [];
  const found = findBilled(services, billed ?? [], { kind, foreign }, undecided);
  const taken = new Map<string, number>();
  const drafts = services.map((service, place): Draft | null => {
    const { entry, columns, product } = service;
    const own = found[place] ?? null;
    const object = entry === null ? `service ${service.billingId ?? String(place + 1)}` : toObject(service);
    if (own?.status === 'terminated') {
      undecided.push({ ...LEFT_OUT, object, reason: `${own.id} has ended in the billing system` });
      return null;
    }
    if (billed !== null && own === null)
      undecided.push({
        ...LEFT_OUT,
        object,
        state: 'proposed',
        reason: 'no service of the billing system is known to be it',
      });
    const claimed = claimsObject(service, { panel, kind });
    if (entry === null && claimed !== null && own?.status !== 'pending') {
      undecided.push({
        ...LEFT_OUT,
        object,
        state: 'undecided',
        reason: `the panel has nothing with ${claimed}: correct it there or in the billing system`,
      });
      return null;
    }
    const id = own?.id ?? toId(panel, entry?.id ?? service.billingId ?? String(place + 1));
    const before = taken.get(id);
    taken.set(id, place);
    if (before !== undefined) {
      undecided.push({
        ...LEFT_OUT,
        object,
        state: 'undecided',
        reason: `${id} would be it and another one, too: add it by hand`,
      });
      return null;
    }
    const named = { ...toNameColumns(own, entry), ...columns };
    return { id, product, columns: { ...named, ...(own === null ? {} : toBilledColumns(own)) }, billed: own, entry };
  });
  return { drafts, undecided };
}

/** The object that a service names on its panel; null for none. */
function claimsObject({ columns }: Known, { panel, kind }: Pick<Sources, 'panel' | 'kind'>): string | null {
  const [own] = listClaims(kind, { panel, status: 'active', refs: columns });
  return own === undefined ? null : `${own.ref} ${own.value}`;
}

const LEFT_OUT = { file: 'services.csv', column: '', value: '', state: 'left-out' } as const;

function toObject({ entry }: Known): string {
  return entry === null ? '' : `${entry.object} ${entry.id}`;
}

/** Ids of services have letters, digits and few marks. */
function toId(panel: string, id: string): string {
  return `${panel}-${id}`.replaceAll(/[^\w.:@-]/g, '-').slice(0, 128);
}

/** Whether a field of a service names an object of another kind of panel, or its product is that of another panel. */
function isOfAnother({ fields, productId }: BilledService, { refs, products }: Foreign): boolean {
  return (
    refs.some((ref) => (Object.hasOwn(fields, ref) ? (fields[ref] ?? '') : '') !== '') || products.has(productId ?? '')
  );
}

function findBilled(
  services: readonly Known[],
  billed: readonly BilledService[],
  { kind, foreign }: Pick<Sources, 'kind' | 'foreign'>,
  undecided: Undecided[],
): (BilledService | null)[] {
  const byId = new Map(billed.map((one) => [one.externalId, one]));
  const known = services.map(({ billingId }) => (billingId === null ? null : (byId.get(billingId) ?? null)));
  const named = new Set(known.flatMap((one) => one?.id ?? []));
  const open = services.flatMap((service, place) => (service.billingId === null ? [{ service, place }] : []));
  const unique = kind.refs.filter((column) => column.unique === true).map(({ name }) => name);
  const { matches, conflicts } = matchBilled(
    open.map(({ service: { columns, entry } }) => ({
      columns,
      names: entry?.name == null ? [] : [entry.name],
      addresses: entry?.addresses ?? [],
      emails: entry?.clientEmail == null ? [] : [entry.clientEmail],
    })),
    billed.filter((one) => !named.has(one.id) && !isOfAnother(one, foreign)),
    unique,
  );
  const objects = (places: readonly number[]): string =>
    places.flatMap((place) => (open[place] === undefined ? [] : [toObject(open[place].service)])).join(', ');
  for (const { by, value, services: places, billed: candidates } of conflicts) {
    const ids = candidates.map(({ id }) => id).join(', ');
    const what = value === null ? `its ${by} and others of its traits lead to` : `the ${by} "${value}" leads to`;
    const reason = `${what} several services (${ids}): decide which it is`;
    undecided.push({
      file: 'services.csv',
      column: 'id',
      value: '',
      state: 'undecided',
      object: objects(places),
      reason,
    });
  }
  const all = [...known];
  for (const [index, match] of matches.entries()) {
    const at = open[index];
    if (at === undefined || match === null) continue;
    all[at.place] = match.billed;
    if (match.strength === 'certain') continue;
    if (match.billed.status !== 'active') {
      all[at.place] = null;
      const status = match.billed.status ?? 'of an unknown status';
      const what = `it has the same ${match.certainty} as service ${match.billed.externalId} of the billing system, which is ${status}`;
      const open = { file: 'services.csv', column: 'id', value: match.billed.id, state: 'undecided' } as const;
      undecided.push({ ...open, object: toObject(at.service), reason: `${what} there: decide whether it is that one` });
      continue;
    }
    const reason = `it has the same ${match.certainty} as service ${match.billed.externalId} of the billing system (${match.strength}): check it`;
    const proposed = { file: 'services.csv', column: 'id', value: match.billed.id, state: 'proposed' } as const;
    undecided.push({ ...proposed, object: toObject(at.service), reason });
  }
  return all;
}
