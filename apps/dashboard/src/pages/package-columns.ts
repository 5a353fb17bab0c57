import type { PackageView } from '@sluice/engine';
import type { Column } from '../layout/components.js';
import type { Html } from '../layout/html.js';
import { name } from '../layout/format.js';
import type { Wording } from '../layout/wording.js';

type Priced = Pick<PackageView, 'price' | 'currency' | 'taxed'>;

/** The price of a package before it is charged. */
export function toPrice({ price, currency, taxed }: Priced, wording: Wording): Html {
  const amount = wording.money(price, currency);
  return taxed ? wording.say('price.taxed', { price: amount }) : amount;
}

/** As `toPrice`, as text. */
export function priceText({ price, currency, taxed }: Priced, { texts }: Wording): string {
  const amount = texts.money(price, currency);
  return taxed ? texts.text('price.taxed', { price: amount }) : amount;
}

/** What each list of packages begins with. */
export function packageColumns(wording: Wording): Column<PackageView>[] {
  return [
    { title: wording.text('packages.package'), cell: (each) => name(each.name) },
    { title: wording.text('packages.traffic'), cell: (each) => wording.bytes(each.bytes), isNumber: true },
    { title: wording.text('packages.price'), cell: (each) => toPrice(each, wording), isNumber: true },
  ];
}
