import type { Moved, MovedService, OldToolInput } from '@sluice/panel-kind';
import { type Candidates, findCandidates, type Refusal } from './candidates.js';
import { parseId } from './cells.js';
import { Cycles } from './cycles.js';
import { Findings } from './findings.js';
import type { Candidate } from './ids.js';
import { readLimited } from './limited.js';
import type { OwnValues } from './own-values.js';
import { readOverrides } from './overrides.js';
import { readPackages } from './packages.js';
import { readPreferences } from './preferences.js';
import { readProducts, type ToolProduct } from './products.js';
import { type Place, readPurchases } from './purchases.js';
import { findQuota } from './quotas.js';
import { readSettings } from './settings.js';
import { openTables } from './open-tables.js';
import { SETTINGS_TABLE } from './tables.js';

/** Returns what the module knew, in terms of the files for review. Linear in the rows; their order makes no difference. */
export function readOldTool(input: OldToolInput): Moved {
  const findings = new Findings();
  const tables = openTables(input.tables, findings);
  const { currency, settings: own, name } = input.panel;
  const panel = { name, isSwapped: own['trafficDirection'] === 'swapped' };
  const settings = readSettings(input.tables.get(SETTINGS_TABLE), tables.family, panel, findings);
  const packages = readPackages(tables.rows.packages, tables.names.packages, currency, findings);
  const candidates = findCandidates({ input, settings, rows: tables.rows.state, table: tables.names.state }, findings);
  const { moved } = candidates;
  const refused = withUnlinked(candidates, input);
  const values = readOverrides(tables, { moved, refused }, findings);
  const products = readProducts(
    {
      ...{ rows: tables.rows.defaults, table: tables.names.defaults, settings },
      ...{ packages: packages.byId, used: listUsed(moved) },
    },
    findings,
  );
  const places = new Map(
    moved.map((candidate, place) => {
      const product = findProduct(candidate, products.byId);
      return [candidate.id, { place, candidate, quota: findQuotaKind(values.get(candidate.id), product) }];
    }),
  );
  const of = { packages: packages.byId, places, refused };
  const cycles = new Cycles(input);
  const purchases = readPurchases(
    { ...of, input, cycles, rows: tables.rows.purchases, table: tables.names.purchases },
    findings,
  );
  const preferences = readPreferences(
    { ...of, rows: tables.rows.preferences, table: tables.names.preferences },
    findings,
  );
  const actions = { values, products: products.byId, exported: tables.exported };
  const limited = readLimited({ cycles, settings, candidates: moved, purchases, actions }, findings);
  return {
    services: moved.map((candidate) => toService(candidate, values, products.byId, findings)),
    products: products.entries,
    packages: packages.entries,
    overrides: moved.flatMap(({ id }, service) => {
      const row = values.get(id)?.override ?? null;
      return row === null ? [] : [{ service, row }];
    }),
    preferences,
    purchases,
    limited,
    undecided: findings.list(),
  };
}

/** Returns why services are not moved, also those of WHMCS that nothing links to the panel: only rows that name one are about it. */
function withUnlinked({ moved, refused }: Candidates, { billed }: Pick<OldToolInput, 'billed'>): Map<string, Refusal> {
  const all = new Map(refused);
  const known = new Set(moved.map(({ id }) => id));
  for (const { externalId, status } of billed ?? []) {
    if (known.has(externalId) || all.has(externalId) || status === 'terminated') continue;
    all.set(externalId, {
      state: 'undecided',
      reason: 'nothing has its id on the panel: state its easydcim_service_id',
    });
  }
  return all;
}

/** Returns the products of services, with their names in WHMCS. */
function listUsed(moved: Candidates['moved']): Map<string, string | null> {
  const used = new Map<string, string | null>();
  for (const { billed } of moved) {
    const id = parseId(billed?.productId ?? null);
    if (id !== null && (used.get(id) ?? null) === null) used.set(id, billed?.productName ?? null);
  }
  return used;
}

function findProduct({ billed }: Candidate, products: ReadonlyMap<string, ToolProduct>): ToolProduct | null {
  return products.get(parseId(billed?.productId ?? null) ?? '') ?? null;
}

function findQuotaKind(own: OwnValues | undefined, product: ToolProduct | null): Place['quota'] {
  if (own?.hasQuota === true) return 'limited';
  const quota = product === null ? undefined : findQuota(product.quotas, own?.mode ?? product.mode);
  if (quota === undefined) return 'none';
  return quota === 'unlimited' ? 'unlimited' : 'limited';
}

function toService(
  candidate: Candidate,
  values: ReadonlyMap<string, OwnValues>,
  products: ReadonlyMap<string, ToolProduct>,
  findings: Findings,
): MovedService {
  const { id, billed, columns } = candidate;
  const own = values.get(id);
  const product = findProduct(candidate, products);
  const object = `service ${id}`;
  if (product === null)
    findings.add('services.csv', object, {
      state: 'undecided',
      reason: 'its product is not moved: name the product that it has here',
      column: 'product',
      value: billed?.productId ?? null,
    });
  const mode = own?.mode ?? product?.mode ?? 'TOTAL';
  const isUnmanaged =
    product !== null &&
    own?.hasQuota !== true &&
    mode !== product.mode &&
    findQuota(product.quotas, mode) === undefined;
  if (isUnmanaged && findQuota(product.quotas, product.mode) !== undefined)
    findings.add('services.csv', object, {
      state: 'undecided',
      reason: `its product has no quota in mode ${mode}: state one in the product or an override. Until then it is not managed; the tool cut it at once`,
      column: 'traffic_mode',
      value: mode,
    });
  return { billingId: id, product: product?.name ?? null, columns: { ...columns, ...own?.columns } };
}
