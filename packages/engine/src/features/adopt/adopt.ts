import type { Adoption } from '@sluice/contract/documents';
import type { Moved, MovedEntry, MovedRow, PanelKind, Undecided } from '@sluice/panel-kind';
import { listClaims } from '../../kernel/changes/claims.js';
import { parsePackage, productParser } from '../../base/config/schema.js';
import { billingSections, billingSettings, findEntry } from '../../base/config/find-entry.js';
import { listFieldColumns } from '../../base/fields.js';
import { hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { findHolds } from './find-holds.js';
import { type BilledTarget, toMovedBilled } from './billed-products.js';
import { fromEntries } from './from-entries.js';
import { findMissing, listIds } from './missing-rows.js';
import { nameEntries } from './name-entries.js';
import { type AdoptRequest, isBilling, type KnownServices, readSource } from './read-source.js';
import { splitProducts } from './split-products.js';
import { type Draft, findEntries, type Foreign, toDrafts } from './to-drafts.js';

/**
 * Returns the services of a panel with all that is known of them, as the rows of files for review. Reads panel, billing system and the
 * exported tables of an old tool; changes nothing, and stores nothing.
 *
 * @throws SluiceError as `readSource`
 */
export async function adopt(context: Context, request: AdoptRequest): Promise<Adoption> {
  const { panel, from } = request;
  const known = await readSource(context, request);
  const kind = context.findKind(panel);
  if (kind === undefined) throw new Error(`no kind of ${panel}`);
  const target = toTarget(context, panel, kind);
  const moved: Source = isBilling(context, from)
    ? toMovedBilled(known.billed ?? [], target)
    : toMoved(known, panel, kind);
  const on = { panel, kind, entries: known.entries, billed: known.billed, foreign: toForeign(context, target) };
  const { drafts: made, undecided } = toDrafts(findEntries(moved.services ?? [], on), on);
  const own = { products: moved.products ?? [], drafts: made };
  const { drafts, products: wanted } = moved.ofEntries === true ? splitProducts(own, target) : own;
  const packages = nameEntries(moved.packages ?? [], context.config.packages, parsePackage);
  const packageNames = new Map((moved.packages ?? []).map(({ name }, index) => [name, packages.names[index] ?? name]));
  const products = nameProducts(context, panel, wanted, packageNames);
  const all: Undecided[] = [...(moved.undecided ?? []), ...undecided];
  if (moved.ofEntries === true) all.push(...products.added.flatMap(findUnquoted));
  const complete = withoutIncomplete(context, drafts, wanted, all);
  const { services, owners } = await withStored(
    context,
    { panel, kind, ofEntries: moved.ofEntries === true },
    complete,
    all,
  );
  const holds = await findHolds(context, panel, { limited: moved.limited ?? [], drafts: services });
  all.push(...holds.undecided);
  const place = placeRows(moved, services, all);
  place(
    'holds.csv',
    (moved.limited ?? []).map(({ service }) => ({ service, row: {} })),
  );
  const rows = {
    services: services.flatMap((draft) => (draft === null ? [] : [toRow(panel, draft, products.names)])),
    overrides: place('overrides.csv', moved.overrides),
    preferences: place('preferences.csv', moved.preferences).map((row) => renamed(row, packageNames)),
    purchases: place('purchases.csv', moved.purchases).map((row) => renamed(row, packageNames)),
    agents: (moved.agents ?? []).map((row) => ({ panel, ...row })),
    holds: holds.rows,
  };
  const about = new Set([...listIds(services), ...owners]);
  all.push(...(await findMissing(context, { panel, moved }, { ...rows, services: about })));
  return {
    panel,
    from,
    ...rows,
    undecided: all.map((one) => ({ ...one })),
    products: products.added.map(toEntry),
    packages: packages.added.map(toEntry),
    totals: {
      ...{ services: rows.services.length, products: products.added.length, packages: packages.added.length },
      ...{ overrides: rows.overrides.length, preferences: rows.preferences.length, purchases: rows.purchases.length },
      ...{ agents: rows.agents.length, holds: rows.holds.length },
      ...{ proposed: count(all, 'proposed'), undecided: count(all, 'undecided'), leftOut: count(all, 'left-out') },
    },
  };
}

/** A product of entries whose quota the panel does not show. */
function findUnquoted({ name, settings }: MovedEntry): Undecided[] {
  if (settings['quota'] !== undefined) return [];
  const reason = 'no quota of its services is known: state one, or they are never held';
  return [{ file: 'products.yaml', object: `product ${name}`, column: 'quota', value: '', state: 'undecided', reason }];
}

const count = (all: readonly Undecided[], state: Undecided['state']): number =>
  all.filter((one) => one.state === state).length;

const toEntry = ({ name, settings, notes }: MovedEntry) => ({ name, settings: { ...settings }, notes: [...notes] });

/** What was moved; `ofEntries`: a service of each entry of the panel. */
type Source = Moved & { ofEntries?: true };

function toMoved(known: KnownServices, panel: string, kind: PanelKind): Source {
  const { moved } = known;
  if (moved?.services !== undefined) return moved;
  const own = fromEntries(known, panel, kind);
  const undecided = [...own.undecided, ...(moved?.undecided ?? [])];
  return { ...moved, ...own, products: [...own.products, ...(moved?.products ?? [])], undecided, ofEntries: true };
}

/** What shows that a billed service is not of a panel. */
function toForeign({ deps }: Context, { panel, refs: columns, claims }: BilledTarget): Foreign {
  const own = new Set(columns.map(({ name }) => name));
  const others = deps.kinds.flatMap(({ refs }) => refs).filter(({ name, unique }) => unique === true && !own.has(name));
  const elsewhere = [...claims].filter(([, claim]) => claim.panel !== panel);
  return { refs: others.map(({ name }) => name), products: new Set(elsewhere.map(([id]) => id)) };
}

/** What services of the billing system are adopted for. */
function toTarget({ config, deps }: Context, panel: string, { refs }: PanelKind): BilledTarget {
  const names = new Set(refs.map(({ name }) => name));
  const claims = deps.billing.flatMap((system) =>
    Object.entries(billingSections(config, system.kind)).flatMap(([product, section]) =>
      (system.claimedProducts?.(section) ?? []).map(
        (id) => [id, { product, panel: findEntry(config.products, product)?.panel ?? '' }] as const,
      ),
    ),
  );
  return {
    ...{ panel, refs, claims: new Map(claims), names: new Set(Object.keys(config.products)) },
    columns: listFieldColumns(deps.kinds).filter((column) => !names.has(column)),
  };
}

/** Names products for the config; `names` are theirs there, by those that the source has for them. */
function nameProducts(
  { config, deps }: Context,
  panel: string,
  products: readonly MovedEntry[],
  packages: ReadonlyMap<string, string>,
) {
  const parse = productParser(deps.kinds, deps.billing);
  const absent = deps.billing.filter(({ kind }) => billingSettings(config, kind) === undefined);
  const withoutUnknown = (entry: MovedEntry): MovedEntry => absent.reduce(withoutSection, entry);
  const whole = products.map(withoutUnknown).map(({ settings: { packages: offered, ...settings }, ...entry }) => ({
    ...entry,
    settings: {
      panel,
      ...settings,
      ...(Array.isArray(offered) && { packages: offered.map((name: string) => packages.get(name) ?? name) }),
    },
  }));
  const { added, names } = nameEntries(whole, config.products, parse);
  return { added, names: new Map(products.map(({ name }, index) => [name, names[index] ?? name])) };
}

/** Leaves out what can't be imported as it is: without a product, or with a quota and without its cycle. */
function withoutIncomplete(
  { config }: Context,
  drafts: readonly (Draft | null)[],
  products: readonly MovedEntry[],
  undecided: Undecided[],
): (Draft | null)[] {
  const quotas = new Map(products.map(({ name, settings }) => [name, settings['quota'] !== undefined]));
  return drafts.map((draft) => {
    if (draft === null) return null;
    const { product } = draft;
    const known = product === null ? undefined : findEntry(config.products, product);
    const hasQuota = quotas.get(product ?? '') ?? known?.quota !== undefined;
    const missing = [
      ...(draft.product === null ? ['product'] : []),
      ...(hasQuota ? ['billing_cycle', 'next_due_date'].filter((column) => !draft.columns[column]) : []),
    ];
    if (missing.length === 0) return draft;
    const reason = `its ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not known: add its row with ${missing.length === 1 ? 'it' : 'them'}`;
    undecided.push({ ...IN_SERVICES, object: toObject(draft), reason });
    return null;
  });
}

const IN_SERVICES = { file: 'services.csv', column: '', value: '', state: 'undecided' } as const;

const toObject = ({ id, entry }: Draft): string => (entry === null ? id : `${entry.object} ${entry.id}`);

/** A section of a billing system that the config does not name would be refused: it becomes a note. */
function withoutSection(
  { settings, notes, ...entry }: MovedEntry,
  { kind, title }: { kind: string; title: string },
): MovedEntry {
  const { [kind]: section, ...others } = settings;
  if (section === undefined) return { ...entry, settings, notes };
  const note = `${kind}: ${JSON.stringify(section)} (add it here once the config has a section for ${title})`;
  return { ...entry, settings: others, notes: [...notes, note] };
}

/**
 * Leaves out what a service of another panel has the id of. Where a service of the store names the object of a row already, the row is about
 * that one; what only the panel shows of it is left out.
 */
async function withStored(
  context: Context,
  { panel, kind, ofEntries }: { panel: string; kind: PanelKind; ofEntries: boolean },
  drafts: readonly (Draft | null)[],
  undecided: Undecided[],
): Promise<{ services: readonly (Draft | null)[]; owners: ReadonlySet<string> }> {
  const all = (await context.store.services.list({})).filter((service) => !hasEnded(service));
  const own = all.filter((service) => service.panel === panel);
  const owners = new Map(own.flatMap(({ id, ...service }) => listClaims(kind, service).map(({ key }) => [key, id])));
  const elsewhere = new Map(
    all.filter((service) => service.panel !== panel).map((service) => [service.id, service.panel]),
  );
  const ids = new Set(drafts.map((draft) => draft?.id));
  const known = new Set<string>();
  const services = drafts.map((draft): Draft | null => {
    if (draft === null) return null;
    const say = (state: Undecided['state'], reason: string): void => {
      undecided.push({ ...IN_SERVICES, object: toObject(draft), state, reason });
    };
    const claims = listClaims(kind, { panel, status: 'active', refs: draft.columns });
    const owner = claims.map(({ key }) => owners.get(key)).find((id) => id !== undefined && id !== draft.id);
    const id = owner ?? draft.id;
    const other = elsewhere.get(id);
    if (other !== undefined) {
      say(
        'undecided',
        `${id} is a service of panel "${other}": if this is another one, add it by hand with an id of its own`,
      );
      return null;
    }
    if (owner === undefined) return draft;
    known.add(owner);
    if (ofEntries) {
      say('left-out', `it is service "${owner}" already`);
      return null;
    }
    if (ids.has(owner)) {
      say('undecided', `it is service "${owner}" already, of which there is another row`);
      return null;
    }
    say('proposed', `it is service "${owner}" already: the row changes that one`);
    return { ...draft, id: owner };
  });
  return { services, owners: known };
}

function toRow(panel: string, { id, product, columns }: Draft, names: ReadonlyMap<string, string>): MovedRow {
  return { id, panel, product: product === null ? '' : (names.get(product) ?? product), ...columns };
}

/** A row of a source, with the place of its service; null for one about a client. */
type PlacedRow = { service: number | null; row: MovedRow };

/** Returns what makes rows of a file out of those of a source: one about a service that is not adopted is undecided. */
function placeRows(moved: Moved, services: readonly (Draft | null)[], undecided: Undecided[]) {
  return (file: string, rows: readonly PlacedRow[] = []): MovedRow[] =>
    rows.flatMap(({ service, row }) => {
      if (service === null) return [row];
      const draft = services[service] ?? null;
      if (draft !== null) return [{ service: draft.id, ...row }];
      const { billingId = null, columns = {} } = moved.services?.[service] ?? {};
      const object = billingId === null ? `service with ${Object.values(columns).join(', ')}` : `service ${billingId}`;
      const value = Object.values(row).filter(Boolean).join(' ');
      const reason = 'its service is not adopted (see the rows of services.csv here)';
      undecided.push({ file, object, column: '', value, state: 'undecided', reason });
      return [];
    });
}

function renamed(row: MovedRow, names: ReadonlyMap<string, string>): MovedRow {
  const { package: name } = row;
  return name === undefined ? row : { ...row, package: names.get(name) ?? name };
}
