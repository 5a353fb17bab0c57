import type { PackageView } from '@sluice/engine';
import type { Column } from '../layout/components.js';
import { bytes, money, name } from '../layout/format.js';

/** What each list of packages begins with. */
export const PACKAGE_COLUMNS: readonly Column<PackageView>[] = [
  { title: 'Package', cell: (each) => name(each.name) },
  { title: 'Traffic', cell: (each) => bytes(each.bytes), isNumber: true },
  { title: 'Price', cell: ({ price, currency }) => money(price, currency), isNumber: true },
];
