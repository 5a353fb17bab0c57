import type { MovedEntry } from '@sluice/panel-kind';
import type { Mode, OldRow } from '@sluice/quota-core';
import { compareIds, parseAction, parseFlag, parseId, parseMode, readCell, toShown } from './cells.js';
import { type Findings, nameRow } from './findings.js';
import type { ToolPackage } from './packages.js';
import { byLowestId, pickRows } from './pick.js';
import { type Quotas, readQuotas } from './quotas.js';
import type { ToolSettings } from './settings.js';

/** A product of WHMCS that the tool managed. */
export interface ToolProduct {
  /** Its name in `products.yaml`. */
  readonly name: string;
  readonly mode: Mode;
  readonly quotas: Quotas;
  /** Its action as the tool stores it, also where it is not one; null where it is not known. */
  readonly action: string | null;
}

/** What products are read with. */
export interface ProductSources {
  readonly rows: readonly OldRow[];
  readonly table: string;
  readonly settings: ToolSettings;
  readonly packages: ReadonlyMap<string, ToolPackage>;
  /** Products of the services that are moved, with their names in WHMCS. */
  readonly used: ReadonlyMap<string, string | null>;
}

const FILE = 'products.yaml';

/** Returns the products as entries of the config, and by their ids in WHMCS. Those that are not moved are named. */
export function readProducts(
  sources: ProductSources,
  findings: Findings,
): { entries: MovedEntry[]; byId: ReadonlyMap<string, ToolProduct> } {
  const { settings, used } = sources;
  const { enabled, disabled } = pickDefaults(sources, findings);
  const entries: MovedEntry[] = [];
  const byId = new Map<string, ToolProduct>();
  for (const id of [...new Set([...enabled.keys(), ...used.keys()])].sort(compareIds)) {
    const row = enabled.get(id) ?? null;
    const object = `product ${id}`;
    if (!isInScope(id, settings)) {
      const reason = 'it is not among the products that the tool managed';
      findings.add(FILE, object, { state: 'left-out', reason, column: 'whmcs.productIds', value: id });
      continue;
    }
    // Nothing says what a disabled product should have: its services need another one.
    if (row === null && disabled.has(id)) continue;
    const product = row === null ? toBare(id, sources, findings) : toProduct(id, row, sources, findings);
    byId.set(id, product);
    entries.push(toEntry(id, product, { row, sources }, findings));
  }
  return { entries, byId };
}

function isInScope(id: string, { scope }: ToolSettings): boolean {
  return scope === null || scope.products.size === 0 || scope.products.has(id);
}

function pickDefaults({ rows, table, used }: ProductSources, findings: Findings) {
  const isEnabled = (row: OldRow): boolean => parseFlag(readCell(row, 'enabled')) === true;
  const toKey = (row: OldRow): string | null => parseId(readCell(row, 'pid'));
  const picked = pickRows(rows.filter(isEnabled), toKey, byLowestId);
  const off = pickRows(
    rows.filter((row) => !isEnabled(row)),
    toKey,
    byLowestId,
  );
  for (const row of [...picked.nameless, ...off.nameless])
    findings.add(FILE, nameRow(table, row), {
      state: 'left-out',
      reason: 'it names no product of WHMCS',
      column: 'whmcs.productIds',
      value: readCell(row, 'pid'),
    });
  for (const { key, row } of [...picked.others, ...off.others])
    findings.add(FILE, `product ${key}`, {
      state: 'left-out',
      reason: `${nameRow(table, row)} has the same product as an earlier row, which the tool used`,
    });
  for (const [id, row] of off.chosen) {
    const value = readCell(row, 'enabled');
    const isUsed = used.has(id) && !picked.chosen.has(id);
    findings.add(FILE, `product ${id}`, {
      state: isUsed ? 'undecided' : 'left-out',
      reason: isUsed
        ? `${nameRow(table, row)} is not enabled, and services have the product: name another product for them in services.csv`
        : `${nameRow(table, row)} is not enabled`,
      column: 'enabled',
      value,
    });
  }
  return { enabled: picked.chosen, disabled: off.chosen };
}

/** Names are by name and id in WHMCS: two products may have one name. */
function toName(id: string, title: string | null): string {
  const slug = (title ?? '')
    .toLowerCase()
    .slice(0, 200)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-/, '')
    .replace(/-$/, '');
  return `${slug === '' ? 'product' : slug}-${id}`;
}

function toBare(id: string, { used, settings }: ProductSources, findings: Findings): ToolProduct {
  findings.add(FILE, `product ${id}`, {
    state: 'undecided',
    column: 'quota',
    reason:
      'the tool has no row for it: state its quota, or unlimited. Until then services without a quota of their own are not managed; the tool cut them at once',
  });
  const name = toName(id, used.get(id) ?? null);
  return { name, mode: settings.mode, quotas: {}, action: settings.storedAction };
}

function toProduct(id: string, row: OldRow, { used, settings }: ProductSources, findings: Findings): ToolProduct {
  const object = `product ${id}`;
  const text = readCell(row, 'default_mode');
  const mode = parseMode(text) ?? (text === null ? settings.mode : 'TOTAL');
  if (text !== null && parseMode(text) === null)
    findings.add(FILE, object, {
      state: 'proposed',
      reason: 'its mode is not IN, OUT or TOTAL: the total is written, which the tool counted; check it',
      column: 'mode',
      value: text,
    });
  const action = readCell(row, 'default_action') ?? 'disable_ports';
  return { name: toName(id, used.get(id) ?? null), mode, quotas: readQuotas(row, { mode, object }, findings), action };
}

function toEntry(
  id: string,
  { name, mode, quotas }: ToolProduct,
  { row, sources }: { row: OldRow | null; sources: ProductSources },
  findings: Findings,
): MovedEntry {
  const { packages, used, settings } = sources;
  const offered = [...packages.values()].filter(({ products }) => products === null || products.has(id));
  const title = used.get(id) ?? null;
  return {
    name,
    settings: {
      ...(Object.keys(quotas).length > 0 && { quota: quotas }),
      mode,
      action: row === null ? settings.action : readAction(id, row, findings),
      ...(offered.length > 0 && { packages: offered.map((item) => item.name).sort() }),
      ...toAutoBuy(id, offered, { packages, settings }, findings),
      whmcs: { productIds: [Number.isSafeInteger(Number(id)) ? Number(id) : id] },
    },
    notes: [
      `product ${id} of WHMCS${title === null ? '' : `: ${toShown(title)}`}`,
      ...(Object.keys(quotas).length > 0 ? [] : ['no quota: the tool had none, or 0. State one, or unlimited']),
    ],
  };
}

function readAction(id: string, row: OldRow, findings: Findings): string {
  const text = readCell(row, 'default_action');
  const action = parseAction(text);
  if (text !== null && action === null)
    findings.add(FILE, `product ${id}`, {
      state: 'undecided',
      reason: 'it is not an action of the tool, which did nothing then: disable-ports is written; state the action',
      column: 'action',
      value: text,
    });
  return action ?? 'disable-ports';
}

/** Automatic purchases cost money: what is not sure stays off. */
function toAutoBuy(
  id: string,
  offered: readonly ToolPackage[],
  { packages, settings }: Pick<ProductSources, 'packages' | 'settings'>,
  findings: Findings,
): Record<string, unknown> {
  const { enabled, package: chosen, thresholdGb, maxPerCycle } = settings.autoBuy;
  const bought = chosen === null ? undefined : packages.get(chosen);
  const isOffered = bought !== undefined && offered.includes(bought);
  if (enabled && !isOffered)
    findings.add(FILE, `product ${id}`, {
      state: chosen === null ? 'left-out' : 'undecided',
      reason:
        chosen === null
          ? 'the tool has no package for automatic purchases, so that it bought nothing of itself: they are off'
          : 'the package of automatic purchases is not among those of the product: they are off; name a package to switch them on',
      column: 'autoBuy.package',
      value: chosen,
    });
  const rule = {
    ...(enabled && isOffered && { enabled: true }),
    ...(bought !== undefined && isOffered && { package: bought.name }),
    ...(thresholdGb !== null && { thresholdGb: Number(thresholdGb) }),
    ...(maxPerCycle !== null && { maxPerCycle }),
  };
  return Object.keys(rule).length === 0 ? {} : { autoBuy: rule };
}
