import type { MovedEntry } from '@sluice/panel-kind';
import { checkMoney, currencyDecimals, type OldRow } from '@sluice/quota-core';
import {
  compareIds,
  parseFlag,
  parseGb,
  parseId,
  parseIds,
  readCell,
  toShown,
  toSizeText,
  type Traffic,
} from './cells.js';
import { type Findings, nameRow } from './findings.js';
import { byLowestId, pickRows } from './pick.js';

/** A package of the tool. */
export interface ToolPackage {
  /** Its name in `packages.yaml`, also where it is not there. */
  readonly name: string;
  /** Products of WHMCS that offer it; null for all. Empty where it is not in `packages.yaml`. */
  readonly products: ReadonlySet<string> | null;
}

const FILE = 'packages.yaml';

/** Returns the active packages as entries of the config, and all by their ids. */
export function readPackages(
  rows: readonly OldRow[],
  table: string,
  currency: string | null,
  findings: Findings,
): { entries: MovedEntry[]; byId: ReadonlyMap<string, ToolPackage> } {
  const picked = pickRows(rows, (row) => parseId(readCell(row, 'id')), byLowestId);
  for (const row of picked.nameless)
    findings.add(FILE, nameRow(table, row), {
      state: 'undecided',
      reason: 'it has no id: nothing refers to it; add the package by hand if it is sold',
      column: 'name',
      value: readCell(row, 'name'),
    });
  for (const { row } of picked.others)
    findings.add(FILE, nameRow(table, row), { state: 'left-out', reason: 'another row has the same id' });
  const entries: MovedEntry[] = [];
  const byId = new Map<string, ToolPackage>();
  const sizes = new Set<string>();
  for (const [id, row] of [...picked.chosen].toSorted(([one], [other]) => compareIds(one, other))) {
    const size = parseGb(readCell(row, 'size_gb'));
    const name = toName(id, size, sizes);
    const problem = findProblem(row, size, currency);
    const object = `package ${id} (${toShown(readCell(row, 'name'))})`;
    if (problem !== null || size === null) {
      if (problem !== null) findings.add(FILE, object, problem);
      byId.set(id, { name, products: new Set() });
      continue;
    }
    const offered = readOffer(row, object, findings);
    byId.set(id, { name, products: offered });
    entries.push(toEntry(id, name, row, { size, currency }));
  }
  if (currency === null && entries.length > 0)
    findings.add(FILE, 'currency', {
      state: 'undecided',
      reason: 'the tool has no currency for its prices: state currency at the top of sluice.yaml, or in each package',
      column: 'currency',
    });
  return { entries, byId };
}

/** Names are by the size: those of the tool may be in any script, and two may be the same. */
function toName(id: string, size: Traffic | null, taken: Set<string>): string {
  if (size === null || size.bytes === 0) return `package-${id}`;
  const name = `extra-${toSizeText(size).toLowerCase().replace('.', '-')}`;
  if (taken.has(name)) return `${name}-${id}`;
  taken.add(name);
  return name;
}

type Problem = Parameters<Findings['add']>[2];

function findProblem(row: OldRow, size: Traffic | null, currency: string | null): Problem | null {
  const sold = ['is_active', 'active'].map((column) => readCell(row, column)).find((text) => text !== null) ?? null;
  const active = parseFlag(sold);
  const price = readCell(row, 'price');
  if (active === false) return { state: 'left-out', reason: 'it is not active' };
  if (active === null) {
    const reason = 'whether it is active is unknown: add it by hand if it is sold';
    return { state: 'undecided', reason, column: 'is_active', value: sold };
  }
  if (size === null || size.bytes === 0) {
    const reason = 'its size is not a number of gigabytes above 0: add it by hand if it is sold';
    return { state: 'undecided', reason, column: 'traffic', value: readCell(row, 'size_gb') };
  }
  const reason = findPriceProblem(price, currency);
  return reason === null ? null : { state: 'undecided', reason, column: 'price', value: price };
}

/** Returns why a price can't be charged; null where it can. */
export function findPriceProblem(price: string | null, currency: string | null): string | null {
  if (price === null) return 'it has no price: state it';
  if (!/^\d{1,24}(\.\d{1,24})?$/.test(price)) return 'its price is not a decimal amount from 0: state it';
  try {
    checkMoney(price, currency === null ? 24 : currencyDecimals(currency));
    return null;
  } catch (error) {
    return `${(error as Error).message}: state a price that can be charged`;
  }
}

function readOffer(row: OldRow, object: string, findings: Findings): ReadonlySet<string> | null {
  const products = readCell(row, 'available_for_pids');
  const groups = readCell(row, 'available_for_gids');
  const ids = parseIds(products ?? '');
  if (products === null && groups === null) return null;
  if (ids === null) {
    findings.add('products.yaml', object, {
      state: 'undecided',
      reason: 'it is for certain products, in a form that is unknown: add it to packages of the products that offer it',
      column: 'packages',
      value: products,
    });
    return new Set();
  }
  if (groups !== null)
    findings.add('products.yaml', object, {
      state: 'undecided',
      reason:
        'it is for groups of products, whose products are unknown here: add it to packages of the products in these groups. The tool itself sold it for all products',
      column: 'packages',
      value: groups,
    });
  return new Set(ids);
}

function toEntry(
  id: string,
  name: string,
  row: OldRow,
  { size, currency }: { size: Traffic; currency: string | null },
): MovedEntry {
  const title = toShown(readCell(row, 'name'));
  const taxed = parseFlag(readCell(row, 'taxed'));
  const price = readCell(row, 'price') ?? '';
  return {
    name,
    settings: {
      ...(title !== '' && { name: title }),
      traffic: toSizeText(size),
      price: currency === null ? price : checkMoney(price, currencyDecimals(currency)),
      taxed: taxed === true,
    },
    notes: [
      `package ${id} of the tool${currency === null ? '' : `, which has no currency: its price is in ${currency} here`}`,
      ...(taxed === true
        ? []
        : ['its flag says that it is not taxed, although the invoices of the tool may have added tax: check taxed']),
    ],
  };
}
