import type { PackageView } from '@sluice/engine';
import type { Column } from '../layout/components.js';
import { html, type Html } from '../layout/html.js';
import { bytes, money, name } from '../layout/format.js';

/** The price of a package before it is charged, as `describePrice` words it. */
export function toPrice({ price, currency, taxed }: Pick<PackageView, 'price' | 'currency' | 'taxed'>): Html {
  return taxed ? html`${money(price, currency)} plus tax` : money(price, currency);
}

/** What each list of packages begins with. */
export const PACKAGE_COLUMNS: readonly Column<PackageView>[] = [
  { title: 'Package', cell: (each) => name(each.name) },
  { title: 'Traffic', cell: (each) => bytes(each.bytes), isNumber: true },
  { title: 'Price', cell: toPrice, isNumber: true },
];
