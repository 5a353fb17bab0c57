import type { PackageView } from '@sluice/engine';
import { compareMoney } from '@sluice/quota-core';
import type { Column } from '../layout/components.js';
import type { Html } from '../layout/html.js';
import { name } from '../layout/format.js';
import type { Wording } from '../layout/wording.js';

type Priced = Pick<PackageView, 'price' | 'currency' | 'taxed' | 'lastCharged' | 'withTax'>;

/** Returns what a package comes to: with tax where any is added, null where that is not known before its invoice. */
export function findTotal({ price, taxed, lastCharged, withTax }: Priced): string | null {
  return taxed ? (lastCharged ?? withTax) : price;
}

/** How a price is said: as it is, with its tax, or `plus tax` where that is not known. */
function findWords(offered: Priced): { amount: string; key: 'price.withTax' | 'price.taxed' | null } {
  const total = findTotal(offered);
  if (total === null) return { amount: offered.price, key: 'price.taxed' };
  return { amount: total, key: compareMoney(total, offered.price) === 0 ? null : 'price.withTax' };
}

/** The price of a package before it is charged, with tax where that is known. */
export function toPrice(offered: Priced, wording: Wording): Html {
  const { amount, key } = findWords(offered);
  const price = wording.money(amount, offered.currency);
  return key === null ? price : wording.say(key, { price });
}

/** As `toPrice`, as text. */
export function priceText(offered: Priced, { texts }: Wording): string {
  const { amount, key } = findWords(offered);
  const price = texts.money(amount, offered.currency);
  return key === null ? price : texts.text(key, { price });
}

/** The price of a package without tax; `plus tax` where some may be added. */
export function toNetPrice({ price, currency, taxed }: Priced, wording: Wording): Html {
  const amount = wording.money(price, currency);
  return taxed ? wording.say('price.taxed', { price: amount }) : amount;
}

/** What each list of packages begins with. */
export function packageColumns(wording: Wording): Column<PackageView>[] {
  return [
    { title: wording.text('packages.package'), cell: (each) => name(each.name) },
    { title: wording.text('packages.traffic'), cell: (each) => wording.bytes(each.bytes), isNumber: true },
    { title: wording.text('packages.price'), cell: (each) => toPrice(each, wording), isNumber: true },
  ];
}
