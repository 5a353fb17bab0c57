import { printable } from '@sluice/panel-http/printable';
import type { Moved, MovedEntry, MovedService, RefColumn, Undecided } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import { compareIds, nameFew } from '../../base/natural-order.js';
import { nameProducts } from './product-names.js';

/** What services of a billing system are adopted for. */
export interface BilledTarget {
  /** Name of the panel. */
  readonly panel: string;
  /** Columns that lead to objects on the panel. */
  readonly refs: readonly RefColumn[];
  /** Other columns of a service import that custom fields may have. */
  readonly columns: readonly string[];
  /** The products of the config that claim products of the billing system, by the ids there. */
  readonly claims: ReadonlyMap<string, { readonly product: string; readonly panel: string }>;
  /** Names of products that the config has. */
  readonly names: ReadonlySet<string>;
}

/** Services and products of a billing system, as rows for review. */
export type MovedBilled = Required<Pick<Moved, 'undecided'>> & { services: MovedService[]; products: MovedEntry[] };

/**
 * Returns the services of a billing system that belong to a panel, and a product for each of its products that the config does not claim
 * yet. A product belongs to the panel where custom fields of its services name objects there, or where the config says so; services
 * without such a field are undecided, unless they are pending. What has ended is left out. Pure.
 */
export function toMovedBilled(billed: readonly BilledService[], target: BilledTarget): MovedBilled {
  const undecided: Undecided[] = [];
  const live = billed.filter((one) => isOpen(one, target, undecided));
  const { refs, odd } = readRefs(live, target.refs, undecided);
  const ofPanel = new Set(live.filter((one) => refs.has(one)).map(({ productId }) => productId));
  const claimed = (id: string | null) => (id === null ? undefined : target.claims.get(id));
  const titles = new Map<string, string | null>();
  const counts = new Map<string | null, number>();
  for (const { productId, productName } of live) {
    counts.set(productId, (counts.get(productId) ?? 0) + 1);
    if (productId === null || claimed(productId) !== undefined || !ofPanel.has(productId)) continue;
    titles.set(productId, titles.get(productId) ?? productName);
  }
  const names = nameProducts(titles, target.names);
  const services = live.flatMap((one): MovedService[] => {
    const { productId, externalId } = one;
    const claim = claimed(productId);
    if (claim === undefined && !ofPanel.has(productId)) return [];
    const own = refs.get(one);
    if (own === undefined && (odd.has(one) || !mayLack(one, target.refs))) {
      if (!odd.has(one)) undecided.push(lacking(one, target.refs));
      return [];
    }
    const product = claim?.product ?? names.get(productId ?? '') ?? null;
    return [{ billingId: externalId, product, columns: { ...toColumns(one, target.columns), ...own } }];
  });
  undecided.push(...leaveOut(live, counts, (id) => claimed(id) === undefined && !ofPanel.has(id)));
  const products = [...names].map(([id, name]) =>
    toBilledEntry({ id, name, title: titles.get(id) ?? null, count: counts.get(id) ?? 0 }),
  );
  return { services, products, undecided };
}

const OF_SERVICES = { file: 'services.csv', column: '', value: '' } as const;

/** Whether a service is to be adopted at all. */
function isOpen(
  { externalId, productId, status }: BilledService,
  { panel, claims }: BilledTarget,
  undecided: Undecided[],
): boolean {
  const claim = productId === null ? undefined : claims.get(productId);
  if (claim !== undefined && claim.panel !== panel) return false;
  if (status !== null) return status !== 'terminated';
  const reason = 'its status in the billing system is not one that services have';
  undecided.push({ ...OF_SERVICES, object: `service ${externalId}`, state: 'left-out', reason });
  return false;
}

/** Refs by service. */
type Refs = Map<BilledService, Record<string, string>>;

/** Returns the refs of the services that have a unique one; `odd` are those of which a ref is undecided. */
function readRefs(
  services: readonly BilledService[],
  columns: readonly RefColumn[],
  undecided: Undecided[],
): { refs: Refs; odd: ReadonlySet<BilledService> } {
  const odd = new Set<BilledService>();
  const say = (one: BilledService, what: { column: string; value: string; reason: string }): void => {
    odd.add(one);
    undecided.push(notTaken(one, what));
  };
  const refs: Refs = new Map(services.map((one) => [one, readValid(one, columns, say)]));
  const unique = columns.filter((column) => column.unique === true).map(({ name }) => name);
  for (const column of unique) refuseShared(refs, column, say);
  const known = [...refs].filter(([, texts]) => unique.some((column) => texts[column] !== undefined));
  return { refs: new Map(known), odd };
}

type Say = (one: BilledService, what: { column: string; value: string; reason: string }) => void;

function readValid(one: BilledService, columns: readonly RefColumn[], say: Say): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { name: column, fits, words } of columns) {
    const given = Object.hasOwn(one.fields, column) ? (one.fields[column] ?? '').trim() : '';
    const value = fits.ignoreCase ? given.toLowerCase() : given;
    if (fits.test(value)) texts[column] = value;
    else if (value !== '') say(one, { column, value: given, reason: `it is not a ${column}: use ${words}` });
  }
  return texts;
}

/** Removes values of a column that several services have. */
function refuseShared(refs: Refs, column: string, say: Say): void {
  const owners = new Map<string, BilledService[]>();
  for (const [one, texts] of refs) {
    const value = texts[column];
    if (value === undefined) continue;
    const own = owners.get(value);
    if (own === undefined) owners.set(value, [one]);
    else own.push(one);
  }
  for (const [value, several] of owners) {
    if (several.length < 2) continue;
    const ids = nameFew(several.map(({ externalId }) => externalId));
    for (const one of several) {
      Reflect.deleteProperty(refs.get(one) ?? {}, column);
      say(one, { column, value, reason: `services ${ids} of the billing system have the same one` });
    }
  }
}

function notTaken({ externalId }: BilledService, what: { column: string; value: string; reason: string }): Undecided {
  return { file: 'services.csv', object: `service ${externalId}`, state: 'undecided', ...what };
}

/** A service that has no account yet needs none, save on panels where accounts exist before their services. */
function mayLack({ status }: BilledService, refs: readonly RefColumn[]): boolean {
  return status === 'pending' && !refs.some(({ required }) => required === true);
}

function lacking(one: BilledService, refs: readonly RefColumn[]): Undecided {
  const names = refs.filter(({ unique }) => unique === true).map(({ name }) => name);
  const [column = ''] = names;
  const reason = `no custom field of it names its object on the panel (${names.join(', ')}): add its row by hand`;
  return notTaken(one, { column, value: '', reason });
}

function toColumns(one: BilledService, columns: readonly string[]): Record<string, string> {
  const { fields } = one;
  const own = columns.flatMap((column) =>
    Object.hasOwn(fields, column) ? [[column, fields[column] ?? ''] as const] : [],
  );
  return { ...toBilledColumns(one), ...Object.fromEntries(own.filter(([, text]) => text !== '')) };
}

/** Returns what the billing system states of a service, in columns of a service import. */
export function toBilledColumns(one: BilledService): Record<string, string> {
  const { status, client, billingCycle, nextDueDate, clientEmail } = one;
  const stated = { status, client, billing_cycle: billingCycle, next_due_date: nextDueDate, email: clientEmail };
  const known = Object.entries(stated).filter(
    (entry): entry is [string, string] => entry[1] !== null && entry[1] !== '',
  );
  return Object.fromEntries(known);
}

/** Returns the products that are left out, each once. */
function leaveOut(
  services: readonly BilledService[],
  counts: ReadonlyMap<string | null, number>,
  isLeftOut: (id: string | null) => boolean,
): Undecided[] {
  const firsts = new Map(services.map((one) => [one.productId, one] as const).reverse());
  return [...firsts]
    .filter(([id]) => isLeftOut(id))
    .sort(([a], [b]) => compareIds(a ?? '', b ?? ''))
    .map(([id, { productName }]) => {
      const object = id === null ? 'services without a product' : titled(id, productName);
      const reason = `no custom field of its services (${counts.get(id) ?? 0}) names an object on the panel`;
      return { file: 'products.yaml', object, column: '', value: '', state: 'left-out' as const, reason };
    });
}

const titled = (id: string, title: string | null): string =>
  title === null ? `product ${id}` : `product ${id} (${printable(title)})`;

/** Returns a product of the billing system as one whose quota is to be stated. */
export function toBilledEntry({
  id,
  name,
  title,
  count,
}: {
  id: string;
  name: string;
  title: string | null;
  count: number;
}): MovedEntry {
  const what = titled(id, title);
  return {
    name,
    settings: { whmcs: { productIds: [id] } },
    notes: [
      `The ${what} of the billing system, with ${count === 1 ? 'one service' : `${count} services`}.`,
      'No quota of it is known: state quota: { total: … } here, such as 10TB. Without one its services are not limited.',
    ],
  };
}
